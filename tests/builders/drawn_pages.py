"""Pages drawn with known text: every character's box is where it was drawn. Everybody on them is invented."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from schemas.entity import Entity, Tier
from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage

ENGINE = EngineVersion("drawn", "1")
PAPER = {"bilevel": (255, 255, 255), "grey": (240, 240, 240), "colour": (250, 244, 228)}


def drawn_page(
    lines: Sequence[str], page_number: int = 1, tone: str = "bilevel", size: tuple[int, int] = (1400, 1000), height: int = 40
) -> tuple[PageImage, PageText]:
    """*lines* one under the other, characters *height* pixels high, on paper of *tone*."""
    picture = Image.new("RGB", size, PAPER[tone])
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1" if tone == "bilevel" else "L"
    font = ImageFont.load_default(size=height)
    read = tuple(_draw(pen, font, text, (80, 80 + at * 3 * height), height) for at, text in enumerate(lines))
    image = PageImage(page_number, np.asarray(picture).copy(), 200.0)
    return image, PageText(page_number, *size, 200.0, 0, read, ENGINE)


def _draw(pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, text: str, corner: tuple[int, int], height: int) -> Line:
    left, top = corner
    boxes = []
    for char in text:
        pen.text((left, top), char, fill=(0, 0, 0), font=font)
        right = left + max(font.getlength(char), 1)
        boxes.append(upright(left, top, right, top + height * 1.25))
        left = right
    return Line(text, upright(corner[0], top, left, top + height * 1.25), tuple(boxes), 0.99)


def entity(page: PageText, kind: str, text: str, tier: Tier = Tier.A, role: str | None = None, canonical: str = "") -> Entity:
    """The first place of *text* on *page*, as an entity."""
    start = page.text.index(text)
    span = (start, start + len(text))
    return Entity(kind, tier, page.page_number, text, span, page.boxes_of(*span), canonical or text, role)
