"""The faults. Each happens to a rig in the middle of a batch and is over when it returns: from then on nobody does anything."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from errno import ENOSPC
from functools import partial
from pathlib import Path

from sqlalchemy import select

from archive.catalog.tables import work
from bench.faulty import wrong_clock
from bench.faulty.rig import Rig
from bench.faulty.servers import PARTS
from schemas.work import Job, Stage

_AWAY_SECONDS = 3.0  # between the end of a server and its new start
_CUT_SECONDS = 5.0
_SILENT_SECONDS = 7.0  # longer than what our processes wait for an answer
_SLOW_SECONDS = 8.0
_FULL_SECONDS = 5.0
_RESTART_SECONDS = 1.0  # until whoever runs services starts a program again
_HOUR = 3600
_COPIES = 3  # of each message

Strike = Callable[[Rig, random.Random], None]


def _as_usual(_rig: Rig) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Fault:
    """`strike` does it; `part` is what of the archive it takes away, for as long as that lasts. `around` is entered before the
    batch begins and left when it has ended. A fault of uploads strikes as soon as there are some; `poison` says that the batch
    has the page that kills."""

    name: str
    strike: Strike
    part: str = ""
    around: Callable[[Rig], AbstractContextManager[None]] = _as_usual
    of_uploads: bool = False
    poison: bool = False


# Our own processes.


def _kill_worker(rig: Rig, rng: random.Random) -> None:
    rng.choice(rig.workers.hands()).kill()


def _kill_bringer(rig: Rig, _rng: random.Random) -> None:
    rig.workers.bringer().kill()


def _kill_workers(rig: Rig, _rng: random.Random) -> None:
    rig.workers.kill()
    time.sleep(_RESTART_SECONDS)
    rig.workers.start()


def _kill_api(rig: Rig, _rng: random.Random) -> None:
    rig.api.kill()
    time.sleep(_RESTART_SECONDS)
    rig.api.start()


def _nothing(_rig: Rig, _rng: random.Random) -> None:
    """What is wrong is in the batch itself."""


# The servers.


def _kill(name: str, rig: Rig, _rng: random.Random) -> None:
    rig.servers.stack.kill(name)
    time.sleep(_AWAY_SECONDS)
    rig.servers.stack.start(name)


def _restart(name: str, rig: Rig, _rng: random.Random) -> None:
    rig.servers.stack.restart(name)


def _fill_disk(rig: Rig, _rng: random.Random) -> None:
    ballast = rig.servers.disk / "ballast"
    try:
        _fill(ballast)
        time.sleep(_FULL_SECONDS)
    finally:
        ballast.unlink()


def _fill(ballast: Path) -> None:
    """Write until there is no room for another page of memory."""
    with ballast.open("wb", buffering=0) as file:
        for size in (2**24, 2**16, 2**12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != ENOSPC:
                    raise


# The way between them.


def _cut(name: str, rig: Rig, _rng: random.Random) -> None:
    with rig.servers.proxies.cut(name):
        time.sleep(_CUT_SECONDS)


def _silence(name: str, rig: Rig, _rng: random.Random) -> None:
    """Nothing arrives any more, either way, and no connection ends."""
    with rig.servers.proxies.toxic(name, "timeout", both_ways=True, timeout=0):
        time.sleep(_SILENT_SECONDS)


def _break(name: str, rig: Rig, _rng: random.Random) -> None:
    """Every connection is broken off (TCP RST), the new ones too."""
    with rig.servers.proxies.toxic(name, "reset_peer", timeout=0):
        time.sleep(_CUT_SECONDS)


def _slow_down(name: str, rig: Rig, _rng: random.Random) -> None:
    proxies = rig.servers.proxies
    with proxies.toxic(name, "latency", latency=1000, jitter=500):
        time.sleep(_SLOW_SECONDS / 2)
    with proxies.toxic(name, "bandwidth", both_ways=True, rate=50):  # kB a second
        time.sleep(_SLOW_SECONDS / 2)


def _close_slowly(name: str, rig: Rig, _rng: random.Random) -> None:
    with rig.servers.proxies.toxic(name, "slow_close", delay=3000):
        time.sleep(_CUT_SECONDS)


# Messages and clocks.


def _repeat_messages(rig: Rig, rng: random.Random) -> None:
    """Every step of the batch is announced again, those that are done too, several times and in any order."""
    with rig.archive.catalog.read() as connection:
        rows = connection.execute(select(work).order_by(work.c.work_id.desc()).limit(100)).all()
    jobs = [Job(Stage(row.stage), row.document_id, row.page_number, row.audience, row.engine) for row in rows] * _COPIES
    rng.shuffle(jobs)
    rig.archive.queue.announce(tuple(jobs))


@contextmanager
def _with_own_clock(rig: Rig) -> Iterator[None]:
    """The workers get a clock that can be set wrong."""
    rig.clock.write_text("+0", encoding="ascii")
    rig.workers.stop()
    rig.workers.environment = {wrong_clock.VARIABLE: str(rig.clock)}
    rig.workers.start()
    try:
        yield
    finally:
        rig.workers.stop()
        rig.workers.environment = {}
        rig.workers.start()


def _step_clock(seconds: int, rig: Rig, _rng: random.Random) -> None:
    """The workers' clock is suddenly wrong, and put right some time later."""
    rig.clock.write_text(f"{seconds:+}", encoding="ascii")
    time.sleep(_CUT_SECONDS)
    rig.clock.write_text("+0", encoding="ascii")


FAULTS = (
    Fault("worker_killed", _kill_worker),
    Fault("celery_killed", _kill_bringer),
    Fault("workers_killed", _kill_workers),
    Fault("api_killed", _kill_api, of_uploads=True),
    *(Fault(f"{name}_killed", partial(_kill, name), part) for name, part in PARTS.items()),
    *(Fault(f"{name}_restarted", partial(_restart, name), part) for name, part in PARTS.items()),
    Fault("store_full", _fill_disk, "store"),
    Fault("store_slow", partial(_slow_down, "minio")),
    Fault("store_closes_slowly", partial(_close_slowly, "minio")),
    Fault("store_silent", partial(_silence, "minio"), "store"),
    Fault("broker_cut", partial(_cut, "rabbitmq"), "queue"),
    Fault("broker_reset", partial(_break, "rabbitmq"), "queue"),
    Fault("broker_silent", partial(_silence, "rabbitmq"), "queue"),
    Fault("catalog_cut", partial(_cut, "postgresql"), "catalog"),
    Fault("catalog_reset", partial(_break, "postgresql"), "catalog"),
    Fault("catalog_silent", partial(_silence, "postgresql"), "catalog"),
    Fault("messages_repeated", _repeat_messages),
    Fault("page_poisonous", _nothing, poison=True),
    Fault("clock_forward", partial(_step_clock, _HOUR), around=_with_own_clock),
    Fault("clock_back", partial(_step_clock, -_HOUR), around=_with_own_clock),
)
