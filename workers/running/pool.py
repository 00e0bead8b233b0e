"""Worker processes and whoever watches them: a page that hangs, crashes or eats memory ends its own process and no other.

The catalog's leases say who does what; the pool only sees to it that processes run, and that what a dead one had in hand is
counted against the right page (workers.running.deaths).
"""

import multiprocessing
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING

from archive.wiring import Archive
from workers.running.deaths import NOTHING, Death, Deaths, memory_of, own_name
from workers.running.measure import Measures, StepEnd
from workers.running.watch import STOP_SECONDS, TICK_SECONDS, Watch

if TYPE_CHECKING:
    from workers.tools import Tools


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
    measures: Measures = field(default_factory=Measures)
    _workers: list[_Worker] = field(default_factory=list)
    _watch: Watch = field(init=False)
    _deaths: Deaths = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(self.archive, self.measures)
        self._deaths = self._watch.deaths

    def run(self, *, until_idle: bool = True) -> bool:
        """Work until nothing waits (or for ever). False when it was asked to stop before that."""
        return self._watch.run(self, self.on_tick, until_idle=until_idle)

    def stop(self) -> None:
        """Have `run` end after the pages in hand."""
        self._watch.stop()

    def has(self, owner: str) -> bool:
        return any(worker.owner == owner for worker in self._workers)

    def tend(self) -> None:
        """See that there are enough processes, listen to them for a moment, and end those that go beyond their limits."""
        while len(self._workers) < self.processes:
            self._workers.append(_start(self.archive.home, self.load))
        self._listen()
        self._check()

    def _listen(self) -> None:
        ready = wait([worker.connection for worker in self._workers], timeout=TICK_SECONDS)
        for worker in self._workers:
            if worker.connection in ready:
                self._hear(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            while worker.connection.poll():
                said = worker.connection.recv()
                if isinstance(said, StepEnd):
                    self.measures.step_ended(said)
                    worker.in_hand = worker.deadline = None
                else:
                    worker.in_hand, worker.deadline = said[:2], time.monotonic() + said[2]
        except (EOFError, OSError):
            worker.process.join()  # it is gone; `_check` sees to what it had in hand

    def _check(self) -> None:
        for worker in list(self._workers):
            if worker.process.is_alive():
                self._check_limits(worker)
            if not worker.process.is_alive():
                self._workers.remove(worker)
                worker.connection.close()
                self._deaths.add(Death(worker.owner, worker.process.exitcode, worker.cause, worker.in_hand or NOTHING))

    def _check_limits(self, worker: _Worker) -> None:
        if worker.deadline is not None and time.monotonic() > worker.deadline:
            worker.cause = "timeout"
        elif memory_of(worker.process.pid) > self.archive.settings.limits.worker_memory_bytes:
            worker.cause = "memory"
        if worker.cause is not None:
            worker.process.kill()
            worker.process.join()

    def end(self) -> None:
        """Let each finish what it has in hand; interrupt those that take too long."""
        for worker in self._workers:
            _tell_to_stop(worker)
        until = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()
            self._deaths.add(Death(worker.owner, worker.process.exitcode))
        self._workers.clear()


def _start(home: Path, load: "Callable[[], Tools] | None") -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    owner = f"{own_name()}/{secrets.token_hex(4)}"
    process = context.Process(target=_run_child, args=(home, owner, there, load), daemon=True)
    process.start()
    there.close()
    return _Worker(owner, process, here)


def _run_child(home: Path, owner: str, connection: Connection, load: "Callable[[], Tools] | None") -> None:
    from workers import tools  # the OCR and language libraries: the watching process need not hold them
    from workers.running import child  # the OCR and language libraries: the watching process need not hold them

    child.run(home, owner, connection, load or tools.load_tools)


def _tell_to_stop(worker: _Worker) -> None:
    try:
        worker.connection.send("stop")
    except OSError:
        worker.process.join()  # it is gone already
