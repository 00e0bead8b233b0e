"""Where each character of a strip begins and ends: from the recogniser's time steps, settled by the ink between them."""

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


def ink_profile(pixels: Pixels) -> NDArray[np.float64]:
    """How much ink each column holds, from 0 for the paper's own colour; height x width x 3 in, width out."""
    darkness = 255.0 - pixels.min(axis=2)  # the darkest channel: coloured ink counts in full
    paper = np.percentile(darkness, 25)
    ink: NDArray[np.float64] = np.clip(darkness - paper - 16.0, 0.0, None).sum(axis=0)  # 16: grain of paper and JPEG
    return ink


def spans(centres: Sequence[float], ink: NDArray[np.float64]) -> list[Span]:
    """One span per character, in order and without overlap. *centres* are columns, rising."""
    width = float(len(ink))
    cuts = [_cut(a, b, ink) for a, b in pairwise(centres)]
    lefts = [max(0.0, centres[0] - REACH) if centres else 0.0, *(right for _, right in cuts)]
    rights = [*(left for left, _ in cuts), min(width, centres[-1] + REACH) if centres else width]
    return [_fitted(left, right, ink) for left, right in zip(lefts, rights, strict=True)] if centres else []


def _cut(left: float, right: float, ink: NDArray[np.float64]) -> Span:
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


def _fitted(left: float, right: float, ink: NDArray[np.float64]) -> Span:
    """The span drawn in to its ink, where it has any."""
    first, last = int(left), int(np.ceil(right))
    inked = np.flatnonzero(ink[first:last] > 0)
    if len(inked) == 0:
        return left, max(right, left + 1.0)
    return max(left, float(first + inked[0])), min(max(right, left + 1.0), float(first + inked[-1] + 1))
