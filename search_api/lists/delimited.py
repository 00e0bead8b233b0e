"""Rows of a delimited text. A quotation mark that is never closed costs its own row and none of those behind it."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator

from archive.errors import Rejected
from schemas.encodings import encoding_of
from schemas.tables import Dialect, dialect_in, is_one_column
from search_api.lists.cells import LONGEST_CELL, Row

_CHUNK_BYTES = 1 << 16
_HEAD_BYTES = 1 << 16
_LONGEST_LINE = 1 << 17
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_FEW_STRAYS, _MOST_STRAYS = 8, 0.01  # characters, or of all of them
_MOST_LINES = 50
"""Of one row: a cell may have line breaks, but what goes on for longer has a quotation mark that is not closed."""


def dialect(data: bytes) -> Dialect:
    """Raises Rejected(not_a_list | unclear_encoding)."""
    encoding = encoding_of(lambda: (data[start : start + _CHUNK_BYTES] for start in range(0, len(data), _CHUNK_BYTES)))
    if encoding is None:
        raise Rejected("not_a_list")
    head = _without_strays(encoding.codec, data[:_HEAD_BYTES])
    found = dialect_in(encoding.codec, head, is_whole=len(data) <= _HEAD_BYTES)
    if found is None and not is_one_column(encoding.codec, head):
        raise Rejected("not_a_list")
    if not encoding.is_sure:
        raise Rejected("unclear_encoding")
    return found or Dialect(encoding.codec, ",")


def _without_strays(codec: str, head: bytes) -> bytes:
    """A control character in a cell makes no other file of a list; many do."""
    text = codecs.getincrementaldecoder(codec)("replace").decode(head)
    bare = _CONTROL.sub("", text)
    return bare.encode(codec, "replace") if len(text) - len(bare) <= max(_FEW_STRAYS, _MOST_STRAYS * len(text)) else head


def rows(data: bytes, dialect: Dialect) -> Iterator[Row]:
    lines = _Lines(io.TextIOWrapper(io.BytesIO(data), dialect.encoding, "replace", newline=""))
    number = 0
    while (taken := lines.take()) is not None:
        number += 1
        yield _row(number, taken, lines, dialect.delimiter)


class _Lines:
    """The lines of a text, to which those can be given back that were taken too many."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._given_back: deque[str] = deque()

    def take(self) -> str | None:
        if self._given_back:
            return self._given_back.popleft()
        return self._text.readline().lstrip("\ufeff") or None

    def give_back(self, lines: list[str]) -> None:
        self._given_back.extendleft(reversed(lines))


class _OneRow:
    """The lines of one row, as the reader asks for them. `is_open`: it asked for more than there are, or than a row has."""

    def __init__(self, first: str, lines: _Lines, most: int) -> None:
        self.taken = [first]
        self.is_open = False
        self._lines = lines
        self._most = most
        self._told = 0

    def give_back(self) -> None:
        self._lines.give_back(self.taken[1:])

    def __iter__(self) -> "_OneRow":
        return self

    def __next__(self) -> str:
        if self._told == len(self.taken):
            following = self._lines.take() if self._told < self._most else None
            if following is None:
                self.is_open = True
                raise StopIteration
            self.taken.append(following)
        self._told += 1
        return self.taken[self._told - 1].replace("\0", "")


def _row(number: int, first: str, lines: _Lines, delimiter: str) -> Row:
    if len(first) > _LONGEST_LINE:
        return Row(number, (), "row_unreadable")
    values = _values(_OneRow(first, lines, _MOST_LINES), delimiter, strict=True)
    if values is None:  # marks that RFC 4180 does not know, in one line
        values = _values(_OneRow(first, lines, 1), delimiter, strict=False)
    if values is None or any(len(value) > LONGEST_CELL for value in values):
        return Row(number, (), "row_unreadable")
    return Row(number, values)


def _values(one: _OneRow, delimiter: str, *, strict: bool) -> tuple[str, ...] | None:
    """None where it is no row; then all lines but the first are given back."""
    try:
        values = tuple(next(csv.reader(one, delimiter=delimiter, strict=strict)))
    except csv.Error:
        values = None
    if values is None or one.is_open:
        one.give_back()
        return None
    return values
