"""How text is cut into words, the same when it is stored and when it is asked for.

Every Chinese character is a word; so is every run of letters or digits of other scripts. Blanks, full width or not, and
signs only separate, so they never stand between two Chinese characters. Words are in small letters, NFKC, simplified.
"""

import re
import unicodedata

from archive.search_keys.han import is_han, simplified

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(word for run in _WORD.findall(plain) for word in _split(simplified(run)))


def _split(run: str) -> list[str]:
    """`ct检查2次` as `ct`, `检`, `查`, `2`, `次`."""
    return "".join(f" {character} " if is_han(character) else character for character in run).split()


def parts_of(phrase: str) -> tuple[str, ...]:
    """What blanks separate in *phrase*, as far as there are words in it; these may stand apart where that is allowed."""
    return tuple(part for part in phrase.split() if words_of(part))


def line_of(phrase: str, lines: tuple[str, ...]) -> int:
    """Index of the line on which *phrase* begins; 0 where it is on none."""
    wanted = words_of(phrase)
    placed = [(word, number) for number, line in enumerate(lines) for word in words_of(line)]
    for start in range(len(placed) - len(wanted) + 1):
        if all(placed[start + step][0] == word for step, word in enumerate(wanted)):
            return placed[start][1]
    return 0
