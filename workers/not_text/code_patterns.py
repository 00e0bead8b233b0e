"""Codes that nobody need decode to know what they are.

Within a code of bars all edges run the same way, which those of text never do. A QR code of which only corners are left is told
by its finder patterns, three squares in one another (ISO/IEC 18004, 5.3.2.2).
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from workers.not_text.sheet import Grey, Sheet

Outline = NDArray[np.int32]

COHERENT, DENSE = 0.86, 22.0
"""How much the edges of a cell run one way, 0 to 1, and how strong they are, in levels of 255 a pixel. They only say where to
look: on ruled forms nearly half of all dense cells pass, and it is the number of edges across that tells bars from rules."""
_CELL_MM = 1.0
_BARS_MM = (14.0, 4.0)
"""The smallest code that is told by its bars."""
_FILLED = 0.6
_FEWEST_EDGES, _SWING = 24, 12
"""Two rules of a table run the same way, too. Edges count that pass the middle tone by so many levels of 255."""

_CLOSING_MM, _BLOCK_MM, _BLOCK_FILLED, _QUIET_MM = 1.0, (3.0, 90.0), 0.8, 1.5
"""Modules with less between them are one field; its sides; how much of its box it fills; the paper left free around a code."""

_RING, _HOLE = (1.45, 3.0), (1.8, 5.0)
"""49 to 25 and 25 to 9 are the areas of a finder pattern; print and scanning make bars thicker or thinner."""
_FINDER_MM = (1.2, 16.0)
_APART = (1.8, 30.0)
"""Sides of a pattern between the middles of two of one code: 14 modules of 7 in the smallest, 170 in the largest."""


def find_bars(sheet: Sheet) -> Iterator[Box]:
    """Places where many strong edges run the same way, whichever way that is (structure tensor, Bigun and Granlund 1987)."""
    across, down = (np.asarray(cv2.Sobel(sheet.grey, cv2.CV_16S, *order), np.int16) for order in ((1, 0), (0, 1)))
    side = sheet.px(_CELL_MM)
    xx, yy, xy = (_cells(one, other, side) for one, other in ((across, across), (down, down), (across, down)))
    energy = xx + yy
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (energy + 1e-3)
    mask = ((coherence > COHERENT) & (energy > DENSE * DENSE)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    for at in range(1, count):
        left, top, width, height, _ = (int(each) for each in stats[at])
        if max(sheet.mm(width * side), sheet.mm(height * side)) < _BARS_MM[0]:
            continue
        field = labels == at
        if _is_of_bars(sheet, field, _direction(*(float(each[field].mean()) for each in (xx, yy, xy))), side):
            edges = (left - 1, top - 1, left + width + 1, top + height + 1)
            yield sheet.on_page(*(edge * side for edge in edges)).clipped(*_size(sheet.grey, sheet.scale))


def _cells(one: NDArray[np.int16], other: NDArray[np.int16], side: int) -> NDArray[np.float32]:
    """The mean product of two slopes in windows of three cells of *side* pixels, in (levels of 255 a pixel) squared."""
    product = cv2.multiply(one, other, dtype=cv2.CV_32F, scale=1 / 64)  # Sobel weighs by 8
    rows, columns = max(product.shape[0] // side, 1), max(product.shape[1] // side, 1)
    means = cv2.resize(product[: rows * side, : columns * side], (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(means, (3, 3)), np.float32)


def _direction(xx: float, yy: float, xy: float) -> float:
    """The angle across the edges that a structure tensor tells of, in radians."""
    return float(np.arctan2(2 * xy, xx - yy)) / 2


def _is_of_bars(sheet: Sheet, field: NDArray[np.bool_], across: float, side: int) -> bool:
    """Whether *field*, of cells of *side* pixels, fills a rectangle, at whatever angle, with many bars one after the other."""
    cells = np.argwhere(field)[:, ::-1]
    middle, size, _ = cv2.minAreaRect(((cells + 0.5) * side).astype(np.float32))
    width, height = size[0] + side, size[1] + side
    short, long = sorted((sheet.mm(width), sheet.mm(height)))
    if long < _BARS_MM[0] or short < _BARS_MM[1] or len(cells) * side * side < _FILLED * width * height:
        return False
    steps = np.arange(-max(width, height) / 2, max(width, height) / 2)
    columns, rows = (start + steps * way for start, way in zip(middle, (np.cos(across), np.sin(across)), strict=True))
    on_field = (rows >= 0) & (columns >= 0) & (rows < field.shape[0] * side) & (columns < field.shape[1] * side)
    rows, columns = rows[on_field].astype(int), columns[on_field].astype(int)
    inside = field[rows // side, columns // side]
    return _edges_on(sheet.grey[rows[inside], columns[inside]]) >= _FEWEST_EDGES


def _edges_on(line: Grey) -> int:
    """How often *line*, shades along a straight line, goes from dark to light or back."""
    darkest, lightest = np.percentile(line, (10, 90)) if line.size else (0, 0)
    above = line.astype(np.float64) - (darkest + lightest) / 2
    return int(np.count_nonzero(np.diff(np.sign(above[np.abs(above) > _SWING]))))


def find_blocks(sheet: Sheet) -> Iterator[Box]:
    """Closed fields of ink with both sides longer than a line of print is high: where a Data Matrix or a PDF417 may be."""
    ink = cv2.threshold(sheet.grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    side = sheet.px(_CLOSING_MM)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    for left, top, width, height, area in stats[1:count].tolist():
        short, long = sorted((sheet.mm(width), sheet.mm(height)))
        if short >= _BLOCK_MM[0] and long <= _BLOCK_MM[1] and area >= _BLOCK_FILLED * width * height:
            edge = sheet.px(_QUIET_MM)
            place = sheet.on_page(left - edge, top - edge, left + width + edge, top + height + edge)
            yield place.clipped(*_size(sheet.grey, sheet.scale))


def find_corners(sheet: Sheet) -> Iterator[Box]:
    """The place of a code of which two finder patterns or more are seen."""
    patterns = _finder_patterns(sheet)
    for group in _of_one_code(patterns):
        centres, side = group[:, :2], float(group[:, 2].max())
        reach = float(np.linalg.norm(centres - centres[0], axis=1).max()) if len(group) == 2 else 0.0
        (left, top), (right, bottom) = centres.min(axis=0) - side, centres.max(axis=0) + side
        wide = reach if right - left < bottom - top else 0.0
        high = reach if right - left >= bottom - top else 0.0
        place = sheet.on_page(left - wide, top - high, right + wide, bottom + high)
        yield place.clipped(*_size(sheet.grey, sheet.scale))


def _finder_patterns(sheet: Sheet) -> NDArray[np.float64]:
    """N x 3: the middle of each and its side, in pixels of the sheet."""
    ink = cv2.threshold(sheet.grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    contours, tree = cv2.findContours(ink, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for numbers in _nested(np.asarray(tree, np.int32)) if contours else ():
        ring, hole, core = (np.asarray(contours[at], np.int32) for at in numbers)
        if pattern := _pattern(ring, hole, core, sheet):
            found.append(pattern)
    return np.array(found, np.float64).reshape(-1, 3)


def _nested(tree: Outline) -> Iterator[tuple[int, int, int]]:
    """The numbers of outlines in one another of which the innermost is empty; *tree* is as OpenCV gives it."""
    inner = tree[0][:, 2]
    holes = inner[inner]
    (places,) = np.nonzero((inner >= 0) & (holes >= 0) & (inner[holes] < 0))
    yield from ((int(at), int(inner[at]), int(holes[at])) for at in places)


def _pattern(ring: Outline, hole: Outline, core: Outline, sheet: Sheet) -> tuple[float, ...] | None:
    """Three squares in one another, the middle one of paper."""
    areas = [cv2.contourArea(each) for each in (ring, hole, core)]
    if min(areas) <= 0 or not _RING[0] <= areas[0] / areas[1] <= _RING[1] or not _HOLE[0] <= areas[1] / areas[2] <= _HOLE[1]:
        return None
    (x, y), sides, _ = cv2.minAreaRect(ring)
    inner, inner_sides, _ = cv2.minAreaRect(core)
    side = sum(sides) / 2
    are_squares = _is_square(areas[0], sides) and _is_square(areas[2], inner_sides)
    is_central = np.hypot(inner[0] - x, inner[1] - y) <= 0.15 * side
    return (x, y, side) if are_squares and is_central and _FINDER_MM[0] <= sheet.mm(side) <= _FINDER_MM[1] else None


def _is_square(area: float, sides: Sequence[float]) -> bool:
    return min(sides) >= 0.75 * max(sides) and area >= 0.7 * sides[0] * sides[1]


def _of_one_code(patterns: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Groups of two or more patterns of one size that stand as far apart as in a code."""
    left = [*range(len(patterns))]
    while left:
        first = left.pop(0)
        apart = np.linalg.norm(patterns[left, :2] - patterns[first, :2], axis=1) / patterns[first, 2]
        alike = np.abs(np.log(patterns[left, 2] / patterns[first, 2])) < 0.3
        own = [other for other, is_one in zip(left, (apart > _APART[0]) & (apart < _APART[1]) & alike, strict=True) if is_one]
        left = [other for other in left if other not in own]
        if own:
            yield patterns[[first, *own]]


def _size(grey: Grey, scale: float) -> tuple[int, int]:
    """Width and height of the page that *grey* shows."""
    return round(grey.shape[1] / scale), round(grey.shape[0] / scale)
