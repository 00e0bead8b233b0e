"""Whether pages that cannot be read say what they are, and handwriting is marked: `python -m bench.ocr_kinds [--pages N]`.

Blank pages, pages spoilt more and more, and drawn pictures are read to their end; shown is how each kind ended. Of generated
pages with handwriting: how many of the lines marked are handwritten and how many handwritten lines are marked, and whether the
confidences there are shares of right characters. Figures go to bench/results/ocr_kinds.json; exits with 1 where a page that is
not blank was called blank, a page was read of which most is wrong, or fewer than nine marked lines in ten are handwritten.
The pages for the second part made no threshold; those of the first part did, after runs that went worse.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.ocr_places import calibration_error, matched
from bench.papers import KINDS, Damage, PageTruth, generate, invent_damage
from bench.results import print_table, save
from schemas.geometry import Box
from schemas.page import Line, PageReading, PageState
from workers.page_image import PageImage
from workers.recognize.blank import is_blank
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.read_page import read_page

SEED = 57_000
"""Pages are generated from this seed on; no sample and no test was made with them."""

HALF = 0.5
"""A page read with fewer right characters than this is garbage."""

PRECISION = 0.9
WITH_PENS = ("accident_certificate", "outpatient_record", "power_of_attorney", "claim_application")

Pixels = NDArray[np.uint8]
Spoil = Callable[[Pixels, float, np.random.Generator], Pixels]


def _grained(pixels: NDArray[np.floating], deviation: float, noise: np.random.Generator) -> Pixels:
    return np.clip(pixels + noise.normal(0, deviation, pixels.shape[:2])[:, :, None], 0, 255).astype(np.uint8)


def _faint(pixels: Pixels, levels: float, noise: np.random.Generator) -> Pixels:
    return _grained(240 - (255 - pixels.astype(np.float32)) * levels / 255, 2.5, noise)


def _dark(pixels: Pixels, white: float, noise: np.random.Generator) -> Pixels:
    return _grained(pixels.astype(np.float32) * white / 255, 4, noise)


def _blurred(pixels: Pixels, deviation: float, noise: np.random.Generator) -> Pixels:
    return _grained(cv2.GaussianBlur(pixels, (0, 0), deviation).astype(np.float32), 2, noise)


def _small(pixels: Pixels, share: float, noise: np.random.Generator) -> Pixels:
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return _grained(small.astype(np.float32), 1, noise)


def _speckled(pixels: Pixels, share: float, noise: np.random.Generator) -> Pixels:
    chance = noise.random(pixels.shape[:2])[:, :, None]
    return np.where(chance < share / 2, 0, np.where(chance < share, 255, pixels)).astype(np.uint8)


SPOILT: dict[str, tuple[Spoil, tuple[float, ...]]] = {
    "faint": (_faint, (40, 20, 10)),  # levels of 255 between ink and paper
    "dark": (_dark, (80, 30, 12)),  # levels of the paper
    "blurred": (_blurred, (3, 5, 7, 10)),  # standard deviation in pixels at 200 dpi
    "small": (_small, (0.3, 0.2, 0.15, 0.1)),  # share of 200 dpi
    "speckled": (_speckled, (0.15, 0.3, 0.5)),  # share of pixels
}


def blank_pages(noise: np.random.Generator) -> dict[str, Pixels]:
    """Pages in A4 at 200 dpi that nobody wrote on."""
    paper = np.full((2339, 1654, 3), (247, 244, 236), np.float32)
    holes, staple, frame, fold = (paper.copy() for _ in range(4))
    for row in (1000, 1340):
        cv2.circle(holes, (90, row), 24, (50, 50, 50), cv2.FILLED, cv2.LINE_AA)
    cv2.line(staple, (120, 150), (190, 105), (70, 70, 75), 6, cv2.LINE_AA)
    for row in range(400, 2000, 160):
        cv2.rectangle(frame, (150, row), (1500, row + 160), (60, 60, 60), 3)
    fold[1160:1163] = 190
    printed = generate(SEED, KINDS[0], Damage(seals=0.0)).pages[0].image.convert("RGB")
    back = cv2.GaussianBlur(np.asarray(printed)[:, ::-1].astype(np.float32), (0, 0), 2)
    through = paper - (255 - cv2.resize(back, (1654, 2339))) * 0.07
    pages = {"plain": paper, "holes": holes, "staple": staple, "frame": frame, "fold": fold, "shows_through": through}
    return {name: _grained(page, 3, noise) for name, page in pages.items()}


def pictures(noise: np.random.Generator) -> dict[str, Pixels]:
    """Drawn: a scene of shapes, a wound on skin, foliage, a line drawing and a logo."""

    def clouds(cells: int) -> NDArray[np.float32]:
        coarse = noise.random((cells, cells, 3), dtype=np.float32)
        return np.asarray(cv2.resize(coarse, (1000, 1400), interpolation=cv2.INTER_CUBIC), np.float32)

    scene, wound = clouds(4) * 160 + 40, np.asarray(clouds(6) * 30 + (200, 155, 130), np.float32)
    foliage = np.asarray(cv2.GaussianBlur(clouds(200), (0, 0), 1) * 255, np.float32)
    drawing, logo = np.full((1400, 1000, 3), 252, np.float32), np.full((1400, 1000, 3), 255, np.float32)
    for _ in range(24):
        x, y, r = (int(noise.integers(low, high)) for low, high in ((0, 1000), (0, 1400), (20, 200)))
        cv2.ellipse(scene, (x, y), (r, r // 2), 30, 0, 360, tuple(map(float, noise.integers(10, 245, 3))), -1, cv2.LINE_AA)
        cv2.ellipse(drawing, (x, y), (2 * r, r), r, 0, 200, (40, 40, 40), 3, cv2.LINE_AA)
    cv2.ellipse(wound, (500, 700), (220, 120), 20, 0, 360, (130, 35, 40), -1, cv2.LINE_AA)
    cv2.circle(logo, (500, 600), 200, (30, 80, 160), -1, cv2.LINE_AA)
    cv2.fillPoly(logo, [np.array([(500, 450), (600, 700), (400, 700)])], (250, 200, 40), cv2.LINE_AA)
    drawn = {"scene": scene, "wound": wound, "foliage": foliage, "drawing": drawing, "logo": logo}
    return {name: _grained(np.asarray(page, np.float32), 3, noise) for name, page in drawn.items()}


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line read: whether it is by hand, whether it was marked so, and confidence and rightness of its characters."""

    by_hand: bool
    marked: bool
    characters: tuple[tuple[float, bool], ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=24, help="how many pages with handwriting")
    count = parser.parse_args().pages
    engine = PpOcrEngine()
    figures = {**_kinds(engine), **_handwriting([line for seed in range(SEED, SEED + count) for line in _lines(engine, seed)])}
    print_table(figures)
    save("ocr_kinds", figures)
    missed = figures["spoilt_pages_called_blank"] + figures["pictures_called_blank"] + figures["spoilt_pages_read_as_garbage"]
    return 1 if missed or figures["lines_marked_right"] < PRECISION else 0


