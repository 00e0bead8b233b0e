"""Logs: one line of JSON an event, on standard error, with ids and counts and never a value.

docs/operate.md lists every event with its members; a test holds the code to that list.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import select

from archive.catalog.tables import items
from archive.errors import ArchiveError
from archive.wiring import Archive
from schemas.work import Job

log = structlog.get_logger(__name__)


def set_up_logs(level: str) -> None:
    """Log what is at least as grave as *level* (debug, info, warning, error)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


@contextmanager
def about_step(archive: Archive, job: Job) -> Iterator[None]:
    """Every line that is logged in the block says which step it is about: stage, document, its first batch, page, audience.

    The last of them, `step.ended`, says how long it took; one before it says what went wrong, if anything did.
    """
    ids = {
        "stage": job.stage.value,
        "batch_id": _first_batch(archive, job.document_id),
        "document_id": job.document_id,
        "page_number": job.page_number or None,
        "audience": job.audience or None,
    }
    with structlog.contextvars.bound_contextvars(**{name: value for name, value in ids.items() if value is not None}):
        began = time.monotonic()
        try:
            yield
        finally:
            log.info("step.ended", seconds=round(time.monotonic() - began, 3))


def _first_batch(archive: Archive, document_id: str) -> str | None:
    """The batch that brought the document first. A log line is not worth a failing step: None where it cannot be told."""
    try:
        with archive.catalog.read() as connection:
            query = select(items.c.batch_id).where(items.c.document_id == document_id).order_by(items.c.item_id).limit(1)
            return connection.execute(query).scalar()
    except ArchiveError:
        return None
