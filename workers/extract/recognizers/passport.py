"""Passports and travel permits: CN_PASSPORT, HM_TRAVEL, TW_TRAVEL, CN_EXIT_HM, CN_EXIT_TW (docs/identifiers.md, section 2).

Shapes are published by the National Immigration Administration. None has a check digit outside the machine-readable zone; a
passport is also known by shape, the permits need their label.
"""

import re
from collections.abc import Iterator

from workers.extract.dates import begins_with_date
from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, Slot
from workers.extract.recognizers.matching import first_code, labelled, unlabelled

_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:E\d{8}|E[A-HJ-NP-Z]\d{7}|G\d{8}|[DSP]E?\d{7,8}|1[45]\d{7})(?![A-Za-z0-9])")
_PASSPORT_ALONE = re.compile(r"(?<![A-Za-z0-9])(?:E\d{8}|E[A-HJ-NP-Z]\d{7}|G\d{8}|[DSP]E\d{7})(?![A-Za-z0-9])")
_HOME_RETURN = re.compile(r"(?<![A-Za-z0-9])[HM]\d{8}(?:\d{2})?(?![A-Za-z0-9])")
_EXIT = re.compile(r"(?<![A-Za-z0-9])(?:[CW]\d{8}|C[A-Z]\d{7}|[LT]\d{8})(?![A-Za-z0-9])")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("passport", "travel_permit", "taiwan_permit", "identity"):
        yield from _in_slot(passage, slot)
    for match in _PASSPORT_ALONE.finditer(passage.text):
        yield unlabelled("CN_PASSPORT", match)
    for match in _HOME_RETURN.finditer(passage.text):
        yield unlabelled("HM_TRAVEL", match)


def _in_slot(passage: Passage, slot: Slot) -> Iterator[Candidate]:
    span = (passage.text, slot.start, slot.end)
    if match := _HOME_RETURN.search(*span):
        yield labelled("HM_TRAVEL", match, slot)
    elif match := _EXIT.search(*span):
        yield labelled("CN_EXIT_TW" if match.group()[0] in "LT" else "CN_EXIT_HM", match, slot)
    elif match := _PASSPORT.search(*span):
        yield labelled("CN_PASSPORT", match, slot)
    elif slot.label.concept != "identity" and (match := first_code(slot, passage.text, 5, 4)):
        yield labelled(_KINDS[slot.label.concept], match, slot)
    elif (match := first_code(slot, passage.text, 6, 5)) and _may_be_an_identity(match.group()):
        yield labelled(_kind_by_shape(match.group()), match, slot)


def _may_be_an_identity(code: str) -> bool:
    return len(compact(code)) not in _IDENTITY_LENGTHS and not begins_with_date(code)


_IDENTITY_LENGTHS = frozenset({15, 17, 18, 19})  # left to the recognizer of identity cards
_KINDS = {"passport": "CN_PASSPORT", "travel_permit": "HM_TRAVEL", "taiwan_permit": "TW_TRAVEL"}


def _kind_by_shape(number: str) -> str:
    """A number behind 证件号码 that has no known shape: letters make it a passport, digits alone an identity number."""
    return "CN_PASSPORT" if number[0].isalpha() and len(number) < 12 else "CN_ID18"
