"""Dates as people type them."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from archive.errors import Rejected

CENTURY_PIVOT = 50
"""Two-digit years below it are of the 2000s, the others of the 1900s."""
FIRST_YEAR, LAST_YEAR = 1850, 2150


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days from `first` to `last`, both included: one day, one month or one year.

    `otherwise` is the next reading where the typist did not say whether day or month comes first (05/03/2019).
    """

    first: date
    last: date
    precision: Precision
    otherwise: "DateSpan | None" = None

    @property
    def readings(self) -> tuple["DateSpan", ...]:
        return (self, *(self.otherwise.readings if self.otherwise else ()))


def parse_date(typed: str) -> DateSpan:
    """What *typed* means, in any of the usual Chinese and English ways; raises Rejected(unreadable_date)."""
    try:
        plain = _plain(typed)
    except ValueError as error:
        raise Rejected("unreadable_date") from error
    for shape, read in _SHAPES:
        match = shape.fullmatch(plain)
        if match and (span := _or_none(read, *match.groups())):
            return span
    raise Rejected("unreadable_date")


def span_of(year: int, month: int | None = None, day: int | None = None) -> DateSpan:
    """Raises ValueError where there is no such date between 1850 and 2150."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("the year is out of range")
    if month is None:
        return DateSpan(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    if not 1 <= month <= 12:
        raise ValueError("there is no such month")
    if day is None:
        return DateSpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), Precision.MONTH)
    return DateSpan(date(year, month, day), date(year, month, day), Precision.DAY)


_DIGITS = {numeral: str(value) for value, numeral in enumerate("零一二三四五六七八九")} | {
    "〇": "0", "○": "0", "元": "1", "两": "2", "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6", "柒": "7", "捌": "8", "玖": "9",
}  # fmt: skip
_TENS = {"十": 1, "拾": 1, "廿": 2, "卅": 3}
_NUMERAL = re.compile("[零〇○一二三四五六七八九元两壹贰叁肆伍陆柒捌玖十拾廿卅百]+(?=[年月日号]|$)")
_TIME_OF_DAY = re.compile(r"[t\s]\s*\d{1,2}:\d{2}.*$|(?<=[日号])\s*\d{1,2}\s*[时点:].*$")
_REPUBLIC = re.compile("^(?:中[华華])?民[国國]")
_REPUBLIC_BEGINS = 1911
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _plain(typed: str) -> str:
    """NFKC, Chinese numerals as digits, without the time of day. Raises ValueError where numerals make no number."""
    plain = unicodedata.normalize("NFKC", typed).casefold().strip()
    plain = _TIME_OF_DAY.sub("", _NUMERAL.sub(lambda numeral: _arabic(numeral.group()), plain))
    return re.sub(r"\s*([-./年月日号,])\s*", r"\1", plain).strip()


def _arabic(numeral: str) -> str:
    """`二〇一九` digit by digit; `三十一`, `廿五` and `十` by tens; `一百零八` by the hundred."""
    hundreds, hundred, below = numeral.partition("百")
    if hundred:
        return str(int(_digits(hundreds) or "1") * 100 + int(_below_hundred(below) or "0"))
    return _below_hundred(numeral)


def _below_hundred(numeral: str) -> str:
    for sign, tens in _TENS.items():
        before, found, after = numeral.partition(sign)
        if found:
            count = int(_digits(before) or "1") if tens == 1 else tens
            return str(count * 10 + int(_digits(after) or "0"))
    return _digits(numeral)


def _digits(numeral: str) -> str:
    """Raises ValueError where a sign is not a digit."""
    if unknown := set(numeral) - set(_DIGITS):
        raise ValueError(f"{len(unknown)} signs are no digits")
    return "".join(_DIGITS[sign] for sign in numeral)


def _year_first(year: str, month: str | None = None, day: str | None = None) -> DateSpan:
    return span_of(_whole_year(year), int(month) if month else None, int(day) if day else None)


def _whole_year(year: str) -> int:
    value = int(year)
    if len(year) > 2:
        return value
    return value + (2000 if value < CENTURY_PIVOT else 1900)


def _republic(year: str, month: str | None = None, day: str | None = None) -> DateSpan:
    return span_of(int(year) + _REPUBLIC_BEGINS, int(month) if month else None, int(day) if day else None)


def _year_last(one: str, other: str, year: str) -> DateSpan:
    """Month first, as on American forms, and day first."""
    return _undecided((year, one, other), (year, other, one))


def _year_anywhere(one: str, two: str, three: str) -> DateSpan:
    """Two digits each, between slashes."""
    return _undecided((one, two, three), (three, one, two), (three, two, one))


def _undecided(*orders: tuple[str, str, str]) -> DateSpan:
    """The orders (year, month, day) that give a date; raises ValueError where none does."""
    spans = dict.fromkeys(span for order in orders if (span := _or_none(_year_first, *order)))
    result: DateSpan | None = None
    for span in reversed(spans):
        result = replace(span, otherwise=result)
    if result is None:
        raise ValueError("there is no such date")
    return result


def _or_none(read: Callable[..., DateSpan], *parts: str | None) -> DateSpan | None:
    try:
        return read(*parts)
    except ValueError:
        return None


def _month_last(month: str, year: str) -> DateSpan:
    return _year_first(year, month)


def _english(month: str, day: str | None, year: str) -> DateSpan:
    return span_of(_whole_year(year), _MONTHS.index(month) + 1, int(day) if day else None)


def _english_day_first(day: str, month: str, year: str) -> DateSpan:
    return _english(month, day, year)


_MONTH_NAME = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_SHAPES: tuple[tuple[re.Pattern[str], Callable[..., DateSpan]], ...] = tuple(
    (re.compile(shape), read)
    for shape, read in (
        (rf"{_REPUBLIC.pattern}(\d{{1,3}})(?:年(?:(\d{{1,2}})(?:月(?:(\d{{1,2}})[日号]?)?)?)?)?", _republic),
        (rf"{_REPUBLIC.pattern}(\d{{1,3}})[-./](\d{{1,2}})(?:[-./](\d{{1,2}}))?", _republic),
        (r"(\d{4}|\d{2})年(?:(\d{1,2})(?:月(?:(\d{1,2})[日号]?)?)?)?", _year_first),
        (r"(\d{4})[-./ ](\d{1,2})(?:[-./ ](\d{1,2}))?", _year_first),
        (r"(\d{4})(\d{2})(\d{2})", _year_first),
        (r"(\d{4})(\d{2})?", _year_first),
        (r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", _year_last),
        (r"(\d{1,2})[-./](\d{4})", _month_last),
        (r"(\d{2})/(\d{2})/(\d{2})", _year_anywhere),
        (r"(\d{2})[-./](\d{1,2})[-./](\d{1,2})", _year_first),
        (r"(\d{1,2})/(\d{1,2})/(\d{2})", _year_last),
        (rf"{_MONTH_NAME}\s*(?:(\d{{1,2}})(?:st|nd|rd|th)?(?:,|\s)\s*)?(\d{{4}})", _english),
        (rf"(\d{{1,2}})(?:st|nd|rd|th)?[\s-]*{_MONTH_NAME}[\s,-]*(\d{{4}})", _english_day_first),
    )
)
