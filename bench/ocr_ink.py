"""What hard ink costs a reader: `python -m bench.ocr_ink [--pages N] [--damage-pages N] [--only NAME...]`.

Stamps: the same generated pages are read without and with stamps pressed over policy and identity numbers, names, dates and
amounts, the latter also by an engine that does not take the stamps' ink off. A value is exact where it stands, in full, in the
first reading of the lines in its place; it is kept where it also stands in one of their alternatives. Damage: character error
rates of the printed lines of faint, shaded, folded and faxed pages. The figures go to bench/results/ocr_ink.json.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from bench.papers import Damage, PaperPage, TruthEntity, generate
from bench.papers.pressed import GROUPS, InkColour, Press, Stamp
from bench.reading.matching import errors_by_line, folded
from bench.results import print_table, save
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.page_image import PageImage
from workers.recognize.page_view import PageView, Pixels
from workers.recognize.ppocr import PpOcrEngine

Lines = list[Any]
"""The engine's own lines, of which nothing is asked here."""

FIRST_SEED = 61_000
KINDS = (
    "claim_application",
    "medical_bill",
    "power_of_attorney",
    "discharge_summary",
    "identity_card",
    "outpatient_record",
    "accident_certificate",
    "english_claim",
)
SCANS = (
    Damage(jpeg=75, seals=0.0),
    Damage(jpeg=60, noise=4, skew=0.7, seals=0.0),
    Damage(jpeg=85, shadow=0.3, blur=0.04, seals=0.0),
    Damage(jpeg=70, noise=3, skew=-1.2, seals=0.0),
)
COVERED = 0.2
"""Share of a value's box that lies in a stamp's from which the value counts."""

GOAL_POINTS = 3.0


@dataclass(frozen=True, slots=True)
class Stamped:
    """Pages with one kind of stamp in one colour, scanned in colour or in grey."""

    stamp: Stamp
    colour: InkColour
    grey: bool = False

    @property
    def name(self) -> str:
        return f"{self.stamp}_{self.colour}{'_on_grey_scan' if self.grey else ''}"


STAMPED = (
    Stamped("seal", "red"),
    Stamped("received", "red"),
    Stamped("personal", "red"),
    Stamped("received", "blue"),
    Stamped("received", "violet"),
    Stamped("received", "red", grey=True),
    Stamped("received", "black"),
)

DAMAGED = {
    "plain": Damage(jpeg=75, grey=True),
    "faint_0_5": Damage(jpeg=75, grey=True, faint=0.5, noise=4),
    "faint_0_7": Damage(jpeg=75, grey=True, faint=0.7, noise=4),
    "faint_0_9": Damage(jpeg=75, grey=True, faint=0.9, noise=4),
    "shadow_0_4": Damage(jpeg=75, grey=True, shadow=0.4, noise=4),
    "shadow_0_7": Damage(jpeg=75, grey=True, shadow=0.7, noise=4),
    "faint_in_shadow": Damage(jpeg=75, grey=True, faint=0.7, shadow=0.6, noise=4),
    "folds": Damage(jpeg=75, grey=True, folds=3, shadow=0.2),
    "fax": Damage(one_bit=True, grey=True, salt=0.002, noise=8, blur=0.06),
    "fax_of_shadow": Damage(one_bit=True, grey=True, shadow=0.4, salt=0.001, noise=8),
}


