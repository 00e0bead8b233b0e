"""Our own programs, each in a session of its own, so that all of one can be killed at once; started again when they end."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.archives.commands import ROOT

_END_SECONDS = 60.0


@dataclass(slots=True)
class Program:
    """One program, whose log goes on in one file however often it is started."""

    name: str
    words: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it where it does not run; `environment` is added to that of this process."""
        if self.runs:
            return
        self.starts += 1
        inherited = dict(os.environ)  # noqa: TID251 - to hand it on
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self.words,
                cwd=ROOT,
                env=inherited | {"OMP_NUM_THREADS": "1"} | dict(self.environment),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to it and all its processes, at once."""
        if self._process is not None and self.runs:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end; killed where that takes too long."""
        if self._process is None or not self.runs:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def hands(self) -> list[psutil.Process]:
        """The processes that do the work, in order of their numbers: those that started no others."""
        return [each for each in self._descendants() if not each.children()]

    def bringer(self) -> psutil.Process:
        """The process between the program and its hands, which brings them messages. ValueError where there is none."""
        (found,) = (each for each in self._descendants() if each.children())
        return found

    def _descendants(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        found = psutil.Process(self._process.pid).children(recursive=True)
        return sorted((each for each in found if not _keeps_accounts(each)), key=lambda each: each.pid)


def _keeps_accounts(process: psutil.Process) -> bool:
    """Whether it is multiprocessing's own, which does no work."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.NoSuchProcess:
        return True
