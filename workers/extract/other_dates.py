"""Which day a date may mean that cannot be read, or that can be read otherwise: for finding alone.

Handwriting has a 2 that is read as U, L, V or Z, a 0 that is read as C, and 20 that is read as W; months come as `5un` and
`0ct`. What was read is compared with every date, in each of the usual orders, by the least sum of what it costs to make the
one of the other: a character read as another that looks like it costs least, a character lost or too many most. Years that
stand elsewhere in the document are likelier. The comparison goes forward part by part and keeps only the best beginnings.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from workers.extract.dates import dates_in

MOST = 5
"""Days kept, the likeliest first. Each costs the index four tokens."""

_CLOSE, _OTHER, _LOST, _TOO_MANY, _MERGED = 0.25, 1.0, 0.8, 0.8, 0.4
_LOST_SIGN, _STRAY_SIGN, _OTHER_YEAR = 0.2, 0.5, 0.5
_AT_MOST, _WORSE_THAN_THE_BEST = 2.8, 0.5
_WIDTH, _WORSE_ON_THE_WAY = 12, 1.2
_SHORTEST, _LONGEST = 4, 24
_WHOLE = len("2019-03-05")

_READ_AS = {
    "0": "OoQDCcU〇", "1": "Il|!Ti/t", "2": "ZzULVvu∠r", "3": "BJ", "4": "hA^", "5": "SsJ", "6": "bGC", "7": "T/",
    "8": "BS&", "9": "gqa",
    "J": "5SsIT3", "u": "nwva", "n": "uhr", "l": "1I|!i", "e": "cao", "a": "ouc", "g": "s9qy", "p": "ft", "v": "yru", "c": "eo",
    "t": "+rf", "O": "0UCQ", "N": "HWM", "A": "4H", "S": "5", "D": "0O", "F": "PE", "M": "NWH",
}  # fmt: skip
_READ_AS_ONE = {"W": ("20",), "U": ("21", "01"), "n": ("11",), "N": ("11",), "亿": ("12",), "w": ("20",)}
_SIGNS = re.compile(r"[\s.,，。、/\-–—年月日号曰]+")
_HOUR = re.compile(r"\d\d(?=[时点])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_IN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

_ORDERS = ("ctumd", "mdctu", "dnctu", "ndctu")
"""Of century, ten and unit of the year, month, day, and month by its name."""
_OPENS = frozenset("cmdn")
"""Parts before which a sign stands, if they do not begin the date."""
_VALUES = {
    "c": {"19": 1900, "20": 2000},
    "t": {str(digit): 10 * digit for digit in range(10)},
    "u": {str(digit): digit for digit in range(10)},
    "m": {str(number): number for number in range(1, 13)} | {f"0{number}": number for number in range(1, 10)},
    "n": {name: number for number, name in enumerate(_MONTHS, start=1)},
    "d": {str(number): number for number in range(1, 32)} | {f"0{number}": number for number in range(1, 10)},
}
"""How the parts are written, and what they mean."""
_Column = tuple[float, ...]
"""What each beginning of the text costs, for what has been written so far."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The beginning of a date, as far as it is written, and what it costs to read it so."""

    year: int
    month: int
    day_of_month: int
    column: _Column

    @property
    def least(self) -> float:
        return min(self.column)

    def day(self) -> date | None:
        try:
            return date(self.year, self.month, self.day_of_month)
        except ValueError:
            return None


def years_in(texts: Iterable[str]) -> frozenset[int]:
    """The years that are written out in *texts*."""
    return frozenset(int(year) for text in texts for year in _YEAR_IN.findall(text))


