"""Where the value of a label stands: beside it, in the next cell to the right, or below it in its column.

Boxes are turned upright first and the page's slant is taken out, so that rows are level. Plain text gets boxes of its own, on
the grid of a typewriter (a wide character takes two columns), so that columns of spaces work the same way.
"""

import math
import re
import statistics
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.geometry import Point, Quad
from schemas.page import Line, PageText
from workers.extract.concepts import DATES, NUMBERS
from workers.extract.gazetteer import LabelPhrase
from workers.extract.normalise import NormalisedText
from workers.extract.passage import Label, Slot

_FILLER = re.compile(r"[\s:;=._*#~|\-—、/]*")
_ITEM = re.compile(r"(?:(?:\d{1,2}[a-zA-Z]?|[lI|][0-9a-z]|[a-dA-D])[.、,)] ?)?")
_CAPTION = re.compile(
    r"(?:\d{1,2}[a-zA-Z]?|[lI|][0-9a-z]|[a-d])[.)] ?[A-Z][A-Za-z]"
)  # `10. IS PATIENT'S CONDITION`, never a value
_HINT = re.compile(r"\((?![一-鿿]{2,4}\)|[^()\n]*\d{3}|[^()\n]*@)[^()\n]{1,60}\)|\([^()\n]*[签章印填写元如请拼][^()\n]*\)")
_EMPTY = re.compile(r"[\s:;=,._*#~|\-—、。/()□☐¥￥元]*")
_GROUP = re.compile(r"(?=\S*\d)[A-Z]{0,4}[0-9OoIlSBZ|()+\-./年月日]{2,}[A-Z]?")  # of digits, as numbers are written in groups
_COLUMN_GAP = 1.6  # character heights of blank that part two cells of one recognised line
_SAME_ROW = 0.7  # of a line's height between the middles of two cells of one row
_MAX_LATIN_PART = 24
_LEADING = 3.0  # character heights from one line of running text to the next; characters fill two thirds of a line set solid
_MAX_TAIL = 3  # lines that a value may go on for
_FULL_LINE = 14  # a shorter line ended by itself, in heights
_MAX_PART = 6  # characters of one line of a label that is broken over two
_SENTENCE = 4  # characters before a label from which it stands in running text
_MUCH_TALLER = 3.0  # text that runs down the margin
_WITHOUT_VALUE = frozenset({"other", "heading"})
_WITH_DIGITS = frozenset({*DATES, *NUMBERS, "stay"})
_MAX_COLUMN = 25  # rows below one column head
_LEAST_DROP, _MOST_DROP = 0.5, 1.7  # heights from one line of a cell to the next
_SHORT_REST, _SHORTER = 4, 0.8  # what is as long as the value is the next row of its column
_REST = re.compile(r"(?=.*\d)[0-9A-Za-z][0-9A-Za-z./\- ]{0,11}")
_DATE_TO_GO_ON = re.compile(r"(?:19|20)\d\d ?(?:年 ?(?:\d{1,2} ?(?:月 ?\d?)?)?|[./\-](?:\d{1,2}[./\-])?)$")
_REST_OF_DATE = re.compile(r"(?:\d{0,2} ?[月日号]|月|\d{1,2} ?月|\d{1,2}(?:[./\-]\d{1,2})?(?![\d./\-]))")


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the normalised text, characters [start, end), with the upright edges of each character."""

    start: int
    end: int
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    middle: float
    height: float

    @property
    def left(self) -> float:
        return self.lefts[0]

    @property
    def right(self) -> float:
        return self.rights[-1]

    def runs_down_beside(self, other: "GridLine") -> bool:
        """Whether it is text of the margin, turned; handwriting is tall, but wider than it is high."""
        return self.height >= _MUCH_TALLER * other.height and self.right - self.left < self.height

    def is_wide(self, text: str) -> bool:
        """Whether the line's words are in Chinese."""
        return any(character > "\u2e80" for character in text[self.start : self.end])


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines that hold text, in the order of the text."""

    lines: tuple[GridLine, ...]

    def line_of(self, place: int) -> int:
        """The index of the line that holds character *place*."""
        return bisect_right([line.start for line in self.lines], place) - 1


def grid_of_plain(normal: NormalisedText, original: str) -> Grid:
    columns = _typewriter_columns(original)
    lines: list[GridLine] = []
    for number, (start, end) in enumerate(_line_spans(normal.text)):
        if start < end:
            lefts = tuple(columns[normal.starts[i]][0] for i in range(start, end))
            rights = tuple(columns[normal.starts[i]][1] for i in range(start, end))
            lines.append(GridLine(start, end, lefts, rights, middle=number * 2.5, height=2.0))
    return Grid(tuple(lines))


def _typewriter_columns(text: str) -> list[tuple[float, float]]:
    columns: list[tuple[float, float]] = []
    column = 0.0
    for character in text:
        if character == "\n":
            column = 0.0
        width = 8.0 - column % 8 if character == "\t" else 2.0 if unicodedata.east_asian_width(character) in "WF" else 1.0
        columns.append((column, column + width))
        column += 0.0 if character == "\n" else width
    return columns


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def grid_of_page(normal: NormalisedText, page: PageText) -> Grid:
    if not page.lines:
        return Grid(())
    straight = _straightener(page)
    offsets = _line_offsets(page)
    lines: list[GridLine] = []
    for (start, end), line, offset in zip(_line_spans(normal.text), page.lines, offsets, strict=True):
        if start < end:
            edges = [_edges(line.char_boxes[normal.starts[i] - offset], straight) for i in range(start, end)]
            top, bottom = zip(*((straight(c)[1], straight(d)[1]) for c, _, d, _ in line.char_boxes), strict=True)
            lines.append(
                GridLine(
                    start,
                    end,
                    tuple(left for left, _ in edges),
                    tuple(right for _, right in edges),
                    middle=(statistics.fmean(top) + statistics.fmean(bottom)) / 2,
                    height=max(1.0, statistics.median(b - t for t, b in zip(top, bottom, strict=True))),
                )
            )
    return Grid(tuple(lines))


def _line_offsets(page: PageText) -> list[int]:
    offsets = [0]
    for line in page.lines:
        offsets.append(offsets[-1] + len(line.text) + 1)
    return offsets[:-1]


def _edges(quad: Quad, straight: Callable[[Point], Point]) -> tuple[float, float]:
    xs = (straight(quad[0])[0], straight(quad[2])[0])
    return min(xs), max(xs)


def _straightener(page: PageText) -> Callable[[Point], Point]:
    """From page pixels to pixels of the page turned upright and levelled."""
    turn = math.radians(page.rotation)
    angle = turn - _slant(page.lines, turn)
    cosine, sine = math.cos(angle), math.sin(angle)
    return lambda point: (point[0] * cosine - point[1] * sine, point[0] * sine + point[1] * cosine)


def _slant(lines: Sequence[Line], turn: float) -> float:
    """By how much the median line of four characters or more still slopes after the page's turn, in radians."""
    slopes = [
        _wrapped(math.atan2(line.box[1][1] - line.box[0][1], line.box[1][0] - line.box[0][0]) + turn)
        for line in lines
        if len(line.text) >= 4
    ]
    slant = statistics.median(slopes) if slopes else 0.0
    return slant if abs(slant) < math.pi / 8 else 0.0


