"""What stands beside the label of a secret number and was not read as one: it is taken for that number all the same.

A stamp across an identity number leaves half of it to be read. No shape fits what is left, yet the label says what it is, and a
value of which half is shown is shown. The rule: behind such a label, a run with three digits or more is the value (tier C).
"""

import re
from collections.abc import Iterator, Sequence

from schemas.entity import Tier
from workers.extract.passage import Candidate, Passage, Slot

KINDS = {
    "identity": "CN_ID18",
    "bank_card": "CN_BANK",
    "hk_identity": "HKID",
    "medical_record": "MRN",
    "passport": "CN_PASSPORT",
    "social_card": "CN_SSC",
    "ssn": "US_SSN",
    "travel_permit": "HM_TRAVEL",
    "us_account": "US_BANK",
}
"""Concepts of resources/labels.txt whose values are secret numbers, with the kind that each announces."""

_RUN = re.compile(r"[0-9A-Za-z*×](?:[ \-.*×]{0,2}[0-9A-Za-z*×])*")
_FEWEST_DIGITS = 3
_STRENGTH = 0.3


def find_unread(passage: Passage, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """The values of slots of KINDS in which *found* has nothing that is labelled or checked."""
    for slot in passage.slots_for(*KINDS):
        if not any(_is_in(each, slot) for each in found):
            yield from _runs(passage.text, slot)


def _is_in(candidate: Candidate, slot: Slot) -> bool:
    return candidate.tier is not Tier.D and candidate.start < slot.tail and slot.start < candidate.end


def _runs(text: str, slot: Slot) -> Iterator[Candidate]:
    for match in _RUN.finditer(text, slot.start, slot.end):
        if sum(char.isdigit() for char in match.group()) >= _FEWEST_DIGITS:
            kind = KINDS[slot.label.concept]
            yield Candidate(kind, Tier.C, *match.span(), match.group(), slot.label.role, _STRENGTH)
            return
