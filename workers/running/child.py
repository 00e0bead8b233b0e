"""One worker process: takes a job, does it, takes the next, until it is told to stop or whoever started it is gone."""

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from archive.errors import ArchiveError, FixityMismatch, NotFound, Refused, Rejected, Unavailable
from archive.logs import about_step, set_up_logs
from archive.standing import require_room
from archive.wiring import Archive, open_archive
from schemas.work import Lease
from workers import pipeline
from workers.running.deaths import CATALOG_AWAY, Patience
from workers.running.measure import StepEnd
from workers.steps import results
from workers.tools import Tools

_LOOK_AGAIN_SECONDS = 0.2
_RECORD_SECONDS = 30.0  # in which a catalog that is away may come back, so that the end of a step can be recorded

log = structlog.get_logger(__name__)


def run(home: Path, owner: str, connection: Connection, load: Callable[[], Tools]) -> None:
    """The process's main function. Tells *connection* (work id, token, seconds it may take) when it takes a job and a StepEnd
    when it has ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides what it means
    stop = threading.Event()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()
    opened = _open_when_it_answers(home, stop)
    if opened is None:
        return
    with opened as archive:
        set_up_logs(archive.settings.log.level)
        tools = load()
        patience = Patience()
        while not stop.is_set():
            try:
                require_room(archive)
                lease = archive.queue.take(owner)
            except Unavailable as error:
                stop.wait(patience.after(error))
                continue
            except Refused:
                return  # the archive has moved away; whoever watches this process says so
            patience.is_over()
            if lease is None:
                stop.wait(_LOOK_AGAIN_SECONDS)
                continue
            connection.send((lease.work_id, lease.token, lease.job.stage.limit_seconds(archive.settings.limits)))
            connection.send(do(archive, tools, lease))


def _open_when_it_answers(home: Path, stop: threading.Event) -> Archive | None:
    """None where it was told to stop before that."""
    patience = Patience()
    while not stop.is_set():
        try:
            return open_archive(home)
        except Unavailable as error:
            stop.wait(patience.after(error))
    return None


def _listen(connection: Connection, stop: threading.Event) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)  # the parent is dead: nobody watches this process any more, and its lease is taken back
    stop.set()


def do(archive: Archive, tools: Tools, lease: Lease) -> StepEnd:
    """Do one job and record how it ended, whatever happens; ends the process where that cannot be recorded for long."""
    began = time.monotonic()
    with about_step(archive, lease.job):
        outcome = _do(archive, tools, lease)
    return StepEnd(lease.job.stage, outcome, time.monotonic() - began, os.getpid())


def _do(archive: Archive, tools: Tools, lease: Lease) -> str:
    """Gives one of workers.running.measure.OUTCOMES."""
    try:
        pipeline.run(archive, tools, lease)
    except Rejected as error:
        return _refused(archive, lease, error)
    except Refused as error:
        log.info("step.not_taken", reason=error.reason)  # the lease was lost: somebody else does it
        return "not_taken"
    except (FixityMismatch, NotFound) as error:
        log.error("step.failed", reason=error.reason)
        return _refused(archive, lease, error)
    except Unavailable as error:
        log.error("step.postponed", reason=error.reason)
        return _record(lambda: results.postponed(archive, lease), "postponed")
    except MemoryError:
        return _failed(archive, lease, "memory")
    except Exception as error:  # noqa: BLE001 - a page may fail in ways nobody thought of, and must fail alone
        # The type and place of the error are told, never its message: that may quote the page.
        log.error("step.failed", error=type(error).__name__, at=_place(error))
        return _failed(archive, lease, "error")
    return "done"


def _refused(archive: Archive, lease: Lease, error: ArchiveError) -> str:
    return _record(lambda: results.step_refused(archive, lease, error.reason), "refused")


def _failed(archive: Archive, lease: Lease, cause: str) -> str:
    return _record(lambda: "given_up" if results.step_failed(archive, lease, cause) else "failed")


def _record(record: Callable[[], str | None], outcome: str = "") -> str:
    """Gives *outcome*, or what *record* gives."""
    patience, until = Patience(), time.monotonic() + _RECORD_SECONDS
    while time.monotonic() < until:
        try:
            return record() or outcome
        except Unavailable as error:
            time.sleep(patience.after(error))
        except ArchiveError as error:
            log.error("step.not_recorded", reason=error.reason)  # the lease was lost: somebody else does it
            return "not_recorded"
    os._exit(CATALOG_AWAY)  # not a failure of the page; whoever watches gives the lease back when the catalog answers again


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
