"""When two texts say the same value, although typed, printed or read differently.

A value is folded to a form in which equal values are equal strings (identifier catalogue, rule 2): NFKC, one case, no
spaces, look-alike characters as one. Numbers and words are folded differently, because `O` is a nought in a number and
a letter in a name. Redaction hides every place that this module calls the same, and verification looks for the same; what
each does with it is its own.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Generic, TypeVar

from schemas.invisible import is_invisible

Span = tuple[int, int]
Label = TypeVar("Label")

_TO_DIGIT = {"O": "0", "D": "0", "Q": "0", "〇": "0", "○": "0", "I": "1", "L": "1", "|": "1", "!": "1", "丨": "1"}
_TO_DIGIT |= {"Z": "2", "S": "5", "b": "6", "G": "6", "B": "8", "g": "9", "q": "9"}
_TO_LETTER = {"0": "o", "〇": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s"}
_HAN = {"已": "己", "巳": "己", "末": "未", "土": "士", "曰": "日", "入": "人", "干": "千", "於": "于", "囗": "口", "刋": "刊"}
_NUMBER_DROPS = frozenset("-‐‑‒–—−.·•・‧_()")
_WORD_DROPS = frozenset("-‐‑.·•・‧,'’")

_NEAR_NUMBER = 6
_NEAR_PROSE = 10
_EMBEDDED_NUMBER = 8
_SHORT = 6
_SHORTEST = 2
_PROBE = 5


class Form(Enum):
    """A way of folding."""

    FEW_DIGITS = "few digits"
    """A short number: no look-alikes, since `I10` is not 110."""
    NUMBER = "number"
    NAME = "name"
    """A short word: it does not run over the end of a line."""
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Folded:
    """`offsets` says for each character of `text` which character of the source it came from."""

    text: str = field(repr=False)
    offsets: tuple[int, ...] = field(repr=False)


@lru_cache(maxsize=65536)  # one entry per character and form: a bounded alphabet, never a value
def _fold_char(char: str, form: Form) -> str:
    if char == "\n":
        return char if form in {Form.FEW_DIGITS, Form.NAME} else ""
    return "".join(_fold_plain(plain, form) for plain in unicodedata.normalize("NFKC", char))


def _fold_plain(char: str, form: Form) -> str:
    if char.isspace() or is_invisible(char):
        return ""
    if form is Form.FEW_DIGITS:
        return char.casefold()
    if form is Form.NUMBER:
        return "" if char in _NUMBER_DROPS else _TO_DIGIT.get(char) or _TO_DIGIT.get(char.upper(), char.upper())
    lower = char.casefold()
    return "" if char in _WORD_DROPS else _TO_LETTER.get(lower) or _HAN.get(lower, lower)


def fold(text: str, form: Form) -> Folded:
    pieces = [(piece, at) for at, char in enumerate(text) for piece in _fold_char(char, form)]
    return Folded("".join(piece for piece, _ in pieces), tuple(at for _, at in pieces))


def plain(text: str) -> str:
    """NFKC without what leaves no trace: the form in which values are counted and compared for being the same string."""
    seen = "".join(char for char in text if not is_invisible(char))
    return "".join(unicodedata.normalize("NFKC", seen).split())


class Haystack:
    """A text to look in; folds it once per form, and cuts it once per form and length."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded: dict[Form, Folded] = {}
        self._pieces: dict[tuple[Form, int], frozenset[str]] = {}

    def folded(self, form: Form) -> Folded:
        if form not in self._folded:
            self._folded[form] = fold(self.text, form)
        return self._folded[form]

    def pieces(self, form: Form, length: int) -> frozenset[str]:
        """Every *length* characters in a row."""
        if (form, length) not in self._pieces:
            text = self.folded(form).text
            self._pieces[form, length] = frozenset(text[at : at + length] for at in range(len(text) - length + 1))
        return self._pieces[form, length]


@dataclass(frozen=True, slots=True)
class Needle:
    """A value to look for. `embedded` says that it counts inside a longer number too, `near` that one character may be
    wrong, missing or too many."""

    folded: str = field(repr=False)
    form: Form
    embedded: bool
    near: bool

    @property
    def probes(self) -> tuple[str, ...]:
        """Pieces of which a text that holds the value holds one: its end, or the ends of its halves, where one of these may be
        otherwise. Ends, since the numbers of one register begin alike."""
        half = len(self.folded) // 2
        wholes = (self.folded[:half], self.folded[half:]) if self.near else (self.folded,)
        return tuple(each[-_PROBE:] for each in wholes)


