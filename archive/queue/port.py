"""What a work queue promises."""

from collections.abc import Mapping
from typing import Protocol

from schemas.work import Job, Lease, Stage


class WorkQueue(Protocol):
    """Brings jobs that wait in the catalog to workers. The catalog's leases decide; a queue may lose or repeat a message."""

    def announce(self, jobs: tuple[Job, ...]) -> None:
        """Tell workers that *jobs* wait; called after the transaction that put them there.

        Never fails: what cannot be announced waits in the catalog, and `catch_up` announces it later.
        """
        ...

    def take(self, owner: str) -> Lease | None:
        """The next job that was announced and is due, leased to *owner*; None when there is none.

        Raises Unavailable where the queue or the catalog does not answer.
        """
        ...

    def catch_up(self) -> int:
        """Announce jobs that the catalog has due and the queue does not hold: a message was lost, the queue was full or away,
        or the time of a second try has come. Gives how many messages that made. Whoever watches workers calls it every
        second or so. Raises Unavailable where the queue or the catalog does not answer.
        """
        ...

    def check(self) -> None:
        """Raises Unavailable(queue_unavailable) where the queue does not answer. Cheap."""
        ...

    def depths(self) -> Mapping[Stage, int]:
        """How much lies in the queue of each stage, ready to be taken; every stage is named. Raises Unavailable."""
        ...

    def close(self) -> None:
        """Let go of connections; the queue may be used again, and opens them anew."""
        ...
