"""Sums of money: AMOUNT, in figures (小写) or spelled (大写); canonical is the decimal sum in yuan, or in the currency written.

Both forms of one sum have the same canonical value, so that they can be compared.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from workers.extract.numerals import han_amount
from workers.extract.passage import Candidate, Passage, tier_of

_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?"
_SIGNED = re.compile(rf"(?:[¥$€£]|RMB|CNY|USD|HK\$)[ ]?-?{_FIGURES}(?:[ ]?[万亿]?元)?", re.IGNORECASE)
_YUAN = re.compile(rf"(?<![\d.,]){_FIGURES}[ ]?(?:万|亿)?[ ]?(?:元|圆)(?!/)(?:人民币)?")
_PLAIN = re.compile(rf"(?<![\d.,/\-A-Za-z]){_FIGURES}(?![\d/\-年月日%A-Za-z])")
_NUMERAL = "零〇壹贰叁肆伍陆柒捌玖貳參陸"
_UNIT = "拾佰仟万亿萬億"
_SPELLED = re.compile(
    rf"(?:人民币)?(?:[{_NUMERAL}][{_NUMERAL}{_UNIT} ]*|[拾佰仟][{_NUMERAL}拾佰仟万 ]*)[元圆圓]"
    rf"[ ]?(?:[{_NUMERAL}][ ]?角)?[ ]?(?:零?[{_NUMERAL}][ ]?分)?[ ]?[整正]?"
)
_CELL = re.compile(r"(?<![^\n])(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}(?![^\n])")  # a line that is a sum with cents and nothing else
_SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


def find(passage: Passage) -> Iterator[Candidate]:
    text = passage.text
    places = [range(slot.start, slot.end) for slot in passage.slots_for("amount")]
    for slot in passage.slots_for("amount"):
        if match := _PLAIN.search(text, slot.start, slot.end):
            yield from _candidate(match, labelled=True)
    for pattern in (_SIGNED, _YUAN, _SPELLED, _CELL):
        for match in pattern.finditer(text):
            yield from _candidate(match, labelled=any(match.start() in place for place in places))


def _candidate(match: re.Match[str], *, labelled: bool) -> Iterator[Candidate]:
    value = han_amount(match.group()) if _SPELLED.fullmatch(match.group()) else _figures(match.group())
    if value is not None:
        end = match.start() + len(match.group().rstrip())
        yield Candidate("AMOUNT", tier_of(labelled=labelled, checked=False), match.start(), end, f"{value:.2f}")


def _figures(read: str) -> Decimal | None:
    scale = next((factor for sign, factor in _SCALES.items() if sign in read), Decimal(1))
    try:
        return Decimal(re.sub(r"[^\d.]", "", read)) * scale
    except InvalidOperation:
        return None
