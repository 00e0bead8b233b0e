"""A page as it came in, with who sees it, since when and by which request burnt into its pixels.

The words run slanting over the whole page, light on dark and dark on light, so that no part of a photograph of a screen is
without them. That keeps nobody from copying; it tells who did.
"""

import io
from functools import cache
from importlib import resources
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from workers.page_image import PageImage
from workers.redact.burn import JPEG

_QUALITY = 80
_SLANT = 30
"""Degrees."""
_APART = 4
"""From line to line, in heights of a letter: between two lines of words there is a line of the page that is hardly touched."""
_HEIGHTS = 72
"""Of a letter, in the longer side of the page: a little more than print on A4."""
_STRENGTH = 140
"""Of 255: over black text the words are still seen, and the text under them can still be read."""
_BOLD = 20
"""One part in so many of a letter's height is added to its strokes: thin ones drown in the colours of a JPEG."""
_SMALLEST = 12
"""Pixels of a letter's height."""


def watermarked(image: PageImage, words: str) -> tuple[bytes, str]:
    """The page as a JPEG without metadata, with *words* over all of it, and its media type."""
    page = Image.fromarray(image.pixels).convert("RGB")
    marks = _marks(page.size, words)
    page.paste(Image.new("RGB", page.size, (200, 0, 0)), mask=marks.point(lambda shade: shade * _STRENGTH // 255))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue(), JPEG


def _marks(size: tuple[int, int], words: str) -> Image.Image:
    """White words on black, slanting, as large as the page."""
    side = round((size[0] ** 2 + size[1] ** 2) ** 0.5) + 1
    height = max(max(size) // _HEIGHTS, _SMALLEST)
    sheet = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(sheet)
    for number, top in enumerate(range(0, side, height * _APART)):
        _write_line(draw, (-(number % 2) * height * 8, top), height, words, side)
    turned = sheet.rotate(_SLANT, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _write_line(draw: ImageDraw.ImageDraw, start: tuple[int, int], height: int, words: str, width: int) -> None:
    """*words* again and again, until *width* is full."""
    left, top = float(start[0]), start[1]
    while left < width:
        for is_latin, run in groupby(f"{words}     ", key=lambda char: char.isascii()):
            text, font = "".join(run), _font(height, is_latin=is_latin)
            draw.text((left, top), text, fill=255, font=font, stroke_width=max(height // _BOLD, 1))
            left += max(font.getlength(text), 1)


@cache
def _font(height: int, *, is_latin: bool) -> ImageFont.FreeTypeFont:
    if is_latin:
        font = ImageFont.load_default(size=height)
        assert isinstance(font, ImageFont.FreeTypeFont), "Pillow comes with FreeType"
        return font
    han = resources.files("workers.certificate") / "font" / "DroidSansFallbackGB2312.ttf"
    return ImageFont.truetype(io.BytesIO(han.read_bytes()), height)
