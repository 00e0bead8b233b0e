"""How many policy, identity and card numbers are read exactly: `python -m bench.numbers [--numbers N] [--seed S]`.

Pages full of numbers (`bench.papers.number_pages`), worn as generated papers are, are read until N numbers have been. A number
is taken from the one line that holds most of its characters: those whose middles lie in the box where it was printed.

`first`  the number is exact before the second look, groups of four put together; `exact` in what the page says after it
`kept`   exact there, or one of the values that extraction keeps beside it (`workers.extract.other_readings`): another reading
         of its line, or the number with one character replaced by one of that character's runners-up
`entity` the same two questions of the entities found on the page: exact is the normal form or the text as read

Besides: numbers shorter than printed (dropped digits), lone digits of the register's first column, and the second look's cost.
Figures go to bench/results/numbers.json.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.papers.generate import PaperPage
from bench.papers.number_pages import KINDS, number_page
from bench.papers.truth import PageTruth, TruthEntity
from bench.results import print_table, save
from schemas.entity import Entity
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.extract.extractor import Extractor
from workers.extract.normalise import compact, normalise
from workers.extract.other_readings import other_values
from workers.page_image import PageImage
from workers.recognize import second_look
from workers.recognize.page_view import Pixels
from workers.recognize.ppocr import PpOcrEngine, _FoundLine
from workers.recognize.recognition import StripReading
from workers.recognize.strips import Strip, quad_points

_NAMES = {"POLICY": "policy", "CN_ID18": "identity", "CN_ID15": "identity", "CN_BANK": "card"}
_MARGIN = 6
"""Pixels around a number's box in which the middle of one of its characters may lie."""


