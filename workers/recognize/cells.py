"""The cells of ruled forms, so that a value of several lines is read as one piece and not across its neighbours.

Lengths are pixels of a view (about 82 per inch), in which rules are one or two pixels thick.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box, Quad
from workers.recognize.page_view import Pixels, Points

RULE_CONTRAST = 18
"""A rule is darker than the brighter paper on its two sides by this much of 255."""

MIN_RULE = 24
"""Shorter dark runs are strokes of characters."""

GAP = 5
"""Rules broken by less than this are taken as whole."""

MIN_CELL = (12, 10)
MAX_CELL_SHARE = 0.5
"""Cells are at least so wide and high, and cover less than this share of the view: the page around a form is no cell."""

MIN_FILL = 0.4
"""Share of a cell's rectangle that is not rule; the long strokes of dense text count as rules."""

MOST = 0.8
"""A line that sticks out of a cell by more than the rest stands across cells, not in one."""


def cells(view: Pixels) -> list[Box]:
    """The rectangles that rules enclose, in view pixels; a cell may hold smaller ones."""
    rules = _rules(view)
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    return [
        Box(left, top, left + width, top + height)
        for left, top, width, height, area in stats[1:].tolist()
        if width >= MIN_CELL[0] and height >= MIN_CELL[1] and width * height < MAX_CELL_SHARE * rules.size
        if area >= MIN_FILL * width * height
    ]


def cell_of(box: Points, found: Sequence[Box]) -> int:
    """The number, from 1, of the smallest cell that holds the middle and most of the length of *box*; 0 for none."""
    around = Box.around([_quad(box)])
    holding = [(cell.width * cell.height, number) for number, cell in enumerate(found, 1) if _holds(cell, around)]
    return min(holding, default=(0, 0))[1]


def _holds(cell: Box, line: Box) -> bool:
    across, down = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    shared = min(cell.right, line.right) - max(cell.left, line.left)
    return cell.left <= across < cell.right and cell.top <= down < cell.bottom and shared >= MOST * line.width


def _rules(view: Pixels) -> NDArray[np.uint8]:
    """1 where a long thin horizontal or vertical line runs."""
    grey = view.min(axis=2)
    across = _long_runs(grey, (MIN_RULE, 1))
    down = _long_runs(grey, (1, MIN_RULE))
    return cv2.dilate(np.asarray(across | down, dtype=np.uint8), np.ones((2, 2), dtype=np.uint8)).astype(np.uint8)


def _long_runs(grey: NDArray[np.uint8], run: Sequence[int]) -> NDArray[np.uint8]:
    """1 along thin dark lines at least as long as *run*, (width, height), says; short breaks are bridged."""
    thickness = (1, 7) if run[0] > run[1] else (7, 1)
    shape = (GAP, 1) if run[0] > run[1] else (1, GAP)
    thin = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, _element(*thickness))
    dark = (np.asarray(thin) > RULE_CONTRAST).astype(np.uint8)
    whole = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, _element(*shape))
    return np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, _element(*run)), dtype=np.uint8)


def _quad(box: Points) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return (a, b, c, d)


def _element(width: int, height: int) -> NDArray[np.uint8]:
    return np.ones((height, width), dtype=np.uint8)
