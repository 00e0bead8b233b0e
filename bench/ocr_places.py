"""Whether the engine knows where each character is, and how sure it is: `python -m bench.ocr_places [--pages N] [--fit]`.

Characters read on generated pages are matched with those printed. Shown: intersection over union of their boxes; how much of a
value's ink the redactor's mask covers where it is made from the boxes of the characters read; expected calibration error (ECE,
Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602) of characters and of lines. `--fit` prints the numbers of
workers/recognize/calibration.py as they come out on other pages. Figures go to bench/results/ocr_places.json; exits with 1
where a goal is missed.
"""

import argparse
import difflib
import random
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bench.papers import KINDS, Damage, PageTruth, generate, invent_damage
from bench.results import print_table, save
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.page_image import PageImage
from workers.recognize.calibration import PRINTED, Calibration, logit
from workers.recognize.ppocr import PpOcrEngine
from workers.redact.masks import mask_boxes

JUDGED_SEED, FITTED_SEED = 46_000, 47_000
"""Pages are judged from the first on and fitted from the second on; no sample and no test has these seeds."""

DARK = 130
"""Of 255: ink of a value is darker than this in every colour; red stamps and form lines in grey are not."""

BINS = 10
GOALS = {"character_iou": 0.7, "ink_covered": 0.98}
WORST_CALIBRATION = 0.05

Ink = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A damaged page, its truth, and where its text has ink."""

    image: PageImage
    truth: PageTruth
    ink: Ink = field(repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one page showed. `characters`: confidence, and whether it was right; `lines`: confidence, and the share that was
    right. `covered`: per value read, the share of its ink under its mask."""

    overlaps: tuple[float, ...]
    covered: tuple[float, ...]
    characters: tuple[tuple[float, bool], ...]
    lines: tuple[tuple[float, float], ...]


def main() -> int:
    options = _options()
    if options.fit:
        print(fitted(_judged(PpOcrEngine(calibration=Calibration()), FITTED_SEED, options.pages)))
        return 0
    figures = _figures(list(_judged(PpOcrEngine(), JUDGED_SEED, options.pages)))
    print_table(figures)
    save("ocr_places", figures)
    missed = [name for name, goal in GOALS.items() if figures[name] < goal]
    missed += [name for name in ("characters_ece", "lines_ece") if figures[name] > WORST_CALIBRATION]
    print(f"goals missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=36, help="how many pages; the kinds of paper take turns")
    parser.add_argument("--fit", action="store_true", help="fit the calibration instead of judging it")
    return parser.parse_args()


def _judged(engine: PpOcrEngine, first_seed: int, count: int) -> Iterator[Judged]:
    for seed in range(first_seed, first_seed + count):
        page = _page(seed)
        yield judge(page, engine.read(page.image))


def _page(seed: int) -> KnownPage:
    """A page worn as archives hold them, and the same page with nothing done to it but moved."""
    kind, damage = KINDS[seed % len(KINDS)], invent_damage(random.Random(f"places {seed}"))
    worn = generate(seed, kind, damage).pages[0]
    moved = generate(seed, kind, Damage(skew=damage.skew, turn=damage.turn, seals=damage.seals)).pages[0]
    image = PageImage(1, np.asarray(worn.image.convert("RGB")), float(worn.truth.dpi))
    return KnownPage(image, worn.truth, np.asarray(moved.image.convert("RGB")).max(axis=2) < DARK)


def judge(page: KnownPage, read: PageText) -> Judged:
    """*read* against the truth of *page*."""
    overlaps: list[float] = []
    characters: list[tuple[float, bool]] = []
    lines: list[tuple[float, float]] = []
    places: dict[tuple[int, int], int] = {}  # line and character of the truth -> character of the text read
    offset = 0
    for line in read.lines:
        beside = _beside(line, page.truth)
        if beside:
            matches = matched(line.text, [page.truth.lines[index].text for index in beside])
            right = [index in matches for index in range(len(line.text))]
            characters += zip(line.char_confidences, right, strict=True)
            lines.append((line.confidence or 0.0, sum(right) / len(right)))
            for index, (beside_line, char) in matches.items():
                true = page.truth.lines[beside[beside_line]].char_boxes[char]
                places[beside[beside_line], char] = offset + index
                if not line.text[index].isspace():
                    overlaps.append(overlap(Box.around([line.char_boxes[index]]), Box.around([true])))
        offset += len(line.text) + 1
    return Judged(tuple(overlaps), tuple(_covered(page, read, places)), tuple(characters), tuple(lines))


def _beside(line: Line, truth: PageTruth) -> list[int]:
    """Lines of the truth that lie where *line* was read, in the order in which they are read."""
    own = Box.around([line.box])
    found = [index for index, other in enumerate(truth.lines) if _is_same_row(own, Box.around([other.box]))]
    start, along = line.box[0], (line.box[1][0] - line.box[0][0], line.box[1][1] - line.box[0][1])

    def place(index: int) -> float:
        (x, y), *_ = truth.lines[index].box
        return (x - start[0]) * along[0] + (y - start[1]) * along[1]

    return sorted(found, key=place)


def _is_same_row(one: Box, other: Box) -> bool:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    thinner = min(one.width, one.height, other.width, other.height)
    return min(width, height) >= 0.5 * thinner


def matched(text: str, truths: Sequence[str]) -> dict[int, tuple[int, int]]:
    """For each character of *text* that is right: which of *truths*, which run on into each other, and its place in that."""
    owners = [(number, place) for number, truth in enumerate(truths) for place in range(len(truth))]
    matcher = difflib.SequenceMatcher(None, _plain(text), _plain("".join(truths)), autojunk=False)
    return {block.a + step: owners[block.b + step] for block in matcher.get_matching_blocks() for step in range(block.size)}


def _plain(text: str) -> str:
    """Each character in its usual width."""
    folded = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(folded, text, strict=True))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = max(min(one.right, other.right) - max(one.left, other.left), 0)
    height = max(min(one.bottom, other.bottom) - max(one.top, other.top), 0)
    shared = width * height
    return shared / max(one.width * one.height + other.width * other.height - shared, 1)


