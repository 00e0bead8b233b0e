"""A broker for tests: a virtual host of the test run on the shared server, or a server of its own that may be killed."""

import atexit
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from amqp.exceptions import NotFound
from kombu import Connection

from archive.queue.broker import Broker, make_app
from archive.queue.messages import DEAD_LETTERS, queue_of
from deploy.native.rabbitmq import make_virtual_host, remove_virtual_host
from deploy.native.site import Ports
from deploy.native.stack import Stack
from schemas.work import Stage

QUEUES = (*map(queue_of, Stage), DEAD_LETTERS)


@dataclass(frozen=True, slots=True)
class Place:
    """A virtual host of a server."""

    stack: Stack
    virtual_host: str

    def broker(self, role: str = "worker", **changes) -> Broker:
        """As the account *role* reaches it, with *changes*."""
        broker = Broker(
            host="127.0.0.1",
            port=self.stack.port("rabbitmq"),
            virtual_host=self.virtual_host,
            user=self.stack.account(role),
            password=self.stack.password(role, "rabbitmq"),
            ca_file=self.stack.ca_file(),
            timeout_seconds=10,
        )
        return replace(broker, **changes)

    def settings(self, **more: object) -> str:
        """The part `[queue]` of a claimkeep.toml that names this place, with *more* settings."""
        values = {
            "backend": "celery",
            "host": "127.0.0.1",
            "port": self.stack.port("rabbitmq"),
            "virtual_host": self.virtual_host,
            "user": self.stack.account("worker"),
            "password_file": str(self.stack.password_file("worker", "rabbitmq")),
            "ca_file": str(self.stack.ca_file()),
            "timeout_seconds": 5,
        }
        lines = (f"{name} = {value!r}" for name, value in (values | more).items())
        return "[queue]\n" + "\n".join(lines) + "\n"

    def empty(self) -> None:
        """Remove the queues that a test left."""
        with raw_connection(self.broker()) as connection:
            for name in QUEUES:
                with suppress(NotFound), connection.channel() as channel:
                    channel.queue_delete(name)


@contextmanager
def shared_place() -> Iterator[Place]:
    """On the server that all tests share, in a virtual host without queues."""
    place = _of_this_run()
    place.empty()
    yield place


@cache
def _of_this_run() -> Place:
    stack, name = Stack(), f"claimkeep-queue-{secrets.token_hex(4)}"
    stack.up("rabbitmq")
    make_virtual_host(stack.site, name)
    atexit.register(remove_virtual_host, stack.site, name)
    return Place(stack, name)


@contextmanager
def own_place() -> Iterator[Place]:
    """On a server of its own, which may be stopped and killed."""
    with tempfile.TemporaryDirectory(prefix="claimkeep-rabbitmq-") as folder:
        Path(folder).chmod(0o755)  # the server is another account's
        stack = Stack(Path(folder) / "stack", Ports.free())
        stack.up("rabbitmq")
        try:
            yield Place(stack, "claimkeep")
        finally:
            stack.kill("rabbitmq")


@contextmanager
def raw_connection(broker: Broker) -> Iterator[Connection]:
    """A connection of its own, as somebody else has it."""
    with make_app(broker).connection_for_write() as connection:
        yield connection


def raw_messages(broker: Broker, queue: str) -> list:
    """Everything that lies in *queue*, as the broker holds it; it stays there."""
    with raw_connection(broker) as connection, connection.channel() as channel:
        found = []
        while (message := channel.basic_get(queue)) is not None:
            found.append(message)
        return found


def put_raw(broker: Broker, queue: str, body: bytes, **properties) -> None:
    """Put any bytes into *queue*."""
    with raw_connection(broker) as connection, connection.channel() as channel:
        channel.basic_publish(channel.prepare_message(body, **properties), exchange="", routing_key=queue)
