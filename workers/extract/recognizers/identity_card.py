"""Identity cards of mainland China: CN_ID18, CN_ID15, CN_RESIDENCE_HMT, CN_FPR2023 (docs/identifiers.md, section 2).

Shape: 17 digits and a check character (GB 11643-1999, MOD 11-2), or the 15 digits issued until 1999. OCR drops and doubles
digits: behind a label, a run of 13 to 20 digits is an identity number whatever its length.
"""

import re
from collections.abc import Iterator
from datetime import date

from schemas.entity import Tier
from workers.extract.dates import begins_with_date
from workers.extract.normalise import compact, fold_digits
from workers.extract.passage import Candidate, Passage, Slot, tier_of

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# First two digits of GB/T 2260 codes; 81 to 83 are residence permits of Hong Kong, Macau and Taiwan people.
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_ALMOST = frozenset({15, 17, 18, 19})  # lengths that a driving licence or insurance number has only if it is an identity number
_SEPARATOR = r"[ \-.·]{0,2}"
_BREAK = r"(?:[ \-.·]{0,2}|[ ]?\n[ ]?)"
_CHECK = r"[0-9Xx×*]"
_LIKE = r"[0-9OoDQIl|!ZSbGBgq〇]"

_EIGHTEEN = re.compile(rf"(?<![0-9])(?=([1-9](?:{_BREAK}\d){{16}}{_BREAK}{_CHECK})(?![0-9]))")
_FIFTEEN = re.compile(rf"(?<![0-9])(?=([1-9](?:{_SEPARATOR}\d){{14}})(?![0-9]))")
"""Looked for at every place: the number of a row, a blank before, would else begin the number behind it."""
_SLIPPED = re.compile(
    r"(?<![0-9])[1-6]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{2}[\dXx]|\d{4}[\dXx])(?![0-9])"
)
_LABELLED_RUN = re.compile(rf"(?<![0-9A-Za-z])[1-9Il|!ZSbGB](?:{_BREAK}{_LIKE}){{11,18}}(?:{_SEPARATOR}{_CHECK})?(?![0-9])")
_PART_RUN = re.compile(r"(?<![0-9A-Za-z])\d{6}[\dXx* ]{3,12}(?![0-9])")


def check_character(first_seventeen: str) -> str:
    """The 18th character for 17 digits (GB 11643-1999, MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def is_valid(number: str) -> bool:
    """Whether 18 characters hold a real date of birth and the right check character."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    return check_character(number[:17]) == number[17] and _holds_date(number[6:14])


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("identity", "driver_licence", "social_card"):
        yield from _in_slot(passage, slot)
    for reading in passage.normal.readings:
        yield from _anywhere(reading)


def _in_slot(passage: Passage, slot: Slot) -> Iterator[Candidate]:
    match = _labelled_run(passage.text, slot)
    number = _canonical(match.group()) if match else ""
    if match and (slot.label.concept == "identity" or len(number) in _ALMOST):
        yield Candidate(
            _kind(number), tier_of(labelled=True, checked=is_valid(number)), *match.span(), _long(number), slot.label.role
        )
    elif slot.label.concept == "identity" and (part := _PART_RUN.search(passage.text, slot.start, slot.end)):
        yield Candidate("CN_ID18", Tier.C, *part.span(), _canonical(part.group()), slot.label.role, strength=0.7)


def _labelled_run(text: str, slot: Slot) -> re.Match[str] | None:
    """The run in the slot; one that goes on in the next line must come to a right length there."""
    for end in dict.fromkeys((slot.tail, slot.end)):
        match = _LABELLED_RUN.search(text, slot.start, end)
        if (
            match
            and _mostly_digits(match.group())
            and ("\n" not in match.group() or len(_canonical(match.group())) in {15, 18})
            and not begins_with_date(match.group())
        ):
            return match
    return None


def _anywhere(text: str) -> Iterator[Candidate]:
    for match in _EIGHTEEN.finditer(text):
        number = _canonical(match[1])
        checked = is_valid(number)
        if checked or ("\n" not in match[1] and _is_plausible(number, match[1])):
            yield Candidate(_kind(number), tier_of(labelled=False, checked=checked), *match.span(1), number)
    for match in _FIFTEEN.finditer(text):
        number = _canonical(match[1])
        if number[:2] in _PROVINCES and _holds_date("19" + number[6:12]):
            yield Candidate("CN_ID15", tier_of(labelled=False, checked=False), *match.span(1), _long(number))
    for match in _SLIPPED.finditer(text):
        yield Candidate("CN_ID18", tier_of(labelled=False, checked=False), *match.span(), match.group().upper(), strength=0.5)


def _is_plausible(number: str, read: str) -> bool:
    """Shape alone: an unbroken run, or one with a believable province and century."""
    return number[0] != "9" and (len(read) == 18 or (number[:2] in _PROVINCES and number[6:8] in {"19", "20"}))


def _canonical(read: str) -> str:
    plain = compact(read).replace("×", "X").replace("*", "X")
    return fold_digits(plain[:-1]) + (plain[-1] if plain[-1] == "X" else fold_digits(plain[-1]))


def _long(number: str) -> str:
    """The 18-character form: an old number gets its century and check character."""
    if len(number) != 15 or not number.isdigit():
        return number
    seventeen = f"{number[:6]}19{number[6:]}"
    return seventeen + check_character(seventeen)


def _kind(number: str) -> str:
    if len(number) == 15:
        return "CN_ID15"
    if number[:6] in {"810000", "820000", "830000"}:
        return "CN_RESIDENCE_HMT"
    return "CN_FPR2023" if number[0] == "9" and len(number) == 18 else "CN_ID18"


def _mostly_digits(read: str) -> bool:
    return sum(map(str.isdigit, read)) * 3 >= len(compact(read)) * 2


def _holds_date(eight: str) -> bool:
    try:
        day = date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return False
    return day.year >= 1850
