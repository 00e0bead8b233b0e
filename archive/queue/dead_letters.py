"""Messages that nobody could read, or that were brought too often: to be looked at, announced again, or removed."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from archive.queue.messages import DEAD_LETTERS, TASK, job_of
from schemas.work import Job

_LONGEST_BODY = 2_000  # bytes; a step's message has 200


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that ended with the dead letters."""

    message_id: str
    job: Job | None
    """None where the message cannot be read."""
    queue: str
    """Where it lay before."""
    reason: str
    """`rejected` (nobody could read it) or `delivery_limit` (it was brought too often)."""
    count: int
    """How often that happened to it."""
    since: str | None
    """When it happened first, as ISO 8601 in UTC."""


def job_of_message(headers: object, body: object) -> Job | None:
    """The job that a message is about; None where it is not one of ours or asks for anything else than that step, now."""
    if not isinstance(headers, dict) or headers.get("task") != TASK or headers.get("eta") or headers.get("expires"):
        return None
    if len(raw := _bytes(body)) > _LONGEST_BODY:
        return None
    try:
        match json.loads(raw):
            case [arguments, dict(named), dict(embedded)] if not named and not any(embedded.values()):
                return job_of(arguments)
    except (ValueError, RecursionError):  # of many brackets inside each other
        return None
    return None


def waiting_dead(channel: Any, most: int) -> list[DeadLetter]:  # noqa: ANN401 - py-amqp has no types
    """The oldest *most*; whoever closes the channel puts them back in their places."""
    return [_letter(message) for message in _each(channel, most)]


def replay_dead(channel: Any, message_ids: Collection[str] | None, publish: Callable[[Job], bool]) -> int:  # noqa: ANN401
    """Give `publish` the jobs of the letters of *message_ids*, or of all; a letter leaves once its job was taken."""
    count = 0
    for message in _each(channel, channel.queue_declare(DEAD_LETTERS, passive=True).message_count):
        letter = _letter(message)
        if letter.job is None or (message_ids is not None and letter.message_id not in message_ids):
            continue
        if publish(letter.job):
            channel.basic_ack(message.delivery_tag)
            count += 1
    return count


def _each(channel: Any, most: int) -> list[Any]:  # noqa: ANN401
    found: list[Any] = []
    while len(found) < most and (message := channel.basic_get(DEAD_LETTERS)) is not None:
        found.append(message)
    return found


def _letter(message: Any) -> DeadLetter:  # noqa: ANN401
    headers = message.properties.get("application_headers") or {}
    death = _first_death(headers)
    since = death.get("time")
    return DeadLetter(
        message_id=str(message.properties.get("correlation_id") or headers.get("id") or message.delivery_tag)[:64],
        job=job_of_message(headers, message.body),
        queue=str(death.get("queue", "")),
        reason=str(death.get("reason", "")),
        count=int(death.get("count", 1)),
        since=since.replace(tzinfo=UTC).isoformat() if isinstance(since, datetime) else None,
    )


def _first_death(headers: dict[str, Any]) -> dict[str, Any]:
    deaths = headers.get("x-death")
    return deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode()


@runtime_checkable
class KeepsDeadLetters(Protocol):
    """A work queue that puts aside what nobody could take. Each method raises Unavailable."""

    def count_dead(self) -> int: ...

    def dead(self, most: int) -> list[DeadLetter]:
        """The oldest dead letters, *most* of them; they stay where they are."""
        ...

    def replay(self, message_ids: Collection[str] | None = None) -> int:
        """Announce the jobs of dead letters anew: those of *message_ids*, or all. Gives how many."""
        ...

    def purge_dead(self) -> int:
        """Remove all dead letters; gives how many. The jobs stay in the catalog."""
        ...
