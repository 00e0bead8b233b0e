"""Labels that OCR misread: what stands where a label must stand, and is one character in six from a known one. Points and
apostrophes do not count: `Insured's I.D.` is read with any of them.

A label is sought only where it is set off: at the head of a line or behind the number of a box, up to a colon or the end of the
line. What it then announces is hidden as what the label says; that no such words are a value was tried on the papers of bench/.
"""

import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from workers.extract.gazetteer import LabelPhrase, label_phrases
from workers.extract.labels import LabelHit

_SEGMENT = re.compile(
    r"(?:(?:^|\n)[ ]*(?:(?:\d{1,2}[a-zA-Z]?|[lI|][0-9a-z])(?:[.、)][ ]?|[ ]))?|(?<=[ \d])\d{1,2}[a-zA-Z]?\.[ ]?)"
    r"(?P<words>[A-Za-z一-鿿][^:\n(]{2,44}?)[ ]?(?:\([^()\n]{1,30}\))?[ ]?(?=:|\n|$)"
)
_SIGNS = re.compile(r"[\W_]")
_HAN = re.compile(r"[一-鿿]")
_FEWEST_LATIN, _FEWEST_HAN = 6, 4
_LETTERS_AN_ERROR = 6
_OF_FOUR_HAN = 1


def with_near_labels(text: str, exact: Iterable[LabelHit]) -> list[LabelHit]:
    """The *exact* hits and those that are near, in order and apart; *text* is normalised.

    A near one goes before shorter exact ones inside it: of `Policy nunber` the first word alone is a label too.
    """
    hits = list(exact)
    for match in _SEGMENT.finditer(text):
        start, end = match.start("words"), match.start("words") + len(match["words"].rstrip())
        inside = [hit for hit in hits if hit.start < end and start < hit.end]
        if not any(hit.start <= start and end <= hit.end for hit in inside) and (phrase := _nearest(text[start:end])):
            hits = [hit for hit in hits if hit not in inside]
            hits.append(LabelHit(phrase.concept, phrase.role, start, end))
    return sorted(hits, key=lambda hit: hit.start)


def _nearest(words: str) -> LabelPhrase | None:
    plain = _plain(words)
    is_chinese = bool(_HAN.search(plain))
    errors = _OF_FOUR_HAN if is_chinese else len(plain) // _LETTERS_AN_ERROR
    if len(plain) < (_FEWEST_HAN if is_chinese else _FEWEST_LATIN) or sum(map(str.isdigit, plain)) > 1:
        return None
    found = process.extractOne(plain, _phrases().keys(), scorer=OSA.distance, score_cutoff=errors)
    return _phrases()[found[0]] if found else None


def _plain(words: str) -> str:
    return _SIGNS.sub("", words).lower()


@cache
def _phrases() -> dict[str, LabelPhrase]:
    """Those long enough to be told from words, in lower case without blanks and signs, and nothing that announces no value."""
    phrases = (phrase for phrase in label_phrases() if phrase.concept not in {"", "other", "heading"})
    plain = ((_plain(phrase.phrase), phrase) for phrase in phrases)
    return {words: phrase for words, phrase in plain if len(words) >= (_FEWEST_HAN if _HAN.search(words) else _FEWEST_LATIN)}
