"""How Celery and RabbitMQ are set up; the only place that configures either (docs/decisions/0014-celery.md)."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from amqp.exceptions import NotFound
from celery import Celery
from kombu import Connection, Exchange, Queue

from archive.queue.messages import DEAD_LETTERS, queue_of
from schemas.work import Job, Lease, Stage

_HEARTBEAT_SECONDS = 10  # a connection that was cut without a word is noticed after two of them
_LOAD_SECONDS = 120.0  # a worker process may take so long to load its models on a busy machine
_MOST_DEAD_LETTERS = 100_000
_DIRECT = Exchange("")
"""The broker's own exchange, which brings a message to the queue of its routing key's name."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where RabbitMQ is and what may be asked of it."""

    host: str
    port: int
    virtual_host: str
    user: str
    password: str = field(repr=False)
    tls: bool = True
    ca_file: Path | None = None
    longest: int = 100_000
    """Messages that each queue takes."""
    deliveries: int = 20
    """How often a message is brought before it goes to the dead letters."""
    timeout_seconds: float = 30.0


def make_app(broker: Broker) -> Celery:
    """Celery as this archive uses it: quorum queues, late acknowledgement, JSON, no results, no talk between workers."""
    app = Celery("claimkeep", set_as_current=False)
    app.conf.update(
        broker_transport="pyamqp",
        broker_host=broker.host,  # given one by one: an address with the password in it would turn up somewhere
        broker_port=broker.port,
        broker_vhost=broker.virtual_host,
        broker_user=broker.user,
        broker_password=broker.password,
        broker_use_ssl=_tls(broker),
        broker_connection_timeout=broker.timeout_seconds,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # a worker waits for its broker; whoever announces does not
        broker_heartbeat=_HEARTBEAT_SECONDS,
        broker_transport_options={"confirm_publish": True},
        task_queues=[stage_queue(broker, stage) for stage in Stage],
        task_default_queue=queue_of(Stage.OPEN),
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_detect_quorum_queues=True,  # they know no prefetch over all consumers of a channel
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_proc_alive_timeout=_LOAD_SECONDS,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the lease holds, whatever becomes of the message
    )
    return app


def _tls(broker: Broker) -> dict[str, Any] | None:
    """The server's certificate is checked, and that it is the server's: against *ca_file*, or whom the machine trusts."""
    if not broker.tls:
        return None
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": str(broker.ca_file) if broker.ca_file else None,
        "server_hostname": broker.host,
        "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
    }


def stage_queue(broker: Broker, stage: Stage) -> Queue:
    name = queue_of(stage)
    return Queue(
        name,
        exchange=_DIRECT,
        routing_key=name,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": broker.deliveries,
            "x-max-length": broker.longest,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": DEAD_LETTERS,
        },
        no_declare=True,  # `declare` does, where they are not there yet
    )


def _dead_letter_queue() -> Queue:
    """Of the classic kind: looking at a dead letter puts it back, which a quorum queue would count, and one day drop it."""
    return Queue(
        DEAD_LETTERS,
        exchange=_DIRECT,
        routing_key=DEAD_LETTERS,
        queue_arguments={"x-queue-type": "classic", "x-max-length": _MOST_DEAD_LETTERS},
    )


def declare(connection: Connection, broker: Broker) -> None:
    """Make the queues that are not there yet. One that is there stays as it is, also where the settings have changed since,
    and an account that may not make queues needs none made."""
    for queue in _missing(connection, (_dead_letter_queue(), *(stage_queue(broker, stage) for stage in Stage))):
        with connection.channel() as channel:
            channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=queue.queue_arguments)


def _missing(connection: Connection, queues: Iterable[Queue]) -> list[Queue]:
    return [queue for queue in queues if not _is_there(connection, queue.name)]


def _is_there(connection: Connection, name: str) -> bool:
    with connection.channel() as channel:  # the broker closes the channel that asked for what is not there
        try:
            channel.queue_declare(name, passive=True)
        except NotFound:
            return False
    return True


@runtime_checkable
class CeleryDriven(Protocol):
    """A work queue whose messages Celery workers take."""

    app: Celery
    broker: Broker

    def lease(self, owner: str, job: Job) -> Lease | None:
        """Lease exactly *job* to *owner*; None where somebody else has it, it has ended, or it is not due."""
        ...