class WatchedEngine(PpOcrEngine):
    """Keeps the lines of the last page as they were before the second look, and what that cost."""

    def __init__(self) -> None:
        super().__init__()
        self.first: tuple[Line, ...] = ()
        self.again = 0
        self.seconds = 0.0

    def _looked_again(self, page: Pixels, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        self.first = tuple(_as_line(line.strip, line.reading) for line in lines)
        self.again = sum(len(tuple(second_look.doubtful(line.reading))) for line in lines)
        started = time.process_time()
        looked = super()._looked_again(page, lines)
        self.seconds = time.process_time() - started
        return looked


def _as_line(strip: Strip, reading: StripReading) -> Line:
    boxes = tuple(_quad(strip, left, right) for left, right in reading.columns)
    return Line(reading.text, _quad(strip, 0.0, strip.width), boxes)


def _quad(strip: Strip, left: float, right: float) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in quad_points(strip, left, right))
    return (a, b, c, d)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one printed number."""

    kind: str
    printed: str
    read_first: str
    read: str
    first: bool
    exact: bool
    kept: bool
    entity_exact: bool
    entity_kept: bool
    first_shorter: bool
    shorter: bool


@dataclass
class _Tally:
    outcomes: list[_Outcome] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    seconds_again: float = 0.0


def main() -> None:
    options = _options()
    engine, extractor, tally = WatchedEngine(), Extractor(), _Tally()
    seed = options.seed
    while len(tally.outcomes) < options.numbers:
        done = len(tally.outcomes)
        _measure(number_page(seed), engine, extractor, tally)
        if options.show:
            _show(seed, tally.outcomes[done:])
        seed += 1
    figures = _figures(tally)
    print_table(figures)
    save("numbers", figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how many numbers are read exactly.")
    parser.add_argument("--numbers", type=int, default=5000, help="read pages until so many numbers have been read")
    parser.add_argument("--seed", type=int, default=1, help="of the first page")
    parser.add_argument("--show", action="store_true", help="print every number that was not read exactly at first")
    return parser.parse_args()


def _measure(page: PaperPage, engine: WatchedEngine, extractor: Extractor, tally: _Tally) -> None:
    image = PageImage(1, np.asarray(page.image.convert("RGB")), float(page.truth.dpi))
    started = time.process_time()
    text = engine.read(image)
    tally.seconds += time.process_time() - started
    tally.seconds_again += engine.seconds
    tally.counts.update(pages=1, lines=len(text.lines), again=engine.again)
    tally.counts.update(_lone_digits(page.truth, text))
    entities = extractor.entities_on_page(text)
    tally.outcomes += (_outcome(number, engine.first, text, entities) for number in page.truth.entities if number.kind in KINDS)


def _outcome(number: TruthEntity, first: Sequence[Line], text: PageText, entities: Sequence[Entity]) -> _Outcome:
    box, value = Box.around(number.boxes), _plain(number.text)
    before, _ = _read_at(first, box)
    after, (start, end) = _read_at(text.lines, box)
    found = [entity for entity in entities if any(_holds(box, _middle(quad)) for quad in entity.boxes)]
    said = {form for entity in found for form in (_plain(entity.text), entity.canonical)}
    return _Outcome(
        kind=_NAMES[number.kind],
        printed=value,
        read_first=before,
        read=after,
        first=before == value,
        exact=after == value,
        kept=after == value or (end > start and value in other_values(text, start, end)),
        entity_exact=value in said,
        entity_kept=value in said or any(value in entity.alternatives for entity in found),
        first_shorter=len(before) < len(value),
        shorter=len(after) < len(value),
    )


def _show(seed: int, outcomes: Sequence[_Outcome]) -> None:
    for one in outcomes:
        if not (one.first and one.exact):
            print(
                f"{seed} {one.kind} {one.printed}: {one.read_first or '-'}, {one.read or '-'}{'' if one.kept else ', lost'}",
                flush=True,
            )


def _read_at(lines: Sequence[Line], box: Box) -> tuple[str, tuple[int, int]]:
    """The letters and digits that one line has within *box*, and their span in the text of all lines."""
    best, span, offset = "", (0, 0), 0
    for line in lines:
        inside = [at for at, quad in enumerate(line.char_boxes) if _holds(box, _middle(quad))]
        read = _plain("".join(line.text[at] for at in inside if line.text[at].isalnum()))
        if len(read) > len(best):
            best, span = read, (offset + inside[0], offset + inside[-1] + 1)
        offset += len(line.text) + 1
    return best, span


def _lone_digits(truth: PageTruth, text: PageText) -> Mapping[str, int]:
    lone = [line for line in truth.lines if len(line.text) == 1 and line.text.isdigit()]
    right = sum(_read_at(text.lines, Box.around([line.box]))[0] == line.text for line in lone)
    return {"lone": len(lone), "lone_read": right}


def _middle(quad: Quad) -> tuple[float, float]:
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def _holds(box: Box, place: tuple[float, float]) -> bool:
    across, down = place
    return box.left - _MARGIN <= across < box.right + _MARGIN and box.top - _MARGIN / 2 <= down < box.bottom + _MARGIN / 2


def _plain(text: str) -> str:
    return compact(normalise(text).text)


def _figures(tally: _Tally) -> dict[str, float]:
    counts = tally.counts
    figures: dict[str, float] = {"numbers": len(tally.outcomes), "pages": counts["pages"]}
    figures |= dict(_shares("", tally.outcomes))
    for kind in dict.fromkeys(_NAMES.values()):
        figures |= dict(_shares(f"{kind}_", [outcome for outcome in tally.outcomes if outcome.kind == kind]))
    return figures | {
        "lone_digits": counts["lone"],
        "lone_digits_read": counts["lone_read"] / max(counts["lone"], 1),
        "lines_per_page": counts["lines"] / counts["pages"],
        "read_again_per_page": counts["again"] / counts["pages"],
        "seconds_per_page": tally.seconds / counts["pages"],
        "second_look_share_of_time": tally.seconds_again / tally.seconds,
    }


def _shares(name: str, outcomes: Sequence[_Outcome]) -> Iterator[tuple[str, float]]:
    for figure in ("first", "exact", "kept", "entity_exact", "entity_kept", "first_shorter", "shorter"):
        yield f"{name}{figure}", sum(getattr(outcome, figure) for outcome in outcomes) / max(len(outcomes), 1)


if __name__ == "__main__":
    main()
