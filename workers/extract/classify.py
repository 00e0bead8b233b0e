"""Which kind of document this is, by the words of its title.

A title stands near the top, in a line of its own, often in large type. Spaces between characters (理 赔 申 请 书) do not
matter, and one character in four may be misread. Words from the body say less and count only where no title was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from schemas.page import Line, PageText
from workers.extract.gazetteer import titles
from workers.extract.normalise import normal_character

_TOP_LINES = 14
_MIN_SCORE = 1.0
_TALL = 1.35


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    document_class: str


def classify(pages: Sequence[PageText]) -> str:
    """One of schemas.claim.DOCUMENT_CLASSES: that of the first page with a title that is known, else `other`."""
    for page in islice(pages, 3):
        best = max(_scores(page), key=lambda scored: scored.score, default=_Scored(0.0, "other"))
        if best.score >= _MIN_SCORE:
            return best.document_class
    return "other"


def _scores(page: PageText) -> Iterator[_Scored]:
    heights = sorted(_height(line) for line in page.lines)
    usual = heights[len(heights) // 2] if heights else 1.0
    for place, line in enumerate(_from_the_top(page)):
        words = _plain(line.text)
        for document_class, known in titles().items():
            share = max((_likeness(words, title) for title in known), default=0.0)
            if share:
                yield _Scored(share * _weight(place, _height(line) > _TALL * usual), document_class)


def _from_the_top(page: PageText) -> list[Line]:
    """Lines as they lie from the top of the upright page, however the text is ordered."""
    axis = 0 if page.rotation in {90, 270} else 1
    sign = -1 if page.rotation in {180, 270} else 1
    return sorted(page.lines, key=lambda line: sign * line.box[0][axis])


def _height(line: Line) -> float:
    (left, top), _, _, (low_x, low_y) = line.box
    return float(((left - low_x) ** 2 + (top - low_y) ** 2) ** 0.5)


def _weight(place: int, is_tall: bool) -> float:  # noqa: FBT001 - two facts about one line
    near_top = 1.0 if place < _TOP_LINES else 0.35
    return near_top * (1.5 if is_tall else 1.0)


def _plain(text: str) -> str:
    characters = (normal_character(character) for character in text)
    return "".join(character for character in "".join(characters).lower() if character.isalnum() or character in "()")


def _likeness(words: str, title: str) -> float:
    """From 0 to 3: how much of the line the title is, and how long a title; 0 where it is not there."""
    found = title in words or (len(title) >= 4 and not title.isascii() and _nearly_holds(words, title))
    share = len(title) / max(len(words), 1)
    if not found or (len(title) == 2 and share < 1):
        return 0.0
    length = min(len(title), 8) / 8 if not title.isascii() else min(len(title), 16) / 16
    return (2.0 if share > 0.45 else 1.2 if share > 0.2 else 0.5) * (0.5 + length)


def _nearly_holds(words: str, title: str) -> bool:
    """Whether some stretch of *words* differs from *title* in one character of four; short titles must agree at both ends."""
    stretches = (words[start : start + len(title)] for start in range(len(words) - len(title) + 1))
    return any(_is_misreading(stretch, title) for stretch in stretches)


def _is_misreading(stretch: str, title: str) -> bool:
    wrong = sum(read != meant for read, meant in zip(stretch, title, strict=True))
    ends_agree = stretch[0] == title[0] and stretch[-1] == title[-1]
    return wrong <= len(title) // 4 and (ends_agree or len(title) >= 6)
