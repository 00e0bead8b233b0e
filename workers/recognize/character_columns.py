"""Where each character of a strip begins and ends: from the recogniser's time steps, settled by the ink between them.

A box is the character's cell: its ink and the white that type sets around it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.recognize.page_view import Pixels

Span = tuple[float, float]
"""[left, right) in columns of a strip"""

WINDOW = 0.42
"""Where a cut may lie, to either side of the middle, as a share of the distance between two centres: beside a narrow `i` or a
space it lies far from the middle, but never in a character's centre."""

EMPTY = 0.08
"""Share of the fullest column's ink that still counts as a gap."""

REACH = 30.0
"""Columns to either side of its centre that a character can cover: a full-width one is about as wide as the line is high."""


BEARING = 3.0
"""Columns and rows of white that belong to a character on each side of its ink, in a strip of 48 pixels."""

LATIN_BEARING = 0.2
"""Of the height of figures and letters: how far the line's cells reach beyond them above and below."""

FAINT_ROW = 0.06
"""Share of the fullest row's ink under which a row shows nothing of the line."""


def ink_of(pixels: Pixels) -> NDArray[np.float32]:
    """How much ink each pixel holds, 0 for the paper's own colour; height x width x 3 in, height x width out."""
    darkness = 255 - pixels.min(axis=2)  # the darkest channel: coloured ink counts in full
    paper = np.partition(darkness, darkness.size // 4, axis=None)[darkness.size // 4]
    beyond_grain = darkness.astype(np.float32) - (float(paper) + 16.0)  # of paper and JPEG
    ink: NDArray[np.float32] = np.clip(beyond_grain, 0.0, None)
    return ink


def ink_profile(pixels: Pixels) -> NDArray[np.float32]:
    """How much ink each column holds; height x width x 3 in, width out."""
    profile: NDArray[np.float32] = ink_of(pixels).sum(axis=0)
    return profile


def rows(ink: NDArray[np.float32], *, latin: bool) -> Span:
    """[top, bottom) of the line in a strip: from the fullest row as far up and down as ink goes on.

    What lies apart from it is a rule, or a stroke of the next line. *latin*: only figures and letters, which fill less of
    their cells than Chinese characters do.
    """
    across = ink.sum(axis=1)
    height = len(across)
    inked = across > across.max() * FAINT_ROW
    middle = height // 4 + int(across[height // 4 : height - height // 4].argmax())
    if not inked[middle]:
        return 0.0, float(height)
    above, below = np.flatnonzero(~inked[:middle]), np.flatnonzero(~inked[middle:])
    top = int(above[-1]) + 1 if len(above) else 0
    bottom = middle + int(below[0]) if len(below) else height
    bearing = max(BEARING, LATIN_BEARING * (bottom - top)) if latin else BEARING
    return max(top - bearing, 0.0), min(bottom + bearing, float(height))


def spans(centres: Sequence[float], ink: NDArray[np.float32]) -> list[Span]:
    """One span per character, in order and without overlap. *centres* are columns, rising; *ink* has the ink of each."""
    width = float(len(ink))
    cuts = [_cut(a, b, ink) for a, b in pairwise(centres)]
    lefts = [max(0.0, centres[0] - REACH) if centres else 0.0, *(right for _, right in cuts)]
    rights = [*(left for left, _ in cuts), min(width, centres[-1] + REACH) if centres else width]
    return [_fitted(left, right, ink) for left, right in zip(lefts, rights, strict=True)] if centres else []


def _cut(left: float, right: float, ink: NDArray[np.float32]) -> Span:
    """Where the character at *left* ends and the one at *right* begins: in the emptiest column nearest the middle.

    Where they lie further apart than two characters reach, each keeps its own reach.
    """
    if right - left > 2 * REACH:
        return left + REACH, right - REACH
    middle, reach = (left + right) / 2, (right - left) * WINDOW
    columns = np.arange(max(int(middle - reach), 0), min(int(middle + reach) + 1, len(ink))) + 0.5
    if len(columns) == 0:
        return middle, middle
    window = ink[columns.astype(np.int64)]
    # Columns that hold next to nothing are equally good: grain must not outweigh the distance from the middle.
    emptiness = np.floor(window / max(float(window.max()) * EMPTY, 1.0))
    best = float(columns[np.lexsort((np.abs(columns - middle), emptiness))[0]])
    return best, best


def _fitted(left: float, right: float, ink: NDArray[np.float32]) -> Span:
    """The span drawn in to its ink and a bearing, where it has any ink."""
    first, last = int(left), int(np.ceil(right))
    inked = np.flatnonzero(ink[first:last] > 0)
    if len(inked) == 0:
        return left, max(right, left + 1.0)
    begin, end = float(first + inked[0]), float(first + inked[-1] + 1)
    return max(left, begin - BEARING), min(max(right, left + 1.0), end + BEARING)
