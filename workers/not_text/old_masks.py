"""What sticks out from under black boxes that somebody drew on a page before it came here.

Such a box says that something was to be hidden, and it may have been drawn too low or too short. The tops, ends and halves of
characters that are left tell the value to whoever knows what to look for, and no recognizer takes them for one. So ink that a
box cuts through or touches is hidden with it, and behind a label whatever stands between its box and the next label.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from schemas.geometry import Box
from schemas.page import PageText
from workers.not_text.ink import darker, without_rules
from workers.not_text.sheet import Ink, Sheet
from workers.not_text.turned import Turn

_BLACK = 0.3
"""Of the paper's brightness: what is darker is painted over. Print of a scan is paler at its edges."""
_LOWEST_MM, _SHORTEST_MM = 2.4, 4.0
"""A box is as high as a line of small print; bars of the same height that are no longer than this are ticks and bullets."""
_OBLONG, _FILLED = 1.2, 0.85
_LARGEST = 0.3
"""Of the page: more is no mask."""
_EDGE_MM = 1.0
"""Black this near to the edge of the page is the scanner's lid."""
_BLACK_BESIDE = 0.45
"""Of its height: more black to its left or right is more of the same field."""
_INK = 0.75
_RULE_MM, _THIN_MM = 4.0, 0.6
_TOUCHING_MM = 0.3
_IN_A_WORD = 0.15
"""Of its height: a letter stands no further from the one before it, and every blank is wider."""
_WITHIN, _REST_MM = 0.3, 14.0
"""What stands this near to a cut character, in heights of the box, belongs to its word, of which no more may be left."""
_SPECK_MM = 0.3
_LEAST_REST_MM, _FLAT = 0.7, 5.0
"""What is left above or below a box and is lower, or so many times as wide as it is high, is the edge of a box askew."""
_LABEL = re.compile(r"[:：]\s*$|(?:姓\s*名|号码?|地址|住址|电话|账号|诊断)\s*$")
_NEXT_LABEL = re.compile(r"[:：]")
_FIELD_GAP_MM = 9.0
"""Between a label and its box, and between a box and what belongs to the same field."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A line that was read, turned upright, in pixels of the sheet."""

    text: str = field(repr=False)
    box: Box


