"""A file that is a list: told by its content, its headings found, its rows counted, and then read one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from archive.errors import Rejected
from archive.settings import ListSettings
from search_api.lists import delimited, workbook
from search_api.lists.cells import MOST_COLUMNS, Row
from search_api.lists.columns import Columns, by_letters, letters, parse_named, told_by

_HEADINGS_WITHIN = 20
_MOST_BLANK = 1 << 20
"""Rows without a word, one behind the other: more than a sheet has."""


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What somebody says of a list: `columns` as KEY=HEADING or KEY=LETTER, whether there are headings, which sheet of a
    workbook, from 1."""

    columns: tuple[str, ...] = ()
    headings: bool = True
    sheet: int | None = None


@dataclass(frozen=True, slots=True)
class AskedList:
    """`count` rows are to be answered; `rows` reads them, whenever it is called."""

    columns: Columns
    count: int
    rows: Callable[[], Iterator[Row]] = field(repr=False)


def open_list(data: bytes, limits: ListSettings, how: HowToRead) -> AskedList:
    """Raises Rejected: too_large, list_too_long, list_too_wide, no_known_columns, no_such_column, and what
    `delimited.dialect` and `workbook.open_sheet` raise. Reads all of it once, so nothing is refused later."""
    if len(data) > limits.max_bytes:
        raise Rejected("too_large")
    named = parse_named(how.columns)
    read, is_delimited = _reader(data, limits, how.sheet)
    columns, head = _columns(read, named) if how.headings else (by_letters(None, named), 0)
    if columns is None:
        raise Rejected("no_such_column" if named or not how.headings else "no_known_columns")

    def below() -> Iterator[Row]:
        return (_aligned(row, width) for row in _without_blank_end(islice(read(), head, None)))

    width = len(columns.headings) if how.headings and is_delimited else MOST_COLUMNS
    count, widest = _measured(below(), limits.max_rows)
    if max(len(columns.headings), widest) > MOST_COLUMNS:
        raise Rejected("list_too_wide")
    if any(place >= max(len(columns.headings), widest) for places in columns.of.values() for place in places):
        raise Rejected("no_such_column")
    return AskedList(replace(columns, headings=_filled(columns.headings, widest, how)), count, below)


def _reader(data: bytes, limits: ListSettings, sheet: int | None) -> tuple[Callable[[], Iterator[Row]], bool]:
    """What reads the rows from the first, whenever it is called, and whether they are delimited text."""
    if workbook.is_workbook(data):
        opened = workbook.open_sheet(data, limits.max_expanded_bytes, sheet)
        return lambda: workbook.rows(opened), False
    if sheet not in {None, 1}:
        raise Rejected("no_such_sheet")
    dialect = delimited.dialect(data)
    return lambda: delimited.rows(data, dialect), True


def _columns(read: Callable[[], Iterator[Row]], named: dict[str, str]) -> tuple[Columns | None, int]:
    """Headings may stand below a title; where columns are named by letters alone, the first row with a word has them. And how
    many rows there are until below them."""
    first = [row for row in islice(read(), _HEADINGS_WITHIN) if not row.fault]
    for row in first:
        if told := told_by(_without_empty_end(row.values), named):
            return told, row.number
    for row in first:
        if not row.is_blank:
            return by_letters(_without_empty_end(row.values), named), row.number
    return None, 0


def _without_empty_end(values: tuple[str, ...]) -> tuple[str, ...]:
    width = next((at for at in range(len(values), 0, -1) if values[at - 1].strip()), 0)
    return values[:width]


def _without_blank_end(rows: Iterator[Row]) -> Iterator[Row]:
    blank = 0
    for row in rows:
        if not row.is_blank:
            yield from (Row(number, ()) for number in range(row.number - blank, row.number))
            yield row
            blank = 0
        elif (blank := blank + 1) > _MOST_BLANK:
            raise Rejected("list_too_long")


def _aligned(row: Row, width: int) -> Row:
    """Of a delimited text a row that has more cells than *width* may have a delimiter in a value."""
    values = _without_empty_end(row.values)
    if len(values) > width and width < MOST_COLUMNS:
        return Row(row.number, values[:width], "row_misaligned")
    return replace(row, values=values)


def _measured(rows: Iterator[Row], most: int) -> tuple[int, int]:
    """How many there are, and how many cells the widest has. Raises Rejected(list_too_long)."""
    count = widest = 0
    for row in rows:
        count, widest = count + 1, max(widest, len(row.values))
        if count > most:
            raise Rejected("list_too_long")
    return count, widest


def _filled(headings: tuple[str, ...], widest: int, how: HowToRead) -> tuple[str, ...]:
    """Columns without a heading come back, too."""
    if not how.headings:
        return letters(widest)
    return (*headings, *("" for _ in range(widest - len(headings))))
