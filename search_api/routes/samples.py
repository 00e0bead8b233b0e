"""Samples of redacted pages: drawn, judged, and what they show."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from archive.review import sampling
from archive.review.reasons import LONGEST
from archive.review.sampling import Report, Wanted
from schemas.redaction import Audience
from search_api.errors import responses
from search_api.sign_in import ArchiveHere, Reviewer, may_review

router = APIRouter(prefix="/api/samples", tags=["samples"])

Share = Annotated[float, Field(gt=0, lt=1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NewSample(_Body):
    """What the sample is to show if no page leaks: with `confidence`, that at most `bound` of the batch's pages do."""

    batch: Annotated[str, Field(max_length=16)]
    audience: Audience = Audience.HANDLER
    bound: Share = 0.01
    confidence: Share = 0.95
    seed: Annotated[str, Field(pattern="^[0-9a-f]{1,32}$")] | None = None


class NewVerdict(_Body):
    """What was seen on the page. A `leak` needs a reason, and withdraws the document's file."""

    verdict: Literal["ok", "leak"]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = None


@dataclass(frozen=True, slots=True)
class SampledPageAnswer:
    """A page of the sample, counted from 1 in it; `verdict`: ok, leak, or none yet. `unreadable` is the reason code of what
    keeps the reason from being read."""

    page: int
    document: str
    page_number: int
    version: int
    verdict: str | None
    by: str | None
    reason: str | None = field(repr=False)
    unreadable: str | None


@dataclass(frozen=True, slots=True)
class SampleAnswer:
    """`upper_bound` of the share of the batch's pages that leak, and of pages made like them; none before all are judged.
    `seed_given`: whoever drew chose the seed; null where an older program drew."""

    plan: str
    batch: str
    audience: str
    bound: float
    confidence: float
    seed: str
    seed_given: bool | None
    population: int
    sampled: int
    ok: int
    leak: int
    upper_bound: float | None
    upper_bound_for_more: float | None
    met: bool | None
    pages: tuple[SampledPageAnswer, ...]


@router.post("", status_code=201, responses=responses(401, 403, 404, 422, 503))
def draw(new: NewSample, archive: ArchiveHere, user: Reviewer) -> SampleAnswer:
    """Draw a random sample of a batch's redacted pages."""
    plan = sampling.draw(archive, user.user_id, Wanted(new.batch, new.audience, new.bound, new.confidence, new.seed))
    return _answer(sampling.report(archive, plan.plan_id))


@router.get("/{plan}", responses=responses(401, 403, 404, 503), dependencies=[Depends(may_review)])
def one_sample(plan: str, archive: ArchiveHere) -> SampleAnswer:
    """The pages of a sample, the verdicts, and the bound that they show."""
    return _answer(sampling.report(archive, plan))


@router.post("/{plan}/pages/{number}", status_code=201, responses=responses(401, 403, 404, 409, 422, 503))
def judge(plan: str, number: int, new: NewVerdict, archive: ArchiveHere, user: Reviewer) -> SampleAnswer:
    """Say what was seen on a page of the sample, once and for all."""
    sampling.judge(archive, user.user_id, plan, number, new.verdict, new.reason)
    return _answer(sampling.report(archive, plan))


def _answer(told: Report) -> SampleAnswer:
    plan = told.plan
    return SampleAnswer(
        plan=plan.plan_id,
        batch=plan.batch_id,
        audience=plan.audience,
        bound=plan.bound,
        confidence=plan.confidence,
        seed=plan.seed,
        seed_given=plan.seed_given,
        population=plan.population,
        sampled=len(told.pages),
        ok=told.ok,
        leak=told.leak,
        upper_bound=told.upper_bound,
        upper_bound_for_more=told.upper_bound_for_more,
        met=told.is_met,
        pages=tuple(
            SampledPageAnswer(
                each.page.number,
                each.page.document_id,
                each.page.page_number,
                each.page.version,
                each.page.verdict,
                each.page.judged_by,
                each.reason,
                each.unreadable,
            )
            for each in told.pages
        ),
    )
