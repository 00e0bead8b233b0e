"""Which row heads the columns below it.

Only the words of workers/extract/resources/labels.txt make a head: they are what tells a recognizer of a value. A sheet may
have titles above its head, several tables, or none with a head; a row heads everything down to the next row that is one.
"""

import re
from collections.abc import Iterator
from functools import cache

from archive.search_keys.han import simplified
from workers.extract.gazetteer import label_phrases
from workers.extract.name_parts import columns_of_names
from workers.extract.normalise import normal_character
from workers.paginate.tables.cells import Row

_MOST_CHARACTERS = 30
_FEWEST_KNOWN = 2
_KNOWN_SHARE = 0.5
_DIGITS = re.compile(r"\d{4}")
_HINT = re.compile(r"\([^()]*\)")
_A_VALUE = re.compile(r"\s*(?:[\d.,:/\-]+\s*$|\[)")  # a number, a date, or what redaction put in place of one
_NO_WORD = re.compile(r"[\W_]+")
_MOST_LEVELS = 2  # 被保险人 above 姓名 and 身份证号


class Heads:
    """Follows the rows of one sheet from the top: `of` gives the head of a column as it stands."""

    def __init__(self) -> None:
        self._levels: list[dict[int, str]] = []
        self._names: frozenset[int] = frozenset()
        self._last_row = 0

    def see(self, row: Row) -> bool:
        """Whether *row* is a head. One right under another is a second level of the same head."""
        if not is_head(row):
            return False
        is_below = bool(self._levels) and row[0].row == self._last_row + 1
        above = self._levels if is_below and len(self._levels) < _MOST_LEVELS else []
        words = dict(_by_column(row))
        self._levels, self._names, self._last_row = [*above, words], columns_of_names(words), row[0].row
        return True

    def of(self, column: int) -> str:
        """The words above *column*, outer ones first; "" where nothing known is among them."""
        words = dict.fromkeys(level[column] for level in self._levels if column in level)
        return "".join(words) if column in self._names or any(map(_known_share, words)) else ""


def is_head(row: Row) -> bool:
    """Whether two cells of *row* or more, and more than half, are labels that announce a value, and none is a number; or two
    of them together announce a name."""
    texts = [cell.text for cell in row]
    if any(_A_VALUE.match(text) for text in texts):
        return False
    known = sum(_known_share(text) >= _KNOWN_SHARE for text in texts)
    return (known >= _FEWEST_KNOWN and known > _KNOWN_SHARE * len(texts)) or bool(columns_of_names(dict(_by_column(row))))


def _by_column(row: Row) -> Iterator[tuple[int, str]]:
    for cell in row:
        words = plain_head(cell.text)
        for column in range(cell.column, cell.column + cell.columns):
            if len(words) <= _MOST_CHARACTERS:
                yield column, words


def plain_head(text: str) -> str:
    """Without hints in brackets, colons and line breaks, in the characters that labels are known in: `身份證號 (必填)：` as
    `身份证号`."""
    normal = simplified("".join(map(normal_character, text)))
    return " ".join(_HINT.sub(" ", normal).replace(":", " ").replace("*", " ").split())


def _known_share(text: str) -> float:
    """How much of a head are known labels, by letters."""
    if len(text) > 2 * _MOST_CHARACTERS or _DIGITS.search(text):
        return 0.0
    words = _NO_WORD.sub("", plain_head(text)).casefold()
    return sum(map(len, _phrases().findall(words))) / len(words) if words else 0.0


@cache
def _phrases() -> re.Pattern[str]:
    known = {_NO_WORD.sub("", each.phrase).casefold() for each in label_phrases()}
    return re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))))
