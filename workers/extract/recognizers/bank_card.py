"""Bank cards and accounts: CN_BANK (docs/identifiers.md, section 3).

Shape: 16 to 19 digits with a Luhn check digit (ISO/IEC 7812-1); an IBAN with its check digits (ISO 13616, mod 97).
Account and passbook numbers have 9 to 30 digits and no
check digit, so the label is enough for them.
"""

import re
from collections.abc import Iterator

from stdnum import luhn

from workers.extract.normalise import compact, fold_digits
from workers.extract.passage import Candidate, Passage, tier_of

_CARD = re.compile(r"(?<![0-9])(?:[234569]|1800|81)\d{3,}(?:[ \-]{1,2}\d{2,7})*(?![0-9])")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9OoIlSBZ](?:[ \-.]{0,2}[0-9OoIlSBZ]){8,29}(?![0-9])")
_MASKED = re.compile(r"\d{4,6}[ ]?[*xX]{2,}[* xX]*\d{2,4}")
# Issuer ranges with their lengths: UnionPay, Visa, Mastercard, American Express, Diners, Discover, JCB, Maestro.
_ISSUED = re.compile(
    r"(?:62\d{14,17}|81\d{14}|60\d{14,17}|4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|4[4-9]|5)\d{12,13}|35\d{14}"
    r"|(?:2131|1800)\d{11}|(?:5[0678]|6[0-9])\d{14,17}|9\d{15,18})$"
)
_LENGTHS = range(16, 20)
_CUED = re.compile(
    r"(?i:\b(?:card|cc|account|acct)|卡号?|账号|转入|汇入)(?i:[ ]?(?:number|no\.?|#))?"
    r"(?i:[ ]is)?[ :：为是]{0,2}(?P<number>\d(?:[ \-]?\d){11,18})(?![0-9])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9OIl]{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_FEWEST_DIGITS_OF_IBAN = 10


def find(passage: Passage) -> Iterator[Candidate]:
    text = passage.text
    for slot in passage.slots_for("bank_card"):
        match = _ACCOUNT.search(text, slot.start, slot.end) or _MASKED.search(text, slot.start, slot.end)
        if match:
            number = fold_digits(compact(match.group()))
            checked = len(number) in _LENGTHS and number.isdigit() and bool(luhn.is_valid(number))
            yield Candidate("CN_BANK", tier_of(labelled=True, checked=checked), *match.span(), number, slot.label.role)
    for reading in passage.normal.readings:
        yield from _anywhere(reading)
    yield from _ibans(text)


def _ibans(text: str) -> Iterator[Candidate]:
    """Without the right check digits only where the bank's four letters stand in their place."""
    for match in _IBAN.finditer(text):
        number = compact(match.group())
        checked = iban_is_valid(number)
        if checked or (number[4:8].isalpha() and sum(map(str.isdigit, number)) >= _FEWEST_DIGITS_OF_IBAN):
            yield Candidate("CN_BANK", tier_of(labelled=False, checked=checked), *match.span(), number)


def iban_is_valid(number: str) -> bool:
    """Whether the number, its first four characters moved to the end and letters as 10 to 35, leaves 1 mod 97 (ISO 13616)."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _anywhere(text: str) -> Iterator[Candidate]:
    shaped = (*_by_shape(text),)
    yield from shaped
    for match in _CUED.finditer(text):
        number, (start, end) = compact(match["number"]), match.span("number")
        if not any(each.start < end and start < each.end for each in shaped):
            yield Candidate("CN_BANK", tier_of(labelled=True, checked=bool(luhn.is_valid(number))), start, end, number)


def _by_shape(text: str) -> Iterator[Candidate]:
    for match in _CARD.finditer(text):
        number = compact(match.group())
        checked = bool(luhn.is_valid(number))
        if (checked and _ISSUED.match(number)) or (number.startswith("62") and len(number) in _LENGTHS):
            yield Candidate("CN_BANK", tier_of(labelled=False, checked=checked), *match.span(), number)
