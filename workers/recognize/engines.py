"""OCR engines by name; each is imported only when it is asked for."""

from importlib.util import find_spec

from archive.errors import Rejected
from workers.recognize.port import OcrEngine


def load_engine(name: str, threads: int = 1) -> OcrEngine:
    """The engine "ppocr" or "paddle", on *threads* threads of this process. Takes seconds.

    Raises ValueError for any other name, Rejected(engine_not_installed) where the extra that the engine needs is missing.
    """
    if name == "ppocr":
        from workers.recognize.ppocr import PpOcrEngine

        return PpOcrEngine(threads)
    if name == "paddle":
        if find_spec("paddleocr") is None:
            raise Rejected("engine_not_installed", "paddle is the extra claimkeep[paddle]")
        from workers.recognize.paddle import PaddleEngine

        return PaddleEngine(threads)
    raise ValueError(f"there is no OCR engine {name!r}; choose ppocr or paddle")
