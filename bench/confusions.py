"""Which characters does the engine take for one another? `python -m bench.confusions [--pages N] [--seed S] [--write]`

N pages of names (`bench.papers.name_pages`: every character that is frequent in Chinese names, equally often) and as many
pages of numbers (`bench.papers.number_pages`) are printed and worn harder than usual (`invent_severe_damage`). Each name and
number is cut out where it was printed and read by the engine's recogniser. What was read with as many characters as were
printed, two thirds of them right, is compared place by place; nothing else is counted.

A pair's count is how often the one was read where the other was printed, and `RUNNER_UP` of how often it was the engine's next
choice there: that share of all runners-up was what had been printed (the figures `runners_up_right`). Without them many times
as many pages would be needed to see a pair at all. A pair's weight is its count as a share of the printed character's
occurrences.

`--write` makes archive/search_keys/confusions.txt, which searching uses. The same pages and seed make the same file: the
recogniser runs on ONNX Runtime, whatever suits the processor best. Figures go to bench/results/confusions.json.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from archive.search_keys.han import is_han
from archive.search_keys.misread import FILE, Misreading
from bench.papers import vocabulary
from bench.papers.damage import invent_severe_damage
from bench.papers.generate import PaperPage
from bench.papers.name_pages import name_pages
from bench.papers.number_pages import KINDS, number_page
from bench.papers.truth import TruthEntity
from bench.results import print_table, save
from bench.search import GIVEN
from schemas.geometry import Box
from training.words import listed
from workers.extract.gazetteer import surnames
from workers.recognize.infer import Runtime
from workers.recognize.page_view import Pixels
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.recognition import StripReading
from workers.recognize.strips import Strip, cut

RUNNER_UP = 0.1
LEAST_COUNT = 2.0
LEAST_WEIGHT = 0.001
FREQUENT = 50
"""Given names of a dictionary (training/lists/zh_given.txt) that have a character: fewer, and it is left out."""
_BESIDE, _ABOVE = 0.2, 0.1
"""Of a value's height: how far its strip reaches beyond it, as the boxes of the engine's detector do."""
_DPI = 100
"""Of pages of numbers: at 150 three digits in ten thousand are misread, however worn."""

Pair = tuple[str, str]
"""A character as printed, and another one."""


@dataclass
class Tally:
    """`printed`: occurrences that were compared. Pairs that were `misread`, and those of which the other was a runner-up."""

    values: int = 0
    compared: int = 0
    printed: Counter[str] = field(default_factory=Counter)
    misread: Counter[Pair] = field(default_factory=Counter)
    runner_up: Counter[Pair] = field(default_factory=Counter)
    runners_up: int = 0
    runners_up_right: int = 0

    def add(self, printed: str, read: str, runners_up: Iterable[str]) -> None:
        """Compare one value, character by character; *runners_up* are those of each character of *read*."""
        self.compared += 1
        for one, other, next_ones in zip(printed, read, runners_up, strict=True):
            self.printed[one] += 1
            self.misread[one, other] += one != other
            self.runners_up += len(next_ones)
            self.runners_up_right += one in next_ones
            self.runner_up.update((one, next_one) for next_one in next_ones if next_one != one)


class StripReader(PpOcrEngine):
    """Reads values where they were printed."""

    def __init__(self) -> None:
        super().__init__(runtime=Runtime.ONNXRUNTIME)

    def values(self, page: PaperPage, kinds: frozenset[str]) -> Iterator[tuple[TruthEntity, StripReading]]:
        pixels = np.asarray(page.image.convert("RGB"))
        values = [value for value in page.truth.entities if value.kind in kinds and len(value.boxes) == 1]
        readings = self._recogniser.read([_strip(pixels, Box.around(value.boxes)) for value in values])
        return zip(values, readings, strict=True)


def main() -> None:
    options = _options()
    reader, names, numbers = StripReader(), Tally(), Tally()
    for page in islice(name_pages(options.seed, name_characters()), options.pages):
        measure(page, frozenset({"CN_NAME"}), reader, names)
    for seed in range(options.seed, options.seed + options.pages):
        measure(number_page(seed, _DPI, invent_severe_damage), KINDS, reader, numbers)
    found = (*pairs(names), *pairs(numbers))
    figures = {"pages": 2 * options.pages, **_figures("names", names), **_figures("numbers", numbers)}
    print_table(figures)
    save("confusions", figures)
    if options.write:
        FILE.write_text(_file(found, options), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure which characters are taken for one another.")
    parser.add_argument("--pages", type=int, default=55, help="pages of names, and of numbers")
    parser.add_argument("--seed", type=int, default=800_000, help="of the first page")
    parser.add_argument("--write", action="store_true", help=f"write {FILE.name} anew")
    return parser.parse_args()


def name_characters() -> tuple[str, ...]:
    """Characters of surnames and those that are frequent in given names."""
    given = Counter[str]()
    for character, _, count in map(str.split, listed("zh_given")):
        given[character] += int(count)
    frequent = {character for character, count in given.items() if count >= FREQUENT}
    invented = {*vocabulary.SURNAMES, *vocabulary.GIVEN_MALE, *vocabulary.GIVEN_FEMALE, *vocabulary.GIVEN_SECOND, *GIVEN}
    return tuple(sorted(frequent | invented | set("".join((*surnames(), *vocabulary.COMPOUND_SURNAMES)))))


def measure(page: PaperPage, kinds: frozenset[str], reader: StripReader, tally: Tally) -> None:
    for value, reading in reader.values(page, kinds):
        tally.values += 1
        printed = "".join(filter(str.isalnum, value.text))
        inside = [at for at, character in enumerate(reading.text) if not character.isspace()]
        read = "".join(reading.text[at] for at in inside)
        if _comparable(printed, read):
            tally.add(printed, read, [reading.runners_up[at] for at in inside])


def _comparable(printed: str, read: str) -> bool:
    """Whether place by place they are the same value: a third wrong at most. More, and it is mush or shifted."""
    wrong = sum(one != other for one, other in zip(printed, read, strict=False))
    return len(printed) == len(read) and 3 * wrong <= len(printed)


def pairs(tally: Tally) -> tuple[Misreading, ...]:
    """What was seen often enough, by printed character, the most frequent first. Characters of one script only."""
    counts = {pair: tally.misread[pair] + RUNNER_UP * tally.runner_up[pair] for pair in tally.misread | tally.runner_up}
    often = (
        Misreading(printed, read, round(count / tally.printed[printed], 3))
        for (printed, read), count in counts.items()
        if count >= LEAST_COUNT and read.isalnum() and _script(printed) == _script(read)
    )
    kept = (pair for pair in often if pair.weight >= LEAST_WEIGHT)
    return tuple(sorted(kept, key=lambda pair: (pair.printed, -pair.weight, pair.read)))


def _script(character: str) -> tuple[bool, bool]:
    return is_han(character), character.isascii()


def _strip(page: Pixels, box: Box) -> Strip:
    up, aside = round(box.height * _ABOVE), round(box.height * _BESIDE)
    return cut(page, np.array(Box(box.left - aside, box.top - up, box.right + aside, box.bottom + up).quad()))


def _figures(name: str, tally: Tally) -> dict[str, float]:
    count, wrong = tally.printed.total(), tally.misread.total()
    return {
        f"{name}_values": tally.values,
        f"{name}_compared": tally.compared / tally.values,
        f"{name}_characters": count,
        f"{name}_different": len(tally.printed),
        f"{name}_misread": wrong / count,
        f"{name}_runners_up": tally.runners_up / count,
        f"{name}_runners_up_right": tally.runners_up_right / tally.runners_up,
        f"{name}_pairs": len(pairs(tally)),
    }


def _file(found: Iterable[Misreading], options: argparse.Namespace) -> str:
    head = (
        "# What OCR reads in place of a character: as printed, as read, share of the printed one's occurrences.\n"
        f"# Made by: python -m bench.confusions --pages {options.pages} --seed {options.seed} --write\n"
    )
    return head + "".join(f"{pair.printed}\t{pair.read}\t{pair.weight:.3f}\n" for pair in found)


if __name__ == "__main__":
    main()
