"""Sheets cut into pages: the cells of some rows, each with a place on a grid and the head of its column.

A page is small enough to be worked on by itself and large enough for a row to be seen whole. Cells that the file does not show
get pages of their own: they are read, so that they are found and their values known, and are never given out.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from schemas.geometry import Box, Quad, upright
from schemas.page import EngineVersion, Line, PageText
from schemas.tables import CELLS
from workers.paginate.tables.cells import Cell, Row, Sheet, one_line
from workers.paginate.tables.heads import Heads

SHOWN = EngineVersion(CELLS, "1")
NOT_SHOWN = EngineVersion(CELLS, "1", "not shown")
"""Who read a page of cells, and which cells they are: those that the file shows, or those that it hides."""
BETWEEN = ": "
"""Between a column's head and what stands below it, in a line of text. A head holds no colon."""

_ROWS, _COLUMNS = 25, 32
_MOST_CHARACTERS = 20_000  # of a page: reading takes a second for some ten thousand
_UNIT = 9
"""Pixels of the width of a Latin letter; a Chinese character is two units wide."""
_HEIGHT = 20
_PITCH = 50
"""Pixels from row to row: 2.5 times a character's height, so that no line reads as the continuation of the one above."""
_GAP = 40
_WIDEST = 60
"""Units; the characters of a longer line stand closer, and a picture shows its beginning."""
_MARGIN = 30
_DPI = 96.0


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """`head` is what its column is called, "" where nothing known is; `box` is in pixels of the page."""

    cell: Cell
    head: str = field(repr=False)
    box: Box

    @property
    def line(self) -> str:
        return f"{self.head}{BETWEEN}{self.cell.text}" if self.head else self.cell.text

    def value_in(self, visible: str) -> str:
        """What of *visible*, this cell's line after hiding, stands in the cell."""
        _, between, value = visible.partition(BETWEEN)
        return value if self.head and between else visible


@dataclass(frozen=True, slots=True)
class TablePage:
    """`sheet` counts from 1. `title_box` is where the sheet's title stands, above its cells."""

    page_number: int
    sheet: int
    title: str = field(repr=False)
    is_shown: bool
    cells: tuple[PlacedCell, ...]

    @property
    def width(self) -> int:
        return max(box.right for box in (self.title_box, *(cell.box for cell in self.cells))) + _MARGIN

    @property
    def height(self) -> int:
        return max(cell.box.bottom for cell in self.cells) + _MARGIN

    @property
    def title_box(self) -> Box:
        return Box(_MARGIN, _MARGIN, _MARGIN + _UNIT * max(_units(self.title), 1), _MARGIN + _HEIGHT)

    def text(self) -> PageText:
        titled = [_line(self.title, self.title_box)] if self.title.strip() else []
        lines = (*titled, *(_line(cell.line, cell.box) for cell in self.cells))
        engine = SHOWN if self.is_shown else NOT_SHOWN
        return PageText(self.page_number, self.width, self.height, _DPI, 0, lines, engine)


def table_pages(sheets: Iterable[Sheet], first: int = 1) -> Iterator[TablePage]:
    """The pages from *first* on, in order, read as they are asked for."""
    number = 0
    for at, sheet in enumerate(sheets, start=1):
        for is_shown, cells in _sheet_parts(sheet):
            number += 1
            if number >= first:
                yield TablePage(number, at, one_line(sheet.title), is_shown, _placed(cells))


def pages_shown(sheets: Iterable[Sheet]) -> Iterator[bool]:
    """For each page whether the file shows its cells; quicker than the pages themselves."""
    return (is_shown for sheet in sheets for is_shown, _ in _sheet_parts(sheet))


def _sheet_parts(sheet: Sheet) -> Iterator[tuple[bool, list[tuple[Cell, str]]]]:
    heads = Heads()
    for block in _blocks(sheet.rows()):
        headed = [(cell, head) for row in block for cell, head in _headed(row, heads)]
        for is_shown in (True, False):
            ours = [each for each in headed if each[0].is_shown is is_shown]
            for band in sorted({_band(cell) for cell, _ in ours}):
                yield is_shown, [each for each in ours if _band(each[0]) == band]


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that hold something, up to 25 together, or fewer where they hold much."""
    block: list[Row] = []
    size = 0
    for row in rows:
        length = sum(len(cell.text) for cell in row)
        if block and (len(block) == _ROWS or size + length > _MOST_CHARACTERS):
            yield block
            block, size = [], 0
        if row:
            block.append(row)
            size += length
    if block:
        yield block


def _headed(row: Row, heads: Heads) -> Iterator[tuple[Cell, str]]:
    is_head = heads.see(row)
    for cell in row:
        yield cell, "" if is_head else heads.of(cell.column)


def _band(cell: Cell) -> int:
    return (cell.column - 1) // _COLUMNS


def _placed(cells: list[tuple[Cell, str]]) -> tuple[PlacedCell, ...]:
    rows = {row: at for at, row in enumerate(dict.fromkeys(cell.row for cell, _ in cells))}
    units: dict[int, int] = {}
    for cell, head in cells:
        units[cell.column] = max(units.get(cell.column, 1), min(_units(PlacedCell(cell, head, _NOWHERE).line), _WIDEST))
    columns = sorted(units)
    lefts = accumulate((_UNIT * units[column] + _GAP for column in columns), initial=_MARGIN)
    left_of = dict(zip(columns, lefts, strict=False))
    return tuple(
        PlacedCell(cell, head, _box(left_of[cell.column], rows[cell.row], PlacedCell(cell, head, _NOWHERE).line))
        for cell, head in cells
    )


_NOWHERE = Box(0, 0, 0, 0)


def _box(left: int, row: int, text: str) -> Box:
    top = _MARGIN + (row + 1) * _PITCH
    return Box(left, top, left + _UNIT * min(max(_units(text), 1), _WIDEST), top + _HEIGHT)


def _units(text: str) -> int:
    return sum(map(_width, text))


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _line(text: str, box: Box) -> Line:
    return Line(text, box.quad(), tuple(_quads(text, box)))


def _quads(text: str, box: Box) -> Iterator[Quad]:
    edges = [*accumulate(map(_width, text), initial=0)]
    scale = box.width / max(edges[-1], 1)
    for first, last in pairwise(edges):
        yield upright(box.left + first * scale, box.top, box.left + last * scale, box.bottom)
