"""Boxes whose width does not tell how long the hidden value is.

Names have two characters or four, addresses ten or thirty; a black box as wide as its value tells them apart. So a box is
as wide as the next whole step of six character heights, as far as the paper beside the value is free. It never reaches over a
character that is shown: what is taken away must have had to be hidden.
"""

import math
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box, Quad
from schemas.page import PageText

STEP = 6
"""Character heights. One step holds every Chinese name of up to four characters with a blank on each side, most Latin names
take one or two, and an address of one line two to five."""

SAME_LENGTH = frozenset(
    {
        *("CN_ID18", "CN_ID15", "CN_RESIDENCE_HMT", "CN_FPR2023", "CN_FPR2017", "CN_MOBILE", "USCC", "ORG_CODE", "VIN"),
        *("US_SSN", "US_ITIN", "US_EIN", "US_MBI", "US_NPI", "US_DEA", "HKID", "MOID", "TWID", "PLATE", "CN_BIRTH_CERT"),
    }
)
"""Kinds of which all values are equally long."""

_BLOCK = 8
_MARGIN = 95
"""Per cent of the page: behind it there is no paper for values, and black there tells nothing."""
_GAP = 0.2
"""Of a character's height, that stays free before a character that is shown."""
_SAME_LINE = 0.3
"""A character stands in the way if so much of its height lies beside the box."""

Edges = NDArray[np.float64]
"""n x 4: left, top, right, bottom"""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The characters of a page, which a box must not run into."""

    edges: Edges = field(repr=False)
    width: int
    height: int

    @classmethod
    def of(cls, page: PageText) -> Self:
        """The page's characters; line breaks have a row without area, so that rows count as characters of its text do."""
        rows = [_edges(quad) for quad in page.char_boxes()]
        return cls(np.array(rows, dtype=np.float64).reshape(-1, 4), page.width, page.height)

    def fitted(self, box: Box, wanted: Box, char_height: float, start: int, end: int) -> Box:
        """*box*, which hides characters [start, end), reaching towards *wanted* as far as nothing else stands in the way:
        first to the right or down, and what is lacking there to the left or up."""
        is_level = wanted.width >= wanted.height
        others = np.delete(self.edges, slice(start, end), axis=0)
        near, far = _along(box, is_level=is_level), _along(wanted, is_level=is_level)
        page = (self.width if is_level else self.height) * _MARGIN // 100
        free = _free(others if is_level else others[:, [1, 0, 3, 2]], near, _GAP * char_height, page)
        last = max(near[1], min(far[1], free[1]))
        first = min(near[0], max(near[0] - (far[1] - last), free[0]))
        return Box(first, box.top, last, box.bottom) if is_level else Box(box.left, first, box.right, last)


def _edges(quad: Quad | None) -> tuple[float, float, float, float]:
    if quad is None:
        return (0.0, 0.0, 0.0, 0.0)
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return (min(xs), min(ys), max(xs), max(ys))


def _along(box: Box, *, is_level: bool) -> tuple[int, int, int, int]:
    """First and last edge of *box* the way it is to grow, then the two others."""
    level = (box.left, box.right, box.top, box.bottom)
    return level if is_level else (box.top, box.bottom, box.left, box.right)


def _free(others: Edges, box: tuple[int, int, int, int], gap: float, page: int) -> tuple[int, int]:
    """From where to where the strip of *box* holds none of *others*, in whole blocks of a JPEG."""
    first, last, top, foot = box
    shared = np.minimum(others[:, 3], foot) - np.maximum(others[:, 1], top)
    beside = others[shared > _SAME_LINE * np.maximum(others[:, 3] - others[:, 1], 1.0)]
    middles, middle = (beside[:, 0] + beside[:, 2]) / 2, (first + last) / 2
    after = float(beside[middles > middle, 0].min(initial=page + gap)) - gap
    before = float(beside[middles <= middle, 2].max(initial=-gap)) + gap
    return math.ceil(before / _BLOCK) * _BLOCK, math.floor(min(after, page) / _BLOCK) * _BLOCK


def lacking(quads: tuple[Quad, ...], char_height: float) -> float:
    """How much the value that these characters are is shorter than its step, in pixels."""
    length = math.dist(quads[0][0], quads[-1][1])
    return max(math.ceil(length / (STEP * char_height) - 1e-6), 1) * STEP * char_height - length


def tells_its_length(kind: str) -> bool:
    """Whether values of *kind* differ in length."""
    return kind not in SAME_LENGTH
