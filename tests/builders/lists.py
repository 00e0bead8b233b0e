"""Lists of questions of invented people, and results as they are read back."""

import csv
import io
from collections.abc import Iterable

import openpyxl

from search_api.lists.cells import Row
from search_api.lists.reading import AskedList

Line = dict[str, str]


def delimited(rows: Iterable[Iterable[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def lines(data: bytes) -> list[Line]:
    """A result as CSV, by heading."""
    return [*csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]


def lines_of_workbook(data: bytes) -> list[Line]:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    headings, *rows = sheet.iter_rows(values_only=True)
    return [{str(head): "" if cell is None else str(cell) for head, cell in zip(headings, row, strict=True)} for row in rows]


def read(asked: AskedList) -> list[Row]:
    return [*asked.rows()]
