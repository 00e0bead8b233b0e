"""How long steps take, seen from outside: whoever works holds a lease, and the catalog shows it."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from archive.catalog.tables import work
from archive.wiring import Archive
from schemas.work import Stage

LOOK_SECONDS = 0.1
"""Between two looks; a step that no look met took less."""


@dataclass(frozen=True, slots=True)
class Step:
    """One try of one step, by the row of the catalog's table `work` and the number of its lease."""

    stage: Stage
    work_id: int
    token: int


@dataclass(slots=True)
class StepClock:
    """Seconds of each step, to within LOOK_SECONDS."""

    archive: Archive
    seconds: dict[Step, float] = field(default_factory=dict)
    _since: dict[Step, float] = field(default_factory=dict)

    def look(self) -> frozenset[Stage]:
        """Note who is at work; gives the stages that are in hand."""
        now, in_hand = time.monotonic(), leased(self.archive)
        for step in self._since.keys() - in_hand:
            self.seconds[step] = now - self._since.pop(step)
        for step in in_hand - self._since.keys():
            self._since[step] = now
        return frozenset(step.stage for step in in_hand)

    def of(self, stage: Stage) -> list[float]:
        """Sorted."""
        return sorted(seconds for step, seconds in self.seconds.items() if step.stage is stage)


def leased(archive: Archive) -> set[Step]:
    """What is in hand at this moment."""
    query = select(work.c.stage, work.c.work_id, work.c.lease_token).where(work.c.state == "leased")
    with archive.catalog.read() as connection:
        return {Step(Stage(stage), work_id, token) for stage, work_id, token in connection.execute(query)}


def watch(process: "subprocess.Popen[bytes]", look: Callable[[], object]) -> float:
    """Call *look* every LOOK_SECONDS until *process* ends; gives the seconds that took.

    The process ends with this one: an interrupted measurement leaves nothing running.
    """
    began = time.monotonic()
    try:
        while process.poll() is None:
            look()
            time.sleep(LOOK_SECONDS)
        look()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return time.monotonic() - began
