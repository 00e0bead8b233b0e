"""A cell, and its value as one line of text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

Value = str | int | float | bool | date | time
"""What a cell holds; a `datetime` is a `date`."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_MOST_WHOLE = 1e21  # from here on a number is written with an exponent


@dataclass(frozen=True, slots=True)
class Cell:
    """`row` and `column` count from 1. `columns` is over how many columns it is merged. `is_shown`: whether a reader of the
    file as it opens sees the cell; not those of hidden rows, columns and sheets, nor what lies under a merged cell."""

    row: int
    column: int
    value: Value = field(repr=False)
    number_format: str = ""
    columns: int = 1
    is_shown: bool = True

    @property
    def text(self) -> str:
        return one_line(self.value)


Row = tuple[Cell, ...]
"""The cells of one row that hold something, from left to right."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`title` is "" where the kind of file has none. `rows` reads the rows from the first, whenever it is called."""

    title: str = field(repr=False)
    rows: Callable[[], Iterator[Row]] = field(repr=False)


def one_line(value: Value) -> str:
    """*value* as text, one character for each of a string: line breaks and control characters become blanks.

    A number is written out to its last digit, whatever its format shows: an identity number that a spreadsheet took for a
    number has lost digits, and what is left of it must be recognised.
    """
    if isinstance(value, str):
        return _UNPRINTABLE.sub(" ", value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return date_text(value)
    if isinstance(value, time):
        return str(value.replace(microsecond=0))
    return str(value)


def number_text(value: float) -> str:
    """`1.10105194912310e17` as `110105194912310000`."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < _MOST_WHOLE else repr(value)


def date_text(value: datetime) -> str:
    """ISO 8601; without the time where that is midnight."""
    whole = value.replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == time() else whole.isoformat(" ")
