"""One worker process: takes a job, does it, takes the next, until it is told to stop or whoever started it is gone."""

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from archive.errors import ArchiveError, FixityMismatch, NotFound, Refused, Rejected, Unavailable
from archive.logs import set_up_logs
from archive.wiring import Archive, open_archive
from schemas.work import Lease
from workers import pipeline, results
from workers.tools import Tools

_LOOK_AGAIN_SECONDS = 0.2

log = structlog.get_logger(__name__)


def run(home: Path, owner: str, connection: Connection, load: Callable[[], Tools]) -> None:
    """The process's main function. Tells *connection* (work id, token) when it takes a job and None when it has ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides what it means
    stop = threading.Event()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        tools = load()
        while not stop.is_set():
            lease = archive.queue.take(owner)
            if lease is None:
                stop.wait(_LOOK_AGAIN_SECONDS)
                continue
            connection.send((lease.work_id, lease.token))
            do(archive, tools, lease)
            connection.send(None)


def _listen(connection: Connection, stop: threading.Event) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)  # the parent is dead: nobody watches this process any more, and its lease is taken back
    stop.set()


def do(archive: Archive, tools: Tools, lease: Lease) -> None:
    """Do one job and record how it ended, whatever happens."""
    job = lease.job
    with structlog.contextvars.bound_contextvars(
        stage=job.stage.value, document_id=job.document_id, page_number=job.page_number
    ):
        try:
            pipeline.run(archive, tools, lease)
        except Rejected as error:
            _record(results.step_refused, archive, lease, error.reason)
        except Refused as error:
            log.info("step.not_taken", reason=error.reason)  # the lease was lost: somebody else does it
        except (FixityMismatch, NotFound) as error:
            log.error("step.failed", reason=error.reason)
            _record(results.step_refused, archive, lease, error.reason)
        except Unavailable as error:
            log.error("step.postponed", reason=error.reason)
            _record(lambda *step: results.postponed(*step[:2]), archive, lease, "")
        except MemoryError:
            _record(results.step_failed, archive, lease, "memory")
        except Exception as error:  # noqa: BLE001 - a page may fail in ways nobody thought of, and must fail alone
            # The type and place of the error are told, never its message: that may quote the page.
            log.error("step.failed", error=type(error).__name__, at=_place(error))
            _record(results.step_failed, archive, lease, "error")


def _record(record: "results.Recorder", archive: Archive, lease: Lease, how: str) -> None:
    try:
        record(archive, lease, how)
    except ArchiveError as error:
        log.error("step.not_recorded", reason=error.reason)  # the lease runs out and the job is done again


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
