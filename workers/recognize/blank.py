"""Whether anything was printed or written on a page at all.

A page called blank is not read, so doubt means "not blank": a photograph, a dark page or a lone stamp goes to the engine.
All lengths are at WORKING_LONG_SIDE, where a page in A4 has about 120 pixels per inch, 4.7 per millimetre.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.page_image import PageImage

WORKING_LONG_SIDE = 1400

CONTRAST = 28
"""Ink is darker than the paper around it by this much of 255. Bleed-through and paper grain stay under it, light grey print
(190 on white) is far above."""

BACKGROUND_REACH = 41
"""Paper's shade is the brightest within this many pixels: it follows shadows and folds and bridges thick strokes."""

DARK_PAGE = 90
"""A page whose middle shade is darker than this is no paper: a photograph, or the scanner saw nothing."""

DUST_AREA = 10
"""Specks up to this many pixels (0.5 mm across) are dust, unless they stand close together as print does."""

NEIGHBOUR = 9
"""Marks closer than this (2 mm) belong together: the characters of a word do."""

MARK_AREA = 45
MARK_LENGTH = 16
"""Marks that belong together are writing if they have this much ink and length (3.4 mm): less than one short word."""

EDGE = 6
"""What touches this many pixels along the edge of the page is the scanner's shadow, the bed or a torn edge."""

RULE_THICKNESS = 5
RULE_LENGTH = 300
"""Straight lines this thin and long are ruled paper or a streak of the scanner."""

HOLE_DIAMETER = (14, 45)
"""Punch holes and their shadows are 3 to 9 mm wide, ..."""

ROUND = 0.75
"""... are about as wide as high, ..."""

HOLE_MARGIN = 0.12
"""... have their centre within this share of the page's width or height from an edge, ..."""

HOLE_FILL = 0.62
"""... and fill this share of their square; a full disc fills 0.785."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Ink that belongs together: its bounding box and how many of its pixels are ink."""

    left: int
    top: int
    width: int
    height: int
    area: int


def is_blank(image: PageImage) -> bool:
    """True for white and off-white pages, with or without scanner shadows, punch holes, ruled lines, dust or bleed-through."""
    grey = _working_copy(image.pixels)
    if float(np.median(grey)) < DARK_PAGE:
        return False
    ink = _without_edges(_ink(grey))
    height, width = grey.shape
    return not any(_is_writing(mark, width, height) for mark in _marks(ink))


def _working_copy(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One channel, the darkest, so that a red stamp is as dark as black ink."""
    scale = WORKING_LONG_SIDE / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    darkest: NDArray[np.uint8] = pixels.min(axis=2)
    return darkest


def _ink(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where a pixel is clearly darker than the paper around it."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    reach = np.ones((BACKGROUND_REACH, BACKGROUND_REACH), dtype=np.uint8)
    paper = cv2.medianBlur(np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, reach), dtype=np.uint8), 5)
    return (paper.astype(np.int16) - smooth > CONTRAST).astype(np.uint8)


def _without_edges(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """*ink* without what hangs on the page's edge."""
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    edges = (labels[:EDGE], labels[-EDGE:], labels[:, :EDGE], labels[:, -EDGE:])
    border = np.unique(np.concatenate([edge.ravel() for edge in edges]))
    return np.where(np.isin(labels, border), 0, ink).astype(np.uint8)


def _marks(ink: NDArray[np.uint8]) -> list[_Mark]:
    """Groups of ink that stand close together."""
    solid = _without_dust(ink)
    near = cv2.dilate(solid, np.ones((NEIGHBOUR, NEIGHBOUR), dtype=np.uint8))
    count, labels = cv2.connectedComponents(near, connectivity=8)
    labels = np.where(solid == 1, labels, 0)
    return [_mark(labels == label) for label in range(1, count)]


def _without_dust(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """*ink* without small specks that have no larger ink near them."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] > DUST_AREA
    large[0] = False
    anchors = large[labels].astype(np.uint8)
    near = cv2.dilate(anchors, np.ones((NEIGHBOUR, NEIGHBOUR), dtype=np.uint8))
    return np.where(np.asarray(near) == 1, ink, 0).astype(np.uint8)


def _mark(inked: NDArray[np.bool_]) -> _Mark:
    left, top, width, height = cv2.boundingRect(inked.astype(np.uint8))
    return _Mark(left, top, width, height, int(inked.sum()))


def _is_writing(mark: _Mark, page_width: int, page_height: int) -> bool:
    big_enough = mark.area >= MARK_AREA and max(mark.width, mark.height) >= MARK_LENGTH
    return big_enough and not _is_rule(mark) and not _is_punch_hole(mark, page_width, page_height)


def _is_rule(mark: _Mark) -> bool:
    return min(mark.width, mark.height) <= RULE_THICKNESS and max(mark.width, mark.height) >= RULE_LENGTH


def _is_punch_hole(mark: _Mark, page_width: int, page_height: int) -> bool:
    shortest, longest = HOLE_DIAMETER
    sides = sorted((mark.width, mark.height))
    round_ = shortest <= sides[0] and sides[1] <= longest and sides[0] >= ROUND * sides[1]
    full = mark.area >= HOLE_FILL * mark.width * mark.height
    across, down = (mark.left + mark.width / 2) / page_width, (mark.top + mark.height / 2) / page_height
    return round_ and full and min(across, 1 - across, down, 1 - down) <= HOLE_MARGIN
