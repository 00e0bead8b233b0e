"""The rest of a labelled number, and what stands beside the label of a number and was not read as one.

A stamp across an identity number leaves half of it to be read; OCR makes a letter of a digit, or a line ends within the
number. No shape fits what is left, yet the label says what it is, and a value of which half is shown is shown. The
rules, for the labels of `concepts.NUMBERS` (tier C):

- where nothing is found behind the label, a run with three digits or more is the value;
- where something is found, it reaches to the ends of the letters and digits that it stands among;
- a run that ends its line too early goes on in the next two lines where they begin with nothing but digits and letters;
- where no date is found behind the label of one, a run of four digits and more is one that nobody can read, and so is
  whatever short text with a digit or a month stands there alone (tier D);
- what has the signs of a date, 年 and 月 and 日, and is none, is one, too, and so are other remains of dates;
- short runs in cells that follow one another behind a label, one digit or a few to each, are one number or one date;
- whatever else has seven digits and more, and is no sum, is a number, of which only its label could have said whose (tier D).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from schemas.entity import Tier
from workers.extract.concepts import DATES, NUMBERS
from workers.extract.dates import begins_with_date
from workers.extract.normalise import compact, fold_digits
from workers.extract.passage import Candidate, Label, Passage, Slot

_WHOLE = {
    "identity": frozenset({15, 18}),
    "mobile": frozenset({11}),
    "phone": frozenset({10, 11, 12}),
    "bank_card": frozenset(range(12, 31)),
    "us_account": frozenset(range(8, 18)),
    "driver_licence": frozenset({12, 18}),
    "driver_file": frozenset({12}),
    "social_card": frozenset({18}),
    "passport": frozenset({9}),
    "ssn": frozenset({9}),
    "member": frozenset(range(9, 15)),
    "medical_record": frozenset(range(8, 17)),
    "laboratory": frozenset(range(8, 17)),
    "vin": frozenset({17}),
    "policy": frozenset(range(12, 23)),
    "report": frozenset(range(12, 23)),
    "case": frozenset(range(12, 23)),
    "claim": frozenset(range(12, 23)),
}
"""How many characters a whole number behind these labels has: one that is whole does not go on in the next line."""

_SIGN = r"[0-9A-Za-z*×|!〇○]"
_RUN = re.compile(rf"[0-9A-Za-z*×](?:[ \-.*×]{{0,2}}{_SIGN})*(?![ ]?[年月日时元%岁])")
_SIGNS_BEFORE, _SIGNS_AFTER = (
    re.compile(rf"(?:\([0-9A-Za-z]{{1,3}}\)|[+(])?{_SIGN}*$"),
    re.compile(rf"(?:[.\-/]?{_SIGN}|\([0-9A-Za-z]{{1,3}}\))+"),
)
_LAST_RUN = re.compile(rf"[(+]?{_SIGN}(?:[ \-.()]{{0,2}}{_SIGN})*$")
_NEXT_LINE = re.compile(rf"[ ]?\n[ ]?(?P<more>{_SIGN}(?:-?{_SIGN})+)(?=[ \n]|$)")
_DATE_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ .:/\-年月]{0,2}[0-9A-Za-z]){3,9}(?![0-9A-Za-z])[日曰]?")
_DATE_ALONE = re.compile(
    r"(?=.*\d|.*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))[^\n:：]{3,18}(?<![天小时周月年岁次])", re.IGNORECASE
)
_LIKE = "0-9A-Za-z〇○零一二三四五六七八九十廿元"
_MARRED = rf"[{_LIKE}|(亿]"
_OF_DIGITS = "[0-9OCIlVWSZB]"
_BROKEN_DATE = re.compile(
    "|".join((
        # 年, 月 and 日 with a digit between them, whatever has become of the others
        rf"(?<![{_LIKE}])(?=[^\n日曰号]{{0,14}}[0-9]){_MARRED}{{0,4}} ?年 ?{_MARRED}{{0,3}} ?月 ?{_MARRED}{{0,4}} ?[日曰号]",
        # behind 于, where a date is due
        r"(?<=于)(?=[^一-鿿]*\d[^一-鿿]*\d)[0-9A-Z]{1,4}[./\-][0-9A-Z./\-]{1,6}(?=[一-鿿])",
        r"(?<=于)[0-9A-Z|]{2,5}(?:[./\-][0-9A-Z|]{1,3}){2}(?=[一-鿿])",
        # parted by slashes: digits and the letters that digits are read as
        rf"(?<![\w/]){_OF_DIGITS}{{1,2}}/{_OF_DIGITS}{{1,2}}/{_OF_DIGITS}{{2,4}}(?![\w/])",
        # on one side of 至, where a date stands on the other
        r"(?<![0-9A-Za-z./\-])\d[0-9A-Za-z./\-]{4,9}(?=[至到](?:19|20)\d\d)",
        r"(?<=\d[至到])\d[0-9A-Za-z./\-]{4,9}(?![0-9])",
    ))
)  # fmt: skip
_LONG_NUMBER = re.compile(
    r"(?<![0-9¥￥$.,])(?!\d{4}-\d\d?-\d\d?(?![0-9\-]))(?:(?<![A-Za-z])[A-Z]{2,4}(?=\d))?\d"
    r"(?:(?:-|(?<=\d{4}) (?=\d{4}))?[0-9OoIlSBZ|!]|(?<=\d)[A-Z]{1,2}(?=\d\d))*"
)
"""With up to four letters before it and two within it, as numbers of contracts and claims have."""
_OF_A_SUM = re.compile(r"[.,]\d|[ ]?[元圆万亿%]|[ ]?(?:yuan|rmb|usd|cny)", re.IGNORECASE)
_FEWEST_OF_A_LONG_NUMBER = 7
_IN_A_BOX = re.compile(rf"{_SIGN}(?:[ ]?{_SIGN}){{0,5}}")
_BOXES_OF_A_DATE, _BOXES_OF_A_NUMBER, _FEWEST_IN_BOXES, _MOST_OF_A_DATE = 2, 3, 6, 8
_FEWEST_DIGITS, _FEWEST_OF_A_PART, _FEWEST_OF_A_DATE = 3, 2, 4
_LONGEST = 40
_MOST_LINES = 2
"""That a number goes on for: cells are wide enough for a third of one."""
_YEAR = 4
_STRENGTH = 0.3


def find_unread(passage: Passage, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """What *found* lacks of the values of slots of NUMBERS: nothing that is labelled or checked there, or a part only."""
    yield from _in_boxes(passage)
    for slot in passage.slots_for(*NUMBERS):
        known = [each for each in found if _is_in(each, slot)]
        yield from _grown(passage.text, slot, known) if known else _runs(passage.text, slot)
        yield from _continued(passage.text, slot)
    for slot in passage.slots_for(*DATES):
        if not any(each.start < slot.end and slot.start < each.end and not _is_year(each) for each in found):
            yield from _unread_date(passage.text, slot)
    for match in _BROKEN_DATE.finditer(passage.text):
        if _is_apart(match, found):
            yield Candidate("DATE_OTHER", Tier.D, *match.span(), "", None, _STRENGTH)
    for match in _LONG_NUMBER.finditer(passage.text):
        is_long = _digits(match.group()) >= _FEWEST_OF_A_LONG_NUMBER
        if is_long and not _OF_A_SUM.match(passage.text, match.end()) and _is_apart(match, found):
            yield Candidate("NUMBER", Tier.D, *match.span(), compact(match.group()), None, _STRENGTH)


def _is_apart(match: re.Match[str], found: Sequence[Candidate]) -> bool:
    return not any(each.start < match.end() and match.start() < each.end for each in found)


def _is_year(candidate: Candidate) -> bool:
    """A year alone may be what is left of a date."""
    return candidate.kind in DATES.values() and len(candidate.canonical) == _YEAR


def _in_boxes(passage: Passage) -> Iterator[Candidate]:
    """Numbers and dates that a form has written one digit to a box, and the reader took for as many texts."""
    for label, slots in groupby(passage.slots_for(*NUMBERS, *DATES), key=lambda slot: slot.label):
        boxes: list[Slot] = []
        for slot in sorted(slots, key=lambda slot: slot.start):
            if not _IN_A_BOX.fullmatch(passage.text, slot.start, slot.end):
                continue
            if boxes and passage.text[boxes[-1].end : slot.start].strip():
                yield from _of_boxes(passage.text, label, boxes)
                boxes = []
            boxes.append(slot)
        yield from _of_boxes(passage.text, label, boxes)


def _of_boxes(text: str, label: Label, boxes: Sequence[Slot]) -> Iterator[Candidate]:
    """One value out of at least two boxes of a date, or three of a number."""
    digits = sum(_digits(text[slot.start : slot.end]) for slot in boxes)
    if label.concept in DATES:
        if len(boxes) >= _BOXES_OF_A_DATE and _FEWEST_OF_A_DATE <= digits <= _MOST_OF_A_DATE:
            yield Candidate(DATES[label.concept], Tier.D, boxes[0].start, boxes[-1].end, "", label.role, _STRENGTH)
    elif len(boxes) >= _BOXES_OF_A_NUMBER and digits >= _FEWEST_IN_BOXES:
        yield _candidate(boxes[0], boxes[0].start, boxes[-1].end, text)


def _unread_date(text: str, slot: Slot) -> Iterator[Candidate]:
    """What it says is not known: it has no normal form."""
    if alone := _DATE_ALONE.fullmatch(text, slot.start, slot.end):
        yield Candidate(DATES[slot.label.concept], Tier.D, *alone.span(), "", slot.label.role, _STRENGTH)
        return
    match = _DATE_RUN.search(text, slot.start, slot.end)
    if match and len(match.group()) > _YEAR and _digits(match.group()) >= _FEWEST_OF_A_DATE:
        yield Candidate(DATES[slot.label.concept], Tier.D, *match.span(), "", slot.label.role, _STRENGTH)


def _is_in(candidate: Candidate, slot: Slot) -> bool:
    """A date there is of another row: it is no number, and does not go on as one."""
    is_number = candidate.tier is not Tier.D and candidate.kind not in DATES.values()
    return is_number and candidate.start < slot.tail and slot.start < candidate.end


def _runs(text: str, slot: Slot) -> Iterator[Candidate]:
    for match in _RUN.finditer(text, slot.start, slot.end):
        if _digits(match.group()) >= _FEWEST_DIGITS and not begins_with_date(match.group()):
            yield _candidate(slot, *match.span(), text)
            return


def _grown(text: str, slot: Slot, known: Sequence[Candidate]) -> Iterator[Candidate]:
    for each in known:
        before = _SIGNS_BEFORE.search(text, max(slot.start, each.start - _LONGEST), each.start)
        after = _SIGNS_AFTER.match(text, each.end)
        if (
            ((before and before.group()) or after)
            and len(each) <= _LONGEST
            and _digits(text[each.start : each.end]) >= _FEWEST_OF_A_PART
        ):
            start, end = before.start() if before else each.start, after.end() if after else each.end
            yield replace(each, start=start, end=end, canonical=_canonical(each.kind, text[start:end]))


def _continued(text: str, slot: Slot) -> Iterator[Candidate]:
    """The number that the slot ends with, and the rest of it at the beginning of the next lines."""
    whole = _WHOLE.get(slot.label.concept)
    first = _LAST_RUN.search(text, slot.start, slot.end)
    if not whole or not first or _digits(fold_digits(first.group())) < _FEWEST_DIGITS:
        return
    number, end = fold_digits(compact(first.group())), slot.end
    if len(number) in whole:
        return
    for _ in range(_MOST_LINES):
        following = _NEXT_LINE.match(text, end, slot.tail)
        more = fold_digits(compact(following["more"])) if following else ""
        if not following or len(number + more) > max(whole) or _digits(more) * 3 < len(more) * 2:
            break
        number, end = number + more, following.end()
    if end > slot.end:
        yield _candidate(slot, first.start(), end, text)


def _candidate(slot: Slot, start: int, end: int, text: str) -> Candidate:
    kind = NUMBERS[slot.label.concept]
    return Candidate(kind, Tier.C, start, end, _canonical(kind, text[start:end]), slot.label.role, _STRENGTH)


def _canonical(kind: str, read: str) -> str:
    """The point of a diagnosis code belongs to it."""
    return read.strip() if kind == "DIAGNOSIS" else compact(read)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
