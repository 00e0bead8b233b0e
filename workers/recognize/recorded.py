"""An engine that repeats readings made before, for tests: the same answers in a thousandth of the time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from schemas.codec import from_json, to_json
from schemas.page import EngineVersion, PageText
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine

Recordings = Mapping[str, PageText]
"""Readings by the digest of the pixels that were read."""


class RecordedEngine:
    """An OcrEngine that knows the pages it was made with and no others."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = dict(recordings)
        sources = sorted({text.engine.key() for text in self._recordings.values()})
        self._version = EngineVersion("recorded", "1", ",".join(sources))

    @property
    def version(self) -> EngineVersion:
        return self._version

    def read(self, image: PageImage) -> PageText:
        """Raises LookupError for a page that was not recorded."""
        digest = pixel_digest(image)
        if digest not in self._recordings:
            raise LookupError(f"no reading of pixels {digest[:12]} is recorded; record() the page with a real engine first")
        return replace(self._recordings[digest], page_number=image.page_number, engine=self._version)


def pixel_digest(image: PageImage) -> str:
    """SHA-256 over height, width and pixels, in hex. Page number and resolution play no part."""
    shape = f"{image.height}x{image.width}:".encode()
    return hashlib.sha256(shape + np.ascontiguousarray(image.pixels).tobytes()).hexdigest()


def record(engine: OcrEngine, images: Iterable[PageImage]) -> dict[str, PageText]:
    """What *engine* reads on each of *images*."""
    return {pixel_digest(image): engine.read(image) for image in images}


def save_recordings(recordings: Recordings, path: Path) -> None:
    """Write *recordings* as JSON. They hold the pages' text: for invented documents only."""
    path.write_bytes(to_json(dict[str, PageText], dict(recordings)))


def load_recordings(path: Path) -> dict[str, PageText]:
    """Raises FileNotFoundError, or pydantic.ValidationError where the file is not of save_recordings()."""
    return from_json(dict[str, PageText], path.read_bytes())
