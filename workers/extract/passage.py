"""One page as recognizers see it: normalised text, the labels on it, and where each label's value may stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from schemas.entity import Tier
from workers.extract.normalise import NormalisedText

# Strengths are confidences before the reading's own confidence is weighed in: how often a candidate of the tier is
# what it says, by experience with forms; only their order matters to the code.
STRENGTHS = {Tier.A: 0.99, Tier.B: 0.95, Tier.C: 0.9, Tier.D: 0.6}


@dataclass(frozen=True, slots=True)
class Label:
    """A form label, characters [start, end) of the normalised text. `concept` says what it announces, `role` whose."""

    concept: str
    role: str | None
    start: int
    end: int
    is_bare_role: bool = False
    """A role word alone (`被保险人`), which announces a name or heads a section."""
    above: int | None = None
    """Where the first line of a label begins that its cell breaks over two."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a label's value may stand: characters [start, end) of the normalised text.

    `tail` is where the value may go on: the end of the line below when that line can only continue this one, else `end`.
    """

    label: Label
    start: int
    end: int
    tail: int
    is_beside: bool = True
    """Follows its label in the same line; else it stands in a cell of its own."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one page with its labels and slots, both in reading order."""

    normal: NormalisedText = field(repr=False)
    labels: tuple[Label, ...] = ()
    slots: tuple[Slot, ...] = ()
    wraps: frozenset[int] = frozenset()
    """Places of line breaks that only fold running text."""

    @property
    def text(self) -> str:
        return self.normal.text

    def unfolded(self) -> "Passage | None":
        """The text without the breaks that only fold it, None where there are none; spans of it lead back to this text."""
        if not self.wraps:
            return None
        kept = [place for place in range(len(self.text)) if place not in self.wraps]
        folded = self.text
        text = "".join(folded[place] for place in kept)
        return Passage(NormalisedText(text, tuple(kept), tuple(place + 1 for place in kept)))

    def slots_for(self, *concepts: str) -> Iterator[Slot]:
        return (slot for slot in self.slots if slot.label.concept in concepts)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a recognizer found at characters [start, end) of the normalised text."""

    kind: str
    tier: Tier
    start: int
    end: int
    canonical: str = field(repr=False)
    role: str | None = None
    strength: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a candidate holds at least one character")
        if not self.strength:
            object.__setattr__(self, "strength", STRENGTHS[self.tier])

    def __len__(self) -> int:
        return self.end - self.start

    def moved(self, start: int, end: int) -> "Candidate":
        return replace(self, start=start, end=end)


def tier_of(*, labelled: bool, checked: bool) -> Tier:
    """The tier of docs/identifiers.md 1.4."""
    if labelled:
        return Tier.A if checked else Tier.C
    return Tier.B if checked else Tier.D
