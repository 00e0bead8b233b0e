"""How a reading compares with the truth, without regard to the order in which an engine gives its lines."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def folded(text: str) -> str:
    """*text* in NFKC, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def spaced(text: str) -> str:
    """*text* in NFKC, every run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def solid(text: str) -> str:
    """*text* without punctuation, brackets, tick boxes and other marks."""
    return "".join(character for character in text if character.isalnum())


def character_error_rate(truth: str, text: str) -> float:
    """Edit distance over the length of *truth*, in this order; runs of white space count as one space."""
    expected = spaced(truth)
    return edit_distance(expected, spaced(text)) / len(expected)


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's."""
    return int(_last_row(one, other, np.arange(len(other) + 1))[-1])


def errors_by_line(lines: Iterable[str], text: str) -> int:
    """Edits by which *lines* differ from where they stand in *text*, in whatever order they stand there.

    Longest first, each line is matched with the stretch of *text* nearest to it, which is then taken out: no other line can
    match it again, and what stood on either side of it comes together, so that a line read in two pieces with another one
    between them costs nothing more. A line that is not there costs its length. What is in *text* and in no line costs nothing.
    """
    errors = 0
    for line in sorted(lines, key=len, reverse=True):
        distance, start, end = nearest_stretch(line, text)
        errors += distance
        text = text[:start] + text[end:]
    return errors


def nearest_stretch(line: str, text: str) -> tuple[int, int, int]:
    """Edit distance, start and end of the stretch of *text* nearest to *line*, the first of equals.

    Dynamic programming as for edit distance, with a free start (Sellers 1980, https://doi.org/10.1016/0196-6774(80)90016-4).
    """
    to_ends = _last_row(line, text, np.zeros(len(text) + 1, dtype=np.int64))
    end = int(to_ends.argmin())
    from_starts = _last_row(line[::-1], text[:end][::-1], np.arange(end + 1))
    return int(to_ends[end]), end - int(from_starts.argmin()), end


def _last_row(line: str, text: str, first_row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distance of *line* from the text before each place in *text*; *first_row* is what each place costs to begin at."""
    codes = np.array([ord(character) for character in text], dtype=np.int64)
    offsets = np.arange(len(text) + 1)
    row = first_row
    for character in line:
        without_insertion = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.minimum.accumulate(np.concatenate(([row[0] + 1], without_insertion)) - offsets) + offsets
    return row


def has_all(parts: Sequence[str], text: str) -> bool:
    """Whether each of *parts* stands in *text*: a value that runs over two lines has two."""
    return all(part in text for part in parts)


def words_recalled(expected: Iterable[str], text: str) -> int:
    """How many of the *expected* words *text* has, each as often as it is expected; case does not count."""
    wanted = Counter(spaced(word).casefold() for word in expected)
    return (wanted & Counter(spaced(text).casefold().split())).total()
