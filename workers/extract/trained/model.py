"""The trained models as they lie in the package: loaded when first asked for, once in a process."""

import hashlib
import re
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
    return tuple(
        Named(span.label_, start + span.start_char, start + span.end_char, span.text)
        for (start, _), doc in zip(pieces, docs, strict=True)
        for span in doc.ents
    )


def digest_of(folder: Path) -> str:
    """SHA-256 over names and bytes of the files of a model, its card left out."""
    whole = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _CARD):
        whole.update(f"{file.relative_to(folder).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _pieces(text: str) -> list[tuple[int, int]]:
    """Ends of pieces of at most _PIECE characters, which end with a line or sentence where one ends."""
    pieces: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = min(start + _PIECE, len(text))
        if end < len(text):
            end = max((stop.end() for stop in _ENDS.finditer(text, start, end)), default=end)
        pieces.append((start, end))
        start = end
    return pieces


@cache
def _model(language: str) -> Language:
    nlp = spacy.load(MODELS / language, exclude=["vocab", "tokenizer"])
    assert isinstance(nlp.tokenizer, Tokens), "the models' configuration names this program's tokens"
    return nlp
