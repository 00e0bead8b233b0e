"""Identity cards of Hong Kong, Macau and Taiwan, and residence cards of 2004 and 2017: HKID, MOID, TWID, CN_FPR2017.

HKID: weighted sum mod 11 with a leading blank worth 36 (docs/identifiers.md 4.4). TWID: the letter as two digits, weights
1 9 8 7 6 5 4 3 2 1 1, mod 10 (Ministry of the Interior). MOID has no published check.
"""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, tier_of

_HKID = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d{6}[ ]?(?:\([0-9A]\)|[0-9A])(?![A-Za-z0-9])")
_MOID = re.compile(r"(?<![A-Za-z0-9])[1578]\d{6}\(\d\)(?![A-Za-z0-9])")
_TWID = re.compile(r"(?<![A-Za-z0-9])[A-Z](?:[1289]\d{8}|[A-D]\d{8})(?![A-Za-z0-9])")
_FPR2017 = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}\d{12}(?![A-Za-z0-9])")
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, in this order


def hong_kong_is_valid(number: str) -> bool:
    """Whether 8 or 9 characters such as `A1234563` end in their check character."""
    padded = number.rjust(9)
    values = [36 if character == " " else int(character, 36) for character in padded]
    return sum(value * weight for value, weight in zip(values, (9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


def taiwan_is_valid(number: str) -> bool:
    """Whether a letter and nine digits such as `A123456789` have the right last digit."""
    if not number[1:].isdigit():
        return False
    digits = f"{_TAIWAN_LETTERS.index(number[0]) + 10}{number[1:]}"
    return sum(int(digit) * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def find(passage: Passage) -> Iterator[Candidate]:
    places = [(slot.start, slot.end, slot.label.role) for slot in passage.slots_for("hk_identity", "identity")]
    for match in _HKID.finditer(passage.text):
        checked = hong_kong_is_valid(compact(match.group()))
        if checked or "(" in match.group() or _is_inside(match, places):
            yield _candidate("HKID", match, places, checked=checked)
    for match in _MOID.finditer(passage.text):
        yield _candidate("MOID", match, places, checked=False)
    for match in _TWID.finditer(passage.text):
        checked = taiwan_is_valid(match.group())
        if checked or _is_inside(match, places):
            yield _candidate("TWID", match, places, checked=checked)
    for match in _FPR2017.finditer(passage.text):
        if _is_inside(match, places):
            yield _candidate("CN_FPR2017", match, places, checked=False)


_Places = list[tuple[int, int, str | None]]


def _is_inside(match: re.Match[str], places: _Places) -> bool:
    return any(start <= match.start() < end for start, end, _ in places)


def _candidate(kind: str, match: re.Match[str], places: _Places, *, checked: bool) -> Candidate:
    tier = tier_of(labelled=_is_inside(match, places), checked=checked)
    role = next((role for start, end, role in places if start <= match.start() < end), None)
    return Candidate(kind, tier, *match.span(), compact(match.group()), role)
