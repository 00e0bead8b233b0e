"""A live archive moves to servers, and the move is killed three times: complete and equal afterwards, and nothing lost.

    python -m bench.copying [--to servers|embedded] [--seed 1]

Half of samples/papers is taken in and worked on by the fast engine (bench/archives/fast_work.py). While a worker goes on and
the other half comes in, `claimkeep copy --switch` is started and killed with kill -9: twice with objects on their way, once
when the old place is closed and rows are on their way. The fourth run ends. Then every object is read in both places, every
row and both ledgers are compared, the index is built again, what had not come in is sent again, and work goes on to its end in
the new place. Everything named wrong_ must be 0. Writes bench/results/copying.json.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive.catalog.tables import documents, events, pages
from archive.copying import closing, moving, places
from archive.copying.moving import Difference
from archive.copying.places import Move
from archive.custody import Custody, open_batch
from archive.errors import Refused
from archive.finding import find
from archive.wiring import Archive, open_archive
from bench.archives import commands
from bench.archives.contents import event_counts, held_files, page_readings
from bench.archives.on_servers import new_parts
from bench.results import print_table, save
from deploy.native.stack import Stack
from ingest.intake import take
from schemas.query import Query

PAPERS = commands.ROOT / "samples" / "papers"
_TYPES = ("*.jpg", "*.png", "*.pdf", "*.tif")
_KILLS_OF_OBJECTS = 2
_SHARES = (0.1, 0.9)  # of the objects, between which a run is killed
_CLOSED_SECONDS = 0.05  # after the closing, within which the last kill falls
_LOOK_SECONDS = 0.002
_PAGE_ENDS = {"page.read", "page.blank", "page.failed"}
_INTAKE_SECONDS = 0.2
_FAST_WORK = (sys.executable, "-m", "bench.archives.fast_work")
_WATCHING_WORK = """
import sys
from pathlib import Path
from archive.wiring import open_archive
from bench.archives.fast_work import load
from workers.running.pool import Pool
if __name__ == "__main__":
    with open_archive(Path(sys.argv[1])) as archive:
        Pool(archive, 1, load=load).run(until_idle=False)