def _covered(page: KnownPage, read: PageText, places: dict[tuple[int, int], int]) -> Iterator[float]:
    """Per line of each value: the share of its ink under the mask of those of its characters that were read, first to last."""
    for entity in page.truth.entities:
        for line, start, end in entity.places:
            own = [places[line, char] for char in range(start, end) if (line, char) in places]
            if len(own) * 2 < end - start:
                continue  # not read: nothing to make a mask from
            ink = np.zeros_like(page.ink)
            for quad in page.truth.lines[line].char_boxes[start:end]:
                _part(ink, quad)[:] = _part(page.ink, quad)
            masked = ink.copy()
            for box in mask_boxes(read, min(own), max(own) + 1):
                masked[box.top : box.bottom, box.left : box.right] = False
            if ink.any():
                yield 1.0 - float(masked.sum() / ink.sum())


def _part(ink: Ink, quad: Quad) -> Ink:
    box = Box.around([quad]).clipped(ink.shape[1], ink.shape[0])
    return ink[box.top : box.bottom, box.left : box.right]


def _figures(judged: Sequence[Judged]) -> dict[str, float]:
    overlaps = np.array([value for page in judged for value in page.overlaps])
    covered = np.array([value for page in judged for value in page.covered])
    characters = np.array([pair for page in judged for pair in page.characters], dtype=np.float64)
    lines = np.array([pair for page in judged for pair in page.lines], dtype=np.float64)
    return {
        "pages": len(judged),
        "characters": len(characters),
        "characters_right": float(characters[:, 1].mean()),
        "character_iou": float(overlaps.mean()),
        "character_iou_tenth_percentile": float(np.percentile(overlaps, 10)),
        "values": len(covered),
        "ink_covered": float(covered.mean()),
        "values_covered_by_98_percent": float((covered >= 0.98).mean()),
        "characters_ece": calibration_error(characters),
        "lines_ece": calibration_error(lines),
        **{f"characters_{name}": value for name, value in _reliability(characters)},
    }


def calibration_error(pairs: NDArray[np.float64]) -> float:
    """ECE of n x 2 (confidence, right), in BINS bins of equal width."""
    bins = np.minimum((pairs[:, 0] * BINS).astype(int), BINS - 1)
    parts = [pairs[bins == number] for number in range(BINS)]
    return float(sum(abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in parts if len(part)) / len(pairs))


def _reliability(pairs: NDArray[np.float64]) -> Iterator[tuple[str, float]]:
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.0)):
        part = pairs[(pairs[:, 0] > low) & (pairs[:, 0] <= high)]
        if len(part):
            yield f"between_{low}_and_{high}", len(part)
            yield f"between_{low}_and_{high}_right", float(part[:, 1].mean())


def fitted(judged: Iterable[Judged]) -> Calibration:
    """Slope and offset of the greatest likelihood, by Newton's method."""
    pairs = np.array([pair for page in judged for pair in page.characters], dtype=np.float64)
    inputs = np.column_stack(([logit(confidence) for confidence in pairs[:, 0]], np.ones(len(pairs))))
    weights = np.array([PRINTED.slope, PRINTED.offset])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-inputs @ weights))
        curvature = (inputs * (expected * (1 - expected))[:, None]).T @ inputs
        step = np.linalg.solve(curvature, inputs.T @ (pairs[:, 1] - expected))
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return replace(PRINTED, slope=round(float(weights[0]), 3), offset=round(float(weights[1]), 3))


if __name__ == "__main__":
    sys.exit(main())
