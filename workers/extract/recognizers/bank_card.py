"""Bank cards and accounts: CN_BANK (docs/identifiers.md, section 3).

Shape: 16 to 19 digits with a Luhn check digit (ISO/IEC 7812-1). Account and passbook numbers have 9 to 30 digits and no
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
    r"(?:62\d{14,17}|81\d{14}|60\d{14,17}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|4[4-9]|5)\d{12,13}|35\d{14}"
    r"|(?:2131|1800)\d{11}|(?:5[0678]|6[0-9])\d{14,17}|9\d{15,18})$"
)
_LENGTHS = range(16, 20)


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


def _anywhere(text: str) -> Iterator[Candidate]:
    for match in _CARD.finditer(text):
        number = compact(match.group())
        checked = bool(luhn.is_valid(number))
        if (checked and _ISSUED.match(number)) or (number.startswith("62") and len(number) in _LENGTHS):
            yield Candidate("CN_BANK", tier_of(labelled=False, checked=checked), *match.span(), number)
