"""How a page matches a text group, looked at in Python: what an index leaves open once it has found the page."""

from bisect import bisect_left
from collections.abc import Sequence

from archive.index.port import TextGroup
from archive.index.words import in_small_letters, parts_of, places_of, words_of
from archive.search_keys.han import is_han
from schemas.query import MatchTier

TIERS = tuple(MatchTier)
"""A page's grade is the place of its tier."""
_IN_ORDER = ("phrase", "folded")


def told(group: TextGroup, grade: int, lines: tuple[str, ...]) -> tuple[str, int]:
    """How a page of *lines* that matches *group* as well as *grade* is told, and the index of the line where that begins."""
    text = "\n".join(lines)
    wording = next((each for each in group.otherwise and group.wordings if _grade(each, text) == grade), group)
    if grade < len(_IN_ORDER):
        return _IN_ORDER[grade], _line_of((wording.phrase,), None, lines)
    if wording.near is None:
        return "apart", _line_of(parts_of(wording.phrase)[:1], None, lines)
    return "near", _line_of(parts_of(wording.phrase), wording.near, lines)


def goes_on(character: str) -> bool:
    """Whether a word may go on before or behind *character*."""
    return character.isalnum() and not is_han(character)


def stands_as_typed(text: str, typed: str) -> bool:
    """Whether *typed* stands in *text* as whole words, but for small and capital letters of ASCII."""
    text, typed = in_small_letters(text), in_small_letters(typed)
    place = text.find(typed)
    while place >= 0:
        end = place + len(typed)
        if not (_is_cut(text[place - 1 : place], typed[0]) or _is_cut(typed[-1], text[end : end + 1])):
            return True
        place = text.find(typed, place + 1)
    return False


def stands_near(text: str, phrase: str, near: int) -> bool:
    """Whether what blanks separate in *phrase* stands in *text* with *near* other words between, all counted, or fewer."""
    return _beginning(parts_of(phrase), near, words_of(text)) is not None


def _grade(wording: TextGroup, text: str) -> int | None:
    words = words_of(text)
    if places_of(words_of(wording.phrase), words):
        return 0 if stands_as_typed(text, wording.phrase.strip()) else 1
    if wording.near is not None:
        return 2 if stands_near(text, wording.phrase, wording.near) else None
    return 2 if wording.apart and all(places_of(words_of(part), words) for part in parts_of(wording.phrase)) else None


def _line_of(parts: tuple[str, ...], near: int | None, lines: tuple[str, ...]) -> int:
    """Index of the line on which *parts* begin; 0 where they are on none."""
    placed = [(word, number) for number, line in enumerate(lines) for word in words_of(line)]
    start = _beginning(parts, near, [word for word, _ in placed])
    return 0 if start is None else placed[start][1]


def _beginning(parts: tuple[str, ...], near: int | None, words: Sequence[str]) -> int | None:
    """Index of the first of *words* from which on all *parts* come, with *near* other words between them or fewer."""
    wanted = [words_of(part) for part in parts]
    starts = [places_of(each, words) for each in wanted]
    for start in sorted(set().union(*starts)):
        nexts = [places[bisect_left(places, start)] for places in starts if places and places[-1] >= start]
        if len(nexts) < len(wanted):
            return None
        end = max(place + len(each) for place, each in zip(nexts, wanted, strict=True))
        if near is None or end - start - sum(map(len, wanted)) <= near:
            return start
    return None


def _is_cut(left: str, right: str) -> bool:
    """Whether a word goes on from one character to the next."""
    return goes_on(left) and goes_on(right)
