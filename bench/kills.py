"""Nothing is lost and nothing doubled when processes are killed: `kill -9`, at random moments of a small batch, again and again.

    python -m bench.kills [--runs 40] [--seed 1] [--engine fast|real] [--processes 2]

Every run works on a copy of one archive that has taken in the same few files, and is killed once or twice: a worker process, the
program with all its processes, or only the process that watches the workers. What was killed is started again until nothing
waits. Then pages, texts and ledger entries must be those of a run that nobody disturbed. The fast engine reads in no time (see
bench/archives/fast_work.py); the rest is what always runs. Writes bench/results/kills.json.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from archive.catalog import work
from archive.catalog.documents import Page
from archive.wiring import Archive, open_archive
from bench.archives import commands
from bench.archives.contents import Event, event_counts, held_files, page_texts
from bench.archives.steps import LOOK_SECONDS, StepClock
from bench.results import save

PAPERS = commands.ROOT / "samples" / "papers"
FILES = ("scan-028.tif", "scan-041.pdf", "scan-001.jpg", "scan-003.png", "scan-008.jpg", "scan-015.pdf")
"""Two documents of two pages, two of one, a blank page and a broken file: seven pages."""
KINDS = ("worker", "program", "worker", "watcher")
"""What is killed in one run and the next: half the runs lose workers, half the program."""
_MOST_SECONDS = 1800.0  # for one run to end; one that takes longer will not


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an archive holds when nothing waits any more."""

    pages: dict[tuple[str, int], tuple[str, str | None]]
    """State and reason of every page."""
    texts: dict[tuple[str, int], str | None] = field(repr=False)
    events: Counter[Event] = field(repr=False)
    derivatives: Counter[tuple[str, str, str]]
    """How many current files each document has for each audience in each state."""
    is_complete: bool
    is_intact: bool
    objects_left_over: int
    """Objects that no row of the catalog names: made by a step that was killed before it could say so."""


@dataclass(slots=True)
class Disturbed:
    """One run: how often it was killed, what was in hand then, and what came of it."""

    kind: str
    in_hand: list[str]
    outcome: Outcome
    seconds: float


def main() -> None:
    options = _options()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="claimkeep-kills-") as name:
        folder = Path(name)
        _make(folder / "first")
        calm, seconds = _undisturbed(folder, options)
        print(f"undisturbed: {len(calm.pages)} pages, {seconds:.1f} s at work, {calm.objects_left_over} objects left over")
        runs = [_run(folder, options, rng, number, seconds, calm) for number in range(1, options.runs + 1)]
    figures = _figures(runs, calm)
    save("kills", figures)
    sys.exit(any(figures[name] for name in FAULTS))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1, help="decides what is killed and when")
    parser.add_argument("--engine", choices=("fast", "real"), default="fast")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


# The archive that all runs begin with.


def _make(home: Path) -> None:
    commands.init(home)
    commands.ingest(home, [PAPERS / file for file in FILES])


def _copy(folder: Path, name: str) -> Path:
    return Path(shutil.copytree(folder / "first", folder / name))


# Runs.


def _undisturbed(folder: Path, options: argparse.Namespace) -> tuple[Outcome, float]:
    """What should come out, and the seconds between the first step and the end."""
    home = _copy(folder, "calm")
    with open_archive(home) as archive, _started(home, options) as program:
        _await_work(program, archive)
        began = time.monotonic()
        program.wait(_MOST_SECONDS)
        return _outcome(archive), time.monotonic() - began