def find_rests(sheet: Sheet, text: PageText | None) -> Iterator[Box]:
    """Places beside black boxes that are to be hidden, in page pixels."""
    turn = Turn((text.rotation if text else 0) // 90, sheet.width, sheet.height)
    masks = _masks(turn.of(darker(sheet, _BLACK)), sheet)
    if not masks:
        return
    written = text.lines if text else ()
    lines = [_Written(line.text, turn.box(_on_sheet(Box.around((line.box,)), sheet.scale))) for line in written]
    marks = _marks(_left_ink(turn.of(darker(sheet, _INK)), masks, sheet), sheet)
    for mask in masks:
        rests = (*_rests(mask, marks, sheet), *_of_its_field(mask, masks, lines, marks, sheet))
        for rest in _by_side(mask, rests):
            box = turn.back().box(rest)
            yield sheet.on_page(box.left, box.top, box.right, box.bottom)


def _masks(black: Ink, sheet: Sheet) -> list[Box]:
    """Solid black oblongs inside the page, no parts of a larger black field with light print on it."""
    least = (sheet.px(_LOWEST_MM), sheet.px(_LOWEST_MM))
    solid = np.asarray(cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones(least, np.uint8)), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    found = []
    for left, top, width, height, area in stats[1:count].tolist():
        box = Box(left, top, left + width, top + height)
        is_oblong = width >= max(_OBLONG * height, sheet.px(_SHORTEST_MM)) and area >= _FILLED * width * height
        if is_oblong and area <= _LARGEST * black.size and _stands_free(box, black, sheet):
            found.append(box)
    return found


def _stands_free(box: Box, black: Ink, sheet: Sheet) -> bool:
    """Whether *box* lies inside the page, and most of what is right beside it is not black."""
    height, width = black.shape
    edge, beside = sheet.px(_EDGE_MM), _reach(sheet) + 1
    if box.left < edge or box.top < edge or box.right > width - edge or box.bottom > height - edge:
        return False
    sides = (black[box.top : box.bottom, at] for at in (box.left - beside, box.right + beside - 1))
    return all(cv2.countNonZero(np.ascontiguousarray(side)) <= _BLACK_BESIDE * box.height for side in sides)


def _reach(sheet: Sheet) -> int:
    """Pixels around a box that its own soft edge takes up."""
    return sheet.px(_TOUCHING_MM) // 2 + 1


def _left_ink(ink: Ink, masks: Sequence[Box], sheet: Sheet) -> Ink:
    """*ink* without the masks and without rules."""
    ink, reach = ink.copy(), _reach(sheet)
    for mask in masks:
        ink[mask.top - reach : mask.bottom + reach, mask.left - reach : mask.right + reach] = 0
    return without_rules(ink, sheet.px(2 * _RULE_MM))


def _marks(ink: Ink, sheet: Sheet) -> list[Box]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = (Box(left, top, left + width, top + height) for left, top, width, height, _ in stats[1:count].tolist())
    return [box for box in boxes if not _is_rule(box, sheet) and max(box.width, box.height) >= sheet.px(_SPECK_MM)]


def _is_rule(box: Box, sheet: Sheet) -> bool:
    return min(box.width, box.height) <= sheet.px(_THIN_MM) and max(box.width, box.height) >= sheet.px(_RULE_MM)


def _rests(mask: Box, marks: Sequence[Box], sheet: Sheet) -> Iterator[Box]:
    """Marks that touch *mask* or stand beside it as near as letters of one word, and the rest of their words along the line."""
    near = _wider(mask, _reach(sheet) + 1)
    for mark in marks:
        is_level = _is_level(mark, mask)
        tells = is_level or (mark.height >= sheet.px(_LEAST_REST_MM) and mark.width <= _FLAT * mark.height)
        beside = _wider(mark, round(_IN_A_WORD * mark.height) if is_level else 0)
        if tells and _is_letter(mark, mask) and beside.overlaps(near):
            yield _around(_word(mark, mask, marks, sheet))


def _by_side(mask: Box, rests: Sequence[Box]) -> Iterator[Box]:
    """One box for what is left above *mask*, one for what is below, to its left, and to its right."""
    sides: dict[str, list[Box]] = {}
    for rest in rests:
        across = "left" if rest.right <= mask.left else "right"
        is_beside = rest.right <= mask.left or rest.left >= mask.right
        side = across if is_beside else "above" if rest.bottom <= mask.top else "below"
        sides.setdefault(side, []).append(rest)
    yield from map(_around, sides.values())


def _is_letter(mark: Box, mask: Box) -> bool:
    return mark.height <= 1.5 * mask.height and mark.width <= 2 * mask.height


def _word(first: Box, mask: Box, marks: Sequence[Box], sheet: Sheet) -> list[Box]:
    """*first*, and what follows it away from *mask* without a gap."""
    word = [first]
    if first.bottom <= mask.top or first.top >= mask.bottom:
        return word
    is_right = first.left >= mask.right
    beside = [
        mark for mark in marks if _is_level(mark, mask) and (mark.left >= first.left if is_right else mark.right <= first.right)
    ]
    for mark in sorted(beside, key=lambda each: each.left if is_right else -each.right):
        whole = _around(word)
        gap = mark.left - whole.right if is_right else whole.left - mark.right
        if gap > _WITHIN * mask.height or _around([whole, mark]).width > sheet.px(_REST_MM):
            break
        word.append(mark)
    return word


def _of_its_field(
    mask: Box, masks: Sequence[Box], lines: Sequence[_Written], marks: Sequence[Box], sheet: Sheet
) -> Iterator[Box]:
    """What follows *mask* where a label stands before it: marks up to the next label, mask or wide gap."""
    gap = sheet.px(_FIELD_GAP_MM)
    before = [line for line in lines if _is_level(line.box, mask) and 0 <= mask.left - line.box.right + gap // 4 <= gap]
    if not any(_LABEL.search(line.text) for line in before):
        return
    behind = [line.box.left for line in lines if _is_level(line.box, mask) and _NEXT_LABEL.search(line.text)]
    behind += [other.left for other in masks if _is_level(other, mask)]
    end = min((left for left in behind if left >= mask.right - gap // 4), default=sheet.width + sheet.height)
    reach = mask.right
    for mark in sorted((each for each in marks if _is_level(each, mask)), key=lambda each: each.left):
        if mark.left >= mask.right - 1 and mark.left - reach <= gap and mark.right <= end:
            reach = mark.right
            yield mark


def _is_level(box: Box, mask: Box) -> bool:
    middle = (box.top + box.bottom) / 2
    return mask.top <= middle <= mask.bottom


def _on_sheet(box: Box, scale: float) -> Box:
    return Box(*(round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom)))


def _wider(box: Box, by: int) -> Box:
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def _around(boxes: Sequence[Box]) -> Box:
    return Box.around(box.quad() for box in boxes)
