"""Random samples of redacted pages, and what people saw on them. Reasons are sealed by `archive.review.reasons`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, insert, select, update

from archive.catalog.tables import derivatives, derived_pages, items, sample_pages, sample_plans
from archive.errors import NotFound, Refused

_LOOKED_AT = ("ready", "awaiting")


@dataclass(frozen=True, slots=True)
class Plan:
    """A sample of a batch's pages for an audience. `population` counts the pages it was drawn from; `seed` is what the draw is
    repeated with; `bound` and `confidence` (both between 0 and 1) are what it was to show if no page leaks. `seed_given` says
    that whoever drew chose the seed, and may have tried others; None where an older program drew."""

    plan_id: str
    batch_id: str
    audience: str
    bound: float
    confidence: float
    seed: str
    population: int
    drawn_by: str
    drawn_at: str
    seed_given: bool | None = None


@dataclass(frozen=True, slots=True)
class SampledPage:
    """A page that was drawn, counted from 1 in the plan, of version `version` of its document's file. `verdict`: ok, leak, or
    none yet."""

    plan_id: str
    number: int
    document_id: str
    page_number: int
    version: int
    verdict: str | None = None
    judged_by: str | None = None
    judged_at: str | None = None
    reason: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page that can be drawn."""

    document_id: str
    page_number: int
    version: int


def candidates(connection: Connection, batch_id: str, audience: str) -> list[Candidate]:
    """The verified pages of files of the batch that are given out or about to be, in order."""
    in_batch = select(items.c.document_id).where(items.c.batch_id == batch_id, items.c.document_id.is_not(None))
    query = (
        select(derived_pages.c.document_id, derived_pages.c.page_number, derivatives.c.version)
        .join(
            derivatives,
            (derivatives.c.document_id == derived_pages.c.document_id) & (derivatives.c.audience == derived_pages.c.audience),
        )
        .where(
            derived_pages.c.audience == audience,
            derived_pages.c.state == "verified",
            derivatives.c.state.in_(_LOOKED_AT),
            derived_pages.c.document_id.in_(in_batch),
        )
        .order_by(derived_pages.c.document_id, derived_pages.c.page_number)
    )
    return [Candidate(*row) for row in connection.execute(query)]


def put(connection: Connection, plan: Plan, pages: Collection[SampledPage]) -> None:
    given = None if plan.seed_given is None else int(plan.seed_given)
    connection.execute(insert(sample_plans).values(**{**_values(plan), "seed_given": given}))
    connection.execute(insert(sample_pages), [_values(each) for each in pages])


def get(connection: Connection, plan_id: str) -> Plan:
    """Raises NotFound."""
    row = connection.execute(select(sample_plans).where(sample_plans.c.plan_id == plan_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("not_found", plan_id)
    return _plan(row)


def of_batch(connection: Connection, batch_id: str) -> list[Plan]:
    """In the order in which they were drawn."""
    query = select(sample_plans).where(sample_plans.c.batch_id == batch_id).order_by(sample_plans.c.drawn_at)
    return [_plan(row) for row in connection.execute(query).mappings()]


def pages_of(connection: Connection, plan_id: str) -> Sequence[SampledPage]:
    """In order of number."""
    query = select(sample_pages).where(sample_pages.c.plan_id == plan_id).order_by(sample_pages.c.number)
    return [SampledPage(**row) for row in connection.execute(query).mappings()]


def page(connection: Connection, plan_id: str, number: int) -> SampledPage:
    """Raises NotFound."""
    query = select(sample_pages).where(sample_pages.c.plan_id == plan_id, sample_pages.c.number == number)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("not_found", f"{plan_id} page {number}")
    return SampledPage(**row)


def judge(
    connection: Connection, plan_id: str, number: int, verdict: str, by: str, at: str, reason: bytes | None
) -> SampledPage:
    """What *by* saw on the page, once and for all. Raises NotFound, Refused(already_decided)."""
    if page(connection, plan_id, number).verdict is not None:
        raise Refused("already_decided", f"{plan_id} page {number}")
    connection.execute(
        update(sample_pages)
        .where(sample_pages.c.plan_id == plan_id, sample_pages.c.number == number)
        .values(verdict=verdict, judged_by=by, judged_at=at, reason=reason)
    )
    return page(connection, plan_id, number)


def _plan(row: RowMapping) -> Plan:
    return Plan(**{**row, "seed_given": None if row["seed_given"] is None else bool(row["seed_given"])})


def _values(row: Plan | SampledPage) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}