def needle(value: str, *, may_be_near: bool = True) -> Needle | None:
    """How to look for *value*; None where it is shorter than two characters, which every page would hold."""
    form = _form_of(value)
    folded = fold(value, form).text.strip("\n")
    if len(folded) < _SHORTEST:
        return None
    least = _NEAR_NUMBER if form is Form.NUMBER else _NEAR_PROSE
    near = may_be_near and form in {Form.NUMBER, Form.PROSE} and len(folded) >= least
    return Needle(folded, form, embedded=form is Form.NUMBER and len(folded) >= _EMBEDDED_NUMBER, near=near)


def is_number(value: str) -> bool:
    """Whether at least half of the letters and digits of *value* are digits."""
    written = [char for char in unicodedata.normalize("NFKC", value) if char.isalnum()]
    return sum(char.isdigit() for char in written) * 2 >= max(len(written), 1)


def _form_of(value: str) -> Form:
    is_short = len(plain(value)) < _SHORT
    if is_number(value):
        return Form.FEW_DIGITS if is_short else Form.NUMBER
    return Form.NAME if is_short else Form.PROSE


def find(sought: Needle, haystack: Haystack) -> Iterator[Span]:
    """Every place in the haystack's own text, as spans [start, end), that says what is sought; places may overlap.

    Inside a longer number only the very value counts: there, one character more is soon two characters wrong.
    """
    folded = haystack.folded(sought.form)
    places = _near(sought.folded, folded.text) if sought.near else _exact(sought.folded, folded.text)
    for first, last in places:
        start, end = folded.offsets[first], folded.offsets[last - 1] + 1
        is_same = sought.embedded and folded.text[first:last] == sought.folded
        if is_same or _stands_alone(haystack.text, start, end):
            yield start, end


class Needles(Generic[Label]):
    """Many values to look for, each with a label. A document of 500 pages has thousands, of which a page holds a few:
    those are told from the rest by up to five characters that they have in common with it."""

    def __init__(self, needles: Iterable[tuple[Label, Needle]]) -> None:
        self._all = tuple(needles)
        self._by_probe: dict[tuple[Form, int], dict[str, list[int]]] = {}
        for at, (_, sought) in enumerate(self._all):
            for probe in sought.probes:
                self._by_probe.setdefault((sought.form, len(probe)), {}).setdefault(probe, []).append(at)

    def find_in(self, haystack: Haystack) -> Iterator[tuple[Label, Span]]:
        """Every place of every value, values in the order in which they were given."""
        likely: set[int] = set()
        for (form, length), by_probe in self._by_probe.items():
            for probe in by_probe.keys() & haystack.pieces(form, length):
                likely.update(by_probe[probe])
        for at in sorted(likely):
            label, sought = self._all[at]
            yield from ((label, span) for span in find(sought, haystack))


def _exact(sought: str, text: str) -> Iterator[Span]:
    at = text.find(sought)
    while at >= 0:
        yield at, at + len(sought)
        at = text.find(sought, at + 1)


def _near(sought: str, text: str) -> Iterator[Span]:
    """Places within one edit. One edit leaves one half of the string as it was, so that half is looked for first."""
    half = len(sought) // 2
    left, right = sought[:half], sought[half:]
    for at, rest in _exact(left, text):
        for length in _lengths_within_one_edit(right, text[rest : rest + len(right) + 1]):
            yield at, rest + length
    for at, end in _exact(right, text):
        for length in _lengths_within_one_edit(left[::-1], text[max(at - half - 1, 0) : at][::-1]):
            yield at - length, end


def _lengths_within_one_edit(sought: str, text: str) -> Iterator[int]:
    """How much of the start of *text* may say *sought* with at most one character wrong, too many or missing."""
    same = next((at for at, (a, b) in enumerate(zip(sought, text, strict=False)) if a != b), min(len(sought), len(text)))
    size = len(sought)
    if same == size or (len(text) >= size and text[same + 1 : size] == sought[same + 1 :]):
        yield size
    if same < size and text[same + 1 : size + 1] == sought[same:]:
        yield size + 1
    if same < size and text[same : size - 1] == sought[same + 1 :]:
        yield size - 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is not a part of a longer number or of a longer word in Latin letters."""
    before = text[max(start - 2, 0) : start]
    after = text[end : end + 2]
    return not (_joins(text[start], before[-1:], before[:-1]) or _joins(text[end - 1], after[:1], after[1:]))


def _joins(edge: str, neighbour: str, beyond: str) -> bool:
    if not (edge.isascii() and edge.isalnum() and neighbour):
        return False
    if neighbour in ".,":  # 1.234 goes on, "Ward 12." does not
        return edge.isdigit() and beyond.isdigit()
    return neighbour.isascii() and neighbour.isalnum() and edge.isdigit() == neighbour.isdigit()
