"""Which way up a page lies, decided once for the whole page from its lines.

A classifier asked line by line turns upright lines over; a page's lines together are seldom wrong.
"""

import math
from collections.abc import Sequence
from statistics import median
from typing import Protocol

import numpy as np

from workers.recognize.page_view import Points

LONG = 2.5
"""A box this many times as long as it is wide shows which way its line runs."""

VERTICAL = 1.5
"""A box this many times as high as it is wide holds vertical text (the value PP-OCR was trained with)."""


SURE_OF_SEVERAL, SURE_OF_ONE = 0.9, 0.95
"""A high box is several characters one under the other where they are read with so much, else one upright character if that
is read with so much."""

ENOUGH = 7.0
"""Times its height; a line of seven Chinese characters or three English words."""


def sides(box: Points) -> tuple[float, float]:
    """Lengths of the first and the second side: width and height of a box that begins at its top left."""
    return float(np.hypot(*(box[1] - box[0]))), float(np.hypot(*(box[3] - box[0])))


def is_vertical(box: Points) -> bool:
    width, height = sides(box)
    return height >= VERTICAL * width


class Read(Protocol):
    """What was read, and how sure it is, from 0 to 1."""

    @property
    def text(self) -> str: ...

    @property
    def confidence(self) -> float: ...


def may_be_lone(box: Points, read: Read) -> bool:
    """Whether *box*, which was *read* turned, may hold one upright digit or letter: those are up to twice as high as wide."""
    width, height = sides(box)
    is_short = len(read.text) <= 1 or read.confidence < SURE_OF_SEVERAL
    return VERTICAL * width <= height < LONG * width and is_short


def is_lone(read: Read) -> bool:
    """Whether an upright reading is surely one digit or letter."""
    return len(read.text) == 1 and read.text.isascii() and read.text.isalnum() and read.confidence >= SURE_OF_ONE


def runs_sideways(boxes: Sequence[Points]) -> bool:
    """Whether most of the page's length of text runs up or down."""
    across = down = 0.0
    for width, height in map(sides, boxes):
        if width >= LONG * height:
            across += width
        elif height >= LONG * width:
            down += height
    return down > across


def skew(boxes: Sequence[Points]) -> float:
    """Degrees by which lines run down to the right, the median over long lines; 0 where too few tell."""
    angles = [_angle(box) for box in boxes if sides(box)[0] >= 2 * LONG * sides(box)[1]]
    return median(angles) if len(angles) >= 3 else 0.0


def _angle(box: Points) -> float:
    across = box[1] - box[0]
    return math.degrees(math.atan2(across[1], across[0]))


def telling(boxes: Sequence[Points], count: int) -> list[int]:
    """Indices of *count* lines that run across and are best to tell the way up: long, but no longer than it takes.

    A line ENOUGH times as long as high is as sure a sign as a longer one, and costs less to read.
    """
    horizontal = [index for index, box in enumerate(boxes) if not is_vertical(box)]
    return sorted(horizontal, key=lambda index: _reluctance(boxes[index]))[:count]


def _reluctance(box: Points) -> tuple[float, float]:
    width, height = sides(box)
    length = width / max(height, 1.0)
    return -min(length, ENOUGH), length
