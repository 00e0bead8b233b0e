"""Telephone numbers: CN_MOBILE, CN_PHONE, INTL_PHONE (docs/identifiers.md, section 3).

Mobiles have 11 digits from 13 to 19; issued ranges change, so none is refused. Landlines: 010 and 02x with 8 digits, 03xx to
09xx with 7 or 8, an extension behind - or 转; 400 and 800 lines. North American numbers: area code and exchange begin 2 to 9.
"""

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from workers.extract.concepts import DATES
from workers.extract.normalise import LOOKALIKE, compact, fold_digits
from workers.extract.passage import Candidate, Passage, Slot, tier_of

_MOBILE = re.compile(r"(?<![0-9])(?<![0-9][.\-])(?:\+?(?:0086|86)[- ]?)?1[3-9]\d(?:[- .]?\d{4}){2}(?![0-9]|\.\d{2}(?!\d))")
_MOBILE_LOOSE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[ ]?[3-9](?:[- .·]{0,2}\d){9}(?![0-9])")
_LANDLINE = re.compile(
    r"(?<![0-9])\(?0(?:10|2\d|[3-9]\d{2})[)\-_ ]{1,3}\d(?:[ \-]?\d){6,7}(?:(?:[-—转]|[ ]?ext\.?[ ]?)\d{1,6})?(?![0-9])"
)
_LANDLINE_CLOSED = re.compile(r"(?<![0-9.])0(?:10\d{8}|2\d{9}|[3-9]\d{9,10})(?:[-转]\d{1,6})?(?![0-9])")
_SERVICE = re.compile(r"(?<![0-9])[48]00[- ]?(?:\d{3}[- ]?\d{4}|\d{4}[- ]?\d{3})(?![0-9])")
_NANP = re.compile(
    r"(?<![0-9])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\)[-. ]{0,2}|[2-9]\d{2}[-.])\d{3}[-. ]\d{4}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?"
    r"(?![0-9])",
    re.IGNORECASE,
)
_INTERNATIONAL = re.compile(r"(?<![0-9A-Za-z])(?:\+|00(?=\d+[ \-]))[1-9]\d{0,2}(?:[ \-.()]{0,2}\d){6,13}(?![0-9])")
_LONGEST_DATE = 20
_GROUPED = re.compile(r"(?<![0-9A-Za-z.,])0\d{1,4}(?: \d{2,4}){2,4}(?![0-9])")
_SIGN = f"[0-9{re.escape(LOOKALIKE)}]"
_ANY_NUMBER = re.compile(rf"(?<![0-9A-Za-z])[+(]?{_SIGN}(?:[ \-.()转]{{0,2}}{_SIGN}){{5,17}}(?![0-9])")
_PARTED = re.compile(r"(?<![0-9.])(?=(?:\d ?){11}(?![0-9]))1[3-9]\d{1,8} \d{1,8}(?![0-9]|\.\d)")
_CUED = re.compile(
    r"(?:拨打|致电|来电|回电|电话|\b(?:[Cc]all(?: me)?(?: at| on)?|"
    r"[Rr]each (?:me|us|him|her) (?:at|on)|[Tt]el\.?|[Ff]ax|[Pp]hone))[ :：是为]{0,2}"
    r"(?P<number>[+(]?\d(?:[ \-.()]{0,2}\d){6,13})(?![0-9]|[ ]?[年月日元%])"
)
_SAID_BEHIND = re.compile(
    r"(?<![0-9A-Za-z])(?P<number>[+(]?\d(?:[ \-.()]{0,2}\d){6,13})[ ]?[\-–(/][ ]?"
    r"(?:office|fax|mobile|cell|home|work|tel|phone)\b",
    re.IGNORECASE,
)

_SHAPES = (
    ("CN_MOBILE", _MOBILE),
    ("CN_MOBILE", _PARTED),
    ("CN_PHONE", _LANDLINE),
    ("CN_PHONE", _LANDLINE_CLOSED),
    ("CN_PHONE", _SERVICE),
    ("INTL_PHONE", _NANP),
    ("INTL_PHONE", _GROUPED),
)


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("mobile", "phone", "wechat"):
        yield from _in_slot(passage, slot)
    due = [slot for slot in passage.slots_for(*DATES) if slot.end - slot.start < _LONGEST_DATE]
    for reading in passage.normal.readings:
        yield from (each for each in _anywhere(reading) if each.kind != "INTL_PHONE" or not _is_in_any(each, due))


def _is_in_any(candidate: Candidate, slots: Sequence[Slot]) -> bool:
    """Groups of digits where a date is due (06 23 201) are one of which a digit was lost."""
    return any(slot.start <= candidate.start and candidate.end <= slot.end for slot in slots)


def _in_slot(passage: Passage, slot: Slot) -> Iterator[Candidate]:
    """Every number in the slot: two telephones often share one line."""
    text = passage.normal.folded
    shapes = (*_SHAPES, ("CN_MOBILE", _MOBILE_LOOSE)) if slot.label.concept != "wechat" else _SHAPES[:1]
    found = [(kind, match) for kind, pattern in shapes for match in pattern.finditer(text, slot.start, slot.end)]
    if not found and slot.label.concept != "wechat" and (loose := _ANY_NUMBER.search(passage.text, slot.start, slot.end)):
        found = [(_kind_of(compact(fold_digits(loose.group()))), loose)]
    for kind, match in found:
        yield Candidate(kind, tier_of(labelled=True, checked=False), *match.span(), _canonical(match.group()), slot.label.role)


def _anywhere(text: str) -> Iterator[Candidate]:
    shaped = (*_by_shape(text),)
    yield from shaped
    for match in (*_CUED.finditer(text), *_SAID_BEHIND.finditer(text)):
        number, (start, end) = match["number"], match.span("number")
        if not any(each.start < end and start < each.end for each in shaped):
            yield Candidate(_kind_of(compact(number)), tier_of(labelled=True, checked=False), start, end, _canonical(number))


def _by_shape(text: str) -> Iterator[Candidate]:
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(text):
            yield Candidate(kind, tier_of(labelled=False, checked=False), *match.span(), _canonical(match.group()))
    for match in _INTERNATIONAL.finditer(text):
        if _is_foreign(match.group()):
            yield Candidate("INTL_PHONE", tier_of(labelled=False, checked=False), *match.span(), _canonical(match.group()))


def _kind_of(digits: str) -> str:
    """What a number that no shape knows was meant to be: OCR drops and doubles digits."""
    if re.fullmatch(r"1[3-9]\d{7,10}", digits):
        return "CN_MOBILE"
    return "CN_PHONE" if len(digits) <= 12 else "INTL_PHONE"


def _is_foreign(read: str) -> bool:
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", read), None)
    except phonenumbers.NumberParseException:
        return False
    return number.country_code != 86 and bool(phonenumbers.is_possible_number(number))


def _canonical(read: str) -> str:
    """Digits only; a mobile without the country code 86."""
    digits = re.sub(r"[^0-9转+]", "", fold_digits(read))
    return re.sub(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)", "", digits).replace("转", "-")
