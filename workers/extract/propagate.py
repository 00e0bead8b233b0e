"""Every instance: a value found once with certainty is an entity wherever it stands in the document.

If one instance of a value is hidden, all must be: in tables, stamps, running text, on other pages. Values are sought without
separators, in upper case, and numbers with their look-alikes folded. A Chinese name that was labelled or checked is sought in
look-alike characters and in those of the same sound too (workers/extract/alike.py); what is found so is tier D.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.entity import Tier
from workers.extract.alike import Alike
from workers.extract.normalise import NormalisedText, fold_digits
from workers.extract.passage import Candidate
from workers.extract.recognizers.person_name import looks_like_a_name
from workers.extract.resolve import resolve

_SEEN_ALONE = frozenset({
    "AMOUNT", "HEALTH_TEXT", "HOSPITAL", "DATE_OTHER", "DATE_ACCIDENT", "DATE_REPORT", "DATE_ADMISSION", "DATE_DISCHARGE",
    "DATE_DEATH", "ZIP", "USCC", "ORG_CODE", "INST_CODE", "SECRET",
})  # fmt: skip
"""Kinds that are not sought elsewhere: the same sum or day means something else there, organisations are public."""

_NOISE = frozenset(" -.·\n\t,，、/()_:'")
_HAN = re.compile(r"[一-鿿㐀-䶿]")
_STRENGTH = 0.85
_NAMES = frozenset({"CN_NAME", "DOCTOR"})
_ALIKE = 0.5
_SHORTEST_NUMBER = 5
_LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A page's text without separators; `places[i]` is where its character i stands in the normalised text."""

    text: str
    folded: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    kind: str
    role: str | None
    tier: Tier
    is_number: bool


def propagate(
    pages: Mapping[int, NormalisedText], found: Mapping[int, Sequence[Candidate]]
) -> dict[int, tuple[Candidate, ...]]:
    """*found*, by page number, with the other instances of its certain values added."""
    sought = _Sought(_values(found))
    return {number: _completed(normal, found.get(number, ()), sought) for number, normal in pages.items()}


class _Sought:
    """The values of a document, by what a page must hold for one of them to stand there. A register has thousands, of which a
    page holds a few."""

    def __init__(self, values: Sequence[_Value]) -> None:
        self._values = values
        self._by_size: dict[tuple[bool, int], dict[str, int]] = {}
        for at, value in enumerate(values):
            self._by_size.setdefault((value.is_number, len(value.text)), {})[value.text] = at
        self.names = [value for value in values if _is_certainly_a_name(value)]
        self.alike = Alike([name.text for name in self.names])

    def on_page(self, page: _Squeezed) -> Iterator[_Value]:
        """Those that *page* holds, in the order in which they were given."""
        found: list[int] = []
        for (is_number, size), by_text in self._by_size.items():
            text = page.folded if is_number else page.text
            pieces = {text[start : start + size] for start in range(len(text) - size + 1)}
            found += (by_text[piece] for piece in by_text.keys() & pieces)
        return (self._values[at] for at in sorted(found))


def _completed(normal: NormalisedText, known: Sequence[Candidate], sought: _Sought) -> tuple[Candidate, ...]:
    squeezed = _squeeze(normal.text)
    certain = [(one.start, one.end) for one in known if one.tier is not Tier.D]
    fresh = (one for find in (_instances, _alike) for one in find(squeezed, sought))
    return resolve((*known, *(one for one in fresh if not _within(one, certain))))


def _within(one: Candidate, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= one.start and one.end <= end and (end - start) < 200 for start, end in spans)


def _values(found: Mapping[int, Sequence[Candidate]]) -> tuple[_Value, ...]:
    values: dict[str, _Value] = {}
    for candidates in found.values():
        for one in candidates:
            value = _value(one)
            if value and _is_better(value, values.get(value.text)):
                values[value.text] = value
    return tuple(values.values())


def _is_better(value: _Value, known: _Value | None) -> bool:
    return known is None or (value.tier is Tier.D, value.role is None) < (known.tier is Tier.D, known.role is None)


def _value(one: Candidate) -> _Value | None:
    text = _squeeze(one.canonical).text
    is_number = _is_number(text)
    certain = one.tier is not Tier.D or (one.kind == "CN_NAME" and len(text) > 2)
    if not certain or one.kind in _SEEN_ALONE or len(text) > _LONGEST_TEXT:
        return None
    if one.kind == "DOB":
        return None
    shortest = _SHORTEST_NUMBER if is_number else 2 if _HAN.match(text) else 4
    if len(text) < shortest:
        return None
    tier = Tier.D if one.tier is Tier.D else Tier.C
    return _Value(fold_digits(text) if is_number else text, one.kind, one.role, tier, is_number)


def _is_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 > len(text) and not _HAN.search(text)


def _squeeze(text: str) -> _Squeezed:
    kept = [(character.upper(), place) for place, character in enumerate(text) if character not in _NOISE]
    plain = "".join(character if len(character) == 1 else " " for character, _ in kept)
    return _Squeezed(plain, fold_digits(plain), tuple(place for _, place in kept))


def _instances(page: _Squeezed, sought: _Sought) -> Iterator[Candidate]:
    for value in sought.on_page(page):
        yield from _instances_of(page, value)


def _is_certainly_a_name(value: _Value) -> bool:
    return value.kind in _NAMES and value.tier is not Tier.D and looks_like_a_name(value.text, stands_alone=True)


def _alike(page: _Squeezed, sought: _Sought) -> Iterator[Candidate]:
    """Names in other characters: misread or misheard. None for one that is not certain to be a name."""
    for at, start in sought.alike.places_in(page.text):
        name = sought.names[at]
        place, stop = page.places[start], page.places[start + len(name.text) - 1] + 1
        if stop - place <= 2 * len(name.text):
            yield Candidate(name.kind, Tier.D, place, stop, page.text[start : start + len(name.text)], name.role, _ALIKE)


def _instances_of(page: _Squeezed, value: _Value) -> Iterator[Candidate]:
    text = page.folded if value.is_number else page.text
    start = text.find(value.text)
    while start >= 0:
        end = start + len(value.text)
        if _stands_free(page, start, end, value):
            place, stop = page.places[start], page.places[end - 1] + 1
            strength = _STRENGTH if value.tier is Tier.C else 0.0
            yield Candidate(value.kind, value.tier, place, stop, value.text, value.role, strength)
        start = text.find(value.text, start + 1)


def _stands_free(page: _Squeezed, start: int, end: int, value: _Value) -> bool:
    """No digit of a longer number beside it (unless a blank parts them), no long gap within it."""
    if page.places[end - 1] - page.places[start] > 2 * len(value.text) + 4:
        return False
    if not value.is_number:
        return _HAN.match(value.text) is not None or not (_touches(page, start, _is_latin) or _touches(page, end, _is_latin))
    return not (_touches(page, start, str.isdigit) or _touches(page, end, str.isdigit))


def _is_latin(character: str) -> bool:
    return character.isalpha() and character < "\u2e80"


def _touches(page: _Squeezed, place: int, is_same: Callable[[str], bool]) -> bool:
    if not 0 < place < len(page.text) or page.places[place] - page.places[place - 1] > 1:
        return False
    return is_same(page.text[place - 1]) and is_same(page.text[place])
