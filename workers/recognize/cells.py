"""The cells of ruled forms, so that a value of several lines is read as one piece and not across its neighbours.

Lengths are pixels of a view (about 82 per inch), in which rules are one or two pixels thick.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

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


def cells(view: Pixels) -> NDArray[np.int32]:
    """Per pixel the number of the ruled cell it lies in, or 0; height x width."""
    rules = _rules(view)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - rules, connectivity=4)
    wide, high, area = (stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    fits = (wide >= MIN_CELL[0]) & (high >= MIN_CELL[1]) & (wide * high < MAX_CELL_SHARE * rules.size)
    is_cell = fits & (area >= 0.5 * wide * high)
    is_cell[0] = False
    numbers = np.where(is_cell, np.arange(count), 0).astype(np.int32)
    return np.asarray(numbers[labels], dtype=np.int32)


def cell_of(box: Points, numbered: NDArray[np.int32]) -> int:
    """The number of the cell that holds the middle of *box*, or 0."""
    x, y = box.mean(axis=0)
    height, width = numbered.shape
    return int(numbered[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])


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


def _element(width: int, height: int) -> NDArray[np.uint8]:
    return np.ones((height, width), dtype=np.uint8)
