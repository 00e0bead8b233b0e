"""Places of which people have said that what shows there tells of nobody.

Nothing is looked for less because of one. What is found is found; that it is no leak holds for this page, this place and this
kind of value, and the number of the instruction is kept with the page that was burnt. Who gave it and why is in the catalog.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.geometry import Box
from schemas.redaction import Leak

CHECK = "exempted_places"
"""Stands among the checks of a page exactly when it has such places: what was found outside them counts as ever."""

OTHER_ENGINE = "other_engine"
"""The check that is made on a share of the pages alone."""
LEGIBLE = frozenset({"second_reading", "second_detection", OTHER_ENGINE, "codes", "photographs"})
"""Checks that say what can be seen, and where. What the others find is a fault of burning or of the file."""
_SLACK = 16
"""Pixels by which a second reading may place a value beside the mask that the first one brought about: one cell of its grid."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """By the edit of that number, values of `kind` that show in `box` of the page are no leak; in original page pixels."""

    edit_id: int
    kind: str
    page_number: int
    box: Box

    def covers(self, leak: Leak) -> bool:
        """A leak without a place, or one that reaches out of this place, is not covered."""
        return (
            leak.check in LEGIBLE
            and leak.kind == self.kind
            and leak.page_number == self.page_number
            and leak.box is not None
            and _is_within(leak.box, self.box)
        )


def parted(leaks: Iterable[Leak], exemptions: Sequence[Exemption]) -> tuple[tuple[Leak, ...], tuple[Leak, ...]]:
    """The leaks that count, and those that an exemption covers."""
    counted: list[Leak] = []
    exempted: list[Leak] = []
    for leak in leaks:
        (exempted if any(each.covers(leak) for each in exemptions) else counted).append(leak)
    return tuple(counted), tuple(exempted)


def _is_within(inner: Box, place: Box) -> bool:
    return (
        inner.left >= place.left - _SLACK
        and inner.top >= place.top - _SLACK
        and inner.right <= place.right + _SLACK
        and inner.bottom <= place.bottom + _SLACK
    )