def days_like(readings: Sequence[str], years: Collection[int]) -> tuple[str, ...]:
    """The days, ISO 8601, that one of *readings* of the same date may mean, the likeliest first; none where nothing is near.

    *years* are those of the other dates of the document.
    """
    cheapest: dict[date, float] = {}
    without_hours = (way for reading in readings for way in _without_hour(reading))
    for text in dict.fromkeys(_SIGNS.sub("/", reading).strip("/") for reading in without_hours):
        if _SHORTEST <= len(text) <= _LONGEST:
            for day, cost in _days(text, frozenset(years)):
                cheapest[day] = min(cost, cheapest.get(day, cost))
    best_first = sorted(cheapest, key=lambda day: (cheapest[day], day))
    if not best_first or cheapest[best_first[0]] > _AT_MOST:
        return ()
    limit = cheapest[best_first[0]] + _WORSE_THAN_THE_BEST
    return tuple(day.isoformat() for day in best_first if cheapest[day] <= limit)[:MOST]


def _without_hour(reading: str) -> Iterator[str]:
    """The hour right behind a day has one digit or two."""
    hour = _HOUR.search(reading)
    if hour is None:
        yield reading
    else:
        yield from (reading[: hour.end() - digits] for digits in (1, 2))


def days_in(readings: Iterable[str]) -> tuple[str, ...]:
    """The days, ISO 8601, that can be read in *readings* of the same date as they are."""
    found = (each.canonical for text in readings for each in dates_in(text, labelled=True) if len(each.canonical) == _WHOLE)
    return tuple(dict.fromkeys(found))[:MOST]


def _days(text: str, years: frozenset[int]) -> Iterator[tuple[date, float]]:
    nothing = _Way(0, 0, 0, tuple(at * _TOO_MANY for at in range(len(text) + 1)))
    for order in _ORDERS:
        ways: tuple[_Way, ...] = (nothing,)
        for place, part in enumerate(order):
            signed = place > 0 and part in _OPENS
            ways = _best(longer for way in ways for longer in _longer(way, part, text, years, signed=signed))
        for way in ways:
            if day := way.day():
                yield day, way.column[-1]


def _best(ways: Iterable[_Way]) -> tuple[_Way, ...]:
    best_first = sorted(ways, key=lambda way: way.least)[:_WIDTH]
    return tuple(way for way in best_first if way.least <= best_first[0].least + _WORSE_ON_THE_WAY)


def _longer(way: _Way, part: str, text: str, years: frozenset[int], *, signed: bool) -> Iterator[_Way]:
    """*way* with each value of the next *part*, and the sign before it."""
    start = _after_sign(way.column, text) if signed else way.column
    for written, value in _VALUES[part].items():
        column = _after(start, written, text)
        if part in "ctu":
            year = way.year + value
            if part == "u" and year not in years:
                column = tuple(each + _OTHER_YEAR for each in column)
            yield replace(way, year=year, column=column)
        elif part == "d":
            yield replace(way, day_of_month=value, column=column)
        else:
            yield replace(way, month=value, column=column)


def _after_sign(column: _Column, text: str) -> _Column:
    """Behind a sign between two parts, which may be lost, or be read as a character."""
    found = [column[0] + _LOST_SIGN]
    for at, read in enumerate(text):
        sign = column[at] + (0.0 if read == "/" else _OTHER)
        found.append(min(sign, column[at + 1] + _LOST_SIGN, found[at] + _too_many(read)))
    return tuple(found)


def _after(column: _Column, written: str, text: str) -> _Column:
    """The column of what *column* stands for and *written* behind it."""
    before: _Column | None = None
    for last, character in pairwise(" " + written):
        found = [column[0] + _LOST]
        for at, read in enumerate(text):
            cheapest = min(column[at] + _cost(character, read), column[at + 1] + _LOST, found[at] + _too_many(read))
            if before and last + character in _READ_AS_ONE.get(read, ()):
                cheapest = min(cheapest, before[at] + _MERGED)
            found.append(cheapest)
        before, column = column, tuple(found)
    return column


def _cost(written: str, read: str) -> float:
    if written.lower() == read.lower():
        return 0.0
    return _CLOSE if read in _READ_AS.get(written, "") else _OTHER


def _too_many(read: str) -> float:
    return _STRAY_SIGN if read == "/" else _TOO_MANY
