"""What OCR reads in place of a character, measured: `confusions.txt`, which `python -m bench.confusions --write` makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).with_name("confusions.txt")


@dataclass(frozen=True, slots=True)
class Misreading:
    """`read` in place of `printed`; `weight` from 0 to 1 is the share of the printed character's occurrences."""

    printed: str
    read: str
    weight: float


def misreadings(character: str) -> tuple[Misreading, ...]:
    """What is read in place of *character*, as it is printed: the most frequent first, none where nothing was measured."""
    return _by_printed().get(character, ())


@cache
def measured() -> tuple[Misreading, ...]:
    """Everything that was measured, by printed character, the most frequent first."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_parsed([line for line in lines if line and not line.startswith("# ")]))


def _parsed(lines: list[str]) -> Iterator[Misreading]:
    for line in lines:
        printed, read, weight = line.split("\t")
        yield Misreading(printed, read, float(weight))


@cache
def _by_printed() -> Mapping[str, tuple[Misreading, ...]]:
    return {printed: tuple(pairs) for printed, pairs in groupby(measured(), key=lambda pair: pair.printed)}
