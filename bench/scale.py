"""What everything beside OCR costs a page, with the archive's parts embedded and on servers, at 1, 2 and 4 workers.

    python -m bench.scale [--papers 12] [--workers 1 2 4] [--parts embedded distributed]

First one process reads the papers with the real engine: seconds a page for OCR, and for each part of the archive. What the
engine read is kept and repeated in no time by 1, 2 and 4 processes on fresh archives: how many pages a second everything
beside OCR is good for, and where the seconds go. `share` is the seconds in catalog, store, index and queue for each second of
OCR. What an embedded archive then holds of a page, beside its original, is told too. The papers are those of samples/papers.
Writes bench/results/scale.json.
"""

import argparse
import multiprocessing
import secrets
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from archive.catalog import documents, work
from archive.logs import set_up_logs
from archive.wiring import Archive, open_archive
from bench.archives import commands
from bench.archives.on_servers import new_parts
from bench.archives.timed_parts import PARTS, TimedEngine, Times, timed
from bench.results import print_table, save
from deploy.native.stack import Stack
from schemas.page import EngineVersion, PageText
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.recognize.recorded import load_recordings, pixel_digest, save_recordings
from workers.running import child
from workers.running.deaths import own_name
from workers.tools import Tools, load_tools

PAPERS = commands.ROOT / "samples" / "papers"
_PAPER_TYPES = ("*.jpg", "*.png", "*.pdf", "*.tif")
_GOALS = {"embedded": 0.05, "distributed": 0.15}
_LOOK_SECONDS = 0.02
_LOADING_SECONDS = 120.0


class Repeating:
    """An OcrEngine that keeps what *engine* reads, and repeats it.

    It carries the version of *engine*, so that an archive cannot tell the one from the other.
    """

    def __init__(self, engine: OcrEngine, readings: dict[str, PageText]) -> None:
        self._engine = engine
        self.readings = readings

    @property
    def version(self) -> EngineVersion:
        return self._engine.version

    def read(self, image: PageImage) -> PageText:
        digest = pixel_digest(image)
        if digest not in self.readings:
            self.readings[digest] = self._engine.read(image)
        return replace(self.readings[digest], page_number=image.page_number)


def main() -> None:
    options = _options()
    papers = sorted(path for pattern in _PAPER_TYPES for path in PAPERS.glob(pattern))[: options.papers]
    figures: dict[str, float] = {}
    missed = []
    with tempfile.TemporaryDirectory(prefix="claimkeep-scale-") as name:
        room = Path(name)
        for parts in options.parts:
            figures |= _measure(room, parts, papers, options.workers)
            missed += [parts] if figures[f"{parts}_share"] > _GOALS[parts] else []
    print_table(figures)
    save("scale", figures)
    for parts in missed:
        print(
            f"{parts}: catalog, store, index and queue cost {figures[f'{parts}_share']:.1%} over OCR; goal {_GOALS[parts]:.0%}"
        )
    sys.exit(bool(missed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--parts", nargs="+", choices=tuple(_GOALS), default=list(_GOALS))
    return parser.parse_args()


def _measure(room: Path, parts: str, papers: Sequence[Path], workers: Sequence[int]) -> dict[str, float]:
    kept = room / "readings.json"
    kept.unlink(missing_ok=True)
    with _home(room / f"{parts}-real", parts) as home:
        before = _held(home, parts)
        times, pages, seconds = _run(home, papers, 1, kept)
        figures = {f"{parts}_{what}_bytes_a_page": (held - before[what]) / pages for what, held in _held(home, parts).items()}
    figures[f"{parts}_seconds_a_page"] = seconds / pages
    figures |= {f"{parts}_{part}_seconds_a_page": times[part] / pages for part in ("ocr", *PARTS)}
    figures[f"{parts}_share"] = sum(times[part] for part in PARTS) / times["ocr"]
    for count in workers:
        with _home(room / f"{parts}-{count}", parts) as home:
            times, pages, seconds = _run(home, papers, count, kept)
        figures[f"{parts}_{count}_workers_pages_a_second"] = pages / seconds
        for part in PARTS:
            figures[f"{parts}_{count}_workers_{part}_seconds_a_page"] = times[part] / pages
    return figures


def _held(home: Path, parts: str) -> dict[str, int]:
    """Bytes in use in an embedded archive; servers have their own ways to say it."""
    if parts != "embedded":
        return {}
    with closing(sqlite3.connect(home / "catalog.db")) as catalog:
        (used,) = catalog.execute("SELECT SUM(pgsize - unused) FROM dbstat").fetchone()
    originals = home / "objects" / "originals"
    made = [path for path in (home / "objects").rglob("*") if path.is_file() and originals not in path.parents]
    return {"catalog": used, "made": sum(path.stat().st_size for path in made)}


@contextmanager
def _home(home: Path, parts: str) -> Iterator[Path]:
    """An empty archive in *home*."""
    if parts == "embedded":
        commands.init(home)
        yield home
        return
    with new_parts(Stack()) as settings:
        written = home.with_suffix(".toml")
        written.write_text(settings, encoding="utf-8")
        commands.run("init", "--settings", str(written), "--home", str(home))
        yield home


def _run(home: Path, papers: Sequence[Path], workers: int, kept: Path) -> tuple[dict[str, float], int, float]:
    """Seconds by part over all processes, pages, and the seconds from the first step to the last."""
    commands.ingest(home, papers)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(workers)
    with ProcessPoolExecutor(workers, context, _begin_together, (start,)) as processes:
        done = [future.result() for future in [processes.submit(_work, home, kept) for _ in range(workers)]]
    times: dict[str, float] = defaultdict(float)
    for each in done:
        for part, seconds in each.times.items():
            times[part] += seconds
    with open_archive(home) as archive, archive.catalog.read() as connection:
        _, of_pages = documents.totals(connection)
    return times, sum(of_pages.values()), max(each.ended for each in done) - min(each.began for each in done)


@dataclass(frozen=True, slots=True)
class _Done:
    """What one process did: when, by the clock that all processes share, and its seconds by part."""

    began: float
    ended: float
    times: dict[str, float]


_start: Barrier
"""Of this process: where it waits until all have loaded what they need."""


def _begin_together(start: Barrier) -> None:
    global _start
    _start = start


def _work(home: Path, kept: Path) -> _Done:
    """One process: works until nothing waits."""
    set_up_logs("warning")
    times, tools = Times(), load_tools()
    engine = Repeating(tools.engine, load_recordings(kept) if kept.exists() else {})
    with open_archive(home) as archive:
        _start.wait(_LOADING_SECONDS)
        began = time.monotonic()
        _until_idle(archive, timed(archive, times), replace(tools, engine=TimedEngine(engine, times)))
        ended = time.monotonic()
    if not kept.exists():
        save_recordings(engine.readings, kept)
    return _Done(began, ended, dict(times.seconds))


def _until_idle(archive: Archive, watched: Archive, tools: Tools) -> None:
    """What waits on other workers is asked of *archive*, unwatched, for that is no work."""
    owner = f"{own_name()}/{secrets.token_hex(4)}"
    while not _is_idle(archive):
        lease = watched.queue.take(owner)
        if lease is None:
            time.sleep(_LOOK_SECONDS)
        else:
            child.do(watched, tools, lease)


def _is_idle(archive: Archive) -> bool:
    with archive.catalog.read() as connection:
        return work.is_idle(connection)


if __name__ == "__main__":
    main()
