"""Delimited text (CSV, TSV) as a sheet."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from archive.errors import Rejected
from schemas.encodings import encoding_of
from schemas.tables import Dialect, dialect_in
from workers.paginate.cursor import Cursor
from workers.paginate.tables.cells import Cell, Row, Sheet

_HEAD_BYTES = 1 << 16
_QUOTED = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)


class DelimitedText:
    """One sheet without a title. What does not decode becomes U+FFFD; NUL bytes, which some exports leave, are left out.
    Raises Rejected("damaged_document" | "unclear_encoding")."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._dialect = self._read_dialect()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return (Sheet("", self._rows),)

    @property
    def remarks(self) -> tuple[str, ...]:
        return ()

    def _read_dialect(self) -> Dialect:
        encoding, head = encoding_of(self._chunks), next(self._chunks(), b"")
        dialect = dialect_in(encoding.codec, head, is_whole=len(head) < _HEAD_BYTES) if encoding else None
        if encoding is None or dialect is None:
            raise Rejected("damaged_document", "no delimited text")
        if not encoding.is_sure:
            raise Rejected("unclear_encoding")
        return dialect

    def _chunks(self) -> Iterator[bytes]:
        self._cursor.seek(0)
        while chunk := self._cursor.read(_HEAD_BYTES):
            yield chunk

    def _rows(self) -> Iterator[Row]:
        self._cursor.seek(0)
        # A cursor over the cursor: closing the text closes that one alone.
        stream = io.BufferedReader(Cursor(cast("BinaryIO", self._cursor)), _HEAD_BYTES)
        text = io.TextIOWrapper(stream, self._dialect.encoding, "replace", newline="")
        lines = (line.replace("\0", "") for line in text)
        try:
            for number, fields in enumerate(csv.reader(lines, delimiter=self._dialect.delimiter), start=1):
                yield tuple(Cell(number, at, _bare(value)) for at, value in enumerate(fields, start=1) if value.strip())
        except csv.Error as error:  # a field of over 128 Ki characters: a quotation mark is missing
            raise Rejected("damaged_document", type(error).__name__) from None


def _bare(value: str) -> str:
    """`="110105..."`, by which exports keep a spreadsheet from taking digits for a number, as what it stands for."""
    quoted = _QUOTED.fullmatch(value.strip())
    return quoted[1].replace('""', '"') if quoted else value