def _wrapped(angle: float) -> float:
    return (angle + math.pi) % (2 * math.pi) - math.pi


def stacked_labels(text: str, labels: Sequence[Label], grid: Grid, concepts: Mapping[str, LabelPhrase]) -> tuple[Label, ...]:
    """*labels* with those that a narrow cell breaks over two lines (出生 above 日期) as one, standing at the lower line.

    *concepts* gives each known phrase by its words in lower case without blanks.
    """
    whole: dict[int, Label] = {}
    for upper, lower in _stacked_cells(text, grid):
        words, further = _words(text, upper), _words(text, lower)
        concept = concepts.get(words + further) or (concepts.get(words) if _HINT.fullmatch(further) else None)
        if concept and lower.start not in whole:
            whole[upper.start] = Label("other", None, upper.start, upper.end)
            whole[lower.start] = Label(concept.concept, concept.role, lower.start, lower.end, above=upper.start)
    parts = {place for label in whole.values() for place in range(label.start, label.end)}
    kept = [label for label in labels if label.start not in parts]
    return tuple(sorted((*kept, *whole.values()), key=lambda label: label.start))


def _words(text: str, line: GridLine) -> str:
    start = _skip(_ITEM, text, line.start)
    return text[start : line.end].replace(" ", "").rstrip(":").lower()


def _stacked_cells(text: str, grid: Grid) -> Iterator[tuple[GridLine, GridLine]]:
    """Short lines right under each other; the lower may be indented by an item's number."""
    short = [
        line for line in grid.lines if 1 <= len(_words(text, line)) <= (_MAX_PART if line.is_wide(text) else _MAX_LATIN_PART)
    ]
    for upper in short:
        for lower in short:
            drop, shift = lower.middle - upper.middle, lower.left - upper.left
            is_centred = abs(shift + lower.right - upper.right) < 2 * upper.height
            is_under = is_centred or -upper.height < shift < 2 * upper.height
            if 0.6 * upper.height < drop < 1.7 * upper.height and is_under:
                yield upper, lower


