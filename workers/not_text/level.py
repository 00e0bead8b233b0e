"""A page laid level: turned upright, its slant taken out, so that lines of print run from left to right."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box, Point, Quad
from schemas.page import Line, PageText
from workers.not_text.sheet import Ink

_FEWEST_CHARACTERS = 4
_LARGEST_SLANT = math.radians(25)
"""A line that slopes more, when the page is upright, is a stamp or runs down the margin."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """Takes places on a page to a picture of it, `scale` as large and level, of `width` x `height` pixels, and back."""

    matrix: Matrix = field(repr=False)
    """2 x 3, from page pixels"""
    scale: float
    width: int
    height: int

    @classmethod
    def of(cls, text: PageText, scale: float, width: int, height: int) -> Self:
        """For the page of *text*, seen at *scale* as *width* x *height* pixels."""
        angle = math.radians(text.rotation) - _slant(text.lines, math.radians(text.rotation))
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        corners = turn @ np.array([[0, width, width, 0], [0, 0, height, height]], np.float64)
        left, top = corners.min(axis=1)
        right, bottom = corners.max(axis=1)
        matrix = np.hstack([turn * scale, [[-left], [-top]]])
        return cls(matrix, scale, math.ceil(right - left), math.ceil(bottom - top))

    def of_ink(self, ink: Ink) -> Ink:
        """*ink*, as large as the page is seen, laid level."""
        from_sheet = np.hstack([self.matrix[:, :2] / self.scale, self.matrix[:, 2:]])
        return np.asarray(cv2.warpAffine(ink, from_sheet, (self.width, self.height), flags=cv2.INTER_NEAREST), np.uint8)

    @property
    def slant(self) -> float:
        """How much a line climbs on the page, of its length."""
        along, across = np.abs(self.matrix[0, :2])
        return float(min(along, across) / max(along, across))

    def quad(self, quad: Quad) -> Quad:
        first, second, third, fourth = (self._to(point) for point in quad)
        return first, second, third, fourth

    def on_page(self, box: Box) -> Box:
        """The box around *box*, in page pixels."""
        back = cv2.invertAffineTransform(self.matrix)
        corners = back[:, :2] @ np.array(box.quad(), np.float64).T + back[:, 2:]
        (left, top), (right, bottom) = corners.min(axis=1), corners.max(axis=1)
        return Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))

    def _to(self, point: Point) -> Point:
        x, y = self.matrix[:, :2] @ np.array(point, np.float64) + self.matrix[:, 2]
        return float(x), float(y)


def _slant(lines: Sequence[Line], turn: float) -> float:
    """By how much the median line still slopes after the page's *turn*, in radians."""
    slopes = [_slope(line.box) + turn for line in lines if len(line.text) >= _FEWEST_CHARACTERS]
    around = [(slope + math.pi) % (2 * math.pi) - math.pi for slope in slopes]
    slanted = [slope for slope in around if abs(slope) < _LARGEST_SLANT]
    return statistics.median(slanted) if slanted else 0.0


def _slope(quad: Quad) -> float:
    return math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0])
