"""What a message says: which step waits, in ids and nothing else; and how long whoever takes it may hold it."""

import re
from collections.abc import Callable

from schemas.limits import Limits
from schemas.redaction import Audience
from schemas.work import Job, Stage

VERSION = 1
"""Of the arguments. A message of another version is nobody's to guess at: it goes to the dead letters."""
TASK = "claimkeep.step"
DEAD_LETTERS = "claimkeep.dead"

_GRACE_SECONDS = 60.0  # whoever watches the worker ends it at the limit; the lease outlives that
_DOCUMENT = re.compile(r"D-[0-9A-Z]{1,32}", re.ASCII)
_ENGINE = re.compile(r"[a-z0-9_.-]{0,40}", re.ASCII)
_LAST_PAGE = 1_000_000
_AUDIENCES = {"", *(audience.value for audience in Audience)}


def queue_of(stage: Stage) -> str:
    """One queue for each stage: they differ in cost and in what waits for them, and a worker may serve some of them."""
    return f"claimkeep.{stage.value}"


def lease_seconds(limits: Limits) -> Callable[[Stage], float]:
    return lambda stage: stage.limit_seconds(limits) + _GRACE_SECONDS


def arguments_of(job: Job) -> list[str | int]:
    """The arguments of a message about *job*."""
    return [VERSION, job.stage.value, job.document_id, job.page_number, job.audience, job.engine]


def job_of(arguments: object) -> Job:
    """The job that the arguments of a message name. They come from outside: ValueError where anything about them is odd."""
    match arguments:
        case [int(version), str(stage), str(document_id), int(page_number), str(audience), str(engine)] if (
            version == VERSION and not isinstance(page_number, bool)
        ):
            pass
        case _:
            raise ValueError("not the arguments of a step")
    if not (_DOCUMENT.fullmatch(document_id) and _ENGINE.fullmatch(engine)):
        raise ValueError("no such ids are given")
    if audience not in _AUDIENCES or not 0 <= page_number <= _LAST_PAGE:
        raise ValueError("no such audience or page")
    return Job(Stage(stage), document_id, page_number, audience, engine)