def find_slots(text: str, labels: Sequence[Label], grid: Grid) -> tuple[Slot, ...]:
    """The places where each label's value may stand, nearest first for each label."""
    finder = _SlotFinder(text, tuple(labels), grid)
    return tuple(
        slot for index, label in enumerate(labels) if label.concept not in _WITHOUT_VALUE for slot in finder.slots_of(index)
    )


class _SlotFinder:
    """Answers for the labels of one page."""

    def __init__(self, text: str, labels: tuple[Label, ...], grid: Grid) -> None:
        self._text = text
        self._labels = labels
        self._grid = grid
        self._lines = grid.lines
        self._line_of_label = [grid.line_of(label.end - 1) for label in labels]  # running text may part a label
        self._labels_of_line: dict[int, list[int]] = {}
        for index, line in enumerate(self._line_of_label):
            self._labels_of_line.setdefault(line, []).append(index)

    def slots_of(self, index: int) -> Iterator[Slot]:
        label, line = self._labels[index], self._lines[self._line_of_label[index]]
        beside = self._content(label.end, self._next_label_start(index, line))
        if beside:
            yield self._slot(label, *beside, is_beside=True)
            return
        right = tuple(filter(self._may_hold, self._cells_right(index)))
        yield from right or tuple(filter(self._may_hold, self._cells_below(index))) or self._wrapped(index)

    def _may_hold(self, slot: Slot) -> bool:
        """Whether a cell may be the value beside a label: what has no digit is no date, but the head of the next column."""
        return slot.label.concept not in _WITH_DIGITS or any(map(str.isdigit, self._text[slot.start : slot.end]))

    def _wrapped(self, index: int) -> Iterator[Slot]:
        """A label that ends its line of running text: its value begins the next."""
        label, home_index = self._labels[index], self._line_of_label[index]
        home = self._lines[home_index]
        if label.is_bare_role or self._next_label_start(index, home) != home.end:
            return
        if _wraps(self._lines, home_index) or self._ends_a_sentence_line(label, home_index):
            below, stop = self._lines[home_index + 1], self._first_label_start(home_index + 1)
            if content := self._content(below.start, below.end if stop is None else stop):
                yield self._slot(label, *content)

    def _ends_a_sentence_line(self, label: Label, home_index: int) -> bool:
        """Whether words run up to the label, so that it heads no column, and the next line stands under their beginning."""
        if home_index + 1 >= len(self._lines) or not self._text[label.start - 1].isalnum():
            return False
        line, below = self._lines[home_index], self._lines[home_index + 1]
        is_next = 0 < below.middle - line.middle <= _LEADING * line.height
        return label.start - line.start >= _SENTENCE and is_next and abs(below.left - line.left) < _LEADING * line.height

    def _slot(self, label: Label, start: int, end: int, *, is_beside: bool = False) -> Slot:
        return Slot(label, start, end, self._tail(start, end), is_beside)

    def _next_label_start(self, index: int, line: GridLine) -> int:
        following = self._labels[index + 1] if index + 1 < len(self._labels) else None
        return following.start if following and following.start < line.end else line.end

    def _content(self, start: int, end: int) -> tuple[int, int] | None:
        """The value between *start* and *end* without the signs around it, None where there is only a hint or nothing."""
        rest = _HINT.sub(lambda hint: " " * len(hint.group()), self._text[start:end])
        if _EMPTY.fullmatch(rest):
            return None
        start = min(_skip(_FILLER, self._text, start), end)
        return (start, _stripped_end(self._text, start, end)) if start < end else None

    def _first_label_start(self, line_index: int) -> int | None:
        labels = self._labels_of_line.get(line_index, ())
        return self._labels[labels[0]].start if labels else None

    def _begins_with_label(self, line_index: int) -> bool:
        first, line = self._first_label_start(line_index), self._lines[line_index]
        content = _skip(_FILLER, self._text, line.start)
        if _CAPTION.match(self._text, content):
            return True
        return first is not None and _skip(_ITEM, self._text, content) >= first

    def _is_item(self, line_index: int) -> bool:
        """Whether it is but the number of the next field, whose label stands below it."""
        line = self._lines[line_index]
        return _skip(_ITEM, self._text, line.start) == line.end

    def _cells_right(self, index: int) -> Iterator[Slot]:
        label, home = self._labels[index], self._lines[self._line_of_label[index]]
        if self._next_label_start(index, home) != home.end:
            return
        for line_index in self._row_right_of(index):
            if self._begins_with_label(line_index) or self._is_item(line_index):
                return
            line, stop = self._lines[line_index], self._first_label_start(line_index)
            if content := self._content(line.start, line.end if stop is None else stop):
                yield self._slot(label, *content)
            if stop is not None:
                return

    def _row_right_of(self, index: int) -> list[int]:
        """The lines right of a label, those of one cell from its first to its last."""
        home_index, above = self._line_of_label[index], self._labels[index].above
        home, upper = self._lines[home_index], self._lines[self._grid.line_of(above)] if above is not None else None
        row = self._lines_in_row(home, home_index, upper)
        right = [other for other in row if self._lines[other].left >= home.right - home.height / 2]
        return self._cell_by_cell(right)

    def _cell_by_cell(self, row: list[int]) -> list[int]:
        cells: list[list[int]] = []
        for index in sorted(row, key=lambda index: self._lines[index].left):
            if cells and self._lines[index].left < min(self._lines[other].right for other in cells[-1]):
                cells[-1].append(index)
            else:
                cells.append([index])
        return [index for cell in cells for index in sorted(cell, key=lambda index: self._lines[index].middle)]

    def _lines_in_row(self, home: GridLine, home_index: int, upper: GridLine | None = None) -> list[int]:
        """Other lines level with *home*, or with it and *upper* together, which are one label."""
        half = (home.middle - upper.middle) / 2 if upper else 0.0
        return [
            index
            for index, line in enumerate(self._lines)
            if index != home_index
            and abs(line.middle - (home.middle - half)) < _SAME_ROW * max(home.height, line.height) + half
            and not line.runs_down_beside(home)
        ]

    def _cells_below(self, index: int) -> Iterator[Slot]:
        label = self._labels[index]
        home_index = self._line_of_label[index]
        left, right, limit = self._column(index)
        rows = self._rows_below(home_index, left, limit)
        home = floor = self._lines[home_index]
        for line_index in rows:
            line = self._lines[line_index]
            cell = _cell_within(self._text, line, left, right, limit)
            if cell is None:
                continue
            furthest = 3.2 * max(home.height, floor.height, line.height)
            if line.middle - floor.middle > furthest or self._holds_label(line_index, *cell):
                return
            if _CAPTION.match(self._text, cell[0]):
                return
            if content := self._content(*cell):
                yield self._slot(label, *content)
            if not self._heads_a_table(index):
                return
            floor = line

    def _holds_label(self, line_index: int, start: int, end: int) -> bool:
        return any(start <= self._labels[i].start < end for i in self._labels_of_line.get(line_index, ()))

    def _heads_a_table(self, index: int) -> bool:
        home_index = self._line_of_label[index]
        if len(self._labels_of_line[home_index]) > 1:
            return True
        home = self._lines[home_index]
        return any(self._begins_with_label(i) for i in self._lines_in_row(home, home_index))

    def _column(self, index: int) -> tuple[float, float, float]:
        """Left and right edge of the label, and where the next column begins."""
        label, home_index = self._labels[index], self._line_of_label[index]
        home = self._lines[home_index]
        start = max(label.start, home.start)  # where running text parts a label its end is what counts
        if _ITEM.fullmatch(self._text, home.start, start):
            start = home.start  # the value stands under the number of the item
        left, right = home.lefts[start - home.start], home.rights[label.end - 1 - home.start]
        following = self._next_label_start(index, home)
        if following < home.end:
            return left, right, home.lefts[following - home.start]
        row = self._row_right_of(index)
        return left, right, self._lines[row[0]].left if row else right + max(4 * home.height, right - left)

    def _rows_below(self, home_index: int, left: float, limit: float) -> list[int]:
        home = self._lines[home_index]
        below = [
            index
            for index, line in enumerate(self._lines)
            if line.middle > home.middle + 0.6 * home.height
            and line.left < limit
            and line.right > left
            and not line.runs_down_beside(home)
        ]
        return sorted(below, key=lambda index: self._lines[index].middle)[:_MAX_COLUMN]

    def _tail(self, start: int, end: int) -> int:
        """The end of the lines below that stand under the value and can only go on with it."""
        first = index = self._grid.line_of(start)
        while index - first < _MAX_TAIL and (further := self._next_tail(index, start if index == first else None, end)) > end:
            end, index = further, index + 1
        return end

    def _next_tail(self, index: int, start: int | None, end: int) -> int:
        line = self._lines[index]
        if index + 1 >= len(self._lines) or _skip(_FILLER, self._text, end) < line.end:
            return end
        below = self._lines[index + 1]
        if not 0 < below.middle - line.middle <= _LEADING * line.height or self._begins_with_label(index + 1):
            return end
        value_left = line.left if start is None else line.lefts[start - line.start]
        if not line.left - 2 * line.height <= below.left <= value_left + 3 * line.height:
            return end
        stop = self._first_label_start(index + 1)
        return _stripped_end(self._text, below.start, below.end if stop is None else stop)


