"""How text is cut into words, the same when it is stored and when it is asked for.

Every Chinese character is a word; so is every run of letters or digits of other scripts. Blanks, full width or not, and
signs only separate, so they never stand between two Chinese characters. Words are in small letters, NFKC, simplified.

Text as it was typed is cut likewise, but keeps its characters, and what separates its words too.
"""

import unicodedata
from collections.abc import Sequence
from hashlib import sha256

from archive.search_keys.han import is_han, simplified


def words_of(text: str) -> tuple[str, ...]:
    """`CT检查２次` as `ct`, `检`, `查`, `2`, `次`."""
    return tuple(unicodedata.normalize("NFKC", text).casefold().translate(_WORDS).split())


def signs_of(text: str) -> tuple[str, ...]:
    """Words as they are written, but for small and capital letters of ASCII, and each blank or sign between them as `_` and
    its code point in hexadecimal digits: `CT，检查 2` as `ct`, `_ff0c`, `检`, `查`, `_20`, `2`."""
    return tuple(in_small_letters(text).translate(_SIGNS).split())


def joined(words: tuple[str, ...], longest: int) -> str:
    """*words* with a blank between two, for an index that takes words of up to *longest* characters (at least 64): for one
    that is longer stands its SHA-256."""
    if max(map(len, words), default=0) > longest:
        words = tuple(word if len(word) <= longest else sha256(word.encode()).hexdigest() for word in words)
    return " ".join(words)


def in_small_letters(text: str) -> str:
    """What SQLite's LOWER makes of *text*: letters of ASCII only."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


class _Words(dict[int, str]):
    """What a character becomes before the text is split at blanks; each is worked out when it is first met."""

    def __missing__(self, point: int) -> str:
        cut = _cut(chr(point), " ")
        self[point] = simplified(cut)
        return self[point]


class _Signs(dict[int, str]):
    def __missing__(self, point: int) -> str:
        self[point] = _cut(chr(point), f" _{point:x} ")
        return self[point]


def _cut(character: str, separator: str) -> str:
    if not character.isalnum():
        return separator
    return f" {character} " if is_han(character) else character


_WORDS = _Words()
_SIGNS = _Signs()


def parts_of(phrase: str) -> tuple[str, ...]:
    """What blanks separate in *phrase*, as far as there are words in it; these may stand apart where that is allowed."""
    return tuple(part for part in phrase.split() if words_of(part))


def places_of(wanted: tuple[str, ...], words: Sequence[str]) -> list[int]:
    """Where in *words* those *wanted* stand one after the other: the index of the first, each time."""
    last = len(words) - len(wanted)
    return [at for at in range(last + 1) if words[at] == wanted[0] and tuple(words[at : at + len(wanted)]) == wanted]
