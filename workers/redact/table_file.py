"""Cells that may be seen into a new table file, which takes nothing else over from the original.

A workbook is written from an empty one: cells with their values, and of each cell the number format where that is made of
signs alone. So there is nothing to forget: no part of the original package is opened for it, and what has no place here
(comments, names, formulas, charts, caches, hidden sheets, pictures, macros, properties) cannot come through.
"""

import csv
import io
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from schemas.formulas import neutral
from schemas.tables import XLSX
from workers.paginate.tables.cells import Value, one_line

_SIGNS = r'[0#?.,%\s/:;_()+\-¥$￥年月日时分秒"\\@]'
_FORMAT = re.compile(rf"(?:{_SIGNS}|y{{2,4}}|m{{1,5}}|d{{1,4}}|h{{1,2}}|s{{1,2}}|E[+\-]|AM/PM|General){{1,40}}")
"""Digits, signs and the letters of dates: a format of these says nothing. Others may hold any words (ECMA-376-1, 18.8.30)."""
_SHOWS = re.compile(r"[0#?@ymdhs]|General")
_COLOURS_AND_CONDITIONS = re.compile(r"\[[^\]]*\]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']+")
_LONGEST_TITLE = 31
_NARROWEST, _WIDEST = 9, 60
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - packages know no zone, and no earlier day


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`number_format` is that of a value that stands as it was; "" else."""

    value: Value = field(repr=False)
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """`rows` gives for each row, and in it for each column, both from 1, the cell that is shown there."""

    title: str = field(repr=False)
    rows: Mapping[int, Mapping[int, ShownCell]] = field(repr=False)


def write_table(media_type: str, sheets: Iterable[ShownSheet], out: BinaryIO) -> None:
    """Write *sheets* to *out* as a file of *media_type*, one of schemas.tables.TABLES."""
    if media_type == XLSX:
        _write_workbook(sheets, out)
    else:
        _write_delimited(sheets, out)


def _write_workbook(sheets: Iterable[ShownSheet], out: BinaryIO) -> None:
    workbook = Workbook()
    workbook.properties.creator = "claimkeep"
    workbook.properties.created = workbook.properties.modified = _NO_TIME
    (empty,) = workbook.worksheets
    taken: set[str] = set()
    for at, sheet in enumerate(sheets, start=1):
        page = workbook.create_sheet(_free_title(sheet.title, at, taken))
        for column, width in _widths(sheet).items():
            page.column_dimensions[get_column_letter(column)].width = width
        for number, row in sheet.rows.items():
            for column, shown in row.items():
                _write(page.cell(number, column), shown)
    if taken:  # a workbook has one sheet at least
        workbook.remove(empty)
    _write_parts(workbook, out)


def _write_parts(workbook: Workbook, out: BinaryIO) -> None:
    """The same cells in the same bytes, whenever and wherever they are written: not as `Workbook.save` does, which puts the
    time into the properties and every entry of the package."""
    made = io.BytesIO()
    with ZipFile(made, "w") as package:
        ExcelWriter(workbook, package).save()
    with ZipFile(made) as source, ZipFile(out, "w") as target:
        for part in source.infolist():
            entry = ZipInfo(part.filename, _NO_TIME.timetuple()[:6])
            entry.create_system, entry.compress_type = 0, ZIP_DEFLATED
            with source.open(part) as stream, target.open(entry, "w") as copy:
                shutil.copyfileobj(stream, copy)


def _free_title(title: str, number: int, taken: set[str]) -> str:
    """*title* as Excel allows it: without the signs of references, 31 characters, no two alike whatever their case."""
    plain = _NOT_IN_TITLES.sub(" ", title).strip()[:_LONGEST_TITLE] or f"Sheet{number}"
    free = plain if plain.casefold() not in taken else f"{plain[: _LONGEST_TITLE - 7]} ({number})"
    taken.add(free.casefold())
    return free


def _widths(sheet: ShownSheet) -> dict[int, float]:
    widths: dict[int, float] = {}
    for row in sheet.rows.values():
        for column, cell in row.items():
            wanted = sum(2 if char > "\u2e80" else 1 for char in _plain(cell.value)[:_WIDEST]) + 2
            widths[column] = max(widths.get(column, _NARROWEST), min(wanted, _WIDEST))
    return dict(sorted(widths.items()))


def _write(cell: Cell | MergedCell, shown: ShownCell) -> None:
    if isinstance(shown.value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", shown.value)
        cell.data_type = "s"  # what begins with = is text here, too
        return
    cell.value = shown.value
    if number_format := harmless_format(shown.number_format):
        cell.number_format = number_format


def harmless_format(number_format: str) -> str:
    """*number_format* without colours and conditions, where it is made of signs alone and shows something; else ""."""
    bare = _COLOURS_AND_CONDITIONS.sub("", number_format)
    return bare if _FORMAT.fullmatch(bare) and _SHOWS.search(bare.partition(";")[0]) else ""


def _write_delimited(sheets: Iterable[ShownSheet], out: BinaryIO) -> None:
    """UTF-8 with its mark, which spreadsheets ask for, commas, and the line ends of RFC 4180; every field in quotation marks,
    so that none is parted by what another program takes for a comma."""
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for sheet in sheets:
        for number in range(1, max(sheet.rows, default=0) + 1):
            row = sheet.rows.get(number, {})
            writer.writerow([_field(row.get(column)) for column in range(1, max(row, default=0) + 1)])
    text.detach()


def _field(cell: ShownCell | None) -> str:
    return neutral(_plain(cell.value)) if cell else ""


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else one_line(value)