def _run(folder: Path, options: argparse.Namespace, rng: random.Random, number: int, seconds: float, calm: Outcome) -> Disturbed:
    """One run; where it ended before anything could be killed, it is done again with other moments."""
    kind = KINDS[(number - 1) % len(KINDS)]
    while True:
        home = _copy(folder, f"run-{number}")
        moments = [rng.uniform(0, seconds) for _ in range(rng.randint(1, 2))]
        began = time.monotonic()
        in_hand = list(_disturb(home, options, rng, kind, moments))
        with open_archive(home) as archive:
            run = Disturbed(kind, in_hand, _outcome(archive), time.monotonic() - began)
        shutil.rmtree(home)
        if in_hand:
            faults = {name: count for name, count in _faults(run.outcome, calm).items() if count}
            print(f"{number:3}  {kind:8} {run.seconds:6.1f} s  in hand: {' | '.join(in_hand):40} {faults or 'as it should be'}", flush=True)
            return run


def _disturb(home: Path, options: argparse.Namespace, rng: random.Random, kind: str, moments: list[float]) -> Iterator[str]:
    """Kill at *moments*, each in seconds from when work is seen to go on; gives what was in hand each time."""
    with open_archive(home) as archive:
        while moments:
            with _started(home, options) as program:
                while moments and _await_work(program, archive) and not _has_ended(program, moments.pop()):
                    yield _in_hand(archive)
                    _kill(program, kind, rng)
                    if kind != "worker":
                        break
                else:
                    program.wait(_MOST_SECONDS)
        while not _is_idle(archive):
            with _started(home, options) as program:
                program.wait(_MOST_SECONDS)


@contextmanager
def _started(home: Path, options: argparse.Namespace) -> "Iterator[subprocess.Popen[bytes]]":
    """The program at work, in a session of its own so that all of it can be killed at once; nothing of it stays behind."""
    fast = (sys.executable, "-m", "bench.archives.fast_work", str(home), "--processes", str(options.processes))
    real = (*commands.COMMAND, "work", "--json", "--processes", str(options.processes), "--home", str(home))
    words = fast if options.engine == "fast" else real
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    program = subprocess.Popen(words, cwd=commands.ROOT, start_new_session=True, **silent)  # noqa: S603
    try:
        yield program
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def _await_work(program: "subprocess.Popen[bytes]", archive: Archive) -> bool:
    """Wait until a step is in hand that was not before; False where the program ends first."""
    clock = StepClock(archive)
    clock.look()
    former = set(clock.seconds) | clock.in_hand
    while program.poll() is None:
        clock.look()
        if clock.in_hand - former:
            return True
        time.sleep(LOOK_SECONDS / 4)
    return False


def _has_ended(program: "subprocess.Popen[bytes]", within: float) -> bool:
    try:
        program.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(program: "subprocess.Popen[bytes]", kind: str, rng: random.Random) -> None:
    if kind == "program":
        os.killpg(program.pid, signal.SIGKILL)
    elif kind == "watcher":
        program.kill()
    elif workers := _workers(program):
        rng.choice(workers).kill()
    if kind != "worker":
        program.wait()


def _workers(program: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Its worker processes; a further child keeps account of multiprocessing's own things."""
    children = psutil.Process(program.pid).children()
    return sorted((each for each in children if "--multiprocessing-fork" in each.cmdline()), key=lambda each: each.pid)


def _in_hand(archive: Archive) -> str:
    return "+".join(sorted(StepClock(archive).look())) or "nothing"


def _is_idle(archive: Archive) -> bool:
    with archive.catalog.read() as connection:
        return work.is_idle(connection)


# What came of it.


def _outcome(archive: Archive) -> Outcome:
    files = [file for file in held_files(archive) if file.document]
    texts = {key: text for file in files for key, text in _texts(archive, file)}
    with archive.catalog.read() as connection:
        is_intact = archive.ledger.verify(connection).intact
    return Outcome(
        pages={_key(page): (page.state.value, page.reason) for file in files for page in file.pages},
        texts=texts,
        events=event_counts(archive),
        derivatives=Counter((made.document_id, made.audience, made.state) for file in files for made in file.derivatives),
        is_complete=_is_idle(archive) and all(file.document.state != "waiting" for file in files if file.document),
        is_intact=is_intact,
        objects_left_over=_objects_left_over(archive),
    )
