"""Nothing is lost and nothing doubled when processes are killed: `kill -9` at random moments of a small batch, again and again.

    python -m bench.kills [--runs 40] [--seed 1] [--engine fast|real] [--processes 2]

Every run works on a copy of one archive that has taken in the same few files. Once or twice something is killed: a worker, the
program with all its processes, or only the process that watches the workers; what was killed is started again until nothing
waits. Then pages, texts, derivatives and the ledger's entries must be those of a run that nobody disturbed. The fast engine
reads in no time (bench/archives/fast_work.py); the rest is what always runs. Writes bench/results/kills.json.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from archive.catalog import derivatives, work
from archive.wiring import Archive, open_archive
from bench.archives import commands
from bench.archives.contents import Event, HeldFile, event_counts, held_files, page_readings
from bench.archives.steps import LOOK_SECONDS, Step, leased
from bench.results import print_table, save
from schemas.redaction import Audience
from schemas.work import Stage

PAPERS = commands.ROOT / "samples" / "papers"
FILES = ("scan-028.tif", "scan-041.pdf", "scan-001.jpg", "scan-003.png", "scan-008.jpg", "scan-015.pdf")
"""Two documents of two pages, two of one, a blank page and a broken file: seven pages."""
KINDS = ("worker", "program", "worker", "watcher")
"""What is killed in one run and the next: half the runs lose workers, half the program."""
_MOST_SECONDS = 1800.0  # for what is left of a batch; what takes longer hangs
_LAST_SECONDS = 10.0  # for workers to notice that nobody watches them any more

PageKey = tuple[str, int]
"""Document, page number."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an archive holds when nothing waits any more."""

    pages: dict[PageKey, tuple[str, str | None]]
    """State and reason."""
    texts: dict[PageKey, str] = field(repr=False)
    events: Counter[Event] = field(repr=False)
    derivatives: Counter[tuple[str, str, str]]
    """How many current files each document has, by audience and state."""
    is_complete: bool
    is_intact: bool
    objects_left_over: int
    """Objects that no row of the catalog names: of steps that were killed before they could say so."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was killed, which stages were in hand each time, and what came of it."""

    kind: str
    in_hand: tuple[frozenset[Stage], ...]
    outcome: Outcome
    workers_left: int
    seconds: float


@dataclass(slots=True)
class Killer:
    """Starts the program on the archive in *home* until nothing waits, and kills of it what *kind* says, after each of
    *moments*: seconds from when work is seen to go on."""

    home: Path
    program: tuple[str, ...]
    kind: str
    moments: list[float]
    rng: random.Random
    in_hand: list[frozenset[Stage]] = field(default_factory=list)
    _unwatched: list[psutil.Process] = field(default_factory=list)

    def work(self, archive: Archive) -> None:
        while not _is_idle(archive):
            with commands.started(self.program) as process:
                self._kill(archive, process)
                process.wait(_MOST_SECONDS)

    def workers_left(self) -> int:
        """How many workers outlived their watcher; they are ended now."""
        _, alive = psutil.wait_procs(self._unwatched, _LAST_SECONDS)
        for each in alive:
            each.kill()
        return len(alive)

    def _kill(self, archive: Archive, process: "subprocess.Popen[bytes]") -> None:
        while self.moments and _await_step(process, archive):
            if _ends(process, within=self.moments.pop()) or _is_idle(archive):
                return
            self.in_hand.append(frozenset(step.stage for step in leased(archive)))
            if self.kind != "worker":
                self._kill_program(process)
                return
            self.rng.choice(_workers(process)).kill()

    def _kill_program(self, process: "subprocess.Popen[bytes]") -> None:
        if self.kind == "program":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            self._unwatched += _workers(process)
            process.kill()


