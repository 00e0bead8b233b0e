"""Leases: who does what, until when, and what a late result is worth (nothing)."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from archive.catalog.tables import work
from archive.errors import Refused
from schemas.work import Job, Lease, Stage


def moment(at: datetime) -> str:
    """How the catalog writes a time."""
    return at.isoformat(timespec="microseconds")


def put(connection: Connection, jobs: Iterable[Job], now: datetime) -> None:
    """Add *jobs* that are not there yet; one that is there stays as it is."""
    for job in jobs:
        if connection.execute(select(work.c.work_id).where(_same(job))).one_or_none() is None:
            connection.execute(
                insert(work).values(
                    stage=job.stage,
                    document_id=job.document_id,
                    page_number=job.page_number,
                    audience=job.audience,
                    engine=job.engine,
                    priority=job.stage.priority,
                    state="waiting",
                    failures=0,
                    interruptions=0,
                    not_before=moment(now),
                    lease_token=0,
                )
            )


def put_again(connection: Connection, job: Job, now: datetime) -> None:
    """Have *job* done anew, whatever came of it before; a lease that is out on it is worth nothing from here on."""
    put(connection, (job,), now)
    connection.execute(
        update(work)
        .where(_same(job))
        .values(
            state="waiting",
            engine=job.engine,
            failures=0,
            interruptions=0,
            reason=None,
            not_before=moment(now),
            lease_owner=None,
            lease_until=None,
            lease_token=work.c.lease_token + 1,
        )
    )


def take(connection: Connection, owner: str, now: datetime, seconds: Callable[[Stage], float]) -> Lease | None:
    """Lease the job that should come next, for `seconds(stage)`; None when nothing can be done now."""
    row = connection.execute(
        select(work)
        .where(work.c.state == "waiting", work.c.not_before <= moment(now))
        .order_by(work.c.priority, work.c.work_id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    token, until = row.lease_token + 1, moment(now + timedelta(seconds=seconds(Stage(row.stage))))
    connection.execute(
        update(work)
        .where(work.c.work_id == row.work_id)
        .values(state="leased", lease_owner=owner, lease_token=token, lease_until=until)
    )
    return Lease(row.work_id, _job(row), token, owner, until)


def complete(connection: Connection, lease: Lease) -> None:
    """Call it first in the transaction that records the result: Refused(lease_lost) where somebody else has the job now."""
    _end(connection, lease, state="done", reason=None)


def fail(connection: Connection, lease: Lease, reason: str, tries: int, again_at: datetime) -> bool:
    """Count a failure. True when it was the last try: the job has failed. Else it waits until *again_at*."""
    failed = failures(connection, lease) + 1
    final = failed >= tries
    _end(
        connection,
        lease,
        state="failed" if final else "waiting",
        reason=reason,
        failures=failed,
        not_before=moment(again_at),
    )
    return final


def postpone(connection: Connection, lease: Lease, again_at: datetime) -> None:
    """Give *lease* back; the job waits until *again_at*, and nothing is counted."""
    _end(connection, lease, state="waiting", not_before=moment(again_at))


def give_up(connection: Connection, job: Job, reason: str) -> None:
    """Mark a job that waits as failed."""
    connection.execute(update(work).where(_same(job)).values(state="failed", reason=reason))


def held_by(connection: Connection, owner: str) -> Lease | None:
    """The lease that *owner* has out; a worker has one at a time."""
    row = connection.execute(select(work).where(work.c.state == "leased", work.c.lease_owner == owner)).one_or_none()
    return _lease(row) if row else None


def lost(connection: Connection, now: datetime, is_alive: Callable[[str], bool]) -> list[Lease]:
    """The leases that ran out, or whose owner is gone."""
    leased = connection.execute(select(work).where(work.c.state == "leased")).all()
    return [_lease(row) for row in leased if row.lease_until <= moment(now) or not is_alive(row.lease_owner)]


def interrupt(connection: Connection, lease: Lease) -> int:
    """Take *lease* back; the job waits again. Gives how often that has happened to it by now.

    An interruption is no failure: whoever pulls the plug does not spoil the page that was in hand.
    """
    count: int = connection.execute(select(work.c.interruptions).where(work.c.work_id == lease.work_id)).scalar_one() + 1
    _end(connection, lease, state="waiting", interruptions=count, lease_token=lease.token + 1)
    return count


def failures(connection: Connection, lease: Lease) -> int:
    return int(connection.execute(select(work.c.failures).where(work.c.work_id == lease.work_id)).scalar_one())


def counts(connection: Connection) -> dict[tuple[Stage, str], int]:
    """How many jobs each stage has in each state."""
    rows = connection.execute(select(work.c.stage, work.c.state, func.count()).group_by(work.c.stage, work.c.state))
    return {(Stage(stage), state): count for stage, state, count in rows}


def is_idle(connection: Connection) -> bool:
    """Nothing waits and nothing is in hand."""
    return connection.execute(select(work.c.work_id).where(_is_open()).limit(1)).first() is None


def any_open(connection: Connection, document_id: str, stages: Collection[Stage]) -> bool:
    """Whether a job of one of *stages* of the document is still to be done."""
    query = select(work.c.work_id).where(work.c.document_id == document_id, work.c.stage.in_(stages), _is_open())
    return connection.execute(query.limit(1)).first() is not None


def open_pages(connection: Connection, stage: Stage) -> dict[tuple[str, int], str]:
    """The pages, by document and number, for which a job of *stage* is still to be done, each with the engine it names."""
    rows = connection.execute(
        select(work.c.document_id, work.c.page_number, work.c.engine).where(work.c.stage == stage, _is_open())
    )
    return {(document_id, page_number): engine for document_id, page_number, engine in rows}


def count_open(connection: Connection, stage: Stage, engine: str) -> int:
    """How many jobs of *stage* that name *engine* are still to be done."""
    query = select(func.count()).select_from(work).where(work.c.stage == stage, work.c.engine == engine, _is_open())
    return int(connection.execute(query).scalar_one())


def call_off(connection: Connection, document_id: str, stages: Collection[Stage]) -> None:
    """End the open jobs of *stages* of the document: what they were to be made from is out of date."""
    connection.execute(
        update(work)
        .where(work.c.document_id == document_id, work.c.stage.in_(stages), _is_open())
        .values(state="done", lease_owner=None, lease_until=None, lease_token=work.c.lease_token + 1)
    )


def _end(connection: Connection, lease: Lease, **values: object) -> None:
    ended = connection.execute(
        update(work)
        .where(work.c.work_id == lease.work_id, work.c.lease_token == lease.token, work.c.state == "leased")
        .values(lease_owner=None, lease_until=None, **values)
    )
    if ended.rowcount != 1:
        raise Refused("lease_lost", f"{lease.job.stage} {lease.job.document_id} page {lease.job.page_number}")


def _is_open() -> ColumnElement[bool]:
    return work.c.state.in_(("waiting", "leased"))


def _same(job: Job) -> ColumnElement[bool]:
    return and_(
        work.c.stage == job.stage,
        work.c.document_id == job.document_id,
        work.c.page_number == job.page_number,
        work.c.audience == job.audience,
    )


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(Stage(row.stage), row.document_id, row.page_number, row.audience, row.engine)


def _lease(row: Row[tuple[object, ...]]) -> Lease:
    return Lease(row.work_id, _job(row), row.lease_token, row.lease_owner, row.lease_until)
