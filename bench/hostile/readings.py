"""The real engine, asked once for each picture: readings are kept in a file from one run to the next."""

from pathlib import Path

from schemas.page import EngineVersion, PageText
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.recognize.recorded import load_recordings, pixel_digest, save_recordings


class Remembering:
    """An OcrEngine that knows the pages it has read. Only invented people's forms may be given to it: it keeps their text."""

    def __init__(self, engine: OcrEngine, path: Path) -> None:
        self._engine, self._path = engine, path
        self._known = load_recordings(path) if path.exists() else {}

    @property
    def version(self) -> EngineVersion:
        return self._engine.version

    def read(self, image: PageImage) -> PageText:
        key = f"{pixel_digest(image)} {image.page_number} {self.version.key()}"
        if key not in self._known:
            self._known[key] = self._engine.read(image)
        return self._known[key]

    def save(self) -> None:
        """For the next run; a run that is cut off between two calls loses what it read since."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        save_recordings(self._known, self._path)
