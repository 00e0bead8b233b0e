"""Text that a PDF gives to whoever copies or searches it, and that nobody sees: under boxes, white on white, off the page.

The page is drawn, and where a character should be, its ink is looked for. This needs no list of the ways of hiding a text:
a rectangle, a picture, an annotation or the colour of the paper all leave the place of the character in one colour.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from schemas.geometry import Box

PIXELS_PER_POINT = 2.0
"""144 dpi: small print still has ink of its own."""
_CONTRAST = 30
"""Least difference of brightness, of 255 in any colour, that an eye finds; text under 90 % grey has 26."""
_DARK = 128
_FEWEST = 2
"""Letters or digits; a lone one is as often a dot of a list or a tick."""
_INVISIBLE_MODES = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})


@dataclass(frozen=True, slots=True)
class HiddenRun:
    """Characters [start, end) of PDFium's text of a page that cannot be seen. `box` is in pixels of 1/144 inch.

    `is_painted` is False for text that was never meant to be seen, such as the layer of an OCR tool; `under_dark` says
    that its place is dark.
    """

    page_number: int
    span: tuple[int, int]
    text: str = field(repr=False)
    box: Box
    is_painted: bool
    under_dark: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A character that cannot be seen, at *at* of the page's text."""

    at: int
    char: str = field(repr=False)
    box: Box
    is_painted: bool
    under_dark: bool


def hidden_runs(page: pypdfium2.PdfPage, page_number: int) -> Iterator[HiddenRun]:
    """Runs of two letters or digits and more; spaces and punctuation between them belong to a run."""
    run: list[_Place] = []
    for place in _characters(page):
        continues = place is not None and (not run or place.is_painted == run[-1].is_painted)
        if run and not continues:
            yield from _as_run(run, page_number)
            run = []
        if place is not None:
            run.append(place)
    yield from _as_run(run, page_number)


def _as_run(run: list[_Place], page_number: int) -> Iterator[HiddenRun]:
    text = "".join(place.char for place in run)
    if sum(char.isalnum() for char in text) >= _FEWEST:
        boxes = Box.around(place.box.quad() for place in run)
        dark = sum(place.under_dark for place in run) * 2 > len(run)
        yield HiddenRun(page_number, (run[0].at, run[-1].at + 1), text, boxes, run[0].is_painted, dark)


def _characters(page: pypdfium2.PdfPage) -> Iterator[_Place | None]:
    """For each character that should leave ink, its place if it left none, else None."""
    pixels, to_pixels = _drawn(page)
    text = page.get_textpage()
    for at in range(text.count_chars()):
        char = chr(pdfium_c.FPDFText_GetUnicode(text, at))
        if not char.isspace() and char.isprintable():
            box = _box(text, at, to_pixels)
            yield _hidden_place(at, char, box, pixels, is_painted=_is_painted(text, at))


def _hidden_place(at: int, char: str, box: Box, pixels: NDArray[np.uint8], *, is_painted: bool) -> _Place | None:
    clipped = box.clipped(pixels.shape[1], pixels.shape[0])
    here = pixels[clipped.top : clipped.bottom, clipped.left : clipped.right].reshape(-1, pixels.shape[2])
    if not here.size:
        return _Place(at, char, box, is_painted, under_dark=False)
    if int((here.max(axis=0) - here.min(axis=0)).max()) >= _CONTRAST:
        return None
    return _Place(at, char, box, is_painted, under_dark=float(here.mean()) < _DARK)


def _drawn(page: pypdfium2.PdfPage) -> tuple[NDArray[np.uint8], pypdfium2.PdfPosConv]:
    """The page as a viewer shows it, annotations too."""
    bitmap = page.render(scale=PIXELS_PER_POINT, rev_byteorder=True)
    return bitmap.to_numpy(), bitmap.get_posconv(page)


def _box(text: pypdfium2.PdfTextPage, at: int, to_pixels: pypdfium2.PdfPosConv) -> Box:
    """Around a character's ink and one pixel more, so that ink has paper to differ from."""
    left, bottom, right, top = text.get_charbox(at)
    if right <= left or top <= bottom:  # a font without outlines
        left, bottom, right, top = text.get_charbox(at, loose=True)
    (x0, y0), (x1, y1) = to_pixels.to_bitmap(left, top), to_pixels.to_bitmap(right, bottom)
    return Box(min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 2, max(y0, y1) + 2)


def _is_painted(text: pypdfium2.PdfTextPage, at: int) -> bool:
    holder = pdfium_c.FPDFText_GetTextObject(text, at)
    return not holder or pdfium_c.FPDFTextObj_GetTextRenderMode(holder) not in _INVISIBLE_MODES
