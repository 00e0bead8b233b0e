"""An OCR engine that reads pages it knows, and of them only the characters whose ink is still there."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from schemas.geometry import Box, Quad
from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage

_SAME = 0.6
"""Least share of a character's contrast that must be left for it to be read."""


class SeeingEngine:
    """Knows *pages* by number; compares what it is given, scaled back, with what was drawn."""

    def __init__(self, pages: Sequence[tuple[PageImage, PageText]]) -> None:
        self._pages = {image.page_number: (_grey(image.pixels, image.width, image.height), text) for image, text in pages}

    @property
    def version(self) -> EngineVersion:
        return EngineVersion("seeing", "1")

    def read(self, image: PageImage) -> PageText:
        drawn, text = self._pages[image.page_number]
        given = _grey(image.pixels, text.width, text.height)
        lines = tuple(_seen(line, given, drawn, image.width / text.width) for line in text.lines)
        kept = tuple(line for line in lines if line.text.strip())
        return PageText(image.page_number, image.width, image.height, image.dpi or 72, 0, kept, self.version)


def _grey(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.float64]:
    return np.asarray(Image.fromarray(pixels).convert("L").resize((width, height)), float)


def _seen(line: Line, given: NDArray[np.float64], drawn: NDArray[np.float64], scale: float) -> Line:
    kept = [(char, _scaled(quad, scale)) for char, quad in _kept(line, given, drawn)]
    inked = [at for at, (char, _) in enumerate(kept) if char.strip()]
    if not inked:
        return Line("", _scaled(line.box, scale), ())
    seen = kept[inked[0] : inked[-1] + 1]
    first, last = seen[0][1], seen[-1][1]
    return Line("".join(char for char, _ in seen), (first[0], last[1], last[2], first[3]), tuple(quad for _, quad in seen))


def _kept(line: Line, given: NDArray[np.float64], drawn: NDArray[np.float64]) -> Iterator[tuple[str, Quad]]:
    for char, quad in zip(line.text, line.char_boxes, strict=True):
        box = Box.around((quad,))
        cut = np.s_[box.top : box.bottom, box.left : box.right]
        if _looks_alike(given[cut], drawn[cut]):
            yield char, quad


def _looks_alike(given: NDArray[np.float64], drawn: NDArray[np.float64]) -> bool:
    if drawn.std() < 1:  # a space is read where paper is left
        return bool(abs(given.mean() - drawn.mean()) < 40)
    with np.errstate(invalid="ignore"):
        return bool(given.std() > 3 and np.corrcoef(given.ravel(), drawn.ravel())[0, 1] > _SAME)


def _scaled(quad: Quad, scale: float) -> Quad:
    return tuple((x * scale, y * scale) for x, y in quad)  # type: ignore[return-value]