def _kinds(engine: PpOcrEngine) -> dict[str, float]:
    noise = np.random.default_rng(SEED)
    blank = Counter(_outcome(read_page(PageImage(1, page), engine)) for page in blank_pages(noise).values())
    drawn = Counter(_outcome(read_page(PageImage(1, page), engine)) for page in pictures(noise).values())
    spoilt: Counter[str] = Counter()
    figures = {f"blank_pages_{name}": float(times) for name, times in blank.items()}
    figures |= {f"pictures_{name}": float(times) for name, times in drawn.items()} | {"spoilt_pages_read_as_garbage": 0.0}
    for name, reading, right in _spoilt(engine, noise):
        spoilt[f"{name}_{_outcome(reading)}"] += 1
        figures["spoilt_pages_read_as_garbage"] += reading.state is PageState.READ and right < HALF
    figures |= {f"spoilt_pages_{name}": float(times) for name, times in spoilt.items()}
    figures["spoilt_pages_called_blank"] = float(sum(times for name, times in spoilt.items() if name.endswith("_blank")))
    figures["pictures_called_blank"] = float(drawn["blank"])
    return {**figures, "blank_check_ms": _blank_check_ms()}


def _outcome(reading: PageReading) -> str:
    return reading.reason or reading.state.value


def _spoilt(engine: PpOcrEngine, noise: np.random.Generator) -> Iterator[tuple[str, PageReading, float]]:
    """How, how the page ended, and the share of the characters read that are right."""
    seed = SEED
    for name, (spoil, strengths) in SPOILT.items():
        for strength in strengths:
            page = generate(seed, KINDS[seed % len(KINDS)], Damage()).pages[0]
            pixels = np.ascontiguousarray(spoil(np.asarray(page.image.convert("RGB")), strength, noise))
            scale, seed = pixels.shape[1] / page.image.width, seed + 1
            reading = read_page(PageImage(1, pixels), engine)
            lines = reading.text.lines if reading.text else ()
            yield name, reading, _share_right(lines, _scaled(page.truth, scale))


