"""Whether a worker's memory stays flat over thousands of pages: `python -m bench.ocr_memory [--pages N]`.

One process loads what a worker loads, reads pages one after the other as a worker does, and looks for entities in them.
The pages are parts of generated claim papers, every one cut anew at another place and size, so that shapes hardly ever
repeat; one in fifty is whole. Resident memory is given as the mean over the 100 pages before each mark. Figures go to
bench/results/ocr_memory.json; exits with 1 where memory passes 1.3 GB, or grows by 1 % or more after page 500.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from statistics import fmean

import numpy as np
import psutil

from bench.papers import KINDS, generate
from bench.results import print_table, save
from workers.page_image import PageImage
from workers.recognize.read_page import read_page
from workers.tools import load_tools

FIRST_SEED = 48_000
PAPERS = 9
WHOLE = 0.02
"""Share of pages that are read whole."""

WINDOW = 100
SETTLED = 500
GOAL_MB, GOAL_GROWTH = 1300.0, 0.01


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    count = parser.parse_args().pages
    tools, process = load_tools(), psutil.Process()
    resident: list[float] = []
    lines = 0
    for number, image in enumerate(_pages(count), start=1):
        reading = read_page(image, tools.engine)
        if reading.text is not None:
            tools.extractor.entities_on_page(reading.text)
            lines += len(reading.text.lines)
        resident.append(process.memory_info().rss / 2**20)
        if number % WINDOW == 0:
            print(f"page {number:>5}: {fmean(resident[-WINDOW:]):7.1f} MB", flush=True)
    figures = {"pages": count, "lines": lines, **_figures(resident)}
    print_table(figures)
    save("ocr_memory", figures)
    return 1 if figures["peak_mb"] > GOAL_MB or figures.get("growth_after_500", 0.0) >= GOAL_GROWTH else 0


def _pages(count: int) -> Iterator[PageImage]:
    """Parts of papers, *count* of them; the same on every run."""
    rng = random.Random(FIRST_SEED)
    papers = [_paper(FIRST_SEED + index) for index in range(PAPERS)]
    for number in range(1, count + 1):
        paper = rng.choice(papers)
        height, width = paper.shape[:2]
        wide, high = (width, height) if rng.random() < WHOLE else (rng.randint(160, 480), rng.randint(60, 200))
        left, top = rng.randint(0, max(width - wide, 0)), rng.randint(0, max(height - high, 0))
        yield PageImage(number, np.ascontiguousarray(paper[top : top + high, left : left + wide]), 200.0)


def _paper(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(generate(seed, KINDS[seed % len(KINDS)], "random").pages[0].image.convert("RGB"))


def _figures(resident: Sequence[float]) -> dict[str, float]:
    marks = [mark for mark in (100, 500, 1000, 1500, 2000, 2500, 3000) if mark <= len(resident)]
    around = {mark: fmean(resident[mark - WINDOW : mark]) for mark in marks}
    figures = {f"mb_at_page_{mark}": around[mark] for mark in marks} | {"peak_mb": max(resident)}
    if len(resident) > SETTLED:
        figures["growth_after_500"] = fmean(resident[-WINDOW:]) / around[SETTLED] - 1
    return figures


if __name__ == "__main__":
    sys.exit(main())
