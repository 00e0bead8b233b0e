"""Pages typed for tests of reading: a few invented lines, whose ink and places are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from schemas.geometry import Box
from workers.page_image import PageImage

LINES = ("CLAIM FORM 2019", "Policy P-20240517 of Ms Orchard", "Loss on 5 March at Example Road", "Total 1,204.50 paid")

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TypedLine:
    text: str
    box: Box
    char_boxes: tuple[Box, ...]


def typed_lines(lines: Sequence[str] = LINES, *, size: int = 34, left: int = 90, top: int = 110) -> tuple[TypedLine, ...]:
    """Where typed_page() puts the ink of *lines*."""
    return tuple(_placed(text, _font(size), left, top + 3 * size * row) for row, text in enumerate(lines))


def typed_page(
    lines: Sequence[str] = LINES,
    *,
    size: int = 34,
    left: int = 90,
    top: int = 110,
    width: int = 900,
    height: int = 1200,
    turn: int = 0,
    page_number: int = 1,
) -> PageImage:
    """Black *lines* on white, the whole page then turned clockwise by *turn* degrees."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    for row, text in enumerate(lines):
        pen.text((left, top + 3 * size * row), text, fill="black", font=_font(size))
    return PageImage(page_number, turned(np.asarray(page), turn), 110.0)


def blank_page(width: int = 900, height: int = 1200, shade: int = 255) -> PageImage:
    return PageImage(1, np.full((height, width, 3), shade, dtype=np.uint8), 110.0)


def turned(pixels: Pixels, degrees: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(pixels, -(degrees // 90)))


def turned_box(box: Box, degrees: int, width: int, height: int) -> Box:
    """Where *box* lies once a page of *width* by *height* is turned clockwise."""
    return {
        0: box,
        90: Box(height - box.bottom, box.left, height - box.top, box.right),
        180: Box(width - box.right, height - box.bottom, width - box.left, height - box.top),
        270: Box(box.top, width - box.right, box.bottom, width - box.left),
    }[degrees]


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _placed(text: str, font: ImageFont.FreeTypeFont, left: int, top: int) -> TypedLine:
    chars = []
    for index, character in enumerate(text):
        _, upper, _, lower = font.getbbox(character)
        start, end = font.getlength(text[:index]), font.getlength(text[: index + 1])
        chars.append(Box(round(left + start), round(top + upper), round(left + end), round(top + max(lower, upper))))
    x0, y0, x1, y1 = (round(edge) for edge in font.getbbox(text))
    return TypedLine(text, Box(left + x0, top + y0, left + x1, top + y1), tuple(chars))
