"""Vehicles: PLATE (GA 36, no I and O), VIN (GB 16735, check character at place 9), ENGINE (label required)."""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, tier_of
from workers.extract.recognizers.matching import first_in, labelled, labelled_codes

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_PLATE = re.compile(
    rf"{_PROVINCE}[ ]?[A-HJ-NP-Z][ ·.\-]?"
    r"(?:[A-HJK][A-HJ-NP-Z0-9]?\d{4}|\d{5}[A-HJK]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_PLATE_DAMAGED = re.compile(rf"{_PROVINCE}?[ ]?[A-Z0-9](?:[ ·.\-]?[A-Za-z0-9|!]){{4,8}}[挂学警港澳]?")
_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin_is_valid(number: str) -> bool:
    """Whether place 9 of 17 characters is the remainder mod 11 of the weighted sum, `X` for 10."""
    values = (int(character) if character.isdigit() else _VIN_VALUES[character] for character in number)
    remainder = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return number[8] == ("X" if remainder == 10 else str(remainder))


def find(passage: Passage) -> Iterator[Candidate]:
    yield from _plates(passage)
    yield from _chassis(passage)
    yield from labelled_codes(passage, "ENGINE", "engine", maximum=20)


def _plates(passage: Passage) -> Iterator[Candidate]:
    """Behind a label anything of about the right length, Latin plates of other countries too."""
    for slot in passage.slots_for("plate"):
        match = first_in(slot, _PLATE_DAMAGED, passage.text)
        if match and sum(map(str.isdigit, match.group())) >= 2:
            yield labelled("PLATE", match, slot)
    places = [range(slot.start, slot.end) for slot in passage.slots_for("plate")]
    for match in _PLATE.finditer(passage.text):
        if sum(map(str.isdigit, match.group())) >= 2:
            tier = tier_of(labelled=any(match.start() in place for place in places), checked=False)
            yield Candidate("PLATE", tier, *match.span(), compact(match.group()))


def _chassis(passage: Passage) -> Iterator[Candidate]:
    places = [range(slot.start, slot.end) for slot in passage.slots_for("vin")]
    for match in _VIN.finditer(passage.text):
        is_labelled, checked = any(match.start() in place for place in places), vin_is_valid(match.group())
        if is_labelled or (checked and not match.group().isdigit()):
            yield Candidate("VIN", tier_of(labelled=is_labelled, checked=checked), *match.span(), match.group())
