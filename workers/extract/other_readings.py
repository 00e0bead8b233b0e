"""What a value may be otherwise: from the other readings of its line, and from the runners-up of its least sure characters."""

import difflib
import re
from collections.abc import Iterable, Iterator

from schemas.page import Line, PageText
from workers.extract.normalise import compact, normalise

_HAN = re.compile("[一-鿿]")

MOST = 8
"""Values kept beside the one read. Each costs the index one token."""

_SHORTEST = 6
"""A shorter number with another character is too many other numbers."""

_SHORTEST_PART, _ITEM_NUMBER = 9, 2
"""Half a bank card and a day have eight digits; `11.` is the number of an item."""

_ITEM_BEHIND = re.compile(r"[.、] ?[A-Za-z一-鿿]")

_MOST_NAMES = 4
_UNSURE = 0.9
"""A character of a name or date read with more stands: they have neither check digits nor a shape that a slip would break."""

_JOINS = " .·•'-"
"""What stands between the parts of a name."""


def other_values(page: PageText, start: int, end: int, rest: str = "") -> tuple[str, ...]:
    """Other readings of characters [start, end) of the page's text: numbers without separators, in upper case.

    First it with *rest*, which stands where its cell may have broken it, and its parts, where it may have been read together
    with its neighbour; then those of a second look; then the value with one character replaced by one of its runners-up, the
    least sure character first. None for a value that holds no digit.
    """
    text = page.text
    read = _plain(text[start:end])
    others = [text[start:end] + rest, *parts_of_number(text[start:end]), *_without_next_item(text, start, end)]
    if placed := _line_of(page, start, end):
        line, first, last = placed
        for other in _second_looks(line, first, last):
            others += [other, *parts_of_number(other)]
        others += _with_runners_up(line, first, last)
    if len(read) < _SHORTEST or not any(map(str.isdigit, read)):
        return ()
    return tuple(other for other in dict.fromkeys(map(_plain, others)) if other and other != read)[:MOST]


def parts_of_number(text: str) -> tuple[str, ...]:
    """The numbers between the blanks and line breaks of *text*, which were read as one, as neighbours are now and then.

    None where *text* may be one number in groups (`110105 19491231 002X`): whatever is no word and longer than the number of
    an item must be long enough to be a number by itself.
    """
    pieces = [piece for piece in text.split() if len(piece) > _ITEM_NUMBER and 2 * sum(map(str.isdigit, piece)) >= len(piece)]
    are_numbers = pieces and pieces != [text] and min(map(len, pieces)) >= _SHORTEST_PART
    return tuple(dict.fromkeys(pieces)) if are_numbers else ()


def _without_next_item(text: str, start: int, end: int) -> Iterator[str]:
    """`...7104368. Group number`: the last digit, or the last two, may be the number of the form's next item."""
    if _ITEM_BEHIND.match(text, end):
        yield from (text[start : end - digits] for digits in (1, 2) if text[end - digits : end].isdigit())


def other_names(page: PageText, start: int, end: int) -> tuple[str, ...]:
    """Other readings of the name at characters [start, end) of the page's text, as they would be written.

    First those of a second look, then the name with one character, read with less than 0.9, replaced by one of its
    runners-up. None for a name that runs over several lines.
    """
    placed = _line_of(page, start, end)
    if placed is None:
        return ()
    line, first, last = placed
    read = line.text[first:last]
    others = (*_second_looks(line, first, last), *_with_letters(line, first, last))
    names = (other for other in others if _is_name(other) and abs(len(other) - len(read)) <= 1)
    return tuple(dict.fromkeys(name for name in names if compact(name) != compact(read)))[:_MOST_NAMES]


def other_texts(page: PageText, start: int, end: int) -> tuple[str, ...]:
    """Other readings of characters [start, end) of the page's text, as they stand: those of a second look, then with one
    character, read with less than 0.9, replaced by one of its runners-up. None for a text that runs over several lines."""
    placed = _line_of(page, start, end)
    if placed is None:
        return ()
    line, first, last = placed
    unsure = ((at, other) for at, other in _runners_up(line, first, last) if line.char_confidences[at] < _UNSURE)
    with_runners_up = (line.text[first:at] + other + line.text[at + 1 : last] for at, other in unsure)
    return tuple(dict.fromkeys((*_second_looks(line, first, last), *with_runners_up)))[:MOST]


def _is_name(text: str) -> bool:
    letters = [char for char in text if char not in _JOINS]
    return len(letters) > 1 and all(map(str.isalpha, letters))


def _is_han(char: str) -> bool:
    return bool(_HAN.match(char))


def _with_letters(line: Line, start: int, end: int) -> Iterator[str]:
    for at, other in _runners_up(line, start, end):
        if other.isalpha() and line.char_confidences[at] < _UNSURE and _is_han(other) == _is_han(line.text[at]):
            yield line.text[start:at] + other + line.text[at + 1 : end]


def _plain(text: str) -> str:
    return compact(normalise(text).text)


def _line_of(page: PageText, start: int, end: int) -> tuple[Line, int, int] | None:
    """The line that holds all of the span, and the span in it."""
    offset = 0
    for line in page.lines:
        if offset <= start and end <= offset + len(line.text):
            return line, start - offset, end - offset
        offset += len(line.text) + 1
    return None


def _second_looks(line: Line, start: int, end: int) -> Iterator[str]:
    for other in line.alternatives:
        first, last = corresponding(line.text, other, start, end)
        yield other[first:last]


def corresponding(text: str, other: str, start: int, end: int) -> tuple[int, int]:
    """Where characters [start, end) of *text* stand in *other*, another reading of the same line.

    Letters and digits that only *other* has, right beside the span, count as its own: they were dropped from it.
    """
    blocks = difflib.SequenceMatcher(None, text, other, autojunk=False).get_opcodes()
    first = next((_moved(start, block, at_end=False) for block in blocks if block[1] <= start < block[2]), len(other))
    last = next((_moved(end, block, at_end=True) for block in blocks if block[1] < end <= block[2]), first)
    while first and other[first - 1].isalnum() and _is_new(first - 1, blocks):
        first -= 1
    while last < len(other) and other[last].isalnum() and _is_new(last, blocks):
        last += 1
    return first, max(first, last)


_Block = tuple[str, int, int, int, int]


def _moved(place: int, block: _Block, *, at_end: bool) -> int:
    """*place* of the text, which lies in *block* of both readings, in the other reading."""
    kind, start, _, other_start, other_end = block
    if kind == "equal":
        return other_start + place - start
    return other_end if at_end else other_start


def _is_new(place: int, blocks: Iterable[_Block]) -> bool:
    return any(kind == "insert" and start <= place < end for kind, _, _, start, end in blocks)


def _with_runners_up(line: Line, start: int, end: int) -> Iterator[str]:
    for at, other in _runners_up(line, start, end):
        if other.isalnum() and other.isascii():
            yield line.text[start:at] + other + line.text[at + 1 : end]


def _runners_up(line: Line, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Places of the span and what may stand there, the least sure place first."""
    if not line.runners_up or not line.char_confidences:
        return
    for at in sorted(range(start, end), key=lambda place: line.char_confidences[place]):
        yield from ((at, other) for other in line.runners_up[at])
