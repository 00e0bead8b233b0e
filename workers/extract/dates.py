"""Dates as claim papers write them, with their precision kept: `2019-03-05`, `2019-03` or `2019`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from workers.extract.normalise import fold_numerals
from workers.extract.numerals import han_number

_HAN = "〇零○O一二三四五六七八九十廿卅元正"
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_HAN_MONTH_DAY = rf"(?P<m>\d{{1,2}}|[{_HAN}]{{1,3}}) ?月(?: ?(?P<d>\d{{1,2}}|[{_HAN}]{{1,4}}) ?[日号曰])?"
_YMD = r"(?P<y>(?:18|19|20)\d{2}) ?(?:(?P<s>[/\-])|[.、,]) ?(?P<m>\d{1,2}) ?(?(s)(?P=s)|[.、,]) ?(?P<d>\d{1,2})"
"""OCR takes points for commas."""
_YM = r"(?P<y>(?:19|20)\d{2})[./](?P<m>1[0-2]|0?[1-9])"
"""By itself it may be a sum; on one side of a term, from month to month, it is a month."""
_BEFORE_HOUR = r"(?<=\d[03-9]|\d2(?=[4-9]))(?=\d[时:点])"
"""An hour of one digit, right behind a day that cannot lend it another one: 30 and 7时."""
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_EARLIEST, _LATEST = 1850, 2100


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date at characters [start, end); `canonical` is ISO 8601, as precise as it was written."""

    start: int
    end: int
    canonical: str


@dataclass(frozen=True, slots=True)
class _Shape:
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], str | None]


def iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """ISO 8601 of a real date between 1850 and 2100, None for others."""
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if month is None:
        return f"{year:04}"
    return f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"


def _year(written: str) -> int:
    """Two digits are 1931 to 2030."""
    return int(written) if len(written) == 4 else int(written) + (2000 if int(written) <= 30 else 1900)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    number = han_number(text)
    return number if number is not None else 0


def _numeric(match: re.Match[str]) -> str | None:
    year, month, day = match.group("y", "m", "d")
    return iso(_year(year), int(month), int(day))


def _year_month(match: re.Match[str]) -> str | None:
    return iso(_year(match["y"]), int(match["m"]))


def _year_only(match: re.Match[str]) -> str | None:
    return iso(int(match["y"]))


def _han(match: re.Match[str]) -> str | None:
    day = match["d"]
    return iso(_number(match["y"]), _number(match["m"]), _number(day) if day else None)


def _ringless(match: re.Match[str]) -> str | None:
    return iso(2000 + _number(match["y"]), _number(match["m"]), _number(match["d"]))


def _republic(match: re.Match[str]) -> str | None:
    day = match["d"]
    return iso(1911 + _number(match["y"]), _number(match["m"]), _number(day) if day else None)


def _american(match: re.Match[str]) -> str | None:
    """Month first; day first where the first number cannot be a month."""
    first, second, year = int(match["a"]), int(match["b"]), _year(match["y"])
    month, day = (second, first) if first > 12 else (first, second)
    return iso(year, month, day)


def _named_month(match: re.Match[str]) -> str | None:
    day = match["d"]
    return iso(_year(match["y"]), _MONTHS[match["m"][:3].lower()], int(day) if day else None)


def _shape(pattern: str, read: Callable[[re.Match[str]], str | None]) -> _Shape:
    return _Shape(re.compile(pattern, re.IGNORECASE), read)


