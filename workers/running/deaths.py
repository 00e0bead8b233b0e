"""What becomes of the step that a worker process had in hand when it died, and whose lease is nobody's any more.

A process that whoever watches it ended, or that died of itself (a crash), is a failure of the page in hand. A process that
somebody else killed is an interruption: whoever pulls the plug does not spoil the page.
"""

import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import structlog

from archive.catalog import work
from archive.errors import Refused, Unavailable
from archive.wiring import Archive
from workers.running.measure import Measures
from workers.steps import results

NOTHING = (0, 0)
"""In place of work id and token: it had nothing in hand."""
CATALOG_AWAY = 75
"""Exit code of a process that could not record how its step ended, the catalog being away for long (sysexits: EX_TEMPFAIL)."""
_DEAD = frozenset("ZX")  # states of proc(5) in which a process does nothing any more

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Death:
    """A worker process has ended."""

    owner: str
    exit_code: int | None
    """Negative: the signal that ended it."""
    cause: str | None = None
    """Why whoever watched it ended it: timeout or memory."""
    in_hand: tuple[int, int] | None = None
    """Work id and token of the step that `cause` is about; None where that can be no other than the one that is leased."""


@dataclass(slots=True)
class Deaths:
    """Records deaths, and keeps those that cannot be recorded because the catalog is away."""

    archive: Archive
    measures: Measures = field(default_factory=Measures)
    _waiting: list[Death] = field(default_factory=list)

    def add(self, death: Death) -> None:
        self.measures.worker_ended(death.exit_code, death.cause)
        if death.exit_code != 0:
            log.warning("worker.ended", cause=death.cause, exit_code=death.exit_code)
        self._waiting.append(death)

    def names(self, owner: str) -> bool:
        """Whether a death of *owner* waits to be recorded; nobody else may count it meanwhile."""
        return any(death.owner == owner for death in self._waiting)

    def record(self) -> None:
        """Raises Unavailable where the catalog is away; nothing is lost by that."""
        while self._waiting:
            _record(self.archive, self._waiting[0])
            self._waiting.pop(0)


def _record(archive: Archive, death: Death) -> None:
    with archive.catalog.read() as connection:
        lease = work.held_by(connection, death.owner)
    if lease is None:
        return
    if death.cause is not None and death.in_hand in {None, (lease.work_id, lease.token)}:
        _unless_lost(results.step_failed, archive, lease, death.cause)
    elif death.exit_code == CATALOG_AWAY:
        _unless_lost(results.postponed, archive, lease)
    elif death.exit_code == -signal.SIGKILL or death.cause is not None:
        _unless_lost(results.interrupted, archive, lease)
    else:
        _unless_lost(results.step_failed, archive, lease, "crash")


def reclaim(archive: Archive, lives: Callable[[str], bool]) -> None:
    """Take back the leases that ran out and those whose owner does not live. Raises Unavailable."""
    with archive.catalog.read() as connection:
        leases = work.lost(connection, archive.clock(), lives)
    for lease in leases:
        _unless_lost(results.interrupted, archive, lease)


def own_name() -> str:
    """Names this process, as `name_of` does."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """Names the process *pid* of this machine, so that it cannot be taken for a later one with the same number."""
    return f"{socket.gethostname()}:{pid}:{_start_of(pid)}"


def is_alive(owner: str) -> bool:
    """Whether the program that *owner* belongs to still runs. Of another machine nobody can know: its leases must run out."""
    host, pid, started = owner.partition("/")[0].rsplit(":", 2)
    return host != socket.gethostname() or _start_of(int(pid)) == started


def _start_of(pid: int) -> str:
    """Which start of the machine, and the ticks from it to the start of the process (proc(5)); "" where it does not run.

    Not the time of day: where the clock is set, or only corrected by a second, a living process would seem to be another.
    """
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state in _DEAD else _boot()[:4] + fields[18]


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")


def memory_of(pid: int | None) -> int:
    """Resident memory in bytes; 0 of a process that is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _unless_lost(record: Callable[..., object], *args: object) -> None:
    try:
        record(*args)
    except Refused as error:
        log.info("step.not_taken", reason=error.reason)  # the worker had finished it at the last moment


class Patience:
    """How long to wait before a part of the archive that is away is asked again: longer each time, up to *longest* seconds."""

    def __init__(self, longest: float = 5.0) -> None:
        self._longest = longest
        self._next = 0.0

    def after(self, error: Unavailable) -> float:
        """Seconds to wait; an outage is logged when it begins."""
        if self._next == 0.0:
            log.error("work.waits", reason=error.reason, detail=error.detail)
        self._next = min(max(self._next * 2, 0.25), self._longest)
        return self._next

    def is_over(self) -> None:
        """It answers again."""
        if self._next:
            log.warning("work.goes_on")
        self._next = 0.0
