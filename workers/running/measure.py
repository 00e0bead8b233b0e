"""What workers do, counted for Prometheus by whoever watches them.

A worker says how each step ended, in one message, and keeps no count: it may be killed at any moment, and what it had counted
would be gone with it or half written. What a killed one had in hand shows in `claimkeep_worker_ends_total`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import psutil
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.work import Stage

OUTCOMES = ("done", "refused", "failed", "given_up", "postponed", "not_taken", "not_recorded")
"""How a try at a step may end: its result is recorded; the material is at fault; it went wrong, and will be tried again; it
went wrong for the last time; a part of the archive did not answer; somebody else had it by then; how it ended could not be
recorded, and its lease runs out."""

_FINAL = frozenset({"done", "refused", "given_up"})

CAUSES = ("timeout", "memory", "crash", "killed", "away", "ended")
"""Why a worker process ended: over its time, over its memory, by itself, from outside, the catalog being away, in order."""

_CATALOG_AWAY, _KILLED = 75, -9  # exit codes; 75: workers.running.deaths.CATALOG_AWAY
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1200)
"""Bounds of the histogram: a page takes 1 to 8 s, and the limits are 120, 300 and 1,200 s."""


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a try at a step ended (one of OUTCOMES), after how many seconds, in which process."""

    stage: Stage
    outcome: str
    seconds: float
    pid: int

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"{self.outcome!r} is none of {OUTCOMES}")

    def to_line(self) -> bytes:
        """One line of JSON, short enough for several processes to write to one pipe (POSIX: PIPE_BUF is 512 at least)."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, told: dict[str, Any]) -> "StepEnd":
        """From the object that a line holds."""
        return cls(Stage(told["stage"]), told["outcome"], told["seconds"], told["pid"])


class Measures:
    """Counts of one watching process, which keeps *processes* workers running, in *registry*."""

    def __init__(self, registry: CollectorRegistry | None = None, processes: int = 0) -> None:
        own = CollectorRegistry() if registry is None else registry
        self._ended = Counter("claimkeep_steps_ended", "Tries at steps that workers ended.", ("stage", "outcome"), registry=own)
        self._seconds = Histogram("claimkeep_step_seconds", "Time of one try.", ("stage",), buckets=_SECONDS, registry=own)
        self._pages = Counter("claimkeep_pages_final", "Pages that workers brought to a final state.", registry=own)
        self._ends = Counter("claimkeep_worker_ends", "Worker processes that ended, by why.", ("cause",), registry=own)
        self._memory = _WorkerMemory(processes)
        own.register(self._memory)
        self._start_at_zero()

    def step_ended(self, end: StepEnd) -> None:
        """A worker said so."""
        self._memory.seen(end.pid)
        self._ended.labels(end.stage.value, end.outcome).inc()
        self._seconds.labels(end.stage.value).observe(end.seconds)
        if end.stage is Stage.READ and end.outcome in _FINAL:
            self._pages.inc()

    def worker_ended(self, exit_code: int | None, cause: str | None = None) -> None:
        """A worker process is gone; *cause* where whoever watched it ended it: timeout or memory."""
        self._ends.labels(cause or _cause_of(exit_code)).inc()

    def _start_at_zero(self) -> None:
        """A series that appears with its first event has no rate for that event."""
        for stage in Stage:
            self._seconds.labels(stage.value)
            for outcome in OUTCOMES:
                self._ended.labels(stage.value, outcome)
        for cause in CAUSES:
            self._ends.labels(cause)


def _cause_of(exit_code: int | None) -> str:
    return {0: "ended", _CATALOG_AWAY: "away", _KILLED: "killed"}.get(exit_code, "crash") if exit_code is not None else "crash"


class _WorkerMemory(Collector):
    """How many workers are kept running, and the memory of those that have done something, asked of the system when it is read.

    A worker is named by a place (0, 1, ...) that its successor takes, so that series stay few.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._places: dict[int, int] = {}

    def seen(self, pid: int) -> None:
        if pid not in self._places:
            self._places = {each: place for each, place in self._places.items() if psutil.pid_exists(each)}
            taken = set(self._places.values())
            self._places[pid] = next(place for place in range(len(taken) + 1) if place not in taken)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily("claimkeep_workers", "Worker processes that are kept running.", self._processes)
        memory = GaugeMetricFamily("claimkeep_worker_memory_bytes", "Resident memory of a worker process.", labels=("worker",))
        for pid, place in list(self._places.items()):
            try:
                memory.add_metric((str(place),), psutil.Process(pid).memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        yield memory
