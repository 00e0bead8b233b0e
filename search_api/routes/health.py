"""Whether the service runs, and whether it can do its work. Asked by machines, without a token."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from archive.standing import Examiner, Finding
from schemas.reasons import remedy
from search_api.errors import Problem, language_of, problem
from search_api.language import Language

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """Every part of the archive answers."""

    status: Literal["ready"] = "ready"


class FailingPart(BaseModel):
    """A part of the archive that does not do its work: catalog, store, index, queue, keys or disk."""

    part: str
    reason: str
    detail: str


class NotReady(Problem):
    """The body of 503; `reason` is that of the first failing part."""

    failing: list[FailingPart]


async def _examiner(request: Request) -> Examiner:
    """One for the whole service: its answers are kept, and a part that hangs is asked once."""
    state = request.app.state
    if not hasattr(state, "examiner"):
        state.examiner = Examiner(state.archive)
    examiner: Examiner = state.examiner
    return examiner


@router.get("/live")
async def live() -> Live:
    """Answers as long as the process runs."""
    return Live()


@router.get("/ready", response_model=Ready, responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": NotReady}})
def ready(examiner: Annotated[Examiner, Depends(_examiner)], request: Request) -> Ready | Response:
    """Asks every part of the archive, none for longer than two seconds; 503 names those that fail, and what to do.

    An archive that is not ready may still answer searches: have a proxy ask for /health/live, and an alarm for this.
    """
    failing = [finding for finding in examiner.examine() if not finding.is_well]
    if not failing:
        return Ready()
    language = language_of(request)
    parts = [_failing(finding, language) for finding in failing]
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, parts[0].reason, language, failing=[each.model_dump() for each in parts])


def _failing(finding: Finding, language: Language) -> FailingPart:
    """Without what the part said, which may name servers: nobody has signed in."""
    reason = finding.reason or "internal_error"
    sentence = remedy(reason)
    return FailingPart(part=finding.part, reason=reason, detail=sentence.zh if language == "zh" else sentence.en)