_SHAPES = (
    _shape(r"(?<!\d)(?P<y>(?:18|19|20)\d{2}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2})(?: ?[日号曰]|(?!\d))", _numeric),
    _shape(rf"(?<!\d)(?<!\d[./]){_YMD}(?: ?[日曰]|(?=\d\d[时:点])|{_BEFORE_HOUR}|(?!\d|[./]\d|-\d{{1,3}}(?!\d)))", _numeric),
    _shape(r"(?<!\d)(?P<y>\d{2}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日号曰]", _numeric),
    _shape(r"(?<!\d)(?P<y>(?:18|19|20)\d{2}) ?年 ?(?P<m>\d{1,2}) ?月(?! ?\d)", _year_month),
    _shape(rf"(?<![\d.]){_YM}(?=[\-~至到](?:(?:19|20)\d{{2}}[./]\d|今))", _year_month),
    _shape(rf"(?:(?<=[./]\d[\-~至到])|(?<=[./]\d\d[\-~至到])){_YM}(?![\d./\-])", _year_month),
    _shape(rf"(?<![{_HAN}])(?P<y>[{_HAN}]{{4}}) ?年 ?(?P<m>[{_HAN}]{{1,3}}) ?月(?: ?(?P<d>[{_HAN}]{{1,4}}) ?[日号曰])?", _han),
    # The ring of 〇 is faint, and OCR passes over it: 二一三年四月二日.
    _shape(rf"(?<![{_HAN}])二(?P<y>[{_HAN}]{{2}}) ?年(?P<m>[{_HAN}]{{1,3}}) ?月 ?(?P<d>[{_HAN}]{{1,4}}) ?[日号曰]", _ringless),
    _shape(rf"(?:民国|民國) ?(?P<y>\d{{1,3}}|[{_HAN}]{{1,5}}) ?年 ?{_HAN_MONTH_DAY}", _republic),
    _shape(r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<s>[/\-.])(?P<b>\d{1,2})(?P=s)(?P<y>(?:19|20)\d{2})(?![\d/\-]|\.\d)", _american),
    _shape(r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<s>[/\-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{2})(?![\d/\-])", _american),
    _shape(rf"(?<![a-z\d])(?P<m>{_MONTH})\.?[ \-]?{_DAY}(?:,|,?[ \-])(?P<y>\d{{4}})(?!\d)", _named_month),
    _shape(rf"(?<![a-z\d]){_DAY}[ \-/]?(?:of )?(?P<m>{_MONTH})\.?,?[ \-/]?(?P<y>\d{{4}})(?!\d)", _named_month),
    _shape(rf"(?<![a-z\d]){_DAY}[ \-/](?P<m>{_MONTH})\.?,?[ \-/](?P<y>\d{{2}})(?!\d)", _named_month),
    _shape(rf"(?<![a-z\d])(?P<m>{_MONTH})(?P<d>)\.?,? (?P<y>(?:19|20)\d{{2}})(?!\d)", _named_month),
)  # fmt: skip


def _spaced(match: re.Match[str]) -> str | None:
    year, month, day = (re.sub(r"\s", "", part) for part in match.group("y", "m", "d"))
    return iso(int(year), int(month), int(day))


_SPACED_SHAPES = (  # OCR puts a blank between two digits
    _shape(
        r"(?<!\d)(?=[\d ]*[年./\-][\d ]*[月./\-]\d? ?\d)(?=[\d年月./\- ]*\d \d)"
        r"(?P<y>(?:1 ?[89]|2 ?0) ?\d ?\d) ?(?P<s>[年./\-]) ?"
        r"(?P<m>\d(?: ?\d)?) ?(?:月|(?P=s)) ?(?P<d>\d(?: ?\d)?)(?: ?[日曰]|(?!\d))",
        _spaced,
    ),
)
# Shapes that are dates only where a label asks for one.
_LABELLED_SHAPES = (
    _shape(r"(?<!\d)(?P<y>(?:18|19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", _numeric),
    _shape(r"(?<![\d.\-/])(?P<y>(?:18|19|20)\d{2}) (?P<m>\d{1,2}) (?P<d>\d{1,2})(?!\d)", _numeric),
    _shape(r"(?<![\d.\-/])(?P<y>(?:18|19|20)\d{2})[./\-](?P<m>\d{1,2})(?![\d]|[./\-]\d)", _year_month),
    _shape(r"(?<![\d.\-/])(?P<y>\d{2})[.](?P<m>\d{1,2})[.](?P<d>\d{1,2})(?!\d)", _numeric),
    _shape(r"(?<!\d)(?P<a>\d{1,2}) (?P<b>\d{1,2}) (?P<y>\d{4}|\d{2})(?!\d)", _american),
    _shape(r"(?<!\d)(?P<a>[01]\d) ?(?P<b>[0-3]\d) ?(?P<y>(?:19|20)\d{2})(?!\d)", _american),
    _shape(r"(?<!\d)(?P<y>(?:18|19|20)\d{2}) ?年?(?!\d)", _year_only),
)


def dates_in(text: str, start: int = 0, end: int | None = None, *, labelled: bool = False) -> Iterator[DateFound]:
    """The dates between *start* and *end*, in order of their place, none within another.

    With *labelled*, also shapes that only a label makes a date: eight digits, a year alone, letters that were read for digits.
    """
    stop = len(text) if end is None else end
    text = fold_numerals(text[:stop]) if labelled else text
    found: list[DateFound] = []
    for shape in (*_SPACED_SHAPES, *_SHAPES, *_LABELLED_SHAPES) if labelled else _SHAPES:
        for match in shape.pattern.finditer(text, start, stop):
            canonical = shape.read(match)
            if canonical and not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(DateFound(match.start(), match.start() + len(match.group().rstrip()), canonical))
    return iter(sorted(found, key=lambda one: one.start))


def begins_with_date(text: str) -> bool:
    """Whether a date stands at the head of *text*, as in the row of a term (from when to when) below that of a number."""
    return any(each.start == 0 for each in dates_in(text))
