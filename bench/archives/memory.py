"""Memory of a program and all its processes, second by second, as Linux accounts for it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_RESET_PEAK = "5"
"""What /proc/PID/clear_refs takes to begin a new peak (proc(5), since Linux 4.0)."""
_BUSY_SHARE = 0.1
"""Of a second on a core, from which a process counts as at work."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One process in one second: resident memory in MB at its end, and the most that there was in it."""

    pid: int
    is_parent: bool
    is_busy: bool
    resident_mb: float
    peak_mb: float

    @property
    def is_busy_worker(self) -> bool:
        """The parent only watches, and the process that keeps multiprocessing's accounts is never busy."""
        return self.is_busy and not self.is_parent


@dataclass(slots=True)
class MemoryWatch:
    """Looks at *process* and its children, and theirs."""

    process: psutil.Process
    _processor_seconds: dict[int, tuple[float, float]] = field(default_factory=dict)

    def look(self) -> tuple[Sample, ...]:
        """Everything since the last look; processes that are gone by now are left out."""
        return tuple(self._samples())

    def _samples(self) -> Iterator[Sample]:
        for each in _tree(self.process):
            try:
                resident, peak, is_busy = each.memory_info().rss, _peak_since_last_look(each.pid), self._is_busy(each)
            except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                continue
            yield Sample(each.pid, each.pid == self.process.pid, is_busy, resident / 1e6, max(resident, peak) / 1e6)

    def _is_busy(self, process: psutil.Process) -> bool:
        times, now = process.cpu_times(), time.monotonic()
        used = times.user + times.system
        before, then = self._processor_seconds.get(process.pid, (used, now))
        self._processor_seconds[process.pid] = (used, now)
        return used - before >= _BUSY_SHARE * (now - then) > 0


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _peak_since_last_look(pid: int) -> int:
    """Bytes. A zombie has none."""
    found = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace"))
    Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
    return int(found.group(1)) * 1024 if found else 0
