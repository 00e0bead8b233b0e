"""Counts of the whole archive, for metrics: what is in which state, and what waits since when. No ids, no values.

Every count comes from an index; the largest, that of the pages, reads one entry a page. `archive.metrics` sees to it that it is
made seldom.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select

from archive.catalog import access, derivatives, unmaskings
from archive.catalog.tables import documents, ledger_head, pages, work
from archive.wiring import Archive
from schemas.work import Stage

_NEXT_STEPS = 1_000
_STAGES = {stage.priority: stage for stage in Stage}  # the index of `work` has priorities, one for each stage

# Written into the statements, not bound to them: only so can a database see that an index of such rows alone will do.
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_LEASED: ColumnElement[str] = literal_column("'leased'")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the catalog counts. A reason is a code of `schemas.reasons`, "" where there is none."""

    pages: dict[tuple[str, str], int]
    """by state and reason"""
    documents: dict[tuple[str, str], int]
    """by state and reason"""
    described: int
    """documents for which there must be a record in the index"""
    steps: dict[tuple[Stage, str], int]
    """by stage and state: waiting, leased"""
    oldest_waiting: dict[Stage, float]
    """seconds for which the oldest step of a stage has been due; 0 where none is"""
    withheld: int
    """files that are not given out because reading them back found something"""
    awaiting: int
    """files that are not given out because nobody has approved them"""
    unmaskings: dict[str, int]
    """requests to see a page unmasked, by state; under `alarmed` those that were one too many within an hour"""
    access_alarms: int
    """alarms about people who saw very many, ever"""
    ledger_entries: int


def count_catalog(archive: Archive) -> Figures:
    """Raises Unavailable."""
    with archive.catalog.read() as connection:
        of_documents = _by_state_and_reason(connection, documents)
        return Figures(
            pages=_by_state_and_reason(connection, pages),
            documents=of_documents,
            described=_described(connection, of_documents),
            steps=_of_steps(connection),
            oldest_waiting={stage: _waited(connection, stage, archive.clock()) for stage in Stage},
            withheld=derivatives.withheld(connection),
            awaiting=derivatives.awaiting(connection),
            unmaskings=unmaskings.counts(connection),
            access_alarms=access.count_alarms(connection),
            ledger_entries=connection.execute(select(ledger_head.c.sequence)).scalar() or 0,
        )


def _by_state_and_reason(connection: Connection, table: Table) -> dict[tuple[str, str], int]:
    rows = connection.execute(select(table.c.state, table.c.reason, func.count()).group_by(table.c.state, table.c.reason))
    return {(state, reason or ""): count for state, reason, count in rows}


def _described(connection: Connection, counts: dict[tuple[str, str], int]) -> int:
    """Documents that came to their end, and those that did and are being made anew: the index holds these too."""
    ended = sum(count for (state, reason), count in counts.items() if state != "waiting" and _came_to_its_end(state, reason))
    anew = select(func.count()).where(documents.c.state == "waiting", documents.c.summary.is_not(None))
    return ended + int(connection.execute(anew).scalar_one())


def _came_to_its_end(state: str, reason: str) -> bool:
    return state != "failed" or reason == "no_page_read"


def _of_steps(connection: Connection) -> dict[tuple[Stage, str], int]:
    """Each from the index of such rows alone. Steps that are done are most of the table; the workers count them as they go."""
    waiting = select(work.c.priority, func.count()).where(work.c.state == _WAITING).group_by(work.c.priority)
    leased = Counter(connection.execute(select(work.c.stage).where(work.c.state == _LEASED)).scalars())  # one row a worker
    return {
        **{(_STAGES[priority], "waiting"): count for priority, count in connection.execute(waiting)},
        **{(Stage(stage), "leased"): count for stage, count in leased.items()},
    }


def _waited(connection: Connection, stage: Stage, now: datetime) -> float:
    """Among the steps of *stage* that come next: workers take them in this order, so the oldest is one of them."""
    following = (
        select(work.c.not_before)
        .where(work.c.state == _WAITING, work.c.priority == stage.priority)
        .order_by(work.c.work_id)
        .limit(_NEXT_STEPS)
        .subquery()
    )
    since: str | None = connection.execute(select(func.min(following.c.not_before))).scalar()
    return max(0.0, (now - datetime.fromisoformat(since)).total_seconds()) if since else 0.0
