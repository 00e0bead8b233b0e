"""Identifiers of the United States: US_SSN, US_ITIN, US_EIN, US_MBI, US_HICN, US_NPI, US_DEA, US_MEMBER, US_GROUP, US_BANK.

Sources: SSA (area not 000, 666, 9xx), IRS (ITIN), CMS (MBI format), 45 CFR 162.406 (NPI: Luhn with 80840), DEA, ABA.
"""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.us import rtn, ssn

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, Slot, tier_of
from workers.extract.recognizers.matching import first_code, labelled, labelled_codes, unlabelled

_NINE = re.compile(r"(?<![0-9A-Za-z\-])\d{3}[- ]\d{2}[- ]\d{4}(?![0-9\-])")
_NINE_LABELLED = re.compile(r"(?<![0-9A-Za-z])\d(?:[- .]?\d){7,9}(?![0-9])")
_HICN = re.compile(r"(?<![0-9A-Za-z])\d{3}-\d{2}-\d{4}-?[A-Z]\d?(?![A-Za-z0-9])")
_EIN = re.compile(r"(?<![0-9A-Za-z\-])\d{2}-\d{7}(?![0-9\-])")
_MBI = re.compile(
    r"(?<![0-9A-Za-z])[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}(?![0-9A-Za-z])"
)
_TEN = re.compile(r"(?<![0-9A-Za-z])[12]\d{9}(?![0-9A-Za-z])")
_DEA = re.compile(r"(?<![0-9A-Za-z])[A-Z][A-Z9]\d{7}(?![0-9A-Za-z])")


def dea_is_valid(number: str) -> bool:
    """Two letters and seven digits; the last digit is that of d1+d3+d5 + 2(d2+d4+d6)."""
    digits = [int(digit) for digit in number[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("ssn"):
        if match := _NINE_LABELLED.search(passage.normal.folded, slot.start, slot.end):
            yield _taxpayer(match, slot, passage.text[slot.label.start : slot.label.end])
    yield from labelled_codes(passage, "US_MEMBER", "member", minimum=4)
    yield from labelled_codes(passage, "US_GROUP", "group", minimum=3, digits=1)
    yield from _payer_numbers(passage)
    yield from _bank_numbers(passage)
    yield from _by_shape(passage.text, passage.normal.folded)


def _taxpayer(match: re.Match[str], slot: Slot, label: str) -> Candidate:
    is_ssn = "social" in label.lower() or label.lower().startswith("ssn")
    number = compact(match.group())
    checked = len(number) == 9 and bool(ssn.is_valid(number))
    return labelled("US_SSN" if is_ssn else _taxpayer_kind(match.group()), match, slot, checked=checked)


def _taxpayer_kind(read: str) -> str:
    if _EIN.fullmatch(read):
        return "US_EIN"
    number = compact(read)
    return "US_ITIN" if number[0] == "9" and number[3:4] in {"5", "6", "7", "8", "9"} else "US_SSN"


def _payer_numbers(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("payer"):
        if match := first_code(slot, passage.text, 4, 3):
            yield labelled("US_NPI" if len(compact(match.group())) == 10 else "US_MEMBER", match, slot)


def _bank_numbers(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("routing", "us_account"):
        if match := first_code(slot, passage.text, 4, 3):
            checked = slot.label.concept == "routing" and bool(rtn.is_valid(compact(match.group())))
            yield labelled("US_BANK", match, slot, checked=checked)


def _by_shape(text: str, folded: str) -> Iterator[Candidate]:
    """*folded* has letters that are read for digits as digits, which letters of the other shapes must not be."""
    for match in _NINE.finditer(folded):
        yield unlabelled(_taxpayer_kind(match.group()), match)
    yield from (unlabelled("US_EIN", match) for match in _EIN.finditer(folded))
    for kind, pattern in (("US_HICN", _HICN), ("US_MBI", _MBI)):
        yield from (unlabelled(kind, match) for match in pattern.finditer(text))
    for match in _TEN.finditer(text):
        if luhn.is_valid("80840" + match.group()):
            yield Candidate("US_NPI", tier_of(labelled=False, checked=True), *match.span(), match.group())
    for match in _DEA.finditer(text):
        if dea_is_valid(match.group()):
            yield Candidate("US_DEA", tier_of(labelled=False, checked=True), *match.span(), match.group())
