"""The result of a list as a file, in parts as rows are answered: a line for each document of a row, and one for a row without.

Neither is kept on a disk here. A workbook's rows are written straight into its package, with everything else of an empty one
made by the library, whose own way would put all names into a temporary file first.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from schemas import tables
from schemas.formulas import neutral
from schemas.reasons import remedy
from search_api.answers import HitAnswer
from search_api.language import Language
from search_api.lists.answering import AnsweredRow

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {"csv": tables.CSV, "xlsx": tables.XLSX}
HEADINGS: dict[Language, tuple[str, ...]] = {
    "en": ("row", "tier", "reason", "why", "document", "class", "page", "link", "candidates"),
    "zh": ("行号", "匹配程度", "原因代码", "原因", "文档", "类别", "页码", "链接", "候选数"),
}
"""The first stands before the list's own columns, the others behind them."""

Cell = str | int
Line = tuple[Cell, ...]

_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - packages know no zone, and no earlier day
_SHEET = "xl/worksheets/sheet1.xml"
_SHEET_BEGINS = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_SHEET_ENDS = "</sheetData></worksheet>"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def link(document: str, page_number: int) -> str:
    """Where the API shows the page, to whoever may see it."""
    return f"/api/documents/{document}/pages/{page_number}/image"


def result(
    file_format: Format, headings: tuple[str, ...], blocks: Iterable[tuple[AnsweredRow, ...]], language: Language
) -> Iterator[bytes]:
    """The file, in parts that are not empty. *headings* are the list's own."""
    first, *rest = HEADINGS[language]
    lines = (_lines(row, len(headings), language) for block in blocks for row in block)
    write = _delimited if file_format == "csv" else _workbook
    return write((first, *headings, *rest), lines)


def _lines(answered: AnsweredRow, width: int, language: Language) -> list[Line]:
    values = answered.row.values
    carried: Line = (answered.row.number, *values[:width], *("" for _ in range(width - len(values))))
    if answered.hits:
        return [(*carried, *_of_hit(hit), answered.total) for hit in answered.hits]
    reason = answered.fault or "nothing_found"
    words = remedy(reason).zh if language == "zh" else remedy(reason).en
    return [(*carried, "", reason, words, "", "", "", "", "" if answered.fault else 0)]


def _of_hit(hit: HitAnswer) -> Line:
    codes = "; ".join(match.reason for match in hit.matches)
    shown = link(hit.document, hit.page_number)
    return (hit.tier.value, codes, hit.reason, hit.document, hit.document_class, hit.page_number, shown)


def _delimited(headings: Line, rows: Iterable[list[Line]]) -> Iterator[bytes]:
    """UTF-8 with its mark, which spreadsheets ask for; every field in quotation marks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(map(_field, headings))
    yield b"\xef\xbb\xbf" + _taken(text)
    for lines in rows:
        writer.writerows(map(_field, line) for line in lines)
        yield _taken(text)


def _field(cell: Cell) -> str:
    return neutral(cell.replace("\0", "")) if isinstance(cell, str) else str(cell)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return data


class _Pipe(io.RawIOBase):
    """What was written to it and not taken yet."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


def _workbook(headings: Line, rows: Iterable[list[Line]]) -> Iterator[bytes]:
    """Every text is one, and no formula, whatever it begins with. The same cells are the same bytes at any time."""
    pipe, number = _Pipe(), 1
    with ZipFile(pipe, "w") as package:
        for name, part in _empty_workbook():
            package.writestr(_entry(name), part)
        with package.open(_entry(_SHEET), "w") as sheet:
            sheet.write((_SHEET_BEGINS + _row(number, headings)).encode())
            for lines in rows:
                for line in lines:
                    number += 1
                    sheet.write(_row(number, line).encode("utf-8", "replace"))
                if data := pipe.take():
                    yield data
            sheet.write(_SHEET_ENDS.encode())
    yield pipe.take()


def _empty_workbook() -> list[tuple[str, bytes]]:
    """All parts but the sheet."""
    book = Workbook()
    book.properties.creator = "claimkeep"
    book.properties.created = book.properties.modified = _NO_TIME
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        ExcelWriter(book, package).save()
    with ZipFile(made) as package:
        return [(name, package.read(name)) for name in package.namelist() if name != _SHEET]


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _NO_TIME.timetuple()[:6])
    entry.create_system, entry.compress_type = 0, ZIP_DEFLATED
    return entry


def _row(number: int, line: Line) -> str:
    cells = "".join(
        _cell(f"{get_column_letter(column)}{number}", cell) for column, cell in enumerate(line, start=1) if cell != ""
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, cell: Cell) -> str:
    if isinstance(cell, int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    text = _LIKE_AN_ESCAPE.sub("_x005F_", _NOT_IN_XML.sub(" ", cell))
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
