"""Celery workers on this machine, watched: the same as `workers.running.pool.Pool` where the steps are brought by messages."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from select import select
from typing import TYPE_CHECKING

import structlog

from archive.wiring import Archive
from schemas.work import Stage
from workers.running.deaths import Death, name_of
from workers.running.measure import Measures, StepEnd
from workers.running.watch import STOP_SECONDS, TICK_SECONDS, Watch

if TYPE_CHECKING:
    from workers.tools import Tools

_LONGEST_PAUSE = 30.0  # seconds before a program that ended by itself is started again
_STEADY_SECONDS = 60.0  # a program that ran so long did not fail in starting

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Program:
    """A Celery worker program, and where it tells of the end of its child processes."""

    process: subprocess.Popen[bytes]
    reports: int
    """File descriptor, not blocking."""
    name: str
    """What the owners in its children's leases begin with."""
    began: float
    unread: bytes = b""


@dataclass(slots=True)
class CeleryPool:
    """Works on *archive* with *processes* processes, serving *stages*. `on_tick` is called a few times a second."""

    archive: Archive
    processes: int
    on_tick: Callable[[], None] = lambda: None
    load: "Callable[[], Tools] | None" = None
    """Gives each process its tools in place of `workers.tools.load_tools`: a function of a module, as tests use."""
    stages: tuple[Stage, ...] = tuple(Stage)
    measures: Measures = field(default_factory=Measures)
    _program: _Program | None = None
    _pause: float = 0.0
    _start_at: float = 0.0
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(self.archive, self.measures)

    def run(self, *, until_idle: bool = True) -> bool:
        """Work until nothing waits (or for ever). False when it was asked to stop before that."""
        return self._watch.run(self, self.on_tick, until_idle=until_idle)

    def stop(self) -> None:
        """Have `run` end after the pages in hand."""
        self._watch.stop()

    def has(self, owner: str) -> bool:
        return self._program is not None and owner.startswith(f"{self._program.name}/")

    def tend(self) -> None:
        """See that the program runs, and listen to it for a moment."""
        if self._program is None and time.monotonic() >= self._start_at:
            self._program = self._start()
        if self._program is None:
            time.sleep(TICK_SECONDS)
            return
        self._listen(self._program, TICK_SECONDS)
        if self._program.process.poll() is not None:
            self._lose(self._program)

    def end(self) -> None:
        """Let each child finish what it has in hand; interrupt those that take too long."""
        program = self._program
        if program is None:
            return
        program.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        while program.process.poll() is None and time.monotonic() < until:
            self._listen(program, TICK_SECONDS)
        if program.process.poll() is None:
            program.process.kill()  # and the children with it, each by its own wish
        self._let_go(program)

    def _start(self) -> _Program:
        reports, to_report = os.pipe()
        os.set_blocking(reports, False)
        process = subprocess.Popen(  # noqa: S603 - this Python, and words of our own
            self._command(to_report),
            pass_fds=(to_report,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # ours is for whoever called the command
            start_new_session=True,  # Ctrl-C reaches every process of a terminal; this one decides what it means
        )
        os.close(to_report)
        return _Program(process, reports, name_of(process.pid), time.monotonic())

    def _command(self, to_report: int) -> tuple[str, ...]:
        stages = ",".join(self.stages)
        load = ("--load", f"{self.load.__module__}:{self.load.__qualname__}") if self.load else ()
        return (
            *(sys.executable, "-m", "workers.running.celery_worker", str(self.archive.home)),
            *("--processes", str(self.processes), "--stages", stages, "--report", str(to_report), *load),
        )

    def _listen(self, program: _Program, seconds: float) -> None:
        if not select((program.reports,), (), (), seconds)[0]:
            return
        said = os.read(program.reports, 1 << 16)
        if not said:
            time.sleep(seconds)  # it is ending
        *lines, program.unread = (program.unread + said).split(b"\n")
        for told in map(json.loads, lines):
            if "stage" in told:
                self.measures.step_ended(StepEnd.from_line(told))
                continue
            self._watch.deaths.add(Death(f"{program.name}/{told['pid']}", told["exit_code"], told["cause"]))

    def _lose(self, program: _Program) -> None:
        """It ended by itself. It is started again, not too often."""
        log.error("worker.program_ended", exit_code=program.process.returncode)
        steady = time.monotonic() - program.began > _STEADY_SECONDS
        self._pause = 0.0 if steady else min(max(self._pause * 2, 0.5), _LONGEST_PAUSE)
        self._start_at = time.monotonic() + self._pause
        self._let_go(program)

    def _let_go(self, program: _Program) -> None:
        program.process.wait()
        self._listen(program, 0.0)
        os.close(program.reports)
        self._program = None
