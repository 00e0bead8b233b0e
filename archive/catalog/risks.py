"""The review queue: files by how much there is to be looked at in them. Counted by `archive.review.risk`."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert  # for ON CONFLICT DO UPDATE, which SQLite writes alike

from archive.catalog.tables import decisions, derivatives, review_risks

QUEUED = ("awaiting", "withheld", "rejected", "withdrawn", "ready")
"""States of files that somebody may have to look at."""
_TAKEN_BACK = ("rejected", "withdrawn")


@dataclass(frozen=True, slots=True)
class Risk:
    """What is known of version `version` of a document's file: `signals` counts reasons to look at it, `score` weighs them."""

    document_id: str
    audience: str
    version: int
    score: int
    signals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Queued:
    """A file in the queue, with the maker of its version ("": the program)."""

    risk: Risk
    state: str
    maker: str


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of the queue ended: the next begins with the file that comes after it."""

    score: int
    document_id: str


def put(connection: Connection, risk: Risk) -> None:
    """In place of what was known of the file for the same audience."""
    values = {name: getattr(risk, name) for name in Risk.__slots__}
    statement = insert(review_risks).values(**values)
    newer = {name: values[name] for name in ("version", "score", "signals")}
    connection.execute(statement.on_conflict_do_update(index_elements=["document_id", "audience"], set_=newer))


def queue(
    connection: Connection, audience: str, limit: int, after: After | None = None, states: Collection[str] = QUEUED
) -> list[Queued]:
    """Up to *limit* files for *audience* in one of *states* that nobody has approved, or that were taken back after that, the
    greatest risk first."""
    query = (
        select(review_risks, derivatives.c.state, derivatives.c.maker)
        .join(derivatives, _same_version())
        .where(review_risks.c.audience == audience, derivatives.c.state.in_(list(states)), _is_open())
        .order_by(review_risks.c.score.desc(), review_risks.c.document_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(_comes_after(after))
    rows = connection.execute(query).mappings()
    return [Queued(Risk(**{name: row[name] for name in Risk.__slots__}), row["state"], row["maker"]) for row in rows]


def of_file(connection: Connection, document_id: str, audience: str) -> Risk | None:
    query = select(review_risks).where(review_risks.c.document_id == document_id, review_risks.c.audience == audience)
    row = connection.execute(query).mappings().one_or_none()
    return Risk(**row) if row else None


def _same_version() -> ColumnElement[bool]:
    return and_(*(review_risks.c[name] == derivatives.c[name] for name in ("document_id", "audience", "version")))


def _is_open() -> ColumnElement[bool]:
    same = (decisions.c[name] == derivatives.c[name] for name in ("document_id", "audience", "version"))
    is_approved = exists(select(decisions.c.decision_id).where(*same, decisions.c.decision == "approved"))
    return or_(derivatives.c.state.in_(_TAKEN_BACK), ~is_approved)


def _comes_after(after: After) -> ColumnElement[bool]:
    later = and_(review_risks.c.score == after.score, review_risks.c.document_id > after.document_id)
    return or_(review_risks.c.score < after.score, later)
