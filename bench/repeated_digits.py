"""How many repeated digits are dropped: `python -m bench.repeated_digits [--numbers N]`.

A recogniser reads one character per time step at most, and two equal ones only with a blank between: in a strip that is narrow
for its text, 57763 becomes 5763. Numbers full of repeated digits are printed on worn pages, and each is cut as from a box that
reaches 30 % of its height too far above and below, so that its digits stand close together. `first` is the share read exactly
from there, `exact` after a second look, `kept` with its alternatives; `shorter` is the share with fewer digits than printed.
Figures go to bench/results/repeated_digits.json.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.papers.damage import invent_damage, scan
from bench.papers.generate import PaperPage
from bench.papers.pieces import numbered
from bench.papers.sheet import Pen, Sheet
from bench.results import print_table, save
from schemas.geometry import Box
from workers.recognize.page_view import Pixels
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.second_look import SeenLine, second_look
from workers.recognize.strips import Strip, cut

_FACES = ("song", "hei", "ming", "thin_song", "micro_hei", "kai", "mono", "sans", "ocr")
_COLUMNS = (12.0, 72.0, 135.0)
_ROWS = 12
_LOOSE, _BESIDE = 0.3, 0.4
"""Of a line's height: how far its box reaches beyond it, above and below, and at its ends."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    printed: str
    first: str
    read: str
    others: tuple[str, ...]


class LooseReader(PpOcrEngine):
    """Reads numbers from boxes that are too high."""

    def outcomes(self, page: PaperPage) -> Iterator[_Outcome]:
        pixels = np.asarray(page.image.convert("RGB"))
        strips = [_loose(pixels, Box.around(number.boxes)) for number in page.truth.entities]
        first = self._recogniser.read(strips)
        seen = [SeenLine(strip, reading) for strip, reading in zip(strips, first, strict=True)]
        again = second_look(pixels, seen, self._recogniser)
        for number, before, after in zip(page.truth.entities, first, again, strict=True):
            others = tuple(map(_solid, after.alternatives))
            yield _Outcome(number.text, _solid(before.text), _solid(after.reading.text), others)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how many repeated digits are dropped.")
    parser.add_argument("--numbers", type=int, default=500)
    wanted = parser.parse_args().numbers
    reader, outcomes, seed = LooseReader(), list[_Outcome](), 1
    while len(outcomes) < wanted:
        outcomes += reader.outcomes(_page(seed))
        seed += 1
    figures = _figures(outcomes)
    print_table(figures)
    save("repeated_digits", figures)


def _page(seed: int) -> PaperPage:
    """Numbers in three columns, in one face and size."""
    rng = random.Random(f"repeated digits {seed}")
    damage = replace(invent_damage(rng), turn=0, skew=0.0)
    sheet = Sheet(random.Random(seed), rng.choice((150, 200)))
    pen = Pen(rng.choice(_FACES), rng.uniform(2.3, 3.6), spacing=rng.choice((0.0, 0.0, -0.05, -0.12)))
    for row in range(_ROWS):
        for column in _COLUMNS:
            sheet.put(column, 15 + row * 22, [(numbered(_number(rng), "POLICY"), pen)])
    return PaperPage(*scan(sheet.image, sheet.truth(1, "other"), damage, seed=seed))


def _number(rng: random.Random) -> str:
    """12 to 22 digits in runs of one to five."""
    length, number = rng.choice((12, 16, 18, 19, 22)), ""
    while len(number) < length:
        number += rng.choice("0123456789") * rng.choice((1, 1, 1, 2, 2, 3, 4, 5))
    return number[:length]


def _loose(page: Pixels, box: Box) -> Strip:
    up, aside = round(box.height * _LOOSE), round(box.height * _BESIDE)
    return cut(page, np.array(Box(box.left - aside, box.top - up, box.right + aside, box.bottom + up).quad()))


def _solid(text: str) -> str:
    return text.replace(" ", "")


def _figures(outcomes: Sequence[_Outcome]) -> dict[str, float]:
    count = len(outcomes)
    return {
        "numbers": count,
        "first": sum(one.first == one.printed for one in outcomes) / count,
        "first_shorter": sum(len(one.first) < len(one.printed) for one in outcomes) / count,
        "exact": sum(one.read == one.printed for one in outcomes) / count,
        "shorter": sum(len(one.read) < len(one.printed) for one in outcomes) / count,
        "kept": sum(one.printed in (one.read, *one.others) for one in outcomes) / count,
    }


if __name__ == "__main__":
    main()
