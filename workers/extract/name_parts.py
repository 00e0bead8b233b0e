"""Names that a table keeps in two columns: 姓 | 名, Last name | First name. Each cell is a name, and says the whole of it.

Only of pages of cells: there the head of a column stands in front of each of its values, and the cells of a row at one height.
Heads like these are names only as a pair, for 名 ends many words; a pair may be somebody's (被保险人姓 | 被保险人名).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import groupby

from schemas.entity import Tier
from schemas.page import PageText
from schemas.tables import CELLS
from workers.extract.gazetteer import label_phrases
from workers.extract.normalise import NormalisedText
from workers.extract.passage import Candidate
from workers.extract.recognizers.name_words import NOT_NAMES


class Part(Enum):
    """Which part of a name a column holds."""

    SURNAME = "surname"
    GIVEN = "given name"
    MIDDLE = "middle name"


_HEADS = {
    part: re.compile(f"(.*?)(?:(?:{words}) ?)+")
    for part, words in (
        (Part.SURNAME, "姓氏?|last ?name|surname|family ?name"),
        (Part.MIDDLE, "中间名|middle ?(?:names?|initial)"),
        (Part.GIVEN, "名字?|first ?names?|given ?names?|forenames?"),
    )
}
_NO_WORD = re.compile(r"[\W_]+")
_OWNER = re.compile("(?:'s|的)$")
_CELL = re.compile(r"(?P<head>[^:\n]{1,62}):[ ]?(?P<value>[^\W\d_](?:[^\W\d_]|[ .·'\-]){0,39})")
_HAN = re.compile("[一-鿿㐀-䶿]")
_NO_NAMES = NOT_NAMES | {"无", "none", "unknown"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """Characters [start, end) of the normalised text; `whose` stands before the word for the part, "" as a rule."""

    top: float
    part: Part
    whose: str
    start: int
    end: int
    value: str = field(repr=False)


def columns_of_names(heads: Mapping[int, str]) -> frozenset[int]:
    """Of columns by number, with their heads, those that hold a part of a name beside another part of it."""
    parts = {column: found for column, head in heads.items() if (found := _part(head))}
    pairs = _pairs(parts.values())
    return frozenset(column for column, (_, whose) in parts.items() if whose in pairs)


def find(page: PageText, normal: NormalisedText) -> Iterator[Candidate]:
    """The parts of names on *page*, each with its whole name as canonical form; *normal* is the page's text."""
    cells = tuple(_cells(page, normal)) if page.engine.name == CELLS else ()
    pairs = _pairs((cell.part, cell.whose) for cell in cells)
    named = sorted((cell for cell in cells if cell.whose in pairs), key=_row)
    for _, of_row in groupby(named, key=_row):
        yield from _candidates(tuple(of_row))


def _row(cell: _Cell) -> tuple[float, str]:
    return cell.top, cell.whose


def _cells(page: PageText, normal: NormalisedText) -> Iterator[_Cell]:
    start = 0
    for line, text in zip(page.lines, normal.text.split("\n"), strict=True):
        match = _CELL.fullmatch(text)
        found = _part(match["head"]) if match else None
        if match and found and match["value"].casefold() not in _NO_NAMES:
            yield _Cell(line.box[0][1], *found, start + match.start("value"), start + match.end("value"), match["value"])
        start += len(text) + 1


def _part(head: str) -> tuple[Part, str] | None:
    """The part of a name that a head announces, and whose."""
    words = _NO_WORD.sub(" ", head).strip().casefold()
    found = ((part, pattern.fullmatch(words)) for part, pattern in _HEADS.items())
    return next(((part, _OWNER.sub("", match[1].strip())) for part, match in found if match), None)


def _pairs(parts: Iterable[tuple[Part, str]]) -> frozenset[str]:
    """Whose names there are in two parts."""
    known = frozenset(parts)
    return frozenset(whose for part, whose in known if part is Part.SURNAME and (Part.GIVEN, whose) in known)


def _candidates(cells: Sequence[_Cell]) -> Iterator[Candidate]:
    surname, given = (next((cell.value for cell in cells if cell.part is part), "") for part in (Part.SURNAME, Part.GIVEN))
    whole = f"{surname}{given}" if _HAN.search(surname + given) else f"{given} {surname}".strip()
    for cell in cells:
        yield Candidate("CN_NAME", Tier.C, cell.start, cell.end, whole or cell.value, _roles().get(cell.whose))


@cache
def _roles() -> Mapping[str, str]:
    return {each.phrase.casefold(): each.role for each in label_phrases() if not each.concept and each.role}