def wraps(text: str, grid: Grid) -> frozenset[int]:
    """The places of those line breaks that only fold running text, where the line before is full and the next begins under it,
    or a date in a narrow cell."""
    found = (
        grid.lines[index].end
        for index in range(len(grid.lines) - 1)
        if _wraps(grid.lines, index) or _parts_a_date(text, grid.lines[index], grid.lines[index + 1])
    )
    return frozenset(place for place in found if text[place : place + 1] == "\n")


def _wraps(lines: Sequence[GridLine], index: int) -> bool:
    if index + 1 >= len(lines):
        return False
    line, below = lines[index], lines[index + 1]
    is_next = 0 < below.middle - line.middle <= _LEADING * line.height and below.start == line.end + 1
    is_full = line.right - line.left > _FULL_LINE * line.height and line.right >= below.right - 2 * line.height
    return is_next and is_full and -6 * line.height < below.left - line.left < 2 * line.height


def rest_below(text: str, grid: Grid, start: int, end: int) -> str:
    """What stands right under the beginning of the value [start, end) and is shorter, with a digit: a narrow cell may have
    broken the value there. Empty where nothing does, or where the value is not the last of its line."""
    line = grid.lines[grid.line_of(start)]
    if not line.start <= start < end <= line.end or any(map(str.isalnum, text[end : line.end])):
        return ""
    left, height = line.lefts[start - line.start], line.height
    for below in grid.lines:
        is_under = _LEAST_DROP * height < below.middle - line.middle < _MOST_DROP * height and abs(below.left - left) < height
        rest = text[below.start : below.end]
        is_rest = len(rest) <= _SHORT_REST or len(rest) < _SHORTER * (end - start)
        if is_under and is_rest and _REST.fullmatch(rest):
            return rest
    return ""


