"""The Celery worker program: takes messages from the broker and gives them to its child processes.

python -m workers.running.celery_worker HOME --processes 2 --stages open,read --report FD [--load MODULE:FUNCTION]

`claimkeep work` starts it and watches it (workers.running.celery_pool). It knows messages and processes, and no archive: a
process that has databases open must not fork. When a child ends, it says so in a line of JSON on the file descriptor FD, and
whoever watches records what that means for the step in hand.
"""

import argparse
import json
import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from billiard.pool import ApplyResult
from billiard.util import get_logger
from celery import Celery, bootsteps
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.exceptions import SecurityWarning
from celery.platforms import set_pdeathsig
from celery.signals import setup_logging
from celery.worker.consumer import Consumer
from kombu import Connection, Message

from archive.errors import Unavailable
from archive.logs import set_up_logs
from archive.queue.broker import CeleryDriven
from archive.queue.dead_letters import job_of_message
from archive.queue.messages import queue_of
from archive.wiring import open_archive
from schemas.limits import Limits
from schemas.work import Stage
from workers.running import tasks
from workers.running.deaths import CATALOG_AWAY, memory_of

if TYPE_CHECKING:
    from workers.tools import Tools

_LOOK_SECONDS = 0.25
_LONGEST_PAUSE = 3  # seconds between two tries to reach a broker that is away

log = structlog.get_logger(__name__)


class _ReportingAsynPool(AsynPool):  # type: ignore[misc]
    """Says how each child ended that had a message in hand."""

    report: Callable[[int, int | None, str | None], None]
    ended_for: dict[int, str]
    """Process ids that were ended here, with the cause."""

    def on_job_process_lost(self, job: ApplyResult, pid: int, exitcode: int) -> None:
        self.report(pid, exitcode, self.ended_for.pop(pid, None))
        super().on_job_process_lost(job, pid, exitcode)

    def _on_hard_timeout(self, job: int) -> None:
        """The hub's timer for a job calls it; it ends the child, which has then nothing in hand as far as the pool knows."""
        result = self._cache.get(job)
        pid = None if result is None or result.ready() else result._worker_pid  # noqa: SLF001 - billiard has no other name
        super()._on_hard_timeout(job)
        if pid is not None:
            self.report(pid, -signal.SIGKILL, "timeout")


class _Pool(TaskPool):  # type: ignore[misc]
    Pool = _ReportingAsynPool


class _Consumer(Consumer):  # type: ignore[misc]
    """Lets no message through that is not about a step, and does without queues for messages to come later."""

    class Blueprint(Consumer.Blueprint):  # type: ignore[misc]
        """Celery's, without what we do not use."""

        default_steps = tuple(
            step for step in Consumer.Blueprint.default_steps if not step.endswith((":DelayedDelivery", ":Gossip", ":Mingle"))
        )

    limits: Limits

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:  # noqa: ANN401 - Celery's own
        take = super().create_task_handler(*args, **kwargs)

        def on_message(message: Message) -> None:
            job = job_of_message(message.headers, message.body) if message.content_type == "application/json" else None
            if job is None:
                log.warning("queue.unreadable")
                message.reject_log_error(logging.getLogger(__name__), self.connection_errors)
                return
            message.headers["timelimit"] = [job.stage.limit_seconds(self.limits), None]  # of this worker's settings
            take(message)

        return on_message

    def ensure_connected(self, conn: Connection) -> Connection:
        """Try until the broker answers, with pauses that stay short: a batch goes on within seconds."""
        from celery.worker.state import maybe_shutdown

        def wait(error: Exception, seconds: float) -> None:
            log.error("queue.away", error=type(error).__name__, seconds=seconds)

        self.first_connection_attempt = False
        return conn.ensure_connection(
            wait, None, interval_start=1, interval_step=1, interval_max=_LONGEST_PAUSE, callback=maybe_shutdown
        )


class _MemoryWatch(bootsteps.StartStopStep):  # type: ignore[misc]
    """Ends a child that holds more memory than it may."""

    requires = ("celery.worker.components:Pool", "celery.worker.components:Timer")
    most_bytes: int

    def start(self, worker: Any) -> None:  # noqa: ANN401 - Celery's own
        worker.timer.call_repeatedly(_LOOK_SECONDS, self._look, (worker.pool._pool,))  # noqa: SLF001

    def _look(self, pool: _ReportingAsynPool) -> None:
        running = {process.pid for process in pool._pool}  # noqa: SLF001
        for pid in pool.ended_for.keys() - running:
            del pool.ended_for[pid]
        for pid in running - pool.ended_for.keys():
            if memory_of(pid) > self.most_bytes:
                pool.ended_for[pid] = "memory"
                os.kill(pid, signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--stages", type=_stages, default=tuple(Stage), help="Which stages to serve, with commas between.")
    parser.add_argument("--report", type=int, required=True, help="File descriptor to tell of ended steps and processes.")
    parser.add_argument("--load", default="workers.tools:load_tools", help="Gives each process its tools.")
    options = parser.parse_args()
    set_pdeathsig("SIGKILL")  # nobody would take back what its children had in hand
    try:
        with open_archive(options.home) as archive:
            set_up_logs(archive.settings.log.level)
            limits, queue = archive.settings.limits, archive.queue
    except Unavailable as error:
        log.error("work.waits", reason=error.reason, detail=error.detail)
        sys.exit(CATALOG_AWAY)  # whoever watches starts it again
    if not isinstance(queue, CeleryDriven):
        sys.exit("this archive's queue is not Celery's")
    _set_up_worker_logs()
    tasks.register(queue.app, options.home, partial(_load, options.load), options.report)
    sys.exit(_serve(queue.app, limits, options.processes, options.stages, options.report))


def _serve(app: Celery, limits: Limits, processes: int, stages: tuple[Stage, ...], descriptor: int) -> int:
    _ReportingAsynPool.report = staticmethod(partial(_report, descriptor))
    _ReportingAsynPool.ended_for = {}
    _Consumer.limits = limits
    _MemoryWatch.most_bytes = limits.worker_memory_bytes
    app.steps["worker"].add(_MemoryWatch)
    worker = app.Worker(
        hostname=f"claimkeep@{socket.gethostname()}",
        concurrency=processes,
        queues=[queue_of(stage) for stage in stages],
        pool_cls=_Pool,
        consumer_cls=_Consumer,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _report(descriptor: int, pid: int, exit_code: int | None, cause: str | None) -> None:
    os.write(descriptor, json.dumps({"pid": pid, "exit_code": exit_code, "cause": cause}).encode() + b"\n")


def _stages(text: str) -> tuple[Stage, ...]:
    return tuple(Stage(each) for each in text.split(","))


def _load(name: str) -> "Tools":
    module, _, function = name.partition(":")
    tools: Tools = getattr(import_module(module), function)()
    return tools


def _set_up_worker_logs() -> None:
    setup_logging.connect(lambda **_signal: None, weak=False)  # Celery leaves logging alone then
    logging.basicConfig(handlers=[_IntoOurs()], level=logging.WARNING, force=True)
    get_logger().addHandler(_IntoOurs())  # that of billiard, which keeps to itself
    # As root in a container of one's own. What Celery fears is pickle, which is not accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)


class _IntoOurs(logging.Handler):
    """What libraries warn of, by place alone: their words quote messages, addresses and accounts."""

    def emit(self, record: logging.LogRecord) -> None:
        log.warning("library.warns", place=record.name, at=f"{record.module}:{record.lineno}")


if __name__ == "__main__":
    main()
