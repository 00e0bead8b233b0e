"""Identity cards of Hong Kong, Macau and Taiwan, and residence cards of 2004 and 2017: HKID, MOID, TWID, CN_FPR2017.

HKID: weighted sum mod 11 with a leading blank worth 36 (docs/identifiers.md 4.4). TWID: the letter as two digits, weights
1 9 8 7 6 5 4 3 2 1 1, mod 10 (Ministry of the Interior). MOID has no published check. Behind a label OCR may have dropped or
doubled a digit, or read a letter for one.
"""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact, fold_digits
from workers.extract.passage import Candidate, Passage, Slot, tier_of
from workers.extract.recognizers.matching import first_in, labelled

_HKID = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d{6}[ ]?(?:\([0-9A]\)|[0-9A])(?![A-Za-z0-9])")
_MOID = re.compile(r"(?<![A-Za-z0-9])[1578]\d{6}[ ]?\(\d\)(?![A-Za-z0-9])")
_TWID = re.compile(r"(?<![A-Za-z0-9])[A-Z](?:[1289]\d{8}|[A-D]\d{8})(?![A-Za-z0-9])")
_FPR2017 = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}\d{12}(?![A-Za-z0-9])")
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, in this order
_LIKE = r"[0-9OoDQIl|!ZSbGBgq]"
_DAMAGED = {
    "hk_identity": (
        "HKID",
        re.compile(rf"(?<![A-Za-z0-9])[A-Z]{{0,2}}(?:[ \-]?{_LIKE}){{5,7}}[ ]?(?:\([0-9A-Za-z]\)|(?![0-9]))"),
    ),
    "macau_identity": (
        "MOID",
        re.compile(rf"(?<![A-Za-z0-9]){_LIKE}(?:[ \-]?{_LIKE}){{5,7}}[ ]?(?:\([0-9A-Za-z]\)|(?![0-9]))"),
    ),
    "taiwan_identity": ("TWID", re.compile(rf"(?<![A-Za-z0-9])[A-Z](?:[ \-]?{_LIKE}){{7,10}}(?![0-9])")),
}
_RESIDENCE = re.compile(rf"(?<![A-Za-z0-9])[A-Z]{{3}}(?:[ ]?{_LIKE}){{11,13}}(?![A-Za-z0-9])")


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
    places = tuple(passage.slots_for("identity", *_DAMAGED))
    for slot in places:
        yield from _in_slot(passage.text, slot)
    for match in _HKID.finditer(passage.text):
        checked = hong_kong_is_valid(compact(match.group()))
        if checked or "(" in match.group() or _slot_of(match, places):
            yield _candidate("HKID", match, places, checked=checked)
    for match in _MOID.finditer(passage.text):
        yield _candidate("MOID", match, places, checked=False)
    for match in _TWID.finditer(passage.text):
        checked = taiwan_is_valid(match.group())
        if checked or _slot_of(match, places):
            yield _candidate("TWID", match, places, checked=checked)
    for match in _FPR2017.finditer(passage.text):
        if _slot_of(match, places):
            yield _candidate("CN_FPR2017", match, places, checked=False)


def _in_slot(text: str, slot: Slot) -> Iterator[Candidate]:
    """A number that has lost its exact shape, behind the label of one territory or of residence cards."""
    if slot.label.concept in _DAMAGED:
        kind, pattern = _DAMAGED[slot.label.concept]
        if match := first_in(slot, pattern, text):
            yield labelled(kind, match, slot)
    elif match := first_in(slot, _RESIDENCE, text):
        number = compact(match.group())
        yield Candidate(
            "CN_FPR2017",
            tier_of(labelled=True, checked=False),
            *match.span(),
            number[:3] + fold_digits(number[3:]),
            slot.label.role,
        )


def _slot_of(match: re.Match[str], places: tuple[Slot, ...]) -> Slot | None:
    return next((slot for slot in places if slot.start <= match.start() < slot.end), None)


def _candidate(kind: str, match: re.Match[str], places: tuple[Slot, ...], *, checked: bool) -> Candidate:
    slot = _slot_of(match, places)
    tier = tier_of(labelled=slot is not None, checked=checked)
    return Candidate(kind, tier, *match.span(), compact(match.group()), slot.label.role if slot else None)
