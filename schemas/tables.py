"""Files that are tables: what they are called, and how a delimited text is told from other text."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass

from schemas.encodings import encoding_of

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Workbooks with macros, too: they differ by one part, which is never read."""
PDF = "application/pdf"
TABLES = frozenset({CSV, XLSX})
CELLS = "cells"
"""The name of what reads the cells of tables, in a page's `engine`: text that nobody can have misread."""

_SUFFIXES = {CSV: "csv", XLSX: "xlsx", PDF: "pdf"}
_DELIMITERS = ",\t;|"
_FEWEST_ROWS, _LEAST_SHARE = 2, 0.5
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_OTHER_TEXT = ("<", "{", "%")  # XML and web pages, JSON, PostScript
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def derivative_type(media_type: str) -> str:
    """The media type of what is made for an audience of an original of *media_type*: a table of a table, else a PDF."""
    return media_type if media_type in TABLES else PDF


def suffix(media_type: str) -> str:
    """How a derivative's file name ends, without the dot."""
    return _SUFFIXES[media_type]


def without_escapes(stored: str) -> str:
    """What a spreadsheet shows of a string of a workbook, in which `_x0031_` is a `1` (ECMA-376-1, 22.9.2.19).

    Escapes that come to be by that are resolved, too, so that nothing is left which another program would read as another
    text; what is no character, and what moves the cursor, is a blank.
    """
    while (shown := _ESCAPED.sub(_character, stored)) != stored:
        stored = shown
    return stored


def _character(escaped: re.Match[str]) -> str:
    code = int(escaped[1], 16)
    return " " if code < ord(" ") or 0xD800 <= code <= 0xDFFF or code >= 0xFFFE else chr(code)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written as text: a codec of Python, and the one character between two fields."""

    encoding: str
    delimiter: str


def dialect_of(head: bytes, *, is_whole: bool = False) -> Dialect | None:
    """The likeliest dialect of a table that begins with *head* (or *is_whole*); None where that is no delimited text."""
    found = encoding_of(lambda: (head,), is_whole=is_whole)
    return dialect_in(found.codec, head, is_whole=is_whole) if found else None


def dialect_in(codec: str, head: bytes, *, is_whole: bool = False) -> Dialect | None:
    """The same where the encoding is known.

    A table has two rows of two fields or more, and half of those rows have equally many. RFC 4180 asks for more than files
    keep to, so titles above the table and rows of other lengths are let through.
    """
    text = _text(codec, head, is_whole=is_whole)
    if not _may_be_a_table(text):
        return None
    scores = {delimiter: _score(text, delimiter, is_whole=is_whole) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda each: scores[each])
    return Dialect(codec, best) if scores[best] else None


def is_one_column(codec: str, head: bytes) -> bool:
    """Whether a text of which `dialect_in` finds no dialect may still be a table, of one column: a list of names."""
    return _may_be_a_table(_text(codec, head, is_whole=False))


def _text(codec: str, head: bytes, *, is_whole: bool) -> str:
    return codecs.getincrementaldecoder(codec)("replace").decode(head, is_whole).replace("\0", "").lstrip("\ufeff")


def _may_be_a_table(text: str) -> bool:
    return not (text.lstrip().startswith(_OTHER_TEXT) or _CONTROL.search(text))


def _score(text: str, delimiter: str, *, is_whole: bool) -> float:
    """How many fields the rows have that have equally many; 0 where that is no table."""
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0.0
    rows = rows if is_whole or len(rows) <= _FEWEST_ROWS else rows[:-1]  # the last may be cut
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if counts.total() < max(_FEWEST_ROWS, _LEAST_SHARE * len(rows)):
        return 0.0
    fields, often = counts.most_common(1)[0]
    return float(fields * often) if often >= _LEAST_SHARE * counts.total() else 0.0