def main() -> None:
    options = _options()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="claimkeep-kills-") as name:
        first = Path(name) / "first"
        commands.init(first)
        commands.ingest(first, [PAPERS / file for file in FILES])
        calm, seconds = _undisturbed(first, options)
        print(f"undisturbed: {len(calm.pages)} pages, {seconds:.1f} s at work, {calm.objects_left_over} objects left over")
        runs = [_run(first, options, rng, number, seconds, calm) for number in range(1, options.runs + 1)]
    figures = _figures(runs, calm)
    print_table(figures)
    save("kills", figures)
    sys.exit(any(figures[name] for name in _faults(calm, calm)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1, help="decides what is killed and when")
    parser.add_argument("--engine", choices=("fast", "real"), default="fast")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def _undisturbed(first: Path, options: argparse.Namespace) -> tuple[Outcome, float]:
    """What should come out, and the seconds from the first step to the end of the last."""
    with _copy_of(first) as home, open_archive(home) as archive, commands.started(_program(home, options)) as process:
        _await_step(process, archive)
        began = time.monotonic()
        while not _is_idle(archive):
            time.sleep(LOOK_SECONDS)
        seconds = time.monotonic() - began
        process.wait(_MOST_SECONDS)
        return _outcome(archive), seconds


def _run(first: Path, options: argparse.Namespace, rng: random.Random, number: int, seconds: float, calm: Outcome) -> Run:
    """One run; where it ended before anything was killed, it is done again with other moments."""
    kind, began = KINDS[(number - 1) % len(KINDS)], time.monotonic()
    with _copy_of(first) as home, open_archive(home) as archive:
        moments = [rng.uniform(0, seconds) for _ in range(rng.randint(1, 2))]
        killer = Killer(home, _program(home, options), kind, moments, rng)
        killer.work(archive)
        left = killer.workers_left()
        run = Run(kind, tuple(killer.in_hand), _outcome(archive), left, time.monotonic() - began)
    if not run.in_hand:
        return _run(first, options, rng, number, seconds, calm)
    _print_run(number, run, calm)
    return run


@contextmanager
def _copy_of(first: Path) -> Iterator[Path]:
    home = first.with_name("home")
    shutil.copytree(first, home)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def _program(home: Path, options: argparse.Namespace) -> tuple[str, ...]:
    processes = ("--processes", str(options.processes))
    if options.engine == "fast":
        return (sys.executable, "-m", "bench.archives.fast_work", str(home), *processes)
    return (*commands.COMMAND, "work", *processes, "--home", str(home))


def _await_step(process: "subprocess.Popen[bytes]", archive: Archive) -> bool:
    """Wait until a step is begun; False where the program ends without."""
    former: set[Step] = leased(archive)
    while process.poll() is None:
        if leased(archive) - former:
            return True
        time.sleep(LOOK_SECONDS / 4)
    return False


def _ends(process: "subprocess.Popen[bytes]", within: float) -> bool:
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def _workers(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Its worker processes; one more child keeps multiprocessing's own accounts."""
    children = psutil.Process(process.pid).children()
    return sorted((each for each in children if "--multiprocessing-fork" in each.cmdline()), key=lambda each: each.pid)


def _is_idle(archive: Archive) -> bool:
    with archive.catalog.read() as connection:
        return work.is_idle(connection)


# What came of it.


def _outcome(archive: Archive) -> Outcome:
    files = [file for file in held_files(archive) if file.document]
    made = [each for file in files for each in file.derivatives]
    with archive.catalog.read() as connection:
        is_intact = archive.ledger.verify(connection).intact
    return Outcome(
        pages={(page.document_id, page.page_number): (page.state.value, page.reason) for file in files for page in file.pages},
        texts={key: text for file in files for key, text in _texts(archive, file)},
        events=event_counts(archive),
        derivatives=Counter((each.document_id, each.audience, each.state) for each in made),
        is_complete=_is_idle(archive) and all(file.document.state != "waiting" for file in files if file.document),
        is_intact=is_intact,
        objects_left_over=len(_stored(archive) - _named(archive, files)),
    )


def _texts(archive: Archive, file: HeldFile) -> Iterator[tuple[PageKey, str]]:
    for reading in page_readings(archive, file):
        if file.document and reading.text:
            yield (file.document.document_id, reading.page_number), reading.text.text


def _stored(archive: Archive) -> set[str]:
    root = archive.home / "objects"
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def _named(archive: Archive, files: Sequence[HeldFile]) -> set[str | None]:
    named: set[str | None] = set()
    for file in files:
        if file.document:
            named |= {file.document.original_key, file.document.plan_key}
            named |= {page.reading_key for page in file.pages} | {each.object_key for each in file.derivatives}
            named |= _burnt(archive, file.document.document_id)
    return named


def _burnt(archive: Archive, document_id: str) -> set[str | None]:
    with archive.catalog.read() as connection:
        rows = [row for audience in Audience for row in derivatives.pages_of(connection, document_id, audience)]
    return {row.object_key for row in rows}


def _faults(outcome: Outcome, calm: Outcome) -> dict[str, int]:
    """How often *outcome* is not what came of the run that nobody disturbed."""
    lost, extra = calm.events - outcome.events, outcome.events - calm.events
    return {
        "pages_lost": sum(outcome.pages.get(key) != end for key, end in calm.pages.items()),
        "pages_doubled": _ends_of_pages(extra) + len(outcome.pages.keys() - calm.pages.keys()),
        "page_texts_different": sum(outcome.texts.get(key) != text for key, text in calm.texts.items()),
        "derivatives_lost": (calm.derivatives - outcome.derivatives).total(),
        "derivatives_doubled": (outcome.derivatives - calm.derivatives).total(),
        "ledger_entries_lost": lost.total(),
        "ledger_entries_doubled": extra.total(),
        "ledgers_broken": int(not outcome.is_intact),
        "batches_incomplete": int(not outcome.is_complete),
    }


def _ends_of_pages(events: Counter[Event]) -> int:
    return sum(count for (kind, *_), count in events.items() if kind in {"page.read", "page.blank", "page.failed"})


def _print_run(number: int, run: Run, calm: Outcome) -> None:
    wrong = {name: count for name, count in _faults(run.outcome, calm).items() if count}
    stages = " | ".join("+".join(sorted(stages)) or "nothing" for stages in run.in_hand)
    verdict = str(wrong) if wrong or run.workers_left else "as undisturbed"
    print(f"{number:4}  {run.kind:8}  {run.seconds:6.1f} s  in hand: {stages:32}  {verdict}", flush=True)


def _figures(runs: Sequence[Run], calm: Outcome) -> dict[str, float]:
    kills = Counter(run.kind for run in runs for _ in run.in_hand)
    stages = Counter(stage.value for run in runs for in_hand in run.in_hand for stage in in_hand)
    faults: Counter[str] = Counter(dict.fromkeys(_faults(calm, calm), 0))
    for run in runs:
        faults.update(_faults(run.outcome, calm))
    return {
        "runs": len(runs),
        "pages_a_run": len(calm.pages),
        **{f"runs_{kind}": sum(run.kind == kind for run in runs) for kind in dict.fromkeys(KINDS)},
        "kills": kills.total(),
        **{f"kills_of_{kind}": count for kind, count in kills.items()},
        **{f"kills_during_{stage}": stages[stage] for stage in Stage},
        "kills_between_steps": sum(not in_hand for run in runs for in_hand in run.in_hand),
        **faults,
        "workers_left_running": sum(run.workers_left for run in runs),
        "objects_left_over": sum(run.outcome.objects_left_over for run in runs),
        "seconds": sum(run.seconds for run in runs),
    }


if __name__ == "__main__":
    main()
