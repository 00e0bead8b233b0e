"""Workbooks (SpreadsheetML, ECMA-376 part 1, clause 18): values as they are stored, rows as they come.

Read here and not by a library, because libraries read whole sheets into memory, or leave out what decides here: which rows and
columns are hidden, and what lies under merged cells. A formula is its last value. Comments, names, charts, caches and
everything else that is no cell is not read; `remarks` says that it is there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from archive.errors import Rejected
from schemas.cell_places import MOST_COLUMNS, Area, Covered, Marked, area_of, place_of, row_number
from schemas.limits import Limits
from schemas.tables import without_escapes
from workers.paginate.cursor import Cursor
from workers.paginate.tables.cells import Cell, Row, Sheet, Value
from workers.paginate.tables.package import Package, Relation, local, package_faults, relation_id

_NARROWEST = 0.8  # of a digit's width: not one character of what is in a narrower column can be read
_MOST_MERGED = 1 << 18
"""Columns of all merged ranges of a sheet together: one range over five columns in each of 50,000 rows."""
_REMARKS = {
    "has_annotations": re.compile(r"xl/(?:comments|threadedcomments|persons)"),
    "has_attachments": re.compile(r"xl/(?:embeddings|activex|ctrlprops)/|customxml/"),
    "has_caches": re.compile(r"xl/(?:pivotcache|externallinks|querytables|connections|slicercaches)"),
    "has_macros": re.compile(r"xl/(?:vbaproject|macrosheets)"),
    "has_pictures": re.compile(r"xl/(?:media|charts|drawings|chartsheets)/"),
}
"""What lies in a workbook besides its cells, by the names that every writer gives its parts."""


class _Merges:
    """Merged ranges of one sheet: `widths` has the columns that each covers, by its first cell, column and row."""

    def __init__(self, ranges: Iterator[Area]) -> None:
        self.widths: dict[tuple[int, int], int] = {}
        self._covered = Covered(self._noted(ranges))

    def _noted(self, ranges: Iterator[Area]) -> Iterator[Area]:
        columns = 0
        for area in ranges:
            columns += area.columns
            if columns > _MOST_MERGED:
                raise Rejected("too_many_merges")
            self.widths[area.left, area.top] = area.columns
            yield area

    def hide(self, place: tuple[int, int]) -> bool:
        """Whether the cell at *place* lies under another one."""
        return place in self._covered and place not in self.widths


@dataclass(slots=True)
class _Layout:
    """Which columns are `hidden`; rows are, where `zero_height`, unless they say otherwise."""

    hidden: Marked = field(default_factory=Marked)
    zero_height: bool = False
    is_filtered: bool = False


class Workbook:
    """An open workbook. Raises Rejected as `Package` does."""

    def __init__(self, cursor: Cursor, limits: Limits) -> None:
        self._package = Package(cursor, limits)  # type: ignore[arg-type]  # a raw stream is a binary one
        with package_faults():
            self._part = _workbook_part(self._package)
            self._relations = self._package.relations(self._part)
            self._epoch, self._listed = self._read_workbook()
            self._strings = tuple(self._shared_strings())
            self._formats = self._number_formats()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Worksheets in the order of their tabs."""
        return tuple(Sheet(title, partial(self._rows, part, is_shown=is_shown)) for title, part, is_shown in self._listed)

    @property
    def remarks(self) -> tuple[str, ...]:
        names = self._package.names
        return tuple(remark for remark, part in _REMARKS.items() if any(part.match(name) for name in names))

    def close(self) -> None:
        self._package.close()

    def _read_workbook(self) -> tuple[datetime, tuple[tuple[str, str, bool], ...]]:
        epoch, listed = CALENDAR_WINDOWS_1900, []
        for event, element in self._package.elements(self._part):
            if event == "end" and local(element) == "workbookPr" and _is_on(element, "date1904"):
                epoch = CALENDAR_MAC_1904
            if event == "end" and local(element) == "sheet":
                relation = self._relations[relation_id(element)]
                if relation.kind == "worksheet":
                    listed.append((element.get("name", ""), relation.target, element.get("state", "visible") == "visible"))
        return epoch, tuple(listed)

    def _shared_strings(self) -> Iterator[str]:
        part = _of_kind(self._relations, "sharedStrings")
        whole: Element | None = None
        for event, element in self._package.elements(part) if part and part in self._package else ():
            whole = element if whole is None else whole
            if event == "end" and local(element) == "si":
                yield _text_of(element)
                whole.clear()

    def _number_formats(self) -> tuple[str, ...]:
        """By the index that a cell names (18.8.45)."""
        part = _of_kind(self._relations, "styles")
        if not part or part not in self._package:
            return ()
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        found: list[str] = []
        in_cells = False
        for event, element in self._package.elements(part):
            name = local(element)
            if name == "cellXfs":
                in_cells = event == "start"
            elif event == "end" and name == "numFmt":
                codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            elif event == "end" and name == "xf" and in_cells:
                found.append(codes.get(int(element.get("numFmtId", "0")), ""))
        return tuple(found)

    def _rows(self, part: str, *, is_shown: bool) -> Iterator[Row]:
        merges, layout, row = _Merges(self._merged(part)), _Layout(), 0
        rows: Element | None = None
        with package_faults():
            for event, element in self._package.elements(part):
                name = local(element)
                if event == "start" and name == "sheetData":
                    rows = element
                elif event == "start" and name == "row":
                    row = _following(row, row_number(element.get("r", str(row + 1))))
                elif event == "end" and name == "row":
                    shown = is_shown and not _is_hidden(element, layout)
                    yield tuple(self._cells(element, row, merges, layout, is_shown=shown))
                    (element if rows is None else rows).clear()  # what was read stays in its parent else
                elif event == "end":
                    _note(layout, element)

    def _cells(self, element: Element, row: int, merges: _Merges, layout: _Layout, *, is_shown: bool) -> Iterator[Cell]:
        column = 0
        for each in (child for child in element if local(child) == "c"):
            column = _following(column, _column_of(each, row, column + 1))
            value = self._value(each)
            if value is not None and str(value).strip():
                is_hidden = column in layout.hidden or merges.hide((column, row))
                width = merges.widths.get((column, row), 1)
                yield Cell(row, column, value, self._format_of(each), width, is_shown and not is_hidden)

    def _value(self, cell: Element) -> Value | None:
        """None where the cell is empty, or has a formula that was never calculated."""
        kind, stored = cell.get("t", "n"), next((each.text for each in cell if local(each) == "v"), None)
        if kind == "inlineStr":
            return "".join(_text_of(each) for each in cell if local(each) == "is")
        if stored is None:
            return None
        if kind == "s":
            return self._strings[int(stored)] if 0 <= int(stored) < len(self._strings) else None
        if kind == "b":
            return stored.strip() not in {"0", "false"}
        return self._number(stored, self._format_of(cell)) if kind == "n" else without_escapes(stored)

    def _number(self, stored: str, number_format: str) -> Value:
        try:
            number = float(stored)
        except ValueError:
            return stored
        if is_date_format(number_format):
            try:
                return _as_date(number, self._epoch)
            except (OverflowError, ValueError):
                return number  # no day has this number; Excel shows ####
        return int(stored) if stored.strip().lstrip("-").isdigit() else number

    def _format_of(self, cell: Element) -> str:
        index = int(cell.get("s", "0"))
        return self._formats[index] if 0 <= index < len(self._formats) else ""

    def _merged(self, part: str) -> Iterator[Area]:
        """They stand behind the rows (18.3.1.99), so they are sought before the rows are read."""
        with package_faults():
            for attributes in self._package.attributes(part, "mergeCell"):
                yield area_of(attributes.get("ref", ""))


