"""Plain text as a page: what has no places gets those of a typewriter."""

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText

_ACROSS, _DOWN = 10, 20
"""Pixels of one character's cell."""


def typed(text: str) -> PageText:
    """One line of the page for each line of *text*, each character in a cell of its own."""
    rows = text.splitlines()
    width = max((len(row) for row in rows), default=0) * _ACROSS
    lines = tuple(_line(row, number * _DOWN) for number, row in enumerate(rows))
    return PageText(1, max(width, 1), max(len(rows) * _DOWN, 1), 72, 0, lines, EngineVersion("plain text", "1"))


def _line(row: str, top: int) -> Line:
    cells = tuple(upright(at * _ACROSS, top, (at + 1) * _ACROSS, top + _DOWN) for at in range(len(row)))
    return Line(row, upright(0, top, max(len(row), 1) * _ACROSS, top + _DOWN), cells)
