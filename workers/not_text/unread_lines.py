"""Lines of ink that look like print and that nobody read: a seal across them, a fold, or an engine's miss.

What was not read cannot be judged, so it cannot be shown. Ink counts where marks of the size of the page's letters stand beside
one another, several letters long, and no line that was read lies there. Rules, frames, seals and single marks are no lines.
"""

import math
import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np

from schemas.geometry import Box, Quad
from schemas.page import PageText
from workers.not_text.ink import darker, without_rules
from workers.not_text.level import Level
from workers.not_text.sheet import Ink, Sheet

_PRINT_MM = 3.5
"""How high a line of print is where none was read that would tell: 10 point."""
_INK = (0.75, 0.82)
"""Of the paper's brightness; what is darker is ink. Faint print falls apart at the first and runs into a seal at the other."""
_RULE = 4.0
"""In heights of a line: longer strokes are rules and frames."""
_TALL, _WIDE, _SPECK = 1.6, 3.0, 0.15
"""In heights of a line: a mark that is larger is no letter, and one that is smaller is dirt or a dot."""
_REACH = 0.35
"""Of its height: what stands so near to a line that was read belongs to it."""
_GAP, _LEVEL = 1.2, 0.6
"""In heights of a line: between marks of one line, from left to right and between their middles."""
_SHORTEST, _LOWEST, _HIGHEST = 3.5, 0.45, 1.7
"""Length and height of what is hidden, in heights of a line."""
_LETTER, _LETTERS, _COVERED = 0.35, 4, 0.3
"""Marks at least so high, in heights of a line, are letters; so many make a line, and so much of its length."""
_RISE = 0.4
"""In heights of a line: by how much a piece of a slanted one may climb."""
_FILLED = (0.08, 0.6)
"""The share of its box that the ink of print covers."""


def find_unread_lines(sheet: Sheet, text: PageText, taken: Sequence[Box]) -> Iterator[Box]:
    """Places on the page where print stands that *text* does not have; none that touch *taken*, in page pixels."""
    level = Level.of(text, sheet.scale, sheet.width, sheet.height)
    lines = [level.quad(line.box) for line in text.lines if line.text.strip()]
    known = [level.quad(box.quad()) for box in taken]
    size = statistics.median(map(_height, lines)) if lines else float(sheet.px(_PRINT_MM))
    for brightness in _INK:
        ink = _left_ink(level.of_ink(darker(sheet, brightness)), lines, known, size)
        for row in _rows(_marks(ink, size), size):
            if _is_print(row, ink, size):
                for box in _pieces(_around(row), level, size):
                    yield level.on_page(box).clipped(text.width, text.height)


def _pieces(box: Box, level: Level, size: float) -> Iterator[Box]:
    """*box* in pieces so short that upright boxes around them on a slanted page stay off the lines above and below."""
    count = max(math.ceil(box.width * level.slant / (_RISE * size)), 1)
    edges = [round(box.left + box.width * at / count) for at in range(count + 1)]
    yield from (Box(left, box.top, right, box.bottom) for left, right in pairwise(edges))


def _height(quad: Quad) -> float:
    """The shorter side: text may run from top to bottom."""
    return max(min(math.dist(quad[0], quad[3]), math.dist(quad[0], quad[1])), 1.0)


def _left_ink(ink: Ink, lines: Sequence[Quad], taken: Sequence[Quad], size: float) -> Ink:
    """*ink* without rules, without the lines that were read and what is *taken*."""
    ink = without_rules(ink, max(round(_RULE * size), 3))
    for quad in lines:
        _wipe(ink, quad, round(_REACH * _height(quad)))
    for quad in taken:
        _wipe(ink, quad, 2)
    return ink


def _wipe(ink: Ink, quad: Quad, margin: int) -> None:
    corners = np.array(quad, np.float32).round().astype(np.int32)
    cv2.fillPoly(ink, [corners], 0)
    cv2.polylines(ink, [corners], isClosed=True, color=0, thickness=2 * margin + 1)


def _marks(ink: Ink, size: float) -> list[Box]:
    """Connected marks about as large as letters or their parts."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = (Box(int(left), int(top), int(left + width), int(top + height)) for left, top, width, height, _ in stats[1:count])
    return [
        box
        for box in boxes
        if max(box.width, box.height) >= _SPECK * size and box.height <= _TALL * size and box.width <= _WIDE * size
    ]


def _rows(marks: Sequence[Box], size: float) -> Iterator[list[Box]]:
    """Marks that stand beside one another, level, without a wide gap."""
    rows: list[list[Box]] = []
    for mark in sorted(marks, key=lambda each: each.left):
        middle = (mark.top + mark.bottom) / 2
        for row in reversed(rows):
            whole = row[-1]
            is_near = mark.left - max(each.right for each in row[-6:]) <= _GAP * size
            if is_near and abs(middle - (whole.top + whole.bottom) / 2) <= _LEVEL * size:
                row.append(mark)
                break
        else:
            rows.append([mark])
    yield from rows


def _is_print(row: Sequence[Box], ink: Ink, size: float) -> bool:
    whole, letters = _around(row), [mark for mark in row if mark.height >= _LETTER * size]
    if whole.width < _SHORTEST * size or not _LOWEST * size <= whole.height <= _HIGHEST * size:
        return False
    if len(letters) < _LETTERS or sum(mark.width for mark in letters) < _COVERED * whole.width:
        return False
    part = ink[whole.top : whole.bottom, whole.left : whole.right]
    return _FILLED[0] <= float(np.count_nonzero(part)) / part.size <= _FILLED[1]


def _around(boxes: Sequence[Box]) -> Box:
    return Box.around(box.quad() for box in boxes)
