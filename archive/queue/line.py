"""A connection to the broker that is made when it is needed, and made anew when it broke."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from amqp.exceptions import AMQPError
from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import KombuError

from archive.errors import Unavailable
from archive.queue.broker import Broker, declare

T = TypeVar("T")

_BROKEN = (AMQPError, KombuError, OSError)
_UNCONFIRMED = 500  # messages that may be under way at once: their confirmations fit into the socket's buffer

_PUT_BACK_SECONDS, _LOOK_SECONDS = 2.0, 0.02


class Channel:
    """An open channel. Whatever breaks is raised as it comes; `Line` translates."""

    def __init__(self, raw: Any, timeout_seconds: float) -> None:  # noqa: ANN401 - py-amqp has no types
        self.raw = raw
        self._timeout_seconds = timeout_seconds
        self._producer = Producer(raw, auto_declare=False, serializer="json")
        self._last = 0
        self._open: set[int] = set()
        self._refused = 0
        raw.confirm_select()  # from here on the broker numbers the messages of this channel, from 1
        raw.events["basic_ack"].add(self._on_taken)
        raw.events["basic_nack"].add(self._on_refused)

    def send(self, queue: str, message: Any) -> None:  # noqa: ANN401 - a task message of Celery
        """Send *message* to *queue*, without waiting for the answer as long as not too many are under way."""
        self._producer.publish(
            message.body, exchange="", routing_key=queue, headers=message.headers, mandatory=True, **message.properties
        )
        self._last += 1
        self._open.add(self._last)
        while len(self._open) >= _UNCONFIRMED:
            self._listen()

    def settle(self) -> int:
        """Wait until the broker has answered for all that was sent; gives how many messages were refused as too many."""
        while self._open:
            self._listen()
        refused, self._refused = self._refused, 0
        return refused

    def depth(self, queue: str) -> int:
        """Messages that lie ready in *queue*."""
        return int(self.raw.queue_declare(queue, passive=True).message_count)

    def wait_until_ready(self, queue: str, count: int) -> None:
        """Wait until *count* messages lie ready in *queue*: the broker counts what was put back only some moments later, and
        gives it to nobody before. Not for long: somebody else may take them."""
        until = time.monotonic() + _PUT_BACK_SECONDS
        while self.depth(queue) < count and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def _listen(self) -> None:
        self.raw.connection.drain_events(timeout=self._timeout_seconds)

    def _on_taken(self, number: int, multiple: bool) -> None:  # noqa: FBT001 - py-amqp calls it
        self._open -= self._answered(number, multiple=multiple)

    def _on_refused(self, number: int, multiple: bool) -> None:  # noqa: FBT001 - py-amqp calls it
        refused = self._answered(number, multiple=multiple)
        self._refused += len(refused)
        self._open -= refused

    def _answered(self, number: int, *, multiple: bool) -> set[int]:
        return {each for each in self._open if each <= number} if multiple else {number}


class Line:
    """One connection with one channel; threads take turns."""

    def __init__(self, app: Celery, broker: Broker) -> None:
        self._app = app
        self._broker = broker
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._channel: Channel | None = None

    def call(self, use: Callable[[Channel], T]) -> T:
        """What *use* makes of the channel. It is called again where a connection that stood idle turns out to be gone.

        Raises Unavailable(queue_unavailable).
        """
        with self._lock:
            stood_idle = self._channel is not None
            try:
                return self._try(use)
            except Unavailable:
                if not stood_idle:
                    raise
            return self._try(use)

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _try(self, use: Callable[[Channel], T]) -> T:
        try:
            return use(self._opened())
        except _BROKEN as error:
            self._drop()
            # Neither the error's message nor the error as cause: they may hold the address and the account.
            raise Unavailable("queue_unavailable", f"RabbitMQ: {type(error).__name__}") from None
        except BaseException:
            self._drop()  # who knows what is under way on it
            raise

    def _opened(self) -> Channel:
        if self._channel is None:
            seconds = self._broker.timeout_seconds
            waits = {"read_timeout": seconds, "write_timeout": seconds, "confirm_publish": False}  # a Channel counts itself
            self._connection = self._app.connection_for_write(transport_options=waits, heartbeat=0)
            self._connection.connect()
            declare(self._connection, self._broker)
            self._channel = Channel(self._connection.channel(), seconds)
        return self._channel

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.collect(socket_timeout=1.0)
