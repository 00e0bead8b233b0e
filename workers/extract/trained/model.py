"""The trained models as they lie in the package: loaded when first asked for, once in a process."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language

from workers.extract.trained.tokens import Tokens

MODELS = Path(__file__).parents[1] / "models"
_CARD = "card.json"
_PIECE = 300
"""Characters read as one text, as long as those it learnt from. Pieces are read side by side: in a quarter of the time."""
_ENDS = re.compile(r"\n|。")
_AGAIN = 60
"""Characters read twice where no line or sentence ends in a piece: a name that stands there is whole in one of them."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a model calls characters [start, end) of a text; `label` is one of the model's card (models/LANGUAGE/card.json)."""

    label: str
    start: int
    end: int
    text: str = field(repr=False)


def named(text: str, language: str) -> tuple[Named, ...]:
    """What the model of *language*, `zh` or `en`, finds in normalised *text*, in order and apart from one another."""
    pieces = _pieces(text)
    docs = _model(language).pipe(text[start:end] for start, end in pieces)
    found = (
        Named(span.label_, start + span.start_char, start + span.end_char, span.text)
        for (start, _), doc in zip(pieces, docs, strict=True)
        for span in doc.ents
    )
    return tuple(_apart(found))


def _apart(found: Iterable[Named]) -> Iterator[Named]:
    """Of two that overlap, the longer: the other was cut by the end of its piece."""
    kept: list[Named] = []
    for each in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    yield from sorted(kept, key=lambda each: each.start)


def digest_of(folder: Path) -> str:
    """SHA-256 over names and bytes of the files of a model, its card left out."""
    whole = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _CARD):
        whole.update(f"{file.relative_to(folder).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _pieces(text: str) -> list[tuple[int, int]]:
    """Ends of pieces of at most _PIECE characters, which end with a line or sentence where one ends; else they overlap."""
    pieces: list[tuple[int, int]] = []
    start = end = 0
    while end < len(text):
        stop = min(start + _PIECE, len(text))
        parts = [match.end() for match in _ENDS.finditer(text, max(start, end), stop)]
        end = stop if stop == len(text) or not parts else parts[-1]
        pieces.append((start, end))
        start = end if parts else end - _AGAIN
    return pieces


@cache
def _model(language: str) -> Language:
    nlp = spacy.load(MODELS / language, exclude=["vocab", "tokenizer"])
    assert isinstance(nlp.tokenizer, Tokens), "the models' configuration names this program's tokens"
    return nlp
