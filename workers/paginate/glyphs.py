"""Single characters with their places, put together to lines as a reader sees them."""

import re
import statistics
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from schemas.geometry import Point, Quad
from schemas.page import Line

# In parts of a character's height. Latin words are set 0.2 to 0.33 apart; Chinese is set without spaces and often spread out,
# so only a gap that no justification makes is one. Beyond two heights it is another column, or the value beside a label.
_WORD_GAP = 0.18
_WIDE_GAP = 0.6
_COLUMN_GAP = 2.0
_SAME_ROW = 0.4
_DOUBLE_STRIKE = 0.15

# Characters set one below the other, in parts of a character's height: how far aside the next may stand, how far below at
# most (less where it was not drawn right after), how free each is to its left and right, and within which distance no other
# row of words may stand. Fewer than four are a row number or a tick in each line of a table.
_ASIDE = 0.3
_BELOW, _BELOW_IN_ANY_ORDER = 0.8, 0.5
_ALONE = 0.3
_BLOCK_GAP = 6.0
_FEWEST_IN_COLUMN = 4

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_CID = re.compile(r"\(cid:\d+\)")  # how pdfminer writes a character without a Unicode value
_BLANKS = frozenset("\t\n\r\x0b\x0c\N{NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character and its box in page pixels. `turn` is the clockwise turn (0, 90, 180, 270) that makes it upright."""

    text: str = field(repr=False)
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A glyph as its reader sees it: `start` to `end` along the line, `over` to `under` across it, downwards."""

    text: str = field(repr=False)
    start: float
    end: float
    over: float
    under: float

    @property
    def middle(self) -> float:
        return (self.over + self.under) / 2

    @property
    def centre(self) -> float:
        return (self.start + self.end) / 2

    @property
    def height(self) -> float:
        return self.under - self.over


def plain_characters(text: str) -> str:
    """What a text layer gives for one shape, as characters: shapes that Unicode has twice become the usual one.

    Fonts made from glyph tables give Kangxi radicals (⽤ for 用) and Latin ligatures (ﬁ); control and unmapped
    characters become U+FFFD. Full-width spaces and full-width forms stay as they are.
    """
    return "".join(_plain(character) for character in _CID.sub(_UNREADABLE, text))


def main_turn(glyphs: Iterable[Glyph]) -> int:
    """The turn that most glyphs need, 0 where there are none."""
    turns = [glyph.turn for glyph in glyphs if not glyph.text.isspace()]
    return statistics.mode(turns) if turns else 0


def lines_of(glyphs: tuple[Glyph, ...]) -> tuple[Line, ...]:
    """Lines in reading order by rows, those that stand the way most of the page does first; columns of characters set one
    below the other are lines, too, behind the rows."""
    first = main_turn(glyphs)
    turns = sorted({glyph.turn for glyph in glyphs}, key=lambda turn: (turn != first, turn))
    return tuple(line for turn in turns for line in _lines_at(turn, glyphs))


def _plain(character: str) -> str:
    if character in _BLANKS:
        return " "
    if "\N{KANGXI RADICAL ONE}" <= character <= "\N{KANGXI RADICAL FLUTE}" or "ﬀ" <= character <= "ﬆ":
        return unicodedata.normalize("NFKC", character)
    return _UNREADABLE if unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"} else character


def _lines_at(turn: int, glyphs: tuple[Glyph, ...]) -> Iterator[Line]:
    placed = [piece for glyph in glyphs if glyph.turn == turn for piece in _pieces(glyph)]
    columns = _columns(placed)
    taken = {id(glyph) for column in columns for glyph in column}
    for row in _rows([glyph for glyph in placed if id(glyph) not in taken]):
        for run in _runs(row):
            yield from _line(turn, run)
    yield from (_column_line(turn, column) for column in columns)


def _columns(placed: list[_Placed]) -> list[list[_Placed]]:
    """Characters that stand alone to their left and right and one right below the other, from the right column to the left.

    That each was drawn right after the one above it says as much as that nothing but such columns stands near.
    """
    ordered = {id(glyph): at for at, glyph in enumerate(each for each in placed if not each.text.isspace())}
    alone, in_blocks = _standing_alone(placed)
    chains = [chain for chain in _chains(alone) if len(chain) >= _FEWEST_IN_COLUMN]
    return sorted((chain for chain in chains if _is_column(chain, ordered, in_blocks)), key=lambda chain: -chain[0].centre)


def _standing_alone(placed: list[_Placed]) -> tuple[list[_Placed], set[int]]:
    """The characters with free paper to their left and right, and the ids of those in whose neighbourhood all have."""
    alone: list[_Placed] = []
    in_blocks: set[int] = set()
    for row in _rows([glyph for glyph in placed if not glyph.text.isspace()]):
        for block in _parted(sorted(row, key=lambda glyph: glyph.start), _BLOCK_GAP):
            words = list(_parted(block, _ALONE))
            single = [word[0] for word in words if len(word) == 1]
            alone += single
            in_blocks.update(id(glyph) for glyph in single if len(single) == len(words))
    return alone, in_blocks


def _parted(row: list[_Placed], gap: float) -> Iterator[list[_Placed]]:
    """A row from its start, cut where characters stand further apart than *gap* heights."""
    part: list[_Placed] = []
    for glyph in row:
        if part and glyph.start - max(each.end for each in part[-2:]) > gap * min(glyph.height, part[-1].height):
            yield part
            part = []
        part.append(glyph)
    if part:
        yield part


def _chains(alone: list[_Placed]) -> Iterator[list[_Placed]]:
    """Each character with those below it, from the top down; a character belongs to one chain."""
    left = sorted(alone, key=lambda glyph: glyph.over)
    while left:
        chain, rest = [left[0]], list[_Placed]()
        for glyph in left[1:]:
            (chain if _is_right_below(chain[-1], glyph) else rest).append(glyph)
        yield chain
        left = rest


def _is_right_below(above: _Placed, glyph: _Placed) -> bool:
    height = min(above.height, glyph.height)
    is_level = abs(above.centre - glyph.centre) <= _ASIDE * max(above.height, glyph.height)
    return is_level and -_ASIDE * height <= glyph.over - above.under <= _BELOW * height


def _is_column(chain: list[_Placed], ordered: dict[int, int], in_blocks: set[int]) -> bool:
    places = [ordered[id(glyph)] for glyph in chain]
    if all(after == before + 1 for before, after in pairwise(places)):
        return True
    is_close = all(after.over - before.under <= _BELOW_IN_ANY_ORDER * before.height for before, after in pairwise(chain))
    return is_close and all(id(glyph) in in_blocks for glyph in chain)


def _column_line(turn: int, column: list[_Placed]) -> Line:
    start, end = min(glyph.start for glyph in column), max(glyph.end for glyph in column)
    return Line(
        text="".join(glyph.text for glyph in column),
        box=_quad(turn, start, end, column[0].over, column[-1].under),
        char_boxes=tuple(_quad(turn, glyph.start, glyph.end, glyph.over, glyph.under) for glyph in column),
    )


def _pieces(glyph: Glyph) -> Iterator[_Placed]:
    """One per character, with an equal share of the glyph: a ligature has several."""
    start, end, over, under = _seen_upright(glyph)
    text = plain_characters(glyph.text)
    for index, character in enumerate(text):
        share = (end - start) / len(text)
        yield _Placed(character, start + index * share, start + (index + 1) * share, over, under)


def _seen_upright(glyph: Glyph) -> tuple[float, float, float, float]:
    match glyph.turn:
        case 90:  # reads upwards
            return -glyph.bottom, -glyph.top, glyph.left, glyph.right
        case 180:
            return -glyph.right, -glyph.left, -glyph.bottom, -glyph.top
        case 270:  # reads downwards
            return glyph.top, glyph.bottom, -glyph.right, -glyph.left
        case _:
            return glyph.left, glyph.right, glyph.top, glyph.bottom


def _on_page(turn: int, along: float, across: float) -> Point:
    match turn:
        case 90:
            return across, -along
        case 180:
            return -along, -across
        case 270:
            return -across, along
        case _:
            return along, across


def _quad(turn: int, start: float, end: float, over: float, under: float) -> Quad:
    corners = ((start, over), (end, over), (end, under), (start, under))
    first, second, third, fourth = (_on_page(turn, along, across) for along, across in corners)
    return first, second, third, fourth


def _rows(placed: list[_Placed]) -> Iterator[list[_Placed]]:
    """Rows from the top down: a glyph joins the row whose middle it is near."""
    row: list[_Placed] = []
    middle = 0.0
    for glyph in sorted(placed, key=lambda glyph: glyph.middle):
        if row and glyph.middle - middle > _SAME_ROW * min(glyph.height, row[0].height):
            yield row
            row = []
        row.append(glyph)
        middle += (glyph.middle - middle) / len(row)
    if row:
        yield row


def _runs(row: list[_Placed]) -> Iterator[list[_Placed]]:
    """The row from its start, cut at column gaps, with the spaces that stand between words only as distance."""
    run: list[_Placed] = []
    for glyph in sorted(row, key=lambda glyph: glyph.start):
        if run and _is_struck_twice(run[-1], glyph):
            continue
        if run and glyph.start - run[-1].end > _COLUMN_GAP * glyph.height:
            yield run
            run = []
        if run and _is_word_gap(run[-1], glyph):
            run.append(_Placed(" ", run[-1].end, glyph.start, glyph.over, glyph.under))
        run.append(glyph)
    if run:
        yield run


def _is_struck_twice(before: _Placed, glyph: _Placed) -> bool:
    """Bold is often faked by printing a character again, a hair to the right."""
    return before.text == glyph.text and abs(glyph.start - before.start) < _DOUBLE_STRIKE * glyph.height


def _is_word_gap(before: _Placed, glyph: _Placed) -> bool:
    if before.text.isspace() or glyph.text.isspace():
        return False
    is_wide = _is_wide(before.text) or _is_wide(glyph.text)
    return glyph.start - before.end > (_WIDE_GAP if is_wide else _WORD_GAP) * min(before.height, glyph.height)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _line(turn: int, run: list[_Placed]) -> Iterator[Line]:
    kept = _stripped(run)
    if not kept:
        return
    over, under = min(glyph.over for glyph in kept), max(glyph.under for glyph in kept)
    yield Line(
        text="".join(glyph.text for glyph in kept),
        box=_quad(turn, kept[0].start, max(glyph.end for glyph in kept), over, under),
        char_boxes=tuple(_quad(turn, glyph.start, glyph.end, glyph.over, glyph.under) for glyph in kept),
    )


def _stripped(run: list[_Placed]) -> list[_Placed]:
    inked = [index for index, glyph in enumerate(run) if not glyph.text.isspace()]
    return run[inked[0] : inked[-1] + 1] if inked else []
