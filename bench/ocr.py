"""How fast and how well pages are read, by this engine and by those a user could install instead, in one run on the same pages.

    python -m bench.ocr [--only NAME...] [--pages N] [--papers N] [--receipts N] [--keep] [--paddle PYTHON]
    python -m bench.ocr --report          write docs/ocr.md and its chart again from the figures kept

Every arrangement reads the forms of XFUND: its speed, memory and start are those. What else is read tells how well, not how
fast, and does not depend on the number of processes: of each engine the arrangement in two processes reads it.

All engines run in processes of their own, started and fed alike (bench/reading). Pages are in memory before the clock runs, and
each process has read the first of them. Figures are written to bench/results/ocr.json as each arrangement is done; `--keep`
goes on from those of the same commit and machine. A peer that is not installed or fails is left out, which is said.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench import results
from bench.reading import paddle_models
from bench.reading.crew import Arrangement, Crew, PeerFailed, Surroundings, Timed, at_work
from bench.reading.pages import FORM_SET, OTHER_SETS, KnownPage, PageSet
from bench.reading.report import goals, print_goals, print_tables, write_report

ARRANGEMENTS = (
    Arrangement("ours_2x1", "ours", processes=2, threads=1),
    Arrangement("ours_1x2", "ours", processes=1, threads=2),
    Arrangement("rapidocr_as_installed", "rapidocr", processes=1, threads=0),
    Arrangement("rapidocr_2x1", "rapidocr", processes=2, threads=1),
    Arrangement("rapidocr_no_classifier_as_installed", "rapidocr_no_classifier", processes=1, threads=0),
    Arrangement("rapidocr_no_classifier_2x1", "rapidocr_no_classifier", processes=2, threads=1),
    Arrangement("tesseract_as_installed", "tesseract", processes=1, threads=0),
    Arrangement("tesseract_2x1", "tesseract", processes=2, threads=1),
    Arrangement("paddleocr_as_installed", "paddleocr", processes=1, threads=0),
    Arrangement("paddleocr_2x1", "paddleocr", processes=2, threads=1),
)
PADDLE = results.ROOT / ".tools" / "paddleocr" / "bin" / "python"
"""Its OpenCV and this project's write the same folder, so it has an environment of its own (`make bench-ocr` makes it)."""

Figures = dict[str, float | str]
KEPT = results.FOLDER / "ocr.json"


@dataclass(frozen=True)
class Bench:
    """The pages of this run, loaded when first wanted, and where engines are installed."""

    counts: dict[str, int]
    paddle: Surroundings

    @cached_property
    def timed(self) -> tuple[PageSet, list[KnownPage]]:
        """What every arrangement reads: the forms, or scanned papers where they are absent."""
        forms = FORM_SET.load(self.counts["forms"])
        return (FORM_SET, forms) if forms else self.others[0]

    @cached_property
    def others(self) -> list[tuple[PageSet, list[KnownPage]]]:
        """What one arrangement of each engine reads."""
        return [(each, each.load(self.counts[each.name])) for each in OTHER_SETS]

    def surroundings(self, engine: str) -> Surroundings:
        return self.paddle if engine == "paddleocr" else Surroundings()


def main() -> None:
    options = _options()
    if not options.report:
        _measure(options)
    figures = _kept()
    print_tables(figures)
    print_goals(goals(figures))
    write_report(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [each.name for each in ARRANGEMENTS]
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, default=names, help=f"of {', '.join(names)}")
    parser.add_argument("--pages", type=int, default=20, help="forms of XFUND, of which there are 20")
    parser.add_argument("--papers", type=int, default=9, help="claim papers as scanned, and as many worn ones")
    parser.add_argument("--receipts", type=int, default=4, help="receipts of SROIE, of which there are 8")
    parser.add_argument("--keep", action="store_true", help="go on from the figures kept of this commit on this machine")
    parser.add_argument("--paddle", type=Path, default=PADDLE, help="an interpreter that has PaddleOCR")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> None:
    measured_on = {"machine": results.machine(), "commit": results.commit()}
    figures = _kept() if options.keep else {}
    if any(figures.get(name) != value for name, value in measured_on.items()):
        figures = dict(measured_on)
    with _bench(options) as bench:
        for arrangement in ARRANGEMENTS:
            if arrangement.name in options.only and f"{arrangement.name}_pages_per_minute" not in figures:
                figures |= _figures(bench, arrangement)
                _write(figures)


@contextmanager
def _bench(options: argparse.Namespace) -> Iterator[Bench]:
    counts = {
        "forms": options.pages,
        "scanned": options.papers,
        "worn": options.papers,
        "receipts": options.receipts,
        "english": options.pages,
    }
    with tempfile.TemporaryDirectory(prefix="claimkeep-bench-") as folder:
        paddle_models.write(Path(folder))
        yield Bench(counts, Surroundings(options.paddle, Path(folder)))


def _figures(bench: Bench, arrangement: Arrangement) -> Figures:
    """Empty where the engine is not there or fails, which is said."""
    print(f"{arrangement.name} ...", file=sys.stderr, flush=True)
    try:
        with at_work(arrangement, bench.surroundings(arrangement.engine)) as crew:
            figures = _named(arrangement.name, _on_timed_pages(crew, *bench.timed))
            if arrangement.processes > 1:
                for pages in bench.others:
                    figures |= _named(arrangement.engine, _on_other_pages(crew, *pages))
            return {**figures, f"{arrangement.engine}_version": crew.version}
    except (PeerFailed, FileNotFoundError) as failure:
        print(f"  left out: {failure}", file=sys.stderr)
        return {}


def _on_timed_pages(crew: Crew, pages: PageSet, known: Sequence[KnownPage]) -> dict[str, float]:
    first_page_seconds = crew.read_first(known[0].image)
    timed = crew.read([page.image for page in known])
    return {
        "pages": len(known),
        "pages_per_minute": 60 * len(known) / timed.seconds,
        "core_seconds_per_page": sum(reading.processor_seconds for reading in timed.readings) / len(known),
        "ready_seconds": crew.ready_seconds,
        "first_page_seconds": first_page_seconds,
        "memory_mb_of_one": max(crew.peak_memory_mb),
        "memory_mb_of_all": sum(crew.peak_memory_mb),
        **{f"{pages.name}_{name}": value for name, value in _judged(pages, known, timed).items()},
    }


def _on_other_pages(crew: Crew, pages: PageSet, known: Sequence[KnownPage]) -> dict[str, float]:
    if not known:
        return {}
    timed = crew.read([page.image for page in known])
    figures = {"pages": len(known), "pages_per_minute": 60 * len(known) / timed.seconds} | _judged(pages, known, timed)
    return {f"{pages.name}_{name}": value for name, value in figures.items()}


def _judged(pages: PageSet, known: Sequence[KnownPage], timed: Timed) -> dict[str, float]:
    return pages.judge([(page, reading.text) for page, reading in zip(known, timed.readings, strict=True)])


def _named(name: str, figures: dict[str, float]) -> Figures:
    return {f"{name}_{figure}": round(value, 4) for figure, value in figures.items()}


def _kept() -> Figures:
    found: Figures = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return found


def _write(figures: Figures) -> None:
    KEPT.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
