"""Processes on one machine, taking their jobs straight from the catalog."""

from archive.catalog import work
from archive.catalog.database import Catalog
from archive.clock import Clock
from schemas.limits import Limits
from schemas.work import Job, Lease, Stage

_GRACE_SECONDS = 60.0  # whoever watches the worker ends it at the limit; the lease outlives that


class LocalQueue:
    """A `WorkQueue` without messages: workers ask."""

    def __init__(self, catalog: Catalog, clock: Clock, limits: Limits) -> None:
        self._catalog = catalog
        self._clock = clock
        self._limits = limits

    def announce(self, jobs: tuple[Job, ...]) -> None:
        """Nothing to do: a worker that has nothing looks again by itself."""

    def take(self, owner: str) -> Lease | None:
        with self._catalog.write() as connection:
            return work.take(connection, owner, self._clock(), self._lease_seconds)

    def _lease_seconds(self, stage: Stage) -> float:
        return stage.limit_seconds(self._limits) + _GRACE_SECONDS
