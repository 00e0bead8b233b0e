"""Ink behind the label of a signature, and ink that nobody could read behind the label of something personal.

A signature is seldom read, and where it is, it is a picture of a hand all the same: whatever stands behind its label, up to
a date or the next label, is one. Behind the label of a name or a number ink counts only where nothing was read. In both cases
rules and what was read elsewhere are taken off first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.not_text.ink import darker, without_rules
from workers.not_text.sheet import Ink, Sheet
from workers.not_text.turned import Turn

SIGNATURE = "SIGNATURE"

_SIGN = re.compile(
    r"(?:签\s*[名字章署]|按\s*手\s*印|捺印)(?:\s*[(（][^)）]{0,8}[)）])?|[一-鿿]{0,4}医[师生](?=[\s:：_]|$)"
    r"|(?:[Ss]ignature|SIGNATURE|[Ss]igned|SIGNED)(?:\s+(?:of|OF)\s+[A-Za-z' ]{3,30})?"
)
_PERSONAL = {
    "CN_ID18": re.compile(r"身份证(?:件)?号?码?|证件号码?|公民身份号码|(?i:\b(?:id|identity) (?:no|number))"),
    "CN_MOBILE": re.compile(r"(?:联系)?电话|手机号?码?|联系方式|(?i:\b(?:tele)?phone(?: no| number)?)"),
    "CN_ADDRESS": re.compile(r"(?:联系|家庭|通讯|居住|户籍)?(?:地|住)址|(?i:\baddress)"),
    "CN_BANK": re.compile(r"(?:银行)?[账帐卡]号|(?i:\baccount (?:no|number))"),
    "CN_NAME": re.compile(r"姓\s*名|(?i:\b(?:full |patient |insured )?name)"),
}
_END_OF_LABEL = re.compile(r"[\s:：)）]*")
_OTHER = re.compile(
    r"(?:19|20)\d{2}\s*[年./-]|\d+\s*月|[年月日]\s*$|日\s*期|时\s*间|电\s*话|盖\s*章|公\s*章|[:：]|(?i:\bdate\b)|\d{1,2}/\d{1,2}/\d{2,4}"
)
"""A date, or the next label."""
_NEXT_LABEL = re.compile(r"[^:：\d]{1,8}[:：]")
_WITHIN = 0.7
"""Of its height: what follows a word closer than this belongs to the same sentence, and the word is no label."""

_RIGHT_MM, _ABOVE_MM, _LEFT_MM = 62.0, 13.0, 60.0
_REACH_MM, _REACH_UNREAD_MM, _REACH_BEFORE_MM = 7.0, 3.5, 10.0
"""How far above and below the middle of its label ink may stand."""
_CORE_MM = 3.5
_GAP_MM = 9.0
_TOUCHING_MM = 0.8
_RULE_MM = 11.0
_SPECK_MM = 0.5
_LEAST_MM = (4.5, 2.4)
_LEAST_UNREAD_MM, _LEAST_BEFORE_MM = (7.0, 2.2), (14.0, 7.0)
"""Width and height of what is more than a tick or a speck; of ink before its label, that is no word either."""
_LEAST_INK = 1.4
"""mm2: four strokes of a ball pen."""
_INK = 0.62
"""Of the paper's brightness; what is darker is ink."""
_SLOT_LINES_MM, _TALL = 30.0, 1.8
_LONGEST_HAN, _LONGEST = 10, 34


@dataclass(frozen=True, slots=True)
class BehindLabel:
    """`is_read`: something was read there, too."""

    kind: str
    box: Box
    is_read: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """A line or a part of one, turned upright, in pixels of the sheet."""

    text: str = field(repr=False)
    box: Box


@dataclass(frozen=True, slots=True)
class _Label:
    """`line` is the place of its whole line, `rest` what stands behind it there and belongs to it, `behind` what does not."""

    kind: str
    box: Box
    line: Box
    rest: _Written | None
    behind: _Written | None
    is_latin: bool


