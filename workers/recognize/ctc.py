"""From the recogniser's time steps to characters (CTC best path, Graves et al. 2006, https://doi.org/10.1145/1143844.1143891)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

BLANK = 0
"""The class that means "no character here"."""

MIN_RUNNER_UP = 0.01
"""A runner-up less likely than this is noise."""


@dataclass(frozen=True, slots=True)
class ReadCharacter:
    """`centre` is its place along the strip, in time steps from the strip's left edge."""

    character: str = field(repr=False)
    probability: float
    centre: float
    runners_up: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters by class: class 0 is blank, the last class a space."""

    characters: tuple[str, ...] = field(repr=False)

    @classmethod
    def of_metadata(cls, text: str) -> "Alphabet":
        """From the `character` entry of the recogniser's file: one character per line."""
        return cls(("", *text.split("\n"), " "))


def decode(probabilities: NDArray[np.float32], classes: NDArray[np.int64], alphabet: Alphabet) -> list[ReadCharacter]:
    """The characters of one strip. Both arrays are steps x choices, best choice first."""
    best = classes[:, 0]
    starts = np.flatnonzero(np.diff(best, prepend=BLANK) != 0)
    ends = np.append(starts, len(best))[1:]
    return [
        _character(probabilities[start:end], classes[start:end], int(start), alphabet)
        for start, end in zip(starts, ends, strict=True)
        if best[start] != BLANK
    ]


def _character(probabilities: NDArray[np.float32], classes: NDArray[np.int64], start: int, alphabet: Alphabet) -> ReadCharacter:
    peak = int(probabilities[:, 0].argmax())
    weights = probabilities[:, 0].astype(np.float64)
    centre = start + 0.5 + float(weights @ np.arange(len(weights)) / weights.sum())
    others = "".join(
        alphabet.characters[choice]
        for choice, probability in zip(classes[peak, 1:], probabilities[peak, 1:], strict=True)
        if choice != BLANK and probability >= MIN_RUNNER_UP
    )
    return ReadCharacter(alphabet.characters[classes[peak, 0]], min(float(weights[peak]), 1.0), centre, others)
