"""Regions that the detector took for one line and that hold several: a seal grown together with the lines under it."""

from collections.abc import Sequence
from statistics import median

import numpy as np

from workers.recognize.orientation import sides
from workers.recognize.page_view import Points

TALL = 2.2
"""A region this many times as high as the page's lines usually are is a heading, a picture or a lump."""

SURE_HEADING = 0.9
"""Read with this confidence, and with at least HEADING_TEXT characters for each of its heights, it is a heading."""

HEADING_TEXT = 0.5

ZOOM = 1.4
"""How much larger a lump is looked at. On 30 pages with seals over their lines 1.0 to 1.4 parted most."""

SURE_LINE = 0.8
"""What is found in a lump counts as a line of it when read with this confidence."""

LESS = 0.6
"""And when it covers less than this share of the lump."""


def usual_height(boxes: Sequence[Points]) -> float:
    """The median of what is likely the height of a line; infinite where there are too few to tell."""
    return median(min(sides(box)) for box in boxes) if len(boxes) >= 3 else float("inf")


def is_lump(box: Points, text: str, confidence: float, usual: float) -> bool:
    """Whether a region read as *text* with *confidence* may hold several lines; *usual* is the height of one."""
    width, height = sides(box)
    if min(width, height) < TALL * usual:
        return False
    return confidence < SURE_HEADING or len(text) < HEADING_TEXT * width / height


def is_part(box: Points, lump: Points, confidence: float) -> bool:
    """Whether what was found in *lump* is a line of it."""
    return confidence >= SURE_LINE and _area(box) < LESS * _area(lump)


def is_inside(inner: Points, outer: Points) -> bool:
    """Whether the middle of *inner* lies in the upright rectangle around *outer*."""
    middle = inner.mean(axis=0)
    return bool((outer.min(axis=0) <= middle).all() and (middle < outer.max(axis=0)).all())


def _area(box: Points) -> float:
    return float(np.prod(sides(box)))
