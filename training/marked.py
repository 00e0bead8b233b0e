"""Texts with marked spans, made by filling the slots of templates."""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workers.extract.normalise import normalise

Span = tuple[str, int, int]
Make = Callable[[random.Random], str]
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and its marked spans: label and characters [start, end)."""

    text: str = field(repr=False)
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in a slot of a template, and its label; "" for words that are nothing to find."""

    label: str
    make: Make


def fill(template: str, slots: Mapping[str, Slot], rng: random.Random) -> Marked:
    """*template* with each `{slot}` filled anew. KeyError for a slot that is none of *slots*."""
    pieces: list[str] = []
    spans: list[Span] = []
    place = end = 0
    for match in _SLOT.finditer(template):
        slot = slots[match.group(1)]
        pieces += (template[end : match.start()], value := slot.make(rng))
        place += match.start() - end
        if slot.label and value:
            spans.append((slot.label, place, place + len(value)))
        place, end = place + len(value), match.end()
    return Marked("".join((*pieces, template[end:])), tuple(spans))


def joined(parts: Iterable[Marked], between: str) -> Marked:
    text, spans = "", list[Span]()
    for part in parts:
        offset = len(text) + len(between) if text else 0
        text = f"{text}{between}{part.text}" if text else part.text
        spans += ((label, start + offset, end + offset) for label, start, end in part.spans)
    return Marked(text, tuple(spans))


def normalised(marked: Marked) -> Marked:
    """As recognizers read it (workers.extract.normalise), the spans moved along; one of which nothing is left is dropped."""
    normal = normalise(marked.text)
    spans = []
    for label, start, end in marked.spans:
        inside = [place for place, at in enumerate(normal.starts) if start <= at < end]
        if inside:
            spans.append((label, inside[0], inside[-1] + 1))
    return Marked(normal.text, tuple(spans))


def exchanged(marked: Marked, makers: Mapping[str, Make], rng: random.Random, share: float) -> Marked:
    """*marked* with *share* of its spans of the labels of *makers* replaced by newly made values."""
    pieces: list[str] = []
    spans: list[Span] = []
    end = 0
    for label, start, stop in sorted(marked.spans, key=lambda span: span[1]):
        value = makers[label](rng) if label in makers and rng.random() < share else marked.text[start:stop]
        pieces += (marked.text[end:start], value)
        place = sum(map(len, pieces))
        spans.append((label, place - len(value), place))
        end = stop
    return Marked("".join((*pieces, marked.text[end:])), tuple(spans))
