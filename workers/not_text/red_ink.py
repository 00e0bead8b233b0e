"""Seals and thumbprints, told by their red ink, size and shape.

A company's seal is a ring of 30 to 60 mm. A person's is a square, an oval or a ring of 6 to 24 mm that is framed or filled, a
thumbprint an oval of that size full of ridges. On a grey scan there is no red, and none of them is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from workers.not_text.sheet import Ink, Sheet

_LEAD = 34
"""Levels of 255 by which red must be brighter than green and blue: more than coloured fringes of black print have."""
_CLOSING_MM = 1.0
_COMPANY_MM, _PERSONAL_MM = (27.0, 66.0), (6.0, 25.0)
_COMPANY_SHAPE, _PERSONAL_SHAPE = 0.6, 0.5
"""The shorter side over the longer one, at least."""
_RING, _RING_WIDTH = 0.55, 0.16
"""Of all directions from the middle, so many meet ink near the edge; and how near, of half the size."""
_CORNERS, _CORNER = 3, 0.2
_OFF_CENTRE = 0.2
_RIM_MM = 2.0
"""Around what is a person's own: its edge took less ink, and pale ridges are not told from paper."""
_LEAST_INK = 0.2
"""Of the box: a ring drawn with a pen has less."""


@dataclass(frozen=True, slots=True)
class RedMark:
    """`kind` is SEAL, NAME_SEAL or THUMBPRINT."""

    kind: str
    box: Box


def find_red_marks(sheet: Sheet) -> tuple[RedMark, ...]:
    marks = [*_marks(sheet)]
    seals = [mark.box for mark in marks if mark.kind == "SEAL"]
    return tuple(mark for mark in marks if mark.kind == "SEAL" or not any(_is_emblem(mark.box, seal) for seal in seals))


def _is_emblem(box: Box, seal: Box) -> bool:
    """Whether *box* is the star in the middle of a seal."""
    aside = abs(box.left + box.right - seal.left - seal.right), abs(box.top + box.bottom - seal.top - seal.bottom)
    return aside[0] < _OFF_CENTRE * seal.width and aside[1] < _OFF_CENTRE * seal.height


def _marks(sheet: Sheet) -> Iterator[RedMark]:
    ink = _red(sheet.pixels)
    if not cv2.countNonZero(ink):
        return
    side = sheet.px(_CLOSING_MM)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for at in range(1, count):
        left, top, width, height, _ = (int(each) for each in stats[at])
        cut = np.s_[top : top + height, left : left + width]
        kind = _kind(np.where(labels[cut] == at, ink[cut], 0).astype(np.uint8), sheet)
        if kind:
            rim = 0 if kind == "SEAL" else sheet.px(_RIM_MM)
            box = sheet.on_page(left - rim, top - rim, left + width + rim, top + height + rim)
            yield RedMark(kind, box.clipped(round(sheet.width / sheet.scale), round(sheet.height / sheet.scale)))


def _red(pixels: NDArray[np.uint8]) -> Ink:
    red, green, blue = cv2.split(pixels)
    lead = cv2.subtract(red, cv2.max(green, blue))
    return np.asarray(cv2.threshold(lead, _LEAD - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _kind(ink: Ink, sheet: Sheet) -> str | None:
    height, width = ink.shape
    short, long = sorted((sheet.mm(width), sheet.mm(height)))
    if _is_between(_COMPANY_MM, long) and short >= _COMPANY_SHAPE * long and _ring(ink) >= _RING:
        return "SEAL"
    if not (_PERSONAL_MM[0] <= short and long <= _PERSONAL_MM[1] and short >= _PERSONAL_SHAPE * long):
        return None
    if cv2.countNonZero(ink) < _LEAST_INK * ink.size:
        return None
    return "NAME_SEAL" if _corners(ink) >= _CORNERS else _round_kind(ink)


def _round_kind(ink: Ink) -> str | None:
    """A ring with a name in it, or ridges."""
    if _ring(ink) < _RING:
        return None
    middle = ink[ink.shape[0] // 4 : -(ink.shape[0] // 4) or None, ink.shape[1] // 4 : -(ink.shape[1] // 4) or None]
    rows = np.count_nonzero(np.diff((middle > 0).astype(np.int8), axis=0), axis=0)
    return "THUMBPRINT" if float(np.median(rows)) >= _RIDGES else "NAME_SEAL"


_RIDGES = 6
"""Changes between ink and paper down the middle half of a mark: ridges lie 0.5 mm apart, strokes of a name further."""


def _ring(ink: Ink) -> float:
    """The share of directions from the middle of the box in which there is ink near the ellipse that fills it."""
    height, width = ink.shape
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    met = np.zeros(len(angles), bool)
    for reach in np.linspace(1 - _RING_WIDTH, 1.0, 6):
        rows = np.clip((height / 2 + np.sin(angles) * reach * height / 2).astype(int), 0, height - 1)
        columns = np.clip((width / 2 + np.cos(angles) * reach * width / 2).astype(int), 0, width - 1)
        met |= ink[rows, columns] > 0
    return float(met.mean())


def _corners(ink: Ink) -> int:
    """In how many corners of the box there is ink: a square has it in four, an oval in none."""
    height, width = (max(round(side * _CORNER), 1) for side in ink.shape)
    parts = (ink[:height, :width], ink[:height, -width:], ink[-height:, :width], ink[-height:, -width:])
    return sum(cv2.countNonZero(np.ascontiguousarray(part)) >= 0.15 * part.size for part in parts)


def _is_between(limits: tuple[float, float], value: float) -> bool:
    return limits[0] <= value <= limits[1]
