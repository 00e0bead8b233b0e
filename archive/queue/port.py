"""What a work queue promises."""

from typing import Protocol

from schemas.work import Job, Lease


class WorkQueue(Protocol):
    """Brings jobs that wait in the catalog to workers. The catalog's leases decide; a queue may lose or repeat a message."""

    def announce(self, jobs: tuple[Job, ...]) -> None:
        """Tell workers that *jobs* wait; called after the transaction that put them there."""
        ...

    def take(self, owner: str) -> Lease | None:
        """The next job, leased to *owner*; None when nothing can be done now."""
        ...
