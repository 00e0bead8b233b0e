"""What most recognizers do: look for a shape in the slots of a label."""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, Slot, tier_of

CODE = re.compile(r"[A-Za-z0-9]+(?:(?:[-./]| (?!(?:19|20)\d\d[-./年])(?=[A-Za-z]{0,4}\d))[A-Za-z0-9]+)*")
"""Letters and digits with the separators of numbers; a space only before digits, and not before a date."""


def first_in(slot: Slot, pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match of *pattern* within the slot."""
    return pattern.search(text, slot.start, slot.end)


def first_code(slot: Slot, text: str, minimum: int, digits: int) -> re.Match[str] | None:
    """The first run of letters and digits in the slot with at least *minimum* characters, *digits* of them digits."""
    for match in CODE.finditer(text, slot.start, slot.end):
        plain = compact(match.group())
        if len(plain) >= minimum and sum(map(str.isdigit, plain)) >= digits:
            return match
    return None


def labelled_codes(
    passage: Passage, kind: str, *concepts: str, minimum: int = 5, maximum: int = 30, digits: int = 3, role: str | None = None
) -> Iterator[Candidate]:
    """Numbers that have no shape of their own: the label is needed and enough (tier C)."""
    for slot in passage.slots_for(*concepts):
        match = first_code(slot, passage.text, minimum, digits)
        if match and len(compact(match.group())) <= maximum:
            yield labelled(kind, match, slot, role=role)


def labelled(kind: str, match: re.Match[str], slot: Slot, *, role: str | None = None, checked: bool = False) -> Candidate:
    tier = tier_of(labelled=True, checked=checked)
    return Candidate(kind, tier, match.start(), match.end(), compact(match.group()), role or slot.label.role)


def unlabelled(kind: str, match: re.Match[str], *, checked: bool = False) -> Candidate:
    return Candidate(kind, tier_of(labelled=False, checked=checked), match.start(), match.end(), compact(match.group()))
