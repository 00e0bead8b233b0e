"""Strips to text: PP-OCR's recogniser, many strips at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from workers.recognize.character_columns import Span, ink_of, ink_profile, rows, spans
from workers.recognize.ctc import Alphabet, ReadCharacter, decode
from workers.recognize.infer import Network
from workers.recognize.strips import STRIP_HEIGHT, Strip, batches, network_input, padded, part


@dataclass(frozen=True, slots=True)
class StripReading:
    """One strip's text. Each tuple has one entry per character; `confidences` are the network's own probabilities, `columns`
    places along the strip, `rows` across it."""

    text: str = field(repr=False)
    confidences: tuple[float, ...] = field(repr=False)
    runners_up: tuple[str, ...] = field(repr=False)
    columns: tuple[Span, ...] = field(repr=False)
    rows: Span = (0.0, float(STRIP_HEIGHT))

    @property
    def confidence(self) -> float:
        """Mean over the characters, 0 without any."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


LONGEST_PART = 3200
"""Columns: the longest strip the network was trained to read (PP-OCR's recogniser: 48 x 3200)."""

GAP = 12
"""Columns: a long strip is cut where so many in a row hold least ink."""


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """`batch_area` limits one batch to so many columns of strips; `width_step` is what their width is padded to."""

    batch_area: int
    width_step: int
    min_width: int


class Recogniser:
    """Reads strips. The network gives, per strip and time step, the probabilities and classes of its best choices."""

    def __init__(self, network: Network, alphabet: Alphabet, settings: RecognitionSettings) -> None:
        self._network = network
        self._alphabet = alphabet
        self._settings = settings

    def read(self, strips: Sequence[Strip]) -> list[StripReading]:
        """One reading per strip, in the same order. What is longer than the network can read is read in parts."""
        starts, parts = in_parts(strips)
        readings = iter(self._read(parts))
        return [joined([next(readings) for _ in own], own) for own in starts]

    def _read(self, strips: Sequence[Strip]) -> list[StripReading]:
        readings: dict[int, StripReading] = {}
        widths = [max(strip.width, self._settings.min_width) for strip in strips]
        for batch in batches(widths, self._settings.batch_area, self._settings.width_step):
            width = padded(max(widths[index] for index in batch), self._settings.width_step)
            readings.update(zip(batch, self._read_batch([strips[index] for index in batch], width), strict=True))
        return [readings[index] for index in range(len(strips))]

    def _read_batch(self, strips: Sequence[Strip], width: int) -> list[StripReading]:
        probabilities, classes = self._network.run(network_input(strips, width))
        columns_per_step = width / probabilities.shape[1]
        return [
            reading(strip, decode(strip_probabilities, strip_classes, self._alphabet), columns_per_step)
            for strip, strip_probabilities, strip_classes in zip(strips, probabilities, classes, strict=True)
        ]


def part_starts(strip: Strip) -> list[int]:
    """The columns at which to cut *strip* so that no part is longer than the network reads: 0, and wide gaps after it."""
    count = math.ceil(strip.width / LONGEST_PART)
    if count == 1:
        return [0]
    ink = np.convolve(ink_profile(strip.pixels), np.ones(GAP), mode="same")
    length = strip.width / count
    reach = int((LONGEST_PART - length) / 2)
    middles = (round(length * number) for number in range(1, count))
    return [0, *(middle - reach + int(ink[middle - reach : middle + reach + 1].argmin()) for middle in middles)]


def in_parts(strips: Sequence[Strip]) -> tuple[list[list[int]], list[Strip]]:
    """Per strip the columns at which its parts begin, and all parts one after the other, none longer than the network reads."""
    starts = [part_starts(strip) for strip in strips]
    bounds = [list(pairwise((*own, strip.width))) for own, strip in zip(starts, strips, strict=True)]
    return starts, [part(strip, *bound) for strip, own in zip(strips, bounds, strict=True) for bound in own]


def joined(parts: Sequence[StripReading], starts: Sequence[int]) -> StripReading:
    """The readings of one strip's parts, which begin at columns *starts*, as one."""
    if len(parts) == 1:
        return parts[0]
    return StripReading(
        text="".join(part.text for part in parts),
        confidences=tuple(value for part in parts for value in part.confidences),
        runners_up=tuple(value for part in parts for value in part.runners_up),
        columns=tuple((a + start, b + start) for part, start in zip(parts, starts, strict=True) for a, b in part.columns),
        rows=(min(part.rows[0] for part in parts), max(part.rows[1] for part in parts)),
    )


def reading(strip: Strip, characters: Sequence[ReadCharacter], columns_per_step: float) -> StripReading:
    """Characters placed along their strip, without spaces at either end and none that the padding seemed to hold."""
    kept = _stripped([c for c in characters if c.centre * columns_per_step < strip.width])
    centres = [c.centre * columns_per_step for c in kept]
    text, ink = "".join(c.character for c in kept), ink_of(strip.pixels)
    return StripReading(
        text=text,
        confidences=tuple(c.probability for c in kept),
        runners_up=tuple(c.runners_up for c in kept),
        columns=tuple(spans(centres, ink.sum(axis=0))),
        rows=rows(ink, latin=text.isascii()),
    )


def _stripped(characters: Sequence[ReadCharacter]) -> Sequence[ReadCharacter]:
    solid = np.flatnonzero([not c.character.isspace() for c in characters])
    return characters[solid[0] : solid[-1] + 1] if len(solid) else ()
