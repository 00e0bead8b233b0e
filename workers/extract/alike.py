"""Where a text says a name in other characters: look-alikes of a bad copy, or characters that sound the same.

A name that was read with certainty on one page stands on others as 李小明, 季小明 or 李晓明: misread, or misheard by whoever
wrote it down. Tables and readings are those that names are searched by (archive/search_keys), so that what a search calls
the same name is hidden with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from archive.search_keys.han import is_han, lookalike, simplified
from archive.search_keys.sounds import near_sound, readings

SHORTEST_BY_SOUND = 3
"""Two syllables are a name by chance too often."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as names in it look and sound: one character, and the set of its near sounds, for each character."""

    text: str = field(repr=False)
    looks: str = field(repr=False)
    sounds: tuple[frozenset[str], ...] = field(repr=False)

    def places_of(self, name: "Heard") -> Iterator[int]:
        """Where *name* begins in other characters than its own."""
        size = len(name.text)
        for start in range(len(self.text) - size + 1):
            if self._is_alike(start, name) and self.text[start : start + size] != name.text:
                yield start

    def _is_alike(self, start: int, name: "Heard") -> bool:
        size = len(name.text)
        if self.looks.startswith(name.looks, start):
            return True
        return size >= SHORTEST_BY_SOUND and all(
            mine & its for mine, its in zip(self.sounds[start : start + size], name.sounds, strict=True)
        )


def heard(text: str) -> Heard:
    return Heard(text, "".join(map(_look, text)), tuple(map(_sounds, text)))


@lru_cache(maxsize=20_000)
def _look(character: str) -> str:
    return lookalike(simplified(character)) if is_han(character) else character


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> frozenset[str]:
    return frozenset(map(near_sound, readings(simplified(character)))) if is_han(character) else frozenset()
