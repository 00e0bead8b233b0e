"""Worker processes and whoever watches them: a page that hangs, crashes or eats memory ends its own process and no other.

The catalog's leases say who does what; the pool only sees to it that processes run, and that what a dead one had in hand is
counted against the right page. A process that this pool ended, or that died of itself (a crash), is a failure of the page in
hand. A process that somebody else killed, as the whole pool may be, is an interruption.
"""

import multiprocessing
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import psutil
import structlog

from archive.catalog import work
from archive.errors import Refused
from archive.wiring import Archive
from workers import results

if TYPE_CHECKING:
    from workers.tools import Tools

_TICK_SECONDS = 0.25
_STOP_SECONDS = 30.0  # for the page in hand, when asked to stop; after that it is interrupted

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Worker:
    """A process and what it said last. Times are of the monotonic clock."""

    owner: str
    process: SpawnProcess
    connection: Connection
    in_hand: tuple[int, int] | None = None
    deadline: float | None = None
    cause: str | None = None
    """Why the pool ended it: timeout or memory."""


@dataclass(slots=True)
class Pool:
    """Works on *archive* with *processes* processes. `on_tick` is called a few times a second."""

    archive: Archive
    processes: int
    on_tick: Callable[[], None] = lambda: None
    load: "Callable[[], Tools] | None" = None
    """Gives each process its tools in place of `workers.tools.load_tools`: a function of a module, as tests use."""
    _workers: list[_Worker] = field(default_factory=list)
    _asked_to_stop: bool = False

    def run(self, *, until_idle: bool = True) -> bool:
        """Work until nothing waits (or for ever). False when it was asked to stop before that."""
        with self._signals():
            try:
                self._watch(until_idle)
            finally:
                self._end()
        return not self._asked_to_stop

    def stop(self) -> None:
        """Have `run` end after the pages in hand."""
        self._asked_to_stop = True

    def _watch(self, until_idle: bool) -> None:  # noqa: FBT001 - private
        while not self._asked_to_stop:
            self._reclaim()
            if until_idle and self._is_idle():
                return
            self._fill()
            self._listen()
            self._check()
            self.on_tick()

    def _is_idle(self) -> bool:
        with self.archive.catalog.read() as connection:
            return work.is_idle(connection)

    def _reclaim(self) -> None:
        with self.archive.catalog.read() as connection:
            leases = work.lost(connection, self.archive.clock(), self._is_alive)
        for lease in leases:
            _unless_lost(results.interrupted, self.archive, lease)

    def _is_alive(self, owner: str) -> bool:
        return any(worker.owner == owner for worker in self._workers) or is_alive(owner)

    def _fill(self) -> None:
        while len(self._workers) < self.processes:
            self._workers.append(_start(self.archive.home, self.load))

    def _listen(self) -> None:
        ready = wait([worker.connection for worker in self._workers], timeout=_TICK_SECONDS)
        for worker in self._workers:
            if worker.connection in ready:
                self._hear(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            while worker.connection.poll():
                worker.in_hand = worker.connection.recv()
                worker.deadline = self._deadline(worker) if worker.in_hand else None
        except (EOFError, OSError):
            worker.process.join()  # it is gone; `_check` sees to what it had in hand

    def _deadline(self, worker: _Worker) -> float | None:
        with self.archive.catalog.read() as connection:
            lease = work.held_by(connection, worker.owner)
        return time.monotonic() + lease.job.stage.limit_seconds(self.archive.settings.limits) if lease else None

    def _check(self) -> None:
        for worker in list(self._workers):
            if worker.process.is_alive():
                self._check_limits(worker)
            if not worker.process.is_alive():
                self._workers.remove(worker)
                self._bury(worker)

    def _check_limits(self, worker: _Worker) -> None:
        if worker.deadline is not None and time.monotonic() > worker.deadline:
            worker.cause = "timeout"
        elif _memory(worker.process.pid) > self.archive.settings.limits.worker_memory_bytes:
            worker.cause = "memory"
        if worker.cause is not None:
            worker.process.kill()
            worker.process.join()

    def _bury(self, worker: _Worker) -> None:
        worker.connection.close()
        with self.archive.catalog.read() as connection:
            lease = work.held_by(connection, worker.owner)
        log.warning("worker.ended", cause=worker.cause, exit_code=worker.process.exitcode)
        if lease is None:
            return
        if worker.cause is not None and worker.in_hand == (lease.work_id, lease.token):
            _unless_lost(results.step_failed, self.archive, lease, worker.cause)
        elif worker.process.exitcode == -signal.SIGKILL or worker.cause is not None:
            _unless_lost(results.interrupted, self.archive, lease)
        else:
            _unless_lost(results.step_failed, self.archive, lease, "crash")

    def _end(self) -> None:
        """Let each finish what it has in hand; interrupt those that take too long."""
        for worker in self._workers:
            _tell_to_stop(worker)
        until = time.monotonic() + _STOP_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()
            with self.archive.catalog.read() as connection:
                lease = work.held_by(connection, worker.owner)
            if lease is not None:
                _unless_lost(results.interrupted, self.archive, lease)
        self._workers.clear()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask to stop; only the main thread can be asked so."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        try:
            former = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:
            former = {}  # not the main thread: whoever started it calls `stop`
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


def _start(home: Path, load: "Callable[[], Tools] | None") -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    owner = f"{own_name()}/{secrets.token_hex(4)}"
    process = context.Process(target=_run_child, args=(home, owner, there, load), daemon=True)
    process.start()
    there.close()
    return _Worker(owner, process, here)


def _run_child(home: Path, owner: str, connection: Connection, load: "Callable[[], Tools] | None") -> None:
    from workers import child, tools  # the OCR and language libraries: the watching process need not hold them

    child.run(home, owner, connection, load or tools.load_tools)


def own_name() -> str:
    """Names this process on this machine, so that it cannot be taken for a later one with the same number."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether the pool that *owner* belongs to still runs. Of another machine that cannot be known: its lease must run out."""
    host, pid, started = owner.partition("/")[0].rsplit(":", 2)
    if host != socket.gethostname():
        return True
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == started
    except psutil.NoSuchProcess:
        return False


def _tell_to_stop(worker: _Worker) -> None:
    try:
        worker.connection.send("stop")
    except OSError:
        worker.process.join()  # it is gone already


def _memory(pid: int | None) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _unless_lost(record: Callable[..., object], *args: object) -> None:
    try:
        record(*args)
    except Refused as error:
        log.info("step.not_taken", reason=error.reason)  # the worker had finished it at the last moment
