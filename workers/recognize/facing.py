"""Lines that face another way than the page: print in a mirror, upside down on an upright page, or both.

The engine reads such a line as other letters, with doubt. So what was read with doubt is read the other ways round, too, and
where one of them is read almost surely, that is the way it faces.
"""

from collections.abc import Sequence

import numpy as np

from schemas.geometry import Quad
from workers.recognize.page_view import Pixels
from workers.recognize.recognition import StripReading
from workers.recognize.strips import Strip, cut, quad_points

_WAYS = ((1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0))
"""The corners of a line from where its text begins: in a mirror, upside down, and both."""

DOUBT = 0.92
"""Of lines of claim papers, worn ones too, one in a hundred is read with less; of lines in a mirror nearly all are."""

SURE, SURE_OF_SHORT = 0.9, 0.95
_BETTER = 0.05
_SHORT = 3


def may_face_otherwise(reading: StripReading) -> bool:
    """Marks without a letter may be all that is read of a line that is upside down."""
    return reading.confidence < DOUBT or not _letters(reading)


def other_ways(page: Pixels, strip: Strip) -> list[Strip]:
    """The same line of the page, cut so that text facing another way stands upright in it."""
    corners = quad_points(strip, 0.0, strip.width)
    return [cut(page, corners[list(way)]) for way in _WAYS]


def best_of(reading: StripReading, others: Sequence[StripReading]) -> int | None:
    """Which of *others* is what the line says; None where it is the *reading* at hand."""
    best = max(range(len(others)), key=lambda at: others[at].confidence)
    letters, before = _letters(others[best]), reading.confidence if _letters(reading) else 0.0
    least = max(SURE if letters >= _SHORT else SURE_OF_SHORT, before + _BETTER)
    return best if letters > 1 and others[best].confidence >= least else None


def _letters(reading: StripReading) -> int:
    return sum(map(str.isalnum, reading.text))


def is_mirrored(quad: Quad) -> bool:
    """Whether what begins at the first corner runs to the second, and down from there, as in a mirror."""
    first, second, _, fourth = (np.array(corner) for corner in quad)
    (across_x, across_y), (down_x, down_y) = second - first, fourth - first
    return bool(across_x * down_y - across_y * down_x < 0)
