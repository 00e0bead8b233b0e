"""Characters set one below the other of which the detector found only some.

Digits stand further apart in a column than in a row, so that it parts them, or passes them over. Where a part of a column
was read with certainty, the ink right above and below belongs to it, up to a rule or a gap, and all of it is read as one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.recognize.page_view import PageView, Pixels, Points
from workers.recognize.recognition import StripReading
from workers.recognize.strips import STRIP_HEIGHT, Strip, cut, quad_points

_FEWEST, _SURE = 2, 0.9
_STEEP = 3.0
_INK = 0.75
"""Of the paper's brightness; what is darker is ink."""
_GAP = 0.9 * STRIP_HEIGHT
"""No two characters of a column stand further apart."""
_RULE = 0.85
"""Ink over this share of the column's width is a rule."""
_REACH = 40 * STRIP_HEIGHT
_ASKED = 4
_ALIKE_LYING = frozenset("08OoH")
"""Characters that are the same, or another, on their side."""
_SURE_OF_ALL = 0.85
ENOUGH_LYING = 3
"""Lines that lie on their side, as on a page that does, before no more are asked."""


def may_go_on(strip: Strip, reading: StripReading) -> bool:
    """Whether *strip* runs down the page and was read well enough to look for its rest."""
    across, down = strip.to_page[:, 0]
    return bool(down > _STEEP * abs(across)) and len(reading.text) >= _FEWEST and reading.confidence >= _SURE


def whole_column(page: Pixels, strip: Strip) -> Strip | None:
    """*strip* from where its column begins to where it ends; None where it is all of it."""
    long = cut(page, quad_points(strip, -_REACH, strip.width + _REACH))
    step = (strip.width + 2 * _REACH) / long.width
    grey = long.pixels.mean(axis=2)
    shares = (grey < _INK * float(np.percentile(grey, 80))).mean(axis=0)
    first, last = round(_REACH / step), round((strip.width + _REACH) / step)
    before, behind = (_length(side, step) for side in (shares[:first][::-1], shares[last:]))
    if max(before, behind) <= STRIP_HEIGHT / 3:
        return None
    margin = STRIP_HEIGHT / 12
    return cut(
        page, quad_points(strip, -before - margin if before else 0.0, strip.width + behind + (margin if behind else 0.0))
    )


def _length(shares: NDArray[np.float64], step: float) -> float:
    """How far ink goes on without a gap or a rule, in columns of the strip; *shares* of ink stand *step* of them apart."""
    end = 0.0
    for at, share in enumerate(shares, start=1):
        if share >= _RULE or at * step - end > _GAP:
            break
        end = at * step if share else end
    return end


def characters(page: Pixels, strip: Strip, reading: StripReading) -> list[tuple[str, Strip]]:
    """Some characters of *reading*, each cut from the page as if it stood upright there."""
    written = [at for at, char in enumerate(reading.text) if char.isalnum() and char not in _ALIKE_LYING][:_ASKED]
    places = [quad_points(strip, *reading.columns[at]) for at in written]
    upright = (np.array([place.min(axis=0), place.max(axis=0)]) for place in places)
    corners = (np.array([low, (high[0], low[1]), high, (low[0], high[1])]) for low, high in upright)
    return [(reading.text[at], cut(page, corner)) for at, corner in zip(written, corners, strict=True)]


def stands_upright(chars: Sequence[str], readings: Sequence[StripReading]) -> bool:
    """Whether *chars*, read upright, are what they were in the column: then it is no line lying on its side."""
    return len(chars) >= _FEWEST and all(char == reading.text for char, reading in zip(chars, readings, strict=True))


def says_more(whole: StripReading, part: StripReading) -> bool:
    """Whether *whole*, read of all of a column, is what the column says, of which *part* was read before."""
    return part.text in whole.text and len(whole.text) > len(part.text) and whole.confidence >= _SURE_OF_ALL


def place_in(view: PageView, strip: Strip) -> Points:
    """The corners of *strip* in *view*."""
    corners = quad_points(strip, 0.0, strip.width)
    return np.asarray(np.linalg.solve(view.to_page[:, :2], (corners - view.to_page[:, 2]).T).T, dtype=np.float64)


def is_inside(box: Points, column: Points) -> bool:
    """Whether the middle of *box* lies in *column*."""
    x, y = box.mean(axis=0)
    (left, top), (right, bottom) = column.min(axis=0), column.max(axis=0)
    return bool(left <= x <= right and top <= y <= bottom)
