"""Which lines of a page were written by hand, told from how unevenly their characters stand.

Type stands on a straight line and is of one height; a hand wanders. Measured are characters of one class (Chinese, or digits),
because their shapes reach equally high, and medians are taken, because a rule or a seal spoils single characters. One line
may look uneven for many reasons; a page on which several do was filled in with a pen. A line that is part print and part
handwriting counts by which of them most of its characters are. Marked are only lines that are sure; short ones never.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.recognize.page_view import Pixels

FEWEST = 6
"""Characters of one class of which a line can be judged."""

WANDERS = (0.025, 0.12)
"""How far the middles of characters stray from a straight line, in heights of a character: less is type, more is a mistake,
such as two lines taken for one."""

UNEVEN = 0.02
"""How far their tops and their feet stray, both."""

STROKE = (0.045, 0.09)
"""Stroke widths of a pen in heights of a character; light grey hairlines are thinner, bold type is thicker."""

LINES, SHARE = 3, 0.2
"""So many lines, and such a share of those that can be judged, look written on a page that was written on."""

PAPER = 85
"""Percentile of the shades in a strip that is its paper."""

INK = 0.5
"""Of the depth of the darkest ink; what is darker counts."""

LEAST_DEPTH = 12.0
"""Levels of 255: fainter strips cannot be judged."""

RULE_LENGTH = 41
"""Straight runs across a strip of 48 rows that are no strokes."""

LEAST_INK, LEAST_WIDTH, LEAST_HEIGHT = 10, 4, 6
"""Of a character, in pixels of its strip: less is a stroke or a speck."""

OUTLIERS = 0.01
"""Share of a character's ink above its top and below its foot: bits of the lines around it."""


class Reading(Protocol):
    """What was read in a strip: the columns in which each character stands."""

    @property
    def text(self) -> str: ...
    @property
    def columns(self) -> tuple[tuple[float, float], ...]: ...


@dataclass(frozen=True, slots=True)
class Hand:
    """How the characters of a line stand. `wander`: how far their middles stray from a straight line, `tops` and `feet` the
    same for their upper and lower ends, `stroke` how wide their strokes are; all in heights of a character."""

    wander: float
    tops: float
    feet: float
    stroke: float

    @property
    def looks_written(self) -> bool:
        wanders = WANDERS[0] <= self.wander < WANDERS[1]
        return wanders and min(self.tops, self.feet) >= UNEVEN and STROKE[0] <= self.stroke <= STROKE[1]


@dataclass(frozen=True, slots=True)
class _Character:
    """Rows [top, foot) of a strip and the width of the strokes, in pixels."""

    sort: str
    top: int
    foot: int
    stroke: float


def written_by_hand(lines: Sequence[tuple[Pixels, Reading]]) -> tuple[bool, ...]:
    """For each line of one page, its strip (48 x width x 3, 0 to 255) with what was read there: whether it is handwritten."""
    hands = [hand_of(strip, reading) for strip, reading in lines]
    judged = [hand for hand in hands if hand is not None]
    written = sum(hand.looks_written for hand in judged)
    if written < max(LINES, SHARE * len(judged)):
        return (False,) * len(lines)
    return tuple(hand is not None and hand.looks_written for hand in hands)


def hand_of(strip: Pixels, reading: Reading) -> Hand | None:
    """How a line's characters stand; None where there are too few to tell."""
    if max(sum(_sort(character) == sort for character in reading.text) for sort in ("han", "digit")) < FEWEST:
        return None
    characters = list(_characters(strip, reading))
    kinds = ([c for c in characters if c.sort == sort] for sort in ("han", "digit"))
    alike = max(kinds, key=len)
    if len(alike) < FEWEST:
        return None
    tops, feet = np.array([c.top for c in alike]), np.array([c.foot for c in alike])
    height = float(np.median([c.foot - c.top for c in characters]))
    return Hand(
        wander=_stray((tops + feet) / 2) / height,
        tops=_stray(tops) / height,
        feet=_stray(feet) / height,
        stroke=float(np.median([c.stroke for c in characters])) / height,
    )


def _stray(places: NDArray[np.int_] | NDArray[np.float64]) -> float:
    """The median distance of *places*, one per character, from the straight line through them."""
    steps = np.arange(len(places))
    rest = places - np.polyval(np.polyfit(steps, places, 1), steps)
    return float(np.median(np.abs(rest - np.median(rest))))


def _characters(strip: Pixels, reading: Reading) -> Iterator[_Character]:
    ink = _ink(strip)
    for character, (left, right) in zip(reading.text, reading.columns, strict=True):
        cell = ink[:, max(round(left), 0) : max(round(right), 0)]
        if character.isalnum() and cell.shape[1] >= LEAST_WIDTH and cv2.countNonZero(np.ascontiguousarray(cell)) >= LEAST_INK:
            found = _placed(character, cell)
            if found.foot - found.top >= LEAST_HEIGHT:
                yield found


def _placed(character: str, cell: NDArray[np.uint8]) -> _Character:
    area = int(cell.sum())
    filled = np.cumsum(cell.sum(axis=1)) / area
    top, foot = int(np.searchsorted(filled, OUTLIERS)), int(np.searchsorted(filled, 1 - OUTLIERS)) + 1
    edges = int((cell[1:] != cell[:-1]).sum() + (cell[:, 1:] != cell[:, :-1]).sum())
    return _Character(_sort(character), top, foot, 2 * area / max(edges, 1))


def _sort(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return "han"
    return "digit" if character.isdigit() else "other"


def _ink(strip: Pixels) -> NDArray[np.uint8]:
    """1 where a strip has ink, without rules across it."""
    shades = strip.min(axis=2).astype(np.float32)
    darkness = np.clip(np.percentile(shades, PAPER) - shades, 0, None)
    depth = float(np.percentile(darkness, 98))
    if depth < LEAST_DEPTH:
        return np.zeros(shades.shape, np.uint8)
    ink = (darkness > INK * depth).astype(np.uint8)
    rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, RULE_LENGTH), np.uint8))
    return np.where(cv2.dilate(rules, np.ones((3, 1), np.uint8)) == 1, 0, ink).astype(np.uint8)
