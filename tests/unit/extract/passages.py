"""A passage as the pipeline makes it, for tests of one recognizer."""

from functools import cache

from spacy.language import Language

from workers.extract.layout import grid_of_plain
from workers.extract.normalise import normalise
from workers.extract.passage import Candidate, Passage
from workers.extract.pipeline import build, run
from workers.extract.recognizers import Find
from workers.extract.resolve import resolve


@cache
def _pipeline(language: str) -> Language:
    return build(language)


def passage(text: str, language: str = "zh") -> Passage:
    normal = normalise(text)
    made: Passage = run(_pipeline(language), normal, grid_of_plain(normal, text))._.passage
    return made


def found(find: Find, text: str) -> list[Candidate]:
    """What the recognizer finds in *text*, overlaps decided."""
    return list(resolve(find(passage(text))))


def brief(find: Find, text: str) -> list[tuple[str, str, str]]:
    """Kind, tier and canonical value of what is found."""
    return [(one.kind, one.tier.value, one.canonical) for one in found(find, text)]
