"""How much memory a document of very many pages takes, and whether that grows with the pages.

    python -m bench.long_document [--pages 500] [--processes 2] [--home DIR]

Writes one PDF of generated claim papers at 300 dpi, none twice, works on it with `claimkeep work`, and looks at all processes
once a second. A document goes through its stages one after another, so what is seen belongs to the stage in hand. The slope
is that of a line through a worker's memory over the pages of the document that are done, by least squares, without the first
of them; told is the steepest. Writes bench/results/long_document.json.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import psutil

from archive.wiring import Archive, open_archive
from bench import results
from bench.archives import commands
from bench.archives.contents import event_counts, held_files, totals
from bench.archives.memory import MemoryWatch, Sample
from bench.archives.scanned_pdf import Scan, write_pdf
from bench.archives.steps import StepClock, watch
from bench.papers import KINDS, generate
from schemas.work import Stage

DPI = 300
_QUALITY = 80
_FIRST_SEED = 30_000
_WARM_UP = 0.2
"""Share of the pages before memory is compared: models, caches and the allocator's own store fill first."""
_SAMPLE_SECONDS = 1.0
_GOAL_MB = 1500.0


@dataclass(frozen=True, slots=True)
class Second:
    """All processes in one second, the stage in hand, and how many of its pages were done; `at` is of the monotonic clock."""

    at: float
    stage: Stage
    pages_done: int
    samples: tuple[Sample, ...]


@dataclass(slots=True)
class Record:
    """Seconds in which something was in hand, in order."""

    archive: Archive
    clock: StepClock
    memory: MemoryWatch
    seconds: list[Second] = field(default_factory=list)
    parent_peak_mb: float = 0.0
    _last: float = 0.0

    def look(self) -> None:
        stages = self.clock.look()
        if time.monotonic() - self._last < _SAMPLE_SECONDS:
            return
        self._last, samples = time.monotonic(), self.memory.look()
        self.parent_peak_mb = max([self.parent_peak_mb, *(each.peak_mb for each in samples if each.is_parent)])
        if stages:
            stage = max(stages, key=list(Stage).index)
            self.seconds.append(Second(self._last, stage, _pages_done(self.archive, stage), samples))


def main() -> None:
    options = _options()
    with commands.home_or_temporary(options.home) as home:
        if commands.is_archive(home):
            sys.exit(f"there is an archive in {home} already; a long document is measured from its beginning")
        commands.init(home)
        size_mb = _ingest_long_document(home, options.pages, options.kind)
        with open_archive(home) as archive:
            process = commands.start_work(home, options.processes)
            record = Record(archive, StepClock(archive), MemoryWatch(psutil.Process(process.pid)))
            seconds = watch(process, record.look)
            figures = {"pages": options.pages, "processes": options.processes, "file_mb": size_mb}
            figures |= _figures(record, seconds) | _end(archive)
    results.print_table(figures)
    results.save("long_document", figures)
    sys.exit(figures["peak_mb"] > _GOAL_MB or figures["pages_final"] != options.pages)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kind", choices=KINDS, help="pages of this kind of paper only [default: all kinds]")
    parser.add_argument("--home", type=Path, help="keep the archive here")
    return parser.parse_args()


def _ingest_long_document(home: Path, pages: int, kind: str | None) -> float:
    """Takes in one PDF of so many pages; gives its size in MB."""
    with tempfile.TemporaryDirectory(prefix="claimkeep-long-") as folder:
        path = Path(folder) / "long.pdf"
        print(f"writing {pages} pages at {DPI} dpi", file=sys.stderr)
        write_pdf(path, islice(_scans(kind), pages), DPI)
        commands.ingest(home, [path])
        return path.stat().st_size / 1e6


def _scans(kind: str | None) -> Iterator[Scan]:
    """Pages without end, of one kind of paper or all, with all damage."""
    for seed in range(_FIRST_SEED, sys.maxsize):
        for page in generate(seed, kind, "random", dpi=DPI).pages:
            image = page.image if page.image.mode == "RGB" else page.image.convert("L")
            file = io.BytesIO()
            image.save(file, "JPEG", quality=_QUALITY)
            yield Scan(file.getvalue(), image.width, image.height, image.mode == "L")


def _pages_done(archive: Archive, stage: Stage) -> int:
    wanted = ("page.hidden.",) if stage is Stage.HIDE else ("page.read", "page.blank", "page.failed")
    return sum(count for (kind, *_), count in event_counts(archive).items() if kind.startswith(wanted))


def _figures(record: Record, seconds: float) -> dict[str, float]:
    peaks = [each.peak_mb for second in record.seconds for each in second.samples]
    figures = {
        "work_seconds": seconds,
        "pages_per_minute": 60 * _most_done(record.seconds) / seconds,
        "goal_mb": _GOAL_MB,
        "peak_mb": max([record.parent_peak_mb, *peaks]),
        "peak_mb_of_the_watching_process": record.parent_peak_mb,
        "worker_processes_seen": len({each.pid for second in record.seconds for each in second.samples if each.is_busy_worker}),
    }
    for stage in Stage:
        figures |= _stage_figures(stage, [second for second in record.seconds if second.stage is stage])
    return figures


def _most_done(seconds: Sequence[Second]) -> int:
    return max((second.pages_done for second in seconds if second.stage is Stage.READ), default=0)


def _stage_figures(stage: Stage, seconds: Sequence[Second]) -> dict[str, float]:
    """Peaks are of workers that were busy in that second: an idle one still holds what an earlier stage left it."""
    peaks = [each.peak_mb for second in seconds for each in second.samples if each.is_busy_worker]
    if not peaks:
        return {}  # over before anybody looked
    figures = {f"{stage}_seconds": seconds[-1].at - seconds[0].at, f"{stage}_peak_mb": max(peaks)}
    slopes = [*_slopes(seconds)] if stage.is_of_page else []
    return figures | ({f"{stage}_slope_mb_per_100_pages": max(slopes)} if slopes else {})


def _slopes(seconds: Sequence[Second]) -> Iterator[float]:
    """MB a worker gains while the document gains a hundred pages, for each that was there through half of them or more."""
    first, last = _WARM_UP * seconds[-1].pages_done, seconds[-1].pages_done
    for pid in {each.pid for second in seconds for each in second.samples if each.is_busy_worker}:
        points = [
            (second.pages_done, each.resident_mb)
            for second in seconds
            for each in second.samples
            if each.pid == pid and second.pages_done >= first
        ]
        pages, resident = (np.array(axis, float) for axis in zip(*points, strict=True)) if points else (np.zeros(0),) * 2
        if len(points) > 2 and np.ptp(pages) >= (last - first) / 2:
            yield float(100 * np.polyfit(pages, resident, 1)[0])


def _end(archive: Archive) -> dict[str, float]:
    of_pages = totals(archive)[1]
    (file,) = held_files(archive)
    return {
        "pages_final": of_pages.total() - of_pages["waiting"],
        "pages_read": of_pages["read"],
        "derivatives_ready": sum(made.state == "ready" for made in file.derivatives),
        "derivative_mb": sum(made.size or 0 for made in file.derivatives) / 1e6,
    }


if __name__ == "__main__":
    main()
