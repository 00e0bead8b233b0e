"""Whether anything was printed or written on a page at all.

A page called blank is not read, so doubt means "not blank": a photograph, a dark page or a lone stamp goes to the engine, and
so does faint print, though it may turn out to show through from the other side.
All lengths are at WORKING_LONG_SIDE, where a page in A4 has about 120 pixels per inch, 4.7 per millimetre.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.page_image import PageImage

WORKING_LONG_SIDE = 1400

MIDDLE = (0.3, 0.5)
"""Shares of the height between which a page is looked at first."""

CONTRAST = 28.0
"""Ink is darker than the paper around it by this much of 255. Most bleed-through and paper grain stay under it, light grey
print (190 on white) is far above."""

FAINT_CONTRAST = 4.0
"""Print of ten levels keeps as much of its thin strokes in a copy of this size. What is fainter still cannot be seen by eye."""

NOISE_DEVIATIONS = 6.0
"""What is darker than the paper by so many standard deviations of its own grain is faint ink."""

HALO = 15
"""Within half of this around clear ink nothing faint is looked for: it is that ink's soft edge."""

CREASE = 0.9
"""Faint ink over this share of the page's width or height is a crease or a shadow."""

BACKGROUND_REACH = 41
"""Paper's shade is the brightest within this many pixels: it follows shadows and folds and bridges thick strokes."""

POOL = 4
"""The paper's shade is worked out on a copy so many times smaller."""

DARK_PAGE = 90
"""A page whose middle shade is darker than this is no paper: a photograph, or the scanner saw nothing."""

SOLID = 40
"""An area wider than BACKGROUND_REACH that is darker than most of the page by this is no ink on paper: a picture, a logo, a
shadow ..."""

SHARP = 50
"""... and no shadow where its edge rises by this within 5 pixels."""

DUST_AREA = 10
"""Specks up to this many pixels (0.5 mm across) are dust, unless they stand close together as print does."""

NEIGHBOUR = 9
"""Marks closer than this (2 mm) belong together: the characters of a word do."""

THINNEST = 3
"""What is thinner is the soft edge of a rule."""

MARK_AREA = 45
MARK_LENGTH = 16
"""Marks that belong together are writing if they have this much ink and length (3.4 mm): less than one short word."""

EDGE = 6
"""What touches this many pixels along the edge of the page ..."""

EDGE_BAND = 0.1
"""... and lies within this share of the page's width or height from an edge is the scanner's shadow, the bed or a torn edge."""

RULE_THICKNESS = 5
RULE_LENGTH = 41
"""Straight runs this thin and long (9 mm) are ruled paper, an empty form's frame, a fold or a streak of the scanner."""

HOLE_DIAMETER = (14, 45)
"""Punch holes and their shadows are 3 to 9 mm wide, ..."""

ROUND = 0.75
"""... are about as wide as high, ..."""

HOLE_MARGIN = 0.12
"""... have their centre within this share of the page's width or height from an edge, ..."""

HOLE_FILL = 0.62
"""... and fill this share of their square; a full disc fills 0.785."""

STAPLE_LENGTH = (30, 80)
STAPLE_THICKNESS = 9
"""Staples and their shadows are straight bars of 6 to 17 mm, thinner than the smallest print is high, ..."""

STAPLE_MARGIN = 0.15
"""... within this share of the width and of the height from a corner."""

STAPLE_FILL = 0.5