class _StampsLeft(PpOcrEngine):
    """The engine as it would be if it read stamps and text as one."""

    def _under_stamps(self, page: Pixels, view: PageView, lines: Lines) -> Lines:  # noqa: ARG002
        return lines


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one value under a stamp was read on the page without the stamp, with it left, and with it taken off."""

    group: str
    by_hand: bool
    bare: bool
    left: bool
    off: bool
    kept: bool


def main() -> None:
    options = _options()
    figures: dict[str, float] = {"pages": options.pages, "damage_pages": options.damage_pages}
    if options.pages:
        figures |= _stamped_figures(options.pages, options.only)
    if options.damage_pages:
        figures |= _damaged_figures(options.damage_pages)
    if not options.only:
        save("ocr_ink", figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=40, help="pages per kind and colour of stamp")
    parser.add_argument("--damage-pages", type=int, default=16, help="pages per kind of damage and resolution")
    parser.add_argument("--only", nargs="*", default=[], help="names of the stamps to press; nothing is saved then")
    return parser.parse_args()


# Stamps


def _stamped_figures(pages: int, only: Sequence[str]) -> dict[str, float]:
    left, off = _StampsLeft(), PpOcrEngine()
    figures: dict[str, float] = {}
    for stamped in STAMPED:
        if only and stamped.name not in only:
            continue
        outcomes, cost = _outcomes(stamped, pages, left, off)
        found = _shares(outcomes) | {"time_over_stamps_left": cost}
        print_table({f"{stamped.name}_{name}": value for name, value in found.items()})
        figures |= {f"{stamped.name}_{name}": value for name, value in found.items()}
    return figures


def _outcomes(stamped: Stamped, pages: int, left: PpOcrEngine, off: PpOcrEngine) -> tuple[list[Outcome], float]:
    """Every value under a stamp, and how many times as long the stamped pages take with the stamps taken off."""
    outcomes: list[Outcome] = []
    seconds = [0.0, 0.0]
    for bare, pressed in _pairs(stamped, pages):
        without = off.read(_image(bare)).lines
        readings: list[PageText] = []
        for at, engine in enumerate((left, off)):
            started = time.process_time()
            readings.append(engine.read(_image(pressed)))
            seconds[at] += time.process_time() - started
        for group, entity in _under_a_stamp(bare, pressed):
            exact = [_is_exact(entity, pressed, lines) for lines in (without, readings[0].lines, readings[1].lines)]
            kept = _is_exact(entity, pressed, readings[1].lines, with_alternatives=True)
            outcomes.append(Outcome(group, entity.by_hand, exact[0], exact[1], exact[2], kept))
    return outcomes, seconds[1] / seconds[0]


def _pairs(stamped: Stamped, pages: int) -> Iterator[tuple[PaperPage, PaperPage]]:
    """The first page of each paper without and with its stamps."""
    for number in range(pages):
        seed, kind = FIRST_SEED + number, KINDS[number % len(KINDS)]
        scan = replace(SCANS[number // len(KINDS) % len(SCANS)], grey=stamped.grey)
        dpi = (200, 150)[number % 2]
        press = Press(stamped.stamp, stamped.colour, seed)
        yield generate(seed, kind, scan, dpi=dpi).pages[0], generate(seed, kind, scan, dpi=dpi, press=press).pages[0]


def _under_a_stamp(bare: PaperPage, pressed: PaperPage) -> Iterator[tuple[str, TruthEntity]]:
    marks = [Box.around([mark.box]) for mark in pressed.truth.marks if mark not in bare.truth.marks]
    for group, entity in product(GROUPS, pressed.truth.entities):
        boxes = [Box.around([quad]) for quad in entity.boxes]
        if entity.kind in GROUPS[group] and any(_covered(box, marks) >= COVERED for box in boxes):
            yield group, entity


def _covered(box: Box, marks: Sequence[Box]) -> float:
    return sum(_shared(box, mark) for mark in marks) / max(box.width * box.height, 1)


def _shared(one: Box, other: Box) -> int:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(width, 0) * max(height, 0)


def _is_exact(entity: TruthEntity, page: PaperPage, lines: Sequence[Line], *, with_alternatives: bool = False) -> bool:
    """Whether each part of the value stands in what was read in its place."""
    parts = [folded(page.truth.lines[line].text[start:end]) for line, start, end in entity.places]
    return all(
        any(part in reading for reading in _readings(quad, lines, with_alternatives=with_alternatives))
        for part, quad in zip(parts, entity.boxes, strict=True)
    )


def _readings(quad: Quad, lines: Sequence[Line], *, with_alternatives: bool) -> Iterator[str]:
    """What was read in the row of *quad*, from left to right as one text; then, where wanted, other readings of each line."""
    box = Box.around([quad])
    there = [(Box.around([line.box]).left, line) for line in lines if _in_row(box, Box.around([line.box]))]
    yield folded("".join(line.text for _, line in sorted(there, key=lambda found: found[0])))
    for _, line in there if with_alternatives else ():
        yield from map(folded, line.alternatives)


def _in_row(box: Box, line: Box) -> bool:
    shared = min(box.bottom, line.bottom) - max(box.top, line.top)
    return box.overlaps(line) and shared > 0.5 * min(box.height, line.height)


def _shares(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares of exact values: all, printed ones, and by what they are."""
    figures: dict[str, float] = {}
    choices: dict[str, Callable[[Outcome], bool]] = {"all": lambda _: True, "printed": lambda found: not found.by_hand}
    choices |= {group: lambda found, group=group: found.group == group for group in GROUPS}  # type: ignore[misc]
    for name, wanted in choices.items():
        chosen = [found for found in outcomes if wanted(found)]
        if chosen:
            figures |= {f"{name}_values": len(chosen)}
            for reading in ("bare", "left", "off", "kept"):
                figures[f"{name}_{reading}"] = sum(getattr(found, reading) for found in chosen) / len(chosen)
    return figures


# Damage


def _damaged_figures(pages: int) -> dict[str, float]:
    engine = PpOcrEngine()
    figures: dict[str, float] = {}
    for (name, damage), dpi in product(DAMAGED.items(), (200, 100)):
        errors = length = 0
        for number in range(pages):
            page = generate(FIRST_SEED + number, KINDS[number % len(KINDS)], damage, dpi=dpi).pages[0]
            printed = _printed_lines(page)
            errors += errors_by_line(printed, folded(engine.read(_image(page)).text))
            length += sum(map(len, printed))
        figures[f"{name}_{dpi}_dpi_error_percent"] = 100 * errors / length
        print_table({f"{name}_{dpi}_dpi_error_percent": 100 * errors / length})
    return figures


def _printed_lines(page: PaperPage) -> list[str]:
    by_hand = {line for entity in page.truth.entities if entity.by_hand for line, _, _ in entity.places}
    return [folded(line.text) for at, line in enumerate(page.truth.lines) if at not in by_hand]


def _image(page: PaperPage) -> PageImage:
    return PageImage(1, np.asarray(page.image.convert("RGB")), float(page.truth.dpi))


if __name__ == "__main__":
    main()
