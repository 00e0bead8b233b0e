"""Messages over RabbitMQ, in the form in which Celery workers take them (docs/decisions/0014-celery.md).

A message is a hint that a step waits. The lease in the catalog decides who does it, so that a message that comes twice, late or
never does no harm: `catch_up` makes good for those that were lost.
"""

import time
from collections.abc import Collection, Mapping
from functools import partial
from threading import Lock
from typing import Any

import structlog
from celery import Celery
from celery.utils import uuid

from archive.catalog import work
from archive.catalog.database import Catalog
from archive.clock import Clock
from archive.errors import Unavailable
from archive.queue.broker import Broker, make_app
from archive.queue.dead_letters import DeadLetter, job_of_message, replay_dead, waiting_dead
from archive.queue.line import Channel, Line
from archive.queue.messages import DEAD_LETTERS, TASK, arguments_of, lease_seconds, queue_of
from schemas.limits import Limits
from schemas.work import Job, Lease, Stage

__all__ = ["Broker", "CeleryQueue"]

_AT_ONCE = 1000  # jobs of a stage that are announced again at once where its queue is empty
_OLDEST, _OLDEST_SECONDS = 50, 60.0
"""So many of each stage are announced again so often, whatever lies in its queue: while new work keeps coming a queue may never
be empty, and nobody would be told again of a step whose message was lost, or that failed once."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds in which a broker that did not answer is not asked to take messages

log = structlog.get_logger(__name__)


class CeleryQueue:
    """A `WorkQueue` over RabbitMQ. Connects when it is first used. A process forked from this one must make its own."""

    def __init__(self, catalog: Catalog, clock: Clock, limits: Limits, broker: Broker) -> None:
        self._catalog = catalog
        self._clock = clock
        self._limits = limits
        self.broker = broker
        self.app: Celery = make_app(broker)
        self._line = Line(self.app, broker)
        self._pause = _Pause()
        self._look_at_oldest = time.monotonic() + _OLDEST_SECONDS

    def announce(self, jobs: tuple[Job, ...]) -> None:
        if not jobs:
            return
        if self._pause.holds():
            log.info("queue.not_announced", reason="queue_unavailable", jobs=len(jobs))
            return
        try:
            self._publish(jobs)
        except Unavailable as error:
            self._pause.begin()
            log.warning("queue.not_announced", reason=error.reason, detail=error.detail, jobs=len(jobs))
        else:
            self._pause.end()

    def take(self, owner: str) -> Lease | None:
        for stage in sorted(Stage, key=lambda each: each.priority):
            while (job := self._line.call(partial(_next, queue_of(stage)))) is not None:
                lease = self.lease(owner, job)
                if lease is not None:
                    return lease
        return None

    def lease(self, owner: str, job: Job) -> Lease | None:
        """Lease exactly *job* to *owner*; None where somebody else has it, it has ended, or it is not due."""
        with self._catalog.leasing() as connection:
            return work.take_job(connection, owner, job, self._clock(), lease_seconds(self._limits))

    def catch_up(self) -> int:
        most = {stage: _AT_ONCE for stage, depth in self.depths().items() if depth == 0}
        if time.monotonic() >= self._look_at_oldest:
            self._look_at_oldest = time.monotonic() + _OLDEST_SECONDS
            most = dict.fromkeys(Stage, _OLDEST) | most
        with self._catalog.read() as connection:
            due = [job for stage, some in most.items() for job in work.due(connection, (stage,), self._clock(), some)]
        return self._publish(due) if due else 0

    def check(self) -> None:
        self.depths()

    def depths(self) -> Mapping[Stage, int]:
        return self._line.call(lambda channel: {stage: channel.depth(queue_of(stage)) for stage in Stage})

    def close(self) -> None:
        self._line.close()

    def count_dead(self) -> int:
        """Dead letters that wait. Raises Unavailable."""
        return self._line.call(lambda channel: channel.depth(DEAD_LETTERS))

    def dead(self, most: int) -> list[DeadLetter]:
        """The oldest dead letters, *most* of them; they stay where they are. Raises Unavailable."""

        def read(channel: Channel) -> list[DeadLetter]:
            ready = channel.depth(DEAD_LETTERS)
            with channel.raw.connection.channel() as letters:  # closing it puts them back
                found = waiting_dead(letters, most)
            channel.wait_until_ready(DEAD_LETTERS, ready)
            return found

        return self._line.call(read)

    def replay(self, message_ids: Collection[str] | None = None) -> int:
        """Announce the jobs of dead letters anew: those of *message_ids*, or all. Gives how many. Raises Unavailable.

        A letter leaves when its job has been announced; one that nobody can read stays, and so does one that its queue refuses.
        """

        def announced_anew(channel: Channel) -> int:
            ready = channel.depth(DEAD_LETTERS)
            with channel.raw.connection.channel() as letters:  # closing it puts back what was not acknowledged
                count = replay_dead(letters, message_ids, lambda job: self._send(channel, (job,)) == 0)
            channel.wait_until_ready(DEAD_LETTERS, ready - count)
            return count

        return self._line.call(announced_anew)

    def purge_dead(self) -> int:
        """Remove all dead letters; gives how many. The jobs stay in the catalog. Raises Unavailable."""
        return self._line.call(lambda channel: int(channel.raw.queue_purge(DEAD_LETTERS)))

    def _publish(self, jobs: Collection[Job]) -> int:
        """Gives how many messages the broker took. Raises Unavailable."""
        refused = self._line.call(lambda channel: self._send(channel, jobs))
        if refused:
            log.warning("queue.full", jobs=refused)  # they wait in the catalog
        return len(jobs) - refused

    def _send(self, channel: Channel, jobs: Collection[Job]) -> int:
        for job in jobs:
            channel.send(queue_of(job.stage), self._message(job))
        return channel.settle()

    def _message(self, job: Job) -> Any:  # noqa: ANN401 - Celery has no types
        return self.app.amqp.as_task_v2(
            uuid(),
            TASK,
            args=arguments_of(job),
            time_limit=job.stage.limit_seconds(self._limits),
            ignore_result=True,
            origin="claimkeep",  # not this machine's name
            argsrepr="",
            kwargsrepr="",
        )


def _next(queue: str, channel: Channel) -> Job | None:
    """The job of the next message of *queue* that can be read; one that cannot goes to the dead letters.

    It is acknowledged before the job is leased: what is lost in between, `catch_up` announces again.
    """
    while (message := channel.raw.basic_get(queue)) is not None:
        job = job_of_message(message.properties.get("application_headers"), message.body)
        if job is not None:
            channel.raw.basic_ack(message.delivery_tag)
            return job
        channel.raw.basic_reject(message.delivery_tag, requeue=False)
    return None


class _Pause:
    """When a broker that did not answer may be asked again; longer each time. For several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seconds = 0.0
        self._until = 0.0

    def holds(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        with self._lock:
            self._seconds = min(max(self._seconds * 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
            self._until = time.monotonic() + self._seconds

    def end(self) -> None:
        with self._lock:
            self._seconds = self._until = 0.0
