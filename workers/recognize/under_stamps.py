"""What is read on a page where stamps lie over the text: from the page as it is, and from the page without their ink.

The detector takes a stamp and the text under it for one picture, so lines are looked for again where the ink is taken off.
Neither reading is always right: of lines in the same place the surer ones stand, and the others are kept as alternatives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from workers.recognize.ink import StampInk
from workers.recognize.page_view import Points

TOUCHED = 0.01
"""Of a line's box, the share that is stamp ink from which it is worth another reading."""

OWN = 0.35
"""A line of which less than this share of the ink is left without the stamp's is the stamp's own text, or printed in its
colour."""

MIXED = 0.75
"""Up to this share of ink left a line may be a stamp's text that runs across the text under it: then both readings stand."""

SURE, SAME = 0.9, 0.8
"""A line is not read again if its box, by this overlap, was found before, and none of its characters is less sure."""

DOUBT = 0.8
"""What a character adds to a reading is its confidence less this: one read with less speaks against it."""

ADDED = 0.6
"""Least mean confidence of a line that is found only without the stamp."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as one reading of the page saw it: its box in the view, and how sure each of its characters is."""

    box: Points = field(repr=False)
    confidences: tuple[float, ...] = field(repr=False)

    @property
    def confidence(self) -> float:
        return sum(self.confidences) / max(len(self.confidences), 1)

    @property
    def weight(self) -> float:
        return sum(confidence - DOUBT for confidence in self.confidences)


@dataclass(frozen=True, slots=True)
class Choice:
    """Lines that stand, by their index, and what each of them stands for: `beaten` are lines of the other reading."""

    is_bare: bool
    at: int
    beaten: tuple[int, ...] = ()


def worth_reading(boxes: Sequence[Points], ordinary: Sequence[Seen], stamp: StampInk) -> list[Points]:
    """Those of *boxes*, found without the stamp's ink, over which it lies; not those that were read before without doubt."""
    sure = [line.box for line in ordinary if min(line.confidences, default=0.0) >= SURE]
    touched = (box for box in boxes if stamp.share(box) >= TOUCHED)
    return [box for box in touched if not any(overlap(box, other) >= SAME for other in sure)]


def chosen(ordinary: Sequence[Seen], bare: Sequence[Seen], stamp: StampInk) -> list[Choice]:
    """Which lines stand: of lines in the same place those of the surer reading, and all that lie in no other's place."""
    choices: list[Choice] = []
    for theirs, ours in _places(ordinary, bare, stamp):
        if not theirs:
            choices += [Choice(is_bare=True, at=at) for at in ours if bare[at].confidence >= ADDED]
        elif ours and _weight(bare, ours) > _weight(ordinary, theirs):
            choices += [Choice(is_bare=True, at=at, beaten=_in_place(bare[at], ordinary, theirs)) for at in ours]
        else:
            choices += [Choice(is_bare=False, at=at, beaten=_in_place(ordinary[at], bare, ours)) for at in theirs]
            if any(stamp.left(ordinary[at].box) < MIXED for at in theirs):
                choices += [Choice(is_bare=True, at=at) for at in ours if bare[at].confidence >= ADDED]
    return choices


def _weight(lines: Sequence[Seen], indices: Sequence[int]) -> float:
    return sum(lines[at].weight for at in indices)


def _in_place(line: Seen, others: Sequence[Seen], indices: Sequence[int]) -> tuple[int, ...]:
    return tuple(at for at in indices if in_same_place(line.box, others[at].box))


def _places(ordinary: Sequence[Seen], bare: Sequence[Seen], stamp: StampInk) -> Iterator[tuple[list[int], list[int]]]:
    """Ordinary and bare lines that have a place in common, directly or through others. A stamp's own text is in nobody's."""
    own = [stamp.share(line.box) >= TOUCHED and stamp.left(line.box) < OWN for line in ordinary]
    of_stamp = [line for line, is_own in zip(ordinary, own, strict=True) if is_own]
    free = {at for at, is_own in enumerate(own) if not is_own}
    unseen = {at for at, line in enumerate(bare) if not _is_residue(line, of_stamp, stamp)}
    yield from (([at], []) for at, is_own in enumerate(own) if is_own)
    while free:
        theirs, ours = {free.pop()}, set[int]()
        while True:
            more_ours = {j for j in unseen if any(in_same_place(bare[j].box, ordinary[i].box) for i in theirs)}
            unseen -= more_ours
            ours |= more_ours
            more_theirs = {i for i in free if any(in_same_place(bare[j].box, ordinary[i].box) for j in more_ours)}
            free -= more_theirs
            theirs |= more_theirs
            if not more_theirs:
                break
        yield sorted(theirs), sorted(ours)
    yield from (([], [at]) for at in sorted(unseen))


def _is_residue(line: Seen, of_stamp: Sequence[Seen], stamp: StampInk) -> bool:
    """Whether *line* is only what is left of one of the stamp's own lines after its ink was taken off."""
    if stamp.left(line.box) >= OWN:
        return False
    return any(in_same_place(line.box, other.box) and line.weight <= other.weight for other in of_stamp)


def in_same_place(one: Points, other: Points) -> bool:
    """Whether two boxes share more than half of the smaller one's width and more than half of the lower one's height."""
    shared = np.minimum(one.max(axis=0), other.max(axis=0)) - np.maximum(one.min(axis=0), other.min(axis=0))
    return bool((shared > np.minimum(np.ptp(one, axis=0), np.ptp(other, axis=0)) / 2).all())


def overlap(one: Points, other: Points) -> float:
    """What the upright rectangles around two boxes share, over what they cover together, 0 to 1."""
    sides = np.minimum(one.max(axis=0), other.max(axis=0)) - np.maximum(one.min(axis=0), other.min(axis=0))
    shared = float(np.clip(sides, 0.0, None).prod())
    return shared / max(float(np.ptp(one, axis=0).prod() + np.ptp(other, axis=0).prod()) - shared, 1.0)