def find_behind_labels(sheet: Sheet, text: PageText) -> Iterator[BehindLabel]:
    turn = Turn(text.rotation // 90, sheet.width, sheet.height)
    lines = [_chars(line, sheet.scale, turn) for line in text.lines]
    labels = [label for line, boxes in zip(text.lines, lines, strict=True) for label in _labels(line.text, boxes)]
    if not labels:
        return
    ink = without_rules(turn.of(darker(sheet, _INK)), sheet.px(_RULE_MM))
    written = [_Written(line.text, _around(boxes)) for line, boxes in zip(text.lines, lines, strict=True) if boxes]
    for label in labels:
        for place, is_read in _behind(label, written, ink, sheet):
            box = turn.back().box(place)
            yield BehindLabel(label.kind, sheet.on_page(box.left, box.top, box.right, box.bottom), is_read)


def _chars(line: Line, scale: float, turn: Turn) -> list[Box]:
    return [turn.box(_on_sheet(quad, scale)) for quad in line.char_boxes]


def _on_sheet(quad: Quad, scale: float) -> Box:
    first, second, third, fourth = ((x * scale, y * scale) for x, y in quad)
    return Box.around(((first, second, third, fourth),))


def _labels(text: str, boxes: Sequence[Box]) -> Iterator[_Label]:
    signs = [match for match in _SIGN.finditer(text) if _ends_there(match, text, boxes)]
    for match in signs:
        yield _label(SIGNATURE, match, text, boxes)
    for kind, pattern in _PERSONAL.items():
        for match in pattern.finditer(text):
            is_of_sign = any(sign.start() <= match.end() + 4 and match.start() <= sign.end() for sign in signs)
            if not is_of_sign and _ends_there(match, text, boxes):
                yield _label(kind, match, text, boxes)


def _ends_there(match: re.Match[str], text: str, boxes: Sequence[Box]) -> bool:
    """Whether a label ends with *match* and not a word in the middle of a sentence."""
    rest = text[match.end() :].lstrip()
    if not rest or rest[0] in ":：)）_＿":
        return True
    following = boxes[len(text) - len(rest)]
    return following.left - boxes[match.end() - 1].right >= _WITHIN * boxes[match.end() - 1].height


def _label(kind: str, match: re.Match[str], text: str, boxes: Sequence[Box]) -> _Label:
    space = _END_OF_LABEL.match(text, match.end())
    start = space.end() if space else match.end()
    other = _OTHER.search(text, start) if kind == SIGNATURE else _NEXT_LABEL.match(text, start)
    end = other.start() if other else len(text)
    rest, behind = (_part(text, boxes, *span) for span in ((start, end), (end, len(text))))
    last = start - len(text[match.end() : start]) + len(text[match.end() : start].rstrip())  # blanks are room for a pen
    return _Label(kind, _around(boxes[match.start() : last]), _around(boxes), rest, behind, match.group().isascii())


def _part(text: str, boxes: Sequence[Box], start: int, end: int) -> _Written | None:
    return _Written(text[start:end].strip(), _around(boxes[start:end])) if text[start:end].strip() else None


def _behind(label: _Label, written: Sequence[_Written], ink: Ink, sheet: Sheet) -> Iterator[tuple[Box, bool]]:
    if label.kind == SIGNATURE:
        found = _in_area(_right_of(label, _REACH_MM, ink, sheet), label, written, ink, sheet, _LEAST_MM)
        if found is None and label.is_latin:
            found = _in_area(_above(label, ink, sheet), label, written, ink, sheet, _LEAST_MM)
        if found is None:
            found = _in_area(_left_of(label, ink, sheet), label, written, ink, sheet, _LEAST_BEFORE_MM)
        if found:
            yield found
    elif label.rest is None:
        found = _in_area(_right_of(label, _REACH_UNREAD_MM, ink, sheet), label, written, ink, sheet, _LEAST_UNREAD_MM)
        if found and not found[1]:
            yield found


def _right_of(label: _Label, reach: float, ink: Ink, sheet: Sheet) -> Box:
    middle, left = (label.box.top + label.box.bottom) // 2, label.box.right + 1
    area = Box(left, middle - sheet.px(reach), left + sheet.px(_RIGHT_MM), middle + sheet.px(reach))
    return area.clipped(ink.shape[1], ink.shape[0])


def _left_of(label: _Label, ink: Ink, sheet: Sheet) -> Box:
    middle, right = (label.box.top + label.box.bottom) // 2, label.line.left - 1
    area = Box(right - sheet.px(_LEFT_MM), middle - sheet.px(_REACH_BEFORE_MM), right, middle + sheet.px(_REACH_BEFORE_MM))
    return area.clipped(ink.shape[1], ink.shape[0])


def _above(label: _Label, ink: Ink, sheet: Sheet) -> Box:
    left, foot = label.box.left - sheet.px(4.0), label.box.top - 1
    return Box(left, foot - sheet.px(_ABOVE_MM), left + sheet.px(_RIGHT_MM), foot).clipped(ink.shape[1], ink.shape[0])


def _in_area(
    area: Box, label: _Label, written: Sequence[_Written], ink: Ink, sheet: Sheet, least: tuple[float, float]
) -> tuple[Box, bool] | None:
    """The box around the ink of *area* that is not print, and whether any of it was read."""
    elsewhere = (*(each for each in written if each.box != label.line), *((label.behind,) if label.behind else ()))
    near = [each for each in elsewhere if each.box.overlaps(area)]
    own = [each for each in near if label.kind == SIGNATURE and _may_be_a_signature(each, label, sheet)]
    stop = min((each.box.left for each in near if each not in own and _is_beside(each, label)), default=area.right)
    area = Box(area.left, area.top, max(min(area.right, stop), area.left), area.bottom)
    part = ink[area.top : area.bottom, area.left : area.right].copy()
    for each in (*(each for each in near if each not in own), _Written("", label.box)):
        hidden = Box(each.box.left - area.left, each.box.top - area.top, each.box.right - area.left, each.box.bottom - area.top)
        hidden = hidden.clipped(area.right - area.left, area.bottom - area.top)
        part[hidden.top : hidden.bottom, hidden.left : hidden.right] = 0
    place = _strokes(part, sheet, least)
    read = [each for each in (*own, label.rest) if each]
    if label.kind == SIGNATURE and read:
        boxes = [each.box for each in read]
        return _around([*boxes, *([_moved(place, area)] if place else [])]), True
    return (_moved(place, area), any(_is_beside(each, label) for each in near)) if place else None


def _may_be_a_signature(line: _Written, label: _Label, sheet: Sheet) -> bool:
    """Whether a line of its own beside the label is short and says nothing else."""
    letters = line.text.strip()
    is_short = len(letters) <= (_LONGEST if letters.isascii() else _LONGEST_HAN)
    is_behind = line.box.left - label.box.right <= sheet.px(_SLOT_LINES_MM) and _is_beside(line, label)
    is_placed = is_behind or _is_tall_before(line, label)
    return is_placed and is_short and not _OTHER.search(letters) and not _SIGN.search(letters)


def _is_tall_before(line: _Written, label: _Label) -> bool:
    """Whether *line* ends where the label begins, level with it, and is so high that no print of this form is like it."""
    apart = abs(line.box.top + line.box.bottom - label.box.top - label.box.bottom) / 2
    is_before = line.box.left < label.box.left and line.box.right <= label.box.left + label.box.height
    return is_before and apart <= 0.6 * line.box.height and line.box.height >= _TALL * label.box.height


def _is_beside(line: _Written, label: _Label) -> bool:
    """Whether *line* is level with the label and begins behind its beginning. A pen runs a little over what is printed before
    it, and the higher a line is, the more it may stand above."""
    apart = abs(line.box.top + line.box.bottom - label.box.top - label.box.bottom) / 2
    is_level = apart <= max(0.9 * label.box.height, 0.6 * line.box.height)
    return is_level and line.box.left > label.box.left


def _strokes(part: Ink, sheet: Sheet, least: tuple[float, float]) -> Box | None:
    """The box around the strokes near the middle of *part*, from the left up to the first wide gap."""
    if not part.size:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(part)
    speck, core = sheet.px(_SPECK_MM), sheet.px(_CORE_MM)
    found = [
        Box(int(left), int(top), int(left + width), int(top + height))
        for left, top, width, height, _ in stats[1:count]
        if max(width, height) > speck
    ]
    middle = part.shape[0] / 2
    level = [box for box in found if box.top <= middle + core and box.bottom >= middle - core]
    kept: list[Box] = []
    for box in sorted(level, key=lambda each: each.left):
        if kept and box.left - max(each.right for each in kept) > sheet.px(_GAP_MM):
            break
        kept.append(box)
    if not kept:
        return None
    whole = _with_touching(_around(kept), found, sheet.px(_TOUCHING_MM))
    area = cv2.countNonZero(np.ascontiguousarray(part[whole.top : whole.bottom, whole.left : whole.right]))
    is_large = sheet.mm(whole.width) >= least[0] and sheet.mm(whole.height) >= least[1]
    return whole if is_large and area >= _LEAST_INK * sheet.pixels_per_mm**2 else None


def _with_touching(whole: Box, others: Sequence[Box], reach: int) -> Box:
    """*whole* with those of *others* that come near it: dots and tails."""
    wide = Box(whole.left - reach, whole.top - reach, whole.right + reach, whole.bottom + reach)
    return _around([whole, *(each for each in others if each.overlaps(wide))])


def _around(boxes: Sequence[Box]) -> Box:
    return Box.around(box.quad() for box in boxes)


def _moved(box: Box, by: Box) -> Box:
    return Box(box.left + by.left, box.top + by.top, box.right + by.left, box.bottom + by.top)
