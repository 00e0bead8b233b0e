"""The order in which a person reads the lines of an upright page: by rows, by columns where running text has them, and cell by
cell where rules part the cells of a form."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SAME_ROW = 0.5
"""Two lines share a row where they overlap in height by this share of the lower one."""

SLACK = 0.2
"""Boxes of neighbouring lines may overlap by this share of their height at each edge and still be told apart."""

MIN_COLUMN_LINES = 6
"""Fewer lines than this do not make a column of running text."""

LONG_LINE = 8.0
"""Lines of running text are this many times as long as high, in the median; a form's cells are shorter."""

REGULAR = 0.55
"""Share of neighbouring lines in a column of running text that are about equally long and begin or end flush."""

MAX_ACROSS = 0.15
"""Share of lines (headings, captions) that may run across the gap between two columns."""


@dataclass(frozen=True, slots=True)
class Extent:
    """An upright rectangle around one line."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def reading_order(extents: Sequence[Extent], cells: Sequence[int] = ()) -> list[int]:
    """Indices of *extents* in reading order. *cells* has the number of the cell that each line stands in, 0 for none."""
    groups = _by_cell(extents, cells or [0] * len(extents))
    around = [_around([extents[index] for index in group]) for group in groups]
    return [index for unit in _ordered(range(len(groups)), around) for index in _lines_of(groups[unit], extents)]


def _by_cell(extents: Sequence[Extent], cells: Sequence[int]) -> list[list[int]]:
    """Lines of one cell together; a line in no cell for itself."""
    groups: dict[tuple[int, int], list[int]] = {}
    for index in range(len(extents)):
        groups.setdefault((cells[index], 0 if cells[index] else index), []).append(index)
    return list(groups.values())


def _around(lines: Sequence[Extent]) -> Extent:
    return Extent(
        min(line.left for line in lines),
        min(line.top for line in lines),
        max(line.right for line in lines),
        max(line.bottom for line in lines),
    )


def _lines_of(cell: list[int], extents: Sequence[Extent]) -> list[int]:
    return _ordered(cell, extents) if len(cell) > 1 else cell


def rows(block: Sequence[int], extents: Sequence[Extent]) -> list[list[int]]:
    """*block* as rows from the top, each from the left. The highest line of a row decides what else is in it."""
    left_over = sorted(block, key=lambda i: (extents[i].middle, extents[i].left))
    found: list[list[int]] = []
    while left_over:
        first = extents[left_over[0]]
        row = [index for index in left_over if _same_row(first, extents[index])]
        found.append(sorted(row, key=lambda i: (extents[i].left, extents[i].top)))
        left_over = [index for index in left_over if index not in row]
    return found


def _same_row(one: Extent, other: Extent) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return one == other or shared >= SAME_ROW * min(one.height, other.height)


def _ordered(block: Sequence[int], extents: Sequence[Extent]) -> list[int]:
    gutter = _gutter(block, extents)
    if gutter is None:
        return _cut_apart(block, extents)
    return [index for band in _bands(block, extents, gutter) for index in _by_columns(band, extents, gutter)]


def _cut_apart(block: Sequence[int], extents: Sequence[Extent]) -> list[int]:
    """*block* by recursive XY cut: parts from the top; where none can be told apart, parts from the left; else rows."""
    for parts in (_parts(block, extents, "top", "bottom"), _beside_each_other(block, extents)):
        if len(parts) > 1:
            return [index for part in parts for index in _cut_apart(part, extents)]
    return [index for row in rows(block, extents) for index in row]


def _beside_each_other(block: Sequence[int], extents: Sequence[Extent]) -> list[list[int]]:
    """Parts from the left, as few as let each be cut into rows: a tall label stands alone, the columns beside it together."""
    joined: list[list[int]] = []
    for part in _parts(block, extents, "left", "right"):
        if joined and len(_parts([*joined[-1], *part], extents, "top", "bottom")) > 1:
            joined[-1].extend(part)
        else:
            joined.append(part)
    return joined


def _parts(block: Sequence[int], extents: Sequence[Extent], start: str, end: str) -> list[list[int]]:
    """*block* cut wherever no line, less SLACK of its height at each edge, reaches across."""
    parts: list[list[int]] = []
    reached = -math.inf
    for index in sorted(block, key=lambda i: getattr(extents[i], start)):
        slack = SLACK * min(extents[index].height, extents[index].width)
        if getattr(extents[index], start) + slack >= reached:
            parts.append([])
        parts[-1].append(index)
        reached = max(reached, getattr(extents[index], end) - slack)
    return parts


def _by_columns(band: Sequence[int], extents: Sequence[Extent], gutter: float) -> list[int]:
    """A band's left part, its right part, then what floats between them."""
    left = [index for index in band if extents[index].right <= gutter]
    right = [index for index in band if extents[index].left >= gutter]
    across = [index for index in band if index not in left and index not in right]
    return _ordered(left, extents) + _ordered(right, extents) + [i for row in rows(across, extents) for i in row]


def _bands(block: Sequence[int], extents: Sequence[Extent], gutter: float) -> list[list[int]]:
    """*block* from the top, cut wherever headings run across *gutter*."""
    bands: list[list[int]] = []
    was_heading: bool | None = None
    for index in sorted(block, key=lambda i: extents[i].middle):
        heading = _across(extents[index], gutter) and not _floats(index, block, extents)
        if heading != was_heading:
            bands.append([])
        bands[-1].append(index)
        was_heading = heading
    return bands


def _across(extent: Extent, gutter: float) -> bool:
    return extent.left < gutter < extent.right


def _floats(index: int, block: Sequence[int], extents: Sequence[Extent]) -> bool:
    """Whether text stands on both sides of a line, as beside a caption set between two columns."""
    line = extents[index]
    beside = [extents[i] for i in block if i != index and _same_row(line, extents[i])]
    return any(other.right <= line.left for other in beside) and any(other.left >= line.right for other in beside)


def _gutter(block: Sequence[int], extents: Sequence[Extent]) -> float | None:
    """Where a gap between two columns of running text lies, if there is one."""
    edges = sorted({edge for i in block for edge in (extents[i].left, extents[i].right)})
    allowed = MAX_ACROSS * len(block)
    crossings = {x: sum(_across(extents[i], x) for i in block) for x in ((a + b) / 2 for a, b in pairwise(edges))}
    fitting = (x for x in sorted(crossings, key=lambda x: (crossings[x], x)) if crossings[x] <= allowed)
    return next((x for x in fitting if _parts_columns(block, extents, x)), None)


def _parts_columns(block: Sequence[int], extents: Sequence[Extent], gutter: float) -> bool:
    left = [extents[index] for index in block if extents[index].right <= gutter]
    right = [extents[index] for index in block if extents[index].left >= gutter]
    return _is_running_text(left) and _is_running_text(right)


def _is_running_text(column: Sequence[Extent]) -> bool:
    if len(column) < MIN_COLUMN_LINES or median(line.width / line.height for line in column) < LONG_LINE:
        return False
    down = sorted(column, key=lambda line: line.middle)
    return sum(_continues(a, b) for a, b in pairwise(down)) >= REGULAR * (len(down) - 1)


def _continues(above: Extent, below: Extent) -> bool:
    """Whether *below* looks like the next line of the same paragraph: as long, close under it and flush on one side."""
    height = min(above.height, below.height)
    flush = min(abs(above.left - below.left), abs(above.right - below.right)) <= height
    alike = min(above.width, below.width) >= 0.8 * max(above.width, below.width)
    return flush and alike and 0 < below.middle - above.middle <= 2 * max(above.height, below.height)
