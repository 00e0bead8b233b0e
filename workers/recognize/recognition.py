"""Strips to text: PP-OCR's recogniser, many strips at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workers.recognize.character_columns import Span, ink_profile, spans
from workers.recognize.ctc import Alphabet, ReadCharacter, decode
from workers.recognize.infer import Network
from workers.recognize.strips import Strip, batches, network_input, padded


@dataclass(frozen=True, slots=True)
class StripReading:
    """One strip's text. Each tuple has one entry per character; `columns` are places along the strip."""

    text: str = field(repr=False)
    confidences: tuple[float, ...] = field(repr=False)
    runners_up: tuple[str, ...] = field(repr=False)
    columns: tuple[Span, ...] = field(repr=False)

    @property
    def confidence(self) -> float:
        """Mean over the characters, 0 without any."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """`batch_area` limits one batch to so many columns of strips, which bounds memory; `width_step` keeps shapes few."""

    batch_area: int = 3200
    width_step: int = 32
    min_width: int = 96


class Recogniser:
    """Reads strips. The network gives, per strip and time step, the probabilities and classes of its best choices."""

    def __init__(self, network: Network, alphabet: Alphabet, settings: RecognitionSettings) -> None:
        self._network = network
        self._alphabet = alphabet
        self._settings = settings

    def read(self, strips: Sequence[Strip]) -> list[StripReading]:
        """One reading per strip, in the same order."""
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


def reading(strip: Strip, characters: Sequence[ReadCharacter], columns_per_step: float) -> StripReading:
    """Characters placed along their strip, without spaces at either end and none that the padding seemed to hold."""
    kept = _stripped([c for c in characters if c.centre * columns_per_step < strip.width])
    centres = [c.centre * columns_per_step for c in kept]
    return StripReading(
        text="".join(c.character for c in kept),
        confidences=tuple(c.probability for c in kept),
        runners_up=tuple(c.runners_up for c in kept),
        columns=tuple(spans(centres, ink_profile(strip.pixels))),
    )


def _stripped(characters: Sequence[ReadCharacter]) -> Sequence[ReadCharacter]:
    solid = np.flatnonzero([not c.character.isspace() for c in characters])
    return characters[solid[0] : solid[-1] + 1] if len(solid) else ()
