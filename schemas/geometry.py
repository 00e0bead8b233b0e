"""Places on a page, in original page pixels: origin at the top left, x to the right, y down.

"Original page pixels" are the pixels a viewer shows: after the EXIF orientation of a photograph and after `/Rotate` of a
PDF page, and before any turning or deskewing that reading does for itself.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners clockwise as the text is read: the first is where its first character's top left lies."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle of whole pixels, [left, right) by [top, bottom)."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right < self.left or self.bottom < self.top:
            raise ValueError("a box ends before it begins")

    @classmethod
    def around(cls, quads: Iterable[Quad]) -> Self:
        """The smallest box that holds all *quads*; at least one is needed."""
        points = [point for quad in quads for point in quad]
        return cls(
            left=math.floor(min(x for x, _ in points)),
            top=math.floor(min(y for _, y in points)),
            right=math.ceil(max(x for x, _ in points)),
            bottom=math.ceil(max(y for _, y in points)),
        )

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def quad(self) -> Quad:
        left, top, right, bottom = float(self.left), float(self.top), float(self.right), float(self.bottom)
        return ((left, top), (right, top), (right, bottom), (left, bottom))

    def overlaps(self, other: "Box") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def clipped(self, width: int, height: int) -> "Box":
        """The part of the box inside a page of *width* by *height* pixels; empty boxes collapse onto the edge."""
        left, right = (min(max(x, 0), width) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)


def upright(left: float, top: float, right: float, bottom: float) -> Quad:
    """The quad of text that stands upright between these edges."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
