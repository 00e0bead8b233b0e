"""Ways in which one character of a word or number can be wrong, as lists of words.

A stored word keeps, for each of its places, the word with that place unknown (`gaps`). One wrong character is then found
by asking for the gaps of what was typed, one missing character by asking for `openings`; an extra or swapped one needs
nothing stored.
"""

from itertools import groupby

UNKNOWN = "?"


def gaps(word: str) -> tuple[str, ...]:
    """*word* with each of its characters in turn unknown."""
    return tuple(word[:place] + UNKNOWN + word[place + 1 :] for place in range(len(word)))


def openings(word: str) -> tuple[str, ...]:
    """*word* with one unknown character put in, at every place."""
    return tuple(word[:place] + UNKNOWN + word[place:] for place in range(len(word) + 1))


def shortened(word: str) -> tuple[str, ...]:
    """*word* without one of its characters, each different outcome once."""
    return tuple(dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word))))


def swapped(word: str) -> tuple[str, ...]:
    """*word* with two different neighbouring characters changed about."""
    return tuple(
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        for place in range(len(word) - 1)
        if word[place] != word[place + 1]
    )


def doubled(word: str) -> tuple[str, ...]:
    """*word* with one of its characters written twice, each different outcome once."""
    return tuple(dict.fromkeys(word[: place + 1] + word[place:] for place in range(len(word))))


def collapsed(word: str) -> str:
    """*word* with one character left of each run of equal ones."""
    return "".join(character for character, _ in groupby(word))


def undoubled(word: str) -> tuple[str, ...]:
    """*word* with one character taken from a run of equal ones, each different outcome once."""
    return tuple(
        dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word) - 1) if word[place] == word[place + 1])
    )