Grey = NDArray[np.uint8]
Ink = NDArray[np.uint8]
"""1 where a pixel is ink, else 0"""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Ink that belongs together: its bounding box, how many of its pixels are ink, and which (height x width, 0 or 1)."""

    left: int
    top: int
    width: int
    height: int
    area: int
    ink: Ink = field(repr=False)


def is_blank(image: PageImage) -> bool:
    """True for white and off-white pages, with or without scanner shadows, punch holes, staples, ruled lines, empty frames,
    folds or dust. Print that shows through from the other side is not told from faint print here."""
    if _has_writing(_middle(image.pixels)):
        return False
    grey = _working_copy(image)
    return not _has_writing(grey) and all(_is_crease(mark, grey) for mark in _writing(_faint_ink(grey)))


def is_faint(image: PageImage) -> bool:
    """Whether no ink on a page of light paper is as dark as CONTRAST."""
    return not _has_writing(_working_copy(image))


def _has_writing(grey: Grey) -> bool:
    """Whether there is clear ink, or no paper."""
    return float(np.median(grey[::POOL, ::POOL])) < DARK_PAGE or any(True for _ in _writing(_ink(grey)))


def _working_copy(image: PageImage) -> Grey:
    return _reduced(image.pixels, WORKING_LONG_SIDE / max(image.width, image.height))


def _middle(pixels: NDArray[np.uint8]) -> Grey:
    """A working copy of the rows in which a page with writing most likely has some: it saves most pages the rest."""
    height, width = pixels.shape[:2]
    top, bottom = (math.floor(share * height) for share in MIDDLE)
    return _reduced(pixels[top : max(bottom, top + 1)], WORKING_LONG_SIDE / max(width, height))


def _reduced(pixels: NDArray[np.uint8], scale: float) -> Grey:
    """One channel, the darkest, so that a red stamp is as dark as black ink; never larger than it was."""
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.min(cv2.min(red, green), blue), dtype=np.uint8)


def _ink(grey: Grey) -> Ink:
    """Where a pixel is clearly darker than the paper around it, or on the sharp edge of something large and dark."""
    smooth = np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), dtype=np.uint8)
    paper = paper_shade(smooth)
    dark = cv2.threshold(cv2.subtract(paper, smooth), CONTRAST, 1, cv2.THRESH_BINARY)[1]
    solid = paper < float(np.median(paper[::POOL, ::POOL])) - SOLID
    if solid.any():
        rises = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > SHARP
        dark[rises & (cv2.dilate(solid.astype(np.uint8), np.ones((5, 5), np.uint8)) == 1)] = 1
    return np.asarray(dark, dtype=np.uint8)


def paper_shade(smooth: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The shade of the paper around and under each pixel of a grey page that is WORKING_LONG_SIDE long, in any shape."""
    brightest = cv2.dilate(smooth, np.ones((POOL + 1, POOL + 1), np.uint8))[::POOL, ::POOL]
    reach = BACKGROUND_REACH // POOL + 1
    filled = cv2.medianBlur(cv2.morphologyEx(brightest, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)), 3)
    return np.asarray(cv2.resize(filled, smooth.shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _faint_ink(grey: Grey) -> Ink:
    """Where a pixel stands out from the grain of the paper around it, and is no edge of clear ink."""
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.2)
    depth = cv2.blur(smooth, (BACKGROUND_REACH, BACKGROUND_REACH)) - smooth
    grain = 1.4826 * float(np.median(np.abs(depth)))  # of a normal distribution, from its median (Hampel 1974)
    faint = (depth > max(FAINT_CONTRAST, NOISE_DEVIATIONS * grain)).astype(np.uint8)
    faint[cv2.dilate(_ink(grey), np.ones((HALO, HALO), np.uint8)) == 1] = 0
    return faint


def _writing(ink: Ink) -> Iterator[_Mark]:
    height, width = ink.shape
    return (mark for mark in _marks(_without_edges(without_rules(ink))) if _is_writing(mark, width, height))


def _is_crease(mark: _Mark, page: Grey) -> bool:
    return bool(mark.width >= CREASE * page.shape[1] or mark.height >= CREASE * page.shape[0])


def without_rules(ink: Ink) -> Ink:
    """*ink* (0 or 1) without thin straight runs, across or down."""
    left = ink.copy()
    for length, thick in (((1, RULE_LENGTH), (RULE_THICKNESS + 1, 1)), ((RULE_LENGTH, 1), (1, RULE_THICKNESS + 1))):
        runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(length, np.uint8))
        bodies = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones(thick, np.uint8))
        left[(runs == 1) & (bodies == 0)] = 0
    return left


def _without_edges(ink: Ink) -> Ink:
    """*ink* without what hangs on the page's edge and stays near it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    edges = (labels[:EDGE], labels[-EDGE:], labels[:, :EDGE], labels[:, -EDGE:])
    touching = np.zeros(count, dtype=np.bool_)
    touching[np.concatenate([edge.ravel() for edge in edges])] = True
    touching[0] = False
    height, width = ink.shape
    rows, columns = round(EDGE_BAND * height), round(EDGE_BAND * width)
    inside = np.bincount(labels[rows : height - rows, columns : width - columns].ravel(), minlength=count)
    dropped = touching & (inside <= EDGE_BAND * stats[:, cv2.CC_STAT_AREA])
    return np.where(dropped[labels], 0, ink).astype(np.uint8) if dropped.any() else ink


def _marks(ink: Ink) -> Iterator[_Mark]:
    """Groups of ink that stand close together and have enough of it to be writing."""
    solid = _without_dust(ink)
    near = cv2.dilate(solid, np.ones((NEIGHBOUR, NEIGHBOUR), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    for label in range(1, len(stats)):
        left, top, width, height, _ = (int(value) for value in stats[label])
        window = slice(top, top + height), slice(left, left + width)
        own = ((labels[window] == label) & (solid[window] == 1)).astype(np.uint8)
        area = cv2.countNonZero(own)
        if area >= MARK_AREA:
            x, y, across, down = cv2.boundingRect(own)
            yield _Mark(left + x, top + y, across, down, area, own[y : y + down, x : x + across])


def _without_dust(ink: Ink) -> Ink:
    """*ink* without small specks that have no larger ink near them."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = (stats[:, cv2.CC_STAT_AREA] > DUST_AREA).astype(np.uint8)
    large[0] = 0
    near = cv2.dilate(large[labels], np.ones((NEIGHBOUR, NEIGHBOUR), np.uint8))
    return np.asarray(cv2.bitwise_and(ink, near), dtype=np.uint8)


def _is_writing(mark: _Mark, page_width: int, page_height: int) -> bool:
    if max(mark.width, mark.height) < MARK_LENGTH or min(mark.width, mark.height) < THINNEST:
        return False
    across = (mark.left + mark.width / 2) / page_width
    down = (mark.top + mark.height / 2) / page_height
    margins = min(across, 1 - across), min(down, 1 - down)
    is_hole = min(margins) <= HOLE_MARGIN and _is_disc(mark)
    is_staple = max(margins) <= STAPLE_MARGIN and _is_bar(mark)
    return not is_hole and not is_staple


def _is_disc(mark: _Mark) -> bool:
    shortest, longest = HOLE_DIAMETER
    sides = sorted((mark.width, mark.height))
    round_ = shortest <= sides[0] and sides[1] <= longest and sides[0] >= ROUND * sides[1]
    return round_ and mark.area >= HOLE_FILL * mark.width * mark.height


def _is_bar(mark: _Mark) -> bool:
    shortest, longest = STAPLE_LENGTH
    _, sides, _ = cv2.minAreaRect(np.argwhere(mark.ink)[:, ::-1].astype(np.float32))
    thickness, length = sorted(side + 1 for side in sides)
    is_thin = thickness <= STAPLE_THICKNESS and shortest <= length <= longest
    return bool(is_thin and mark.area >= STAPLE_FILL * thickness * length)
