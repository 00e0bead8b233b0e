"""Processes on one machine, taking their jobs straight from the catalog."""

from collections.abc import Mapping

from archive.catalog import work
from archive.catalog.database import Catalog
from archive.clock import Clock
from archive.queue.messages import lease_seconds
from schemas.limits import Limits
from schemas.work import Job, Lease, Stage


class LocalQueue:
    """A `WorkQueue` without messages: workers ask."""

    def __init__(self, catalog: Catalog, clock: Clock, limits: Limits) -> None:
        self._catalog = catalog
        self._clock = clock
        self._limits = limits

    def announce(self, jobs: tuple[Job, ...]) -> None:
        """Nothing to do: a worker that has nothing looks again by itself."""

    def take(self, owner: str) -> Lease | None:
        with self._catalog.leasing() as connection:
            return work.take(connection, owner, self._clock(), lease_seconds(self._limits))

    def catch_up(self) -> int:
        return 0  # what is due is what is taken

    def check(self) -> None:
        """Nothing to ask: the catalog is the queue, and is checked by itself."""

    def depths(self) -> Mapping[Stage, int]:
        with self._catalog.read() as connection:
            counts = work.counts(connection)
        return {stage: counts.get((stage, "waiting"), 0) for stage in Stage}

    def close(self) -> None:
        """Nothing is held."""
