"""Where the cells of a workbook stand: `AB12`, `A1:C3`, and which cells lie in some of many areas."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
"""Of a sheet; programs open none with more."""
_COLUMN = re.compile(r"[A-Z]{1,3}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_PLACE = re.compile(rf"({_COLUMN.pattern})({_ROW.pattern})")


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from `left` to `right` and from `top` to `bottom`, all from 1 and all inclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def columns(self) -> int:
        return self.right - self.left + 1


def row_number(written: str) -> int:
    """Raises ValueError where no sheet has such a row."""
    number = int(written) if _ROW.fullmatch(written) else 0
    if not 1 <= number <= MOST_ROWS:
        raise ValueError("no sheet has such a row")
    return number


def place_of(reference: str) -> tuple[int, int]:
    """Column and row. Raises ValueError where no sheet has such a cell."""
    place = _PLACE.fullmatch(reference)
    column = 0
    for letter in place[1] if place else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    if place is None or column > MOST_COLUMNS:
        raise ValueError("no sheet has such a cell")
    return column, row_number(place[2])


def area_of(reference: str) -> Area:
    """That of `A1:C3`, or of `A1`. Raises ValueError where no sheet has such cells."""
    first, between, last = reference.partition(":")
    (left, top), (right, bottom) = place_of(first), place_of(last if between else first)
    if right < left or bottom < top:
        raise ValueError("no sheet has such cells")
    return Area(left, top, right, bottom)


class Marked:
    """Some columns of a sheet; marking many takes as long as marking one."""

    def __init__(self) -> None:
        self._columns = bytearray(MOST_COLUMNS + 1)

    def mark(self, first: int, last: int) -> None:
        """Those from *first* to *last*, as far as there are such."""
        first, last = max(first, 1), min(last, MOST_COLUMNS)
        self._columns[first : last + 1] = b"\1" * (last + 1 - first)

    def __contains__(self, column: int) -> bool:
        return bool(self._columns[column])


class Covered:
    """The cells that lie in any of some areas: one question takes the time of a look into a sorted list, however many there
    are. Memory grows with the columns of all areas together."""

    def __init__(self, areas: Iterable[Area]) -> None:
        ends: dict[int, dict[int, int]] = {}
        for area in areas:
            for column in range(area.left, area.right + 1):
                of_column = ends.setdefault(column, {})
                of_column[area.top] = max(area.bottom, of_column.get(area.top, 0))
        self._tops = {column: sorted(of_column) for column, of_column in ends.items()}
        self._bottoms = {column: [*_reached(self._tops[column], of_column)] for column, of_column in ends.items()}

    def __contains__(self, place: tuple[int, int]) -> bool:
        """Whether the cell at *place*, column and row, is one of them."""
        column, row = place
        at = bisect_right(self._tops.get(column, ()), row)
        return at > 0 and row <= self._bottoms[column][at - 1]


def _reached(tops: Iterable[int], bottoms: Mapping[int, int]) -> Iterable[int]:
    """How far down any area reaches that begins at a top or above it."""
    lowest = 0
    for top in tops:
        lowest = max(lowest, bottoms[top])
        yield lowest