def _workbook_part(package: Package) -> str:
    for relation in package.relations("").values():
        if relation.kind == "officeDocument":
            return relation.target
    raise Rejected("damaged_document", "no workbook in the package")


def _of_kind(relations: Mapping[str, Relation], kind: str) -> str | None:
    return next((each.target for each in relations.values() if each.kind == kind), None)


def _text_of(element: Element) -> str:
    """A plain or rich string without its readings (`rPh`), which say the same again (18.4.8)."""
    parts = ([each] if local(each) == "t" else [*each] if local(each) == "r" else [] for each in element)
    return without_escapes("".join(part.text or "" for some in parts for part in some if local(part) == "t"))


def _column_of(cell: Element, row: int, following: int) -> int:
    """Raises ValueError where there is no such cell in this row."""
    reference = cell.get("r")
    column, in_row = (following, row) if reference is None else place_of(reference)
    if in_row != row or column > MOST_COLUMNS:
        raise ValueError("no cell of this row")
    return column


def _following(last: int, number: int) -> int:
    """*number* of a row or column behind the *last*. Raises ValueError where it is not behind it: one of two cells at one place
    would be lost."""
    if number <= last:
        raise ValueError("rows and cells stand in order")
    return number


def _note(layout: _Layout, element: Element) -> None:
    """What stands before the rows about which of them, and which columns, are hidden."""
    name = local(element)
    if name == "col" and (_is_on(element, "hidden") or float(element.get("width", "1")) < _NARROWEST):
        layout.hidden.mark(int(element.get("min", "1")), int(element.get("max", "1")))
    elif name == "sheetFormatPr":
        layout.zero_height = _is_on(element, "zeroHeight")
    elif name == "sheetPr":
        layout.is_filtered = _is_on(element, "filterMode")


def _is_hidden(row: Element, layout: _Layout) -> bool:
    """A row that a filter leaves out for the moment is a row like others."""
    if layout.is_filtered:
        return False
    default = "1" if layout.zero_height else "0"
    return row.get("hidden", default) in {"1", "true"} or float(row.get("ht", "1")) == 0


def _is_on(element: Element, attribute: str) -> bool:
    return element.get(attribute) in {"1", "true"}


def _as_date(serial: float, epoch: datetime) -> Value:
    found = from_excel(serial, epoch)
    return found if not hasattr(found, "total_seconds") else serial
