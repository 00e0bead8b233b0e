"""How much there is to be looked at in a file: counts of what a machine cannot be sure of, each worth some points.

The score orders a queue and proves nothing. It is a sum that anybody can do again: points of each signal, bounded, so that one
long page of handwriting does not outweigh a file that leaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.review import Signal


@dataclass(frozen=True, slots=True)
class Weight:
    """What a signal means, how many points each occurrence is worth, and how many all of them at most."""

    meaning: str
    points_each: int
    most: int


WEIGHTS: dict[str, Weight] = {
    "withheld": Weight("Reading the file back found something that must be hidden.", 100, 100),
    "taken_back": Weight("Somebody rejected or withdrew it: its masks are to be changed and submitted.", 100, 100),
    "covered_late": Weight("A value that the first reading missed was found by reading back, and covered then.", 10, 50),
    "uncertain_region": Weight(
        "A region was hidden because it could not be judged, such as handwriting beside a label.", 8, 40
    ),
    "unread_value": Weight("Something stands beside the label of a personal value and was not read as one.", 8, 40),
    "page_not_sure": Weight("A page was read with a mean confidence below 0.85.", 5, 25),
    "hand_edit": Weight("A person changed a mask.", 5, 25),
    "tier_d": Weight("A value was told by its shape alone, without label or checksum.", 3, 30),
    "not_counted": Weight("The file is older than the counting of risks.", 20, 20),
    "handwriting": Weight("A line is written by hand.", 2, 20),
}

SURE = 0.85
"""Mean confidence of a page below which somebody should look; pages of clean print are read with 0.95 and more."""


def explain(signals: Mapping[str, int]) -> tuple[Signal, ...]:
    """The signals that were met, those worth the most points first."""
    told = (_signal(name, count) for name, count in signals.items() if count and name in WEIGHTS)
    return tuple(sorted(told, key=lambda each: (-each.points, each.name)))


def score_of(signals: Mapping[str, int]) -> int:
    return sum(each.points for each in explain(signals))


def _signal(name: str, count: int) -> Signal:
    weight = WEIGHTS[name]
    return Signal(name, count, weight.points_each, min(count * weight.points_each, weight.most))