def _scaled(truth: PageTruth, scale: float) -> PageTruth:
    return truth.moved(lambda point: (point[0] * scale, point[1] * scale), 0, 0, truth.rotation)


def _share_right(lines: Sequence[Line], truth: PageTruth) -> float:
    right = sum(len(matched(line.text, [truth.lines[index].text for index in lines_beside(line, truth)])) for line in lines)
    return right / max(sum(len(line.text) for line in lines), 1)


def lines_beside(line: Line, truth: PageTruth) -> list[int]:
    """Lines of the truth whose middle lies in *line* or the other way round, from left to right."""
    own = Box.around([line.box])
    boxes = [Box.around([other.box]) for other in truth.lines]
    near = [at for at, box in enumerate(boxes) if _holds_middle(own, box) or _holds_middle(box, own)]
    return sorted(near, key=lambda at: boxes[at].left)


def _holds_middle(outer: Box, inner: Box) -> bool:
    x, y = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    return outer.left <= x <= outer.right and outer.top <= y <= outer.bottom


def _blank_check_ms() -> float:
    """Median processor time of the check that every page goes through."""
    pages = [np.asarray(generate(SEED + n, KINDS[n], Damage()).pages[0].image.convert("RGB")) for n in range(len(KINDS))]
    spent = []
    for page in pages:
        before = time.process_time()
        is_blank(PageImage(1, page))
        spent.append(time.process_time() - before)
    return 1000 * float(np.median(spent))


def _lines(engine: PpOcrEngine, seed: int) -> Iterator[MarkedLine]:
    damage = invent_damage(random.Random(f"kinds {seed}"))
    page = generate(seed, WITH_PENS[seed % len(WITH_PENS)], damage).pages[0]
    for line in engine.read(PageImage(1, np.asarray(page.image.convert("RGB")), float(page.truth.dpi))).lines:
        beside = lines_beside(line, page.truth)
        if beside:
            true = [page.truth.lines[index] for index in beside]
            right = matched(line.text, [each.text for each in true])
            written = sum(len(each.text) for each in true if each.by_hand)
            characters = tuple((value, at in right) for at, value in enumerate(line.char_confidences))
            yield MarkedLine(2 * written > sum(len(each.text) for each in true), line.by_hand, characters)


def _handwriting(lines: Sequence[MarkedLine]) -> dict[str, float]:
    marked, written = [line for line in lines if line.marked], [line for line in lines if line.by_hand]
    characters = np.array([pair for line in written for pair in line.characters], dtype=np.float64).reshape(-1, 2)
    both = sum(line.by_hand for line in marked)
    return {
        "lines": len(lines),
        "lines_by_hand": len(written),
        "lines_marked": len(marked),
        "lines_marked_right": both / max(len(marked), 1),
        "lines_by_hand_found": both / max(len(written), 1),
        "by_hand_mean_confidence": float(characters[:, 0].mean()),
        "by_hand_characters_right": float(characters[:, 1].mean()),
        "by_hand_characters_ece": calibration_error(characters),
    }


if __name__ == "__main__":
    sys.exit(main())
