"""Workbooks (SpreadsheetML, ECMA-376 part 1, clause 18): values as they are stored, rows as they come.

Read here and not by a library, because libraries read whole sheets into memory, or leave out what decides here: which rows and
columns are hidden, and what lies under merged cells. A formula is its last value. Comments, names, charts, caches and
everything else that is no cell is not read; `remarks` says that it is there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.tables import without_escapes
from workers.paginate.cursor import Cursor
from workers.paginate.tables.cells import Cell, Row, Sheet, Value
from workers.paginate.tables.package import Package, Relation, local, package_faults, relation_id

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_NARROWEST = 0.8  # of a digit's width: not one character of what is in a narrower column can be read
_CHUNK_BYTES, _OVERLAP = 1 << 20, 256
_REMARKS = {
    "has_annotations": re.compile(r"xl/(?:comments|threadedcomments|persons)"),
    "has_attachments": re.compile(r"xl/(?:embeddings|activex|ctrlprops)/|customxml/"),
    "has_caches": re.compile(r"xl/(?:pivotcache|externallinks|querytables|connections|slicercaches)"),
    "has_macros": re.compile(r"xl/(?:vbaproject|macrosheets)"),
    "has_pictures": re.compile(r"xl/(?:media|charts|drawings|chartsheets)/"),
}
"""What lies in a workbook besides its cells, by the names that every writer gives its parts."""


@dataclass(frozen=True, slots=True)
class _Merges:
    """Merged ranges of one sheet: the columns that each first cell covers, and all cells that lie under one."""

    widths: Mapping[tuple[int, int], int]
    ranges: tuple[tuple[int, int, int, int], ...]

    def of_row(self, row: int) -> tuple[tuple[int, int], ...]:
        """First and last column of every range that crosses *row*."""
        return tuple((left, right) for left, top, right, bottom in self.ranges if top <= row <= bottom)


@dataclass(slots=True)
class _Columns:
    """Which columns are hidden; rows are, where `zero_height`, unless they say otherwise."""

    hidden: list[tuple[int, int]] = field(default_factory=list)
    zero_height: bool = False
    is_filtered: bool = False

    def hides(self, column: int) -> bool:
        return _is_within(column, self.hidden)


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
        merges, layout, row = self._merges(part), _Columns(), 0
        rows: Element | None = None
        with package_faults():
            for event, element in self._package.elements(part):
                name = local(element)
                if event == "start" and name == "sheetData":
                    rows = element
                elif event == "start" and name == "row":
                    row = int(element.get("r", row + 1))
                elif event == "end" and name == "row":
                    shown = is_shown and not _is_hidden(element, layout)
                    yield tuple(self._cells(element, row, merges, layout, is_shown=shown))
                    (element if rows is None else rows).clear()  # what was read stays in its parent else
                elif event == "end":
                    _note(layout, element)

    def _cells(self, element: Element, row: int, merges: _Merges, layout: _Columns, *, is_shown: bool) -> Iterator[Cell]:
        column, merged = 0, merges.of_row(row)
        for each in element:
            column = _column_of(each, column + 1)
            is_first = (row, column) in merges.widths
            value = self._value(each)
            if value is not None and str(value).strip():
                yield Cell(
                    row,
                    column,
                    value,
                    self._format_of(each),
                    merges.widths.get((row, column), 1),
                    is_shown and not layout.hides(column) and (is_first or not _is_within(column, merged)),
                )

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

    def _merges(self, part: str) -> _Merges:
        """They stand behind the rows (18.3.1.99), so they are sought in the bytes before the rows are read."""
        ranges = tuple(dict.fromkeys(_range(each.decode("ascii")) for each in self._found(part, _MERGED)))
        return _Merges({(top, left): right - left + 1 for left, top, right, _ in ranges}, ranges)

    def _found(self, part: str, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        with self._package.open(part) as stream:
            tail = b""
            while chunk := stream.read(_CHUNK_BYTES):
                yield from pattern.findall(tail + chunk)
                tail = chunk[-_OVERLAP:]


def _range(reference: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    (first, top), (last, bottom) = _PLACE.findall(reference)
    return column_index_from_string(first), int(top), column_index_from_string(last), int(bottom)


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


def _column_of(cell: Element, following: int) -> int:
    place = _PLACE.fullmatch(cell.get("r", ""))
    return column_index_from_string(place[1]) if place else following


def _is_within(column: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= column <= last for first, last in spans)


def _note(layout: _Columns, element: Element) -> None:
    """What stands before the rows about which of them, and which columns, are hidden."""
    name = local(element)
    if name == "col" and (_is_on(element, "hidden") or float(element.get("width", "1")) < _NARROWEST):
        layout.hidden.append((int(element.get("min", "1")), int(element.get("max", "1"))))
    elif name == "sheetFormatPr":
        layout.zero_height = _is_on(element, "zeroHeight")
    elif name == "sheetPr":
        layout.is_filtered = _is_on(element, "filterMode")


def _is_hidden(row: Element, layout: _Columns) -> bool:
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
