"""What is to be done next, and who has it in hand."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.limits import Limits

_WHOLE_DOCUMENT = 4  # the steps that go through every page of a document take that much longer than opening it


class Stage(StrEnum):
    """One step on the way of a document. `OPEN`, `PLAN` and `FINISH` take the document, the others one page. `UNMASK` is none
    of the way: a person waits for it, and nothing comes after it."""

    OPEN = "open"
    """count the pages"""
    READ = "read"
    """page to text"""
    PLAN = "plan"
    """classify, extract, decide what is hidden"""
    HIDE = "hide"
    """burn a page for an audience and read it back"""
    FINISH = "finish"
    """build and check the derivatives, describe, index"""
    UNMASK = "unmask"
    """draw a page as it came in, with a watermark, for whoever was given leave; `audience` is the request's id"""

    @property
    def priority(self) -> int:
        """Smaller goes first: totals early, then whatever lets a document end."""
        return {Stage.UNMASK: -1, Stage.OPEN: 0, Stage.FINISH: 1, Stage.PLAN: 2, Stage.HIDE: 3, Stage.READ: 4}[self]

    @property
    def is_of_page(self) -> bool:
        return self in {Stage.READ, Stage.HIDE, Stage.UNMASK}

    def limit_seconds(self, limits: Limits) -> float:
        """How long one try may take."""
        if self.is_of_page:
            return limits.page_seconds
        return limits.document_seconds if self is Stage.OPEN else limits.document_seconds * _WHOLE_DOCUMENT


@dataclass(frozen=True, slots=True)
class Job:
    """A step of one document; `page_number` 0 is the whole document, `audience` "" is none, `engine` "" the usual one.

    Of an `UNMASK` step `audience` is the request's id: each is drawn for one person.
    """

    stage: Stage
    document_id: str
    page_number: int = 0
    audience: str = ""
    engine: str = ""
    """Which OCR engine reads a page again, by name. There is one step a page to be read, whichever engine reads it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do a job until `until`. A result counts only while `token` is the newest of its job (fencing)."""

    work_id: int
    job: Job
    token: int
    owner: str
    until: str
