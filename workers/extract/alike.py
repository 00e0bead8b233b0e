"""Where a text says a name in other characters: look-alikes of a bad copy, or characters that sound the same.

A name that was read with certainty on one page stands on others as 李小明, 季小明 or 李晓明: misread, or misheard by whoever
wrote it down. Tables and readings are those that names are searched by (archive/search_keys), so that what a search calls
the same name is hidden with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from archive.search_keys.han import is_han, lookalike, simplified
from archive.search_keys.sounds import near_sound, readings

SHORTEST_BY_SOUND = 3
"""Two syllables are a name by chance too often."""


class Alike:
    """Names that are looked for in other characters than their own: each as it looks, and as it sounds in every way of saying
    its characters. How long looking takes hardly depends on how many there are."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._by_look: dict[str, list[int]] = {}
        self._by_sound: dict[tuple[str, ...], list[int]] = {}
        for at, name in enumerate(self._names):
            self._by_look.setdefault(_looks(name), []).append(at)
            for said in _ways_of_saying(name) if len(name) >= SHORTEST_BY_SOUND else ():
                self._by_sound.setdefault(said, []).append(at)
        self._sizes = frozenset(map(len, self._names))

    def places_in(self, text: str) -> list[tuple[int, int]]:
        """Which names stand where in *text*: the name's place among the names, and where it begins; in this order."""
        looks = _looks(text)
        found = {
            (at, start)
            for size in self._sizes
            for start in range(len(text) - size + 1)
            for at in self._alike(text[start : start + size], looks[start : start + size])
        }
        return sorted(found)

    def _alike(self, words: str, looks: str) -> Iterator[int]:
        by_look = self._by_look.get(looks, ())
        by_sound = (at for said in _ways_of_saying(words) for at in self._by_sound.get(said, ()))
        yield from (at for some in (by_look, by_sound) for at in some if self._names[at] != words)


def _looks(text: str) -> str:
    return "".join(map(_look, text))


def _ways_of_saying(words: str) -> Iterable[tuple[str, ...]]:
    """None where a character is no ideograph."""
    return product(*map(_sounds, words))


@lru_cache(maxsize=20_000)
def _look(character: str) -> str:
    return lookalike(simplified(character)) if is_han(character) else character


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> frozenset[str]:
    return frozenset(map(near_sound, readings(simplified(character)))) if is_han(character) else frozenset()