"""


# The move, killed.


@dataclass(slots=True)
class Intake:
    """Hands in one file after the other until the archive says that it has moved; `taken` has the digests of those that it
    acknowledged."""

    home: Path
    files: Sequence[Path]
    taken: set[str] = field(default_factory=set)
    _end: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with open_archive(self.home) as archive:
            batch = open_batch(archive, Custody("bench", "bench", "bench"))
            for path in self.files:
                try:
                    self._take(archive, batch, path)
                except Refused:
                    return  # the old place is closed; what was not acknowledged is sent again
                if self._end.wait(_INTAKE_SECONDS):
                    return

    def _take(self, archive: Archive, batch: str, path: Path) -> None:
        with path.open("rb") as file:
            receipts = list(take(archive, batch, path.name, file))
        self.taken.update(each.digest for each in receipts if each.is_held and each.digest)

    def end(self) -> None:
        self._end.set()


def main() -> None:
    options = _options()
    files = sorted(path for pattern in _TYPES for path in PAPERS.glob(pattern))
    with tempfile.TemporaryDirectory(prefix="claimkeep-copying-") as name:
        home = Path(name) / "home"
        commands.init(home)
        commands.ingest(home, files[::2])
        _work(home)
        with _target(home, options.to) as settings_file:
            figures = _measure(home, settings_file, files, random.Random(options.seed))
    print_table(figures)
    save("copying" if options.to == "servers" else "copying_embedded", figures)
    sys.exit(any(value for name, value in figures.items() if name.startswith("wrong_")))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", choices=("servers", "embedded"), default="servers")
    parser.add_argument("--seed", type=int, default=1, help="decides when a run is killed")
    return parser.parse_args()


@contextmanager
def _target(home: Path, kind: str) -> Iterator[Path]:
    if kind == "embedded":
        other = home.with_name("other")
        commands.run("init", "--home", str(other))
        for key in (home / "keys").iterdir():
            (other / "keys" / key.name).write_bytes(key.read_bytes())
        for made in other.glob("*.db*"):
            made.unlink()
        yield other / "claimkeep.toml"
        return
    with new_parts(Stack()) as written:
        path = home / "servers.toml"
        path.write_text(written, encoding="utf-8")
        yield path


def _measure(home: Path, settings_file: Path, files: Sequence[Path], rng: random.Random) -> dict[str, float]:
    there = home if settings_file.parent == home else settings_file.parent
    with open_archive(home) as old:
        queries = _queries(old)
        before = _answers(old, queries)
        intake = Intake(home, files[1::2])
        sender = threading.Thread(target=intake.run)
        with commands.started((sys.executable, "-c", _WATCHING_WORK, str(home))):
            sender.start()
            try:
                began = time.monotonic()
                kills = _interrupt(old, settings_file, rng)
                moved = _copied(home, settings_file)
                seconds = time.monotonic() - began
            finally:
                intake.end()
                sender.join()
        late = _late_writes(old)
    difference = _difference(home, settings_file, moved)
    lost = _lost(there, intake.taken)
    closed = _closed_seconds(there)
    commands.run("rebuild-index", "--home", str(there))
    with open_archive(there) as new:
        after = _answers(new, queries)
    commands.ingest(there, files[1::2])
    _work(there)
    return {
        "kills": kills,
        "objects": moved["proof"]["objects"],
        "megabytes": moved["proof"]["size"] / 1e6,
        "rows": sum(moved["proof"]["rows"].values()),
        "seconds_with_kills": seconds,
        "seconds_closed": closed,
        "files_taken_in_meanwhile": len(intake.taken),
        "queries": len(queries),
        "wrong_objects_missing": len(difference.missing),
        "wrong_objects_extra": len(difference.extra),
        "wrong_objects_changed": len(difference.changed),
        "wrong_tables": len(difference.tables),
        "wrong_ledgers": len(difference.ledger),
        "wrong_acknowledged_files_lost": lost,
        "wrong_late_writes_taken": late,
        "wrong_answers": sum(after[each] != answer for each, answer in before.items()),
        **_ends(there, files),
    }


def _interrupt(old: Archive, settings_file: Path, rng: random.Random) -> int:
    """Start the move three times and kill it; gives how often it was killed."""
    home, kills = old.home, 0
    for number in range(_KILLS_OF_OBJECTS):
        total = len(list(old.store.keys()))
        low, high = (total * (number + share) for share in _SHARES)  # half of the journal's lines: it has two an object
        kills += _killed(home, settings_file, partial(_has_lines, home, rng.uniform(low, high)))
    return kills + _killed(home, settings_file, partial(_is_closed, old), rng.uniform(0, _CLOSED_SECONDS))


def _killed(home: Path, settings_file: Path, is_time: Callable[[], bool], then_seconds: float = 0.0) -> int:
    """1 where it was, 0 where it ended before."""
    with commands.started(_copy_words(home, settings_file)) as process:
        while not is_time():
            if process.poll() is not None:
                return 0
            time.sleep(_LOOK_SECONDS)
        time.sleep(then_seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return 1


def _copied(home: Path, settings_file: Path) -> dict[str, Any]:
    words = _copy_words(home, settings_file)
    done = subprocess.run(words, cwd=commands.ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _copy_words(home: Path, settings_file: Path) -> tuple[str, ...]:
    return (*commands.COMMAND, "copy", "--to", str(settings_file), "--switch", "--json", "--home", str(home))


def _work(home: Path) -> None:
    words = (*_FAST_WORK, str(home))
    subprocess.run(words, cwd=commands.ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _has_lines(home: Path, wanted: float) -> bool:
    """Whether the journal of objects is so long."""
    return sum(path.read_bytes().count(b"\n") for path in (home / places.FOLDER).glob("*.objects")) >= wanted


def _is_closed(archive: Archive) -> bool:
    with archive.catalog.read() as connection:
        return closing.is_closed(connection)


# What came of it.


class _Silent:
    def objects(self, done: int, total: int) -> None:
        """Nobody watches."""

    def rows(self, done: int, total: int) -> None:
        """Nobody watches."""


def _difference(home: Path, settings_file: Path, moved: Mapping[str, Any]) -> Difference:
    """Old and new place compared; where the settings were exchanged, the old place is asked for by the ones that were kept."""
    if moved["kept"] is None:
        with places.opened(home, settings_file) as both:
            return moving.compare(both, _Silent())
    with places.opened(home, home / str(moved["kept"])) as both:
        return moving.compare(Move(both.target, both.source, "", switches=False), _Silent())


def _late_writes(old: Archive) -> int:
    """How many writes by a process that had the old place open before are taken."""
    try:
        open_batch(old, Custody("late", "late", "late"))
    except Refused:
        return 0
    return 1


def _lost(home: Path, taken: set[str]) -> int:
    with open_archive(home) as archive, archive.catalog.read() as connection:
        return len(taken - set(connection.execute(select(documents.c.digest)).scalars()))


def _closed_seconds(home: Path) -> float:
    """From the closing of the old place to the last of the proof, kills and starts included."""
    query = select(events.c.at).where(events.c.kind.in_(("archive.closed", moving.COPIED))).order_by(events.c.sequence)
    with open_archive(home) as archive, archive.catalog.read() as connection:
        closed, *_, copied = connection.execute(query).scalars()
    return _seconds(copied) - _seconds(closed)


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _queries(archive: Archive) -> list[str]:
    """The numbers that were read, each on one page."""
    texts = (each.text.text for file in held_files(archive) for each in page_readings(archive, file) if each.text)
    return sorted({line.rpartition("：")[2] for text in texts for line in text.split("\n") if line.startswith("身份证号")})


def _answers(archive: Archive, queries: Sequence[str]) -> dict[str, object]:
    archive.index.refresh()
    key = archive.search_key
    return {each: find(archive.index, key, Query(number=each, limit=100), entitled=True) for each in queries}


def _ends(home: Path, files: Sequence[Path]) -> dict[str, float]:
    """Pages that never came to an end, and ends that the ledger tells twice."""
    with open_archive(home) as archive:
        with archive.catalog.read() as connection:
            states = Counter(connection.execute(select(pages.c.state)).scalars())
            intact = archive.ledger.verify(connection).intact
        ends = {event: count for event, count in event_counts(archive).items() if event[0] in _PAGE_ENDS}
        held = {path.name for path in (file.path for file in held_files(archive))}
    return {
        "files": len(files),
        "pages": states.total(),
        "wrong_files_unaccounted_for": len({path.name for path in files} - held),
        "wrong_pages_not_final": states["waiting"],
        "wrong_pages_ended_twice": sum(count - 1 for count in ends.values()) + len(ends) - states.total(),
        "wrong_ledger_at_the_end": int(not intact),
    }


if __name__ == "__main__":
    main()