def _parts_a_date(text: str, line: GridLine, below: GridLine) -> bool:
    is_next = 0 < below.middle - line.middle <= _LEADING * line.height and below.start == line.end + 1
    stands_under = -6 * line.height < below.left - line.left < 2 * line.height
    parts = _DATE_TO_GO_ON.search(text, line.start, line.end) and _REST_OF_DATE.match(text, below.start, below.end)
    return is_next and stands_under and bool(parts)


def _skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _stripped_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " \n:;,_|":
        end -= 1
    return max(end, start + 1)


def _cell_within(text: str, line: GridLine, left: float, right: float, limit: float) -> tuple[int, int] | None:
    """The pieces of *line* that stand in the column: under the label, or beginning before the next column."""
    pieces = tuple(_pieces(text, line))
    inside = [piece for piece in pieces if _in_column(line, piece, left, right, limit)]
    return (inside[0][0], _end_of_number(text, line, inside[-1], pieces)) if inside else None


def _end_of_number(text: str, line: GridLine, last: tuple[int, int], pieces: Sequence[tuple[int, int]]) -> int:
    """Where the groups of digits end that go on from *last* with one blank between, however far they reach."""
    for piece in pieces:
        is_next = piece[0] > last[1] and not _is_gap(line, piece[0] - line.start)
        if is_next and _GROUP.fullmatch(text, *last) and _GROUP.fullmatch(text, *piece):
            last = piece
    return last[1]


def _pieces(text: str, line: GridLine) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for place in range(line.start, line.end + 1):
        ends = place == line.end or text[place] == " "
        if start is not None and (ends or _is_gap(line, place - line.start)):
            yield start, place
            start = None
        if not ends and start is None:
            start = place


def _is_gap(line: GridLine, index: int) -> bool:
    return line.lefts[index] - line.rights[index - 1] > _COLUMN_GAP * line.height


def _in_column(line: GridLine, piece: tuple[int, int], left: float, right: float, limit: float) -> bool:
    first, last = line.lefts[piece[0] - line.start], line.rights[piece[1] - 1 - line.start]
    if first <= (left + right) / 2 <= last or min(last, right) - max(first, left) > (last - first) / 2:
        return True
    slack = line.height
    return left - slack <= first < limit - slack / 2 and (last <= limit + slack or first < right)
