"""The text layer of one PDF page, read by pdfplumber from a copy of that page alone.

The copy is made by the renderer, so that both read the same page of the same repaired and decrypted document, and it is
dropped after the page: pdfplumber keeps what it has parsed, and over a long document that grows without end.
"""

import io
import logging
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pdfplumber

from schemas.page import EngineVersion, PageText
from workers.paginate.glyphs import Glyph, lines_of, main_turn

ENGINE = EngineVersion("pdfplumber", version("pdfplumber"), f"pdfminer.six {version('pdfminer.six')}")

# pdfminer logs what it cannot parse, and quotes it: page text does not belong in a log.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
logging.getLogger("pdfplumber").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class PageFrame:
    """How the renderer shows the page: number, pixels and resolution."""

    page_number: int
    width: int
    height: int
    dpi: float


@dataclass(frozen=True, slots=True)
class PageContent:
    """Text in pixels of the frame, and the share of the page (0 to 1) that pictures take up."""

    text: PageText
    picture_share: float


def page_content(copy: bytes, frame: PageFrame) -> PageContent:
    """What is on the only page of the PDF *copy*, whose MediaBox is what the frame shows. Raises what pdfplumber raises."""
    with pdfplumber.open(io.BytesIO(copy)) as pdf:
        page = pdf.pages[0]
        glyphs = tuple(glyph for char in page.chars if _is_inside(glyph := _glyph(char, page.bbox, frame), frame))
        text = PageText(frame.page_number, frame.width, frame.height, frame.dpi, main_turn(glyphs), lines_of(glyphs), ENGINE)
        return PageContent(text, _picture_share(page))


def _glyph(char: dict[str, Any], origin: tuple[float, ...], frame: PageFrame) -> Glyph:
    scale = frame.dpi / 72
    left, top = origin[0], origin[1]
    return Glyph(
        text=str(char["text"]),
        left=(float(char["x0"]) - left) * scale,
        top=(float(char["top"]) - top) * scale,
        right=(float(char["x1"]) - left) * scale,
        bottom=(float(char["bottom"]) - top) * scale,
        turn=_turn(char["matrix"]),
    )


def _turn(matrix: tuple[float, ...]) -> int:
    """Which way the baseline runs, to the nearest quarter: (a, b) is its direction in a system whose y goes up."""
    a, b = matrix[0], matrix[1]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 180
    return 90 if b > 0 else 270


def _is_inside(glyph: Glyph, frame: PageFrame) -> bool:
    """Text outside the page cannot be seen, so it is not on it."""
    across, down = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return 0 <= across < frame.width and 0 <= down < frame.height


def _picture_share(page: Any) -> float:  # noqa: ANN401  pdfplumber has no types
    left, top, right, bottom = page.bbox
    taken = sum(
        _overlap(image["x0"], image["x1"], left, right) * _overlap(image["top"], image["bottom"], top, bottom)
        for image in page.images
    )
    whole = (right - left) * (bottom - top)
    return min(1.0, float(taken / whole)) if whole > 0 else 0.0


def _overlap(start: float, end: float, low: float, high: float) -> float:
    return max(0.0, min(end, high) - max(start, low))
