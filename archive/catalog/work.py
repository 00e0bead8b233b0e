"""Leases: who does what, until when, and what a late result is worth (nothing)."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # for ON CONFLICT DO NOTHING, which SQLite writes alike

from archive.catalog.tables import AT_ONCE, work
from archive.errors import Refused
from schemas.work import Job, Lease, Stage

LONGEST_WAIT = timedelta(minutes=5)
"""No step is put off for longer. One that seems to be was put off under a clock that has been set back since, and is due."""

_KEY = ("stage", "document_id", "page_number", "audience")

# Written into the statements, not bound to them: only so can a database see that an index of such rows alone will do.
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_LEASED: ColumnElement[str] = literal_column("'leased'")

# The stage, but not by the index that begins with it, which leads SQLite through everything that was ever done.
_stage = work.c.stage.concat(literal_column("''"))


def moment(at: datetime) -> str:
    """How the catalog writes a time."""
    return at.isoformat(timespec="microseconds")


def put(connection: Connection, jobs: Iterable[Job], now: datetime) -> None:
    """Add *jobs* that are not there yet; one that is there stays as it is."""
    rows = [
        {
            **_key(job),
            "engine": job.engine,
            "priority": job.stage.priority,
            "state": "waiting",
            "failures": 0,
            "interruptions": 0,
            "not_before": moment(now),
            "lease_token": 0,
        }
        for job in jobs
    ]
    if rows:
        connection.execute(insert(work).on_conflict_do_nothing(index_elements=_KEY), rows)


def put_again(connection: Connection, job: Job, now: datetime) -> None:
    """Have *job* done anew, whatever came of it before; a lease that is out on it is worth nothing from here on."""
    put_all_again(connection, (job,), now)


def put_all_again(connection: Connection, jobs: Collection[Job], now: datetime) -> None:
    """`put_again` for many, in two statements: a document may have thousands of pages, and all others wait to write."""
    if not jobs:
        return
    connection.execute(_ANEW, [{"b_engine": job.engine, "b_now": moment(now), **_bound(job)} for job in jobs])
    put(connection, jobs, now)


def take(connection: Connection, owner: str, now: datetime, seconds: Callable[[Stage], float]) -> Lease | None:
    """Lease the job that should come next, for `seconds(stage)`; None when nothing can be done now.

    In a transaction of `Catalog.leasing`: what others are taking at this moment is passed over, not waited for.
    """
    query = select(work).where(*_is_due(now)).order_by(work.c.priority, work.c.work_id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return _leased(connection, row, owner, now, seconds) if row else None


def take_job(connection: Connection, owner: str, job: Job, now: datetime, seconds: Callable[[Stage], float]) -> Lease | None:
    """Lease exactly *job*, for `seconds(stage)`; None where it is not there, does not wait or is not due.

    In a transaction of `Catalog.leasing`. Whoever has the row in hand at this moment is waited for, so that None is true.
    """
    row = connection.execute(select(work).where(_same(job), *_is_due(now)).with_for_update()).one_or_none()
    return _leased(connection, row, owner, now, seconds) if row else None


def due(connection: Connection, stages: Collection[Stage], now: datetime, limit: int) -> list[Job]:
    """Up to *limit* jobs of *stages* that wait and are due, in the order in which they should be done."""
    if not stages:
        return []
    priorities = [stage.priority for stage in stages]
    query = select(work).where(
        *_is_due(now),
        _stage.in_(stages),
        # A stretch of the index, whose order it is. PostgreSQL would take an equation here for leave to go by work_id alone.
        work.c.priority.between(min(priorities), max(priorities)),
    )
    return [_job(row) for row in connection.execute(query.order_by(work.c.priority, work.c.work_id).limit(limit))]


def complete(connection: Connection, lease: Lease) -> None:
    """Call it first in the transaction that records the result: Refused(lease_lost) where somebody else has the job now."""
    _end(connection, lease, state="done", reason=None)


def fail(connection: Connection, lease: Lease, reason: str, tries: int, again_at: datetime) -> bool:
    """Count a failure. True when it was the last try: the job has failed. Else it waits until *again_at*, LONGEST_WAIT from now
    at most."""
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
    row = connection.execute(select(work).where(work.c.state == _LEASED, work.c.lease_owner == owner)).one_or_none()
    return _lease(row) if row else None


def lost(connection: Connection, now: datetime, is_alive: Callable[[str], bool]) -> list[Lease]:
    """The leases that ran out, or whose owner is gone."""
    leased = connection.execute(select(work).where(work.c.state == _LEASED)).all()
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
    """How many jobs of each stage wait or are leased. Those that are done are far too many to be counted each time."""
    query = select(_stage, work.c.state, func.count()).where(_is_open())
    rows = connection.execute(query.group_by(_stage, work.c.state))
    return {(Stage(stage), state): count for stage, state, count in rows}


def is_idle(connection: Connection) -> bool:
    """Nothing waits and nothing is in hand."""
    # In the order of the index of open jobs: where nothing is open, a database may else look through all that is done.
    query = select(work.c.work_id).where(_is_open()).order_by(work.c.document_id, work.c.stage)
    return connection.execute(query.limit(1)).first() is None


def is_open(connection: Connection, job: Job) -> bool:
    """Whether *job* is still to be done."""
    return connection.execute(select(work.c.work_id).where(_same(job), _is_open())).first() is not None


def any_open(connection: Connection, document_id: str, stages: Collection[Stage]) -> bool:
    """Whether a job of one of *stages* of the document is still to be done."""
    query = select(work.c.work_id).where(work.c.document_id == document_id, work.c.stage.in_(stages), _is_open())
    return connection.execute(query.limit(1)).first() is not None


def open_pages(connection: Connection, stage: Stage) -> dict[tuple[str, int], str]:
    """The pages, by document and number, for which a job of *stage* is still to be done, each with the engine it names."""
    query = select(work.c.document_id, work.c.page_number, work.c.engine).where(_stage == stage, _is_open())
    rows = connection.execute(query, execution_options={"yield_per": AT_ONCE})
    return {(document_id, page_number): engine for document_id, page_number, engine in rows}


def count_open(connection: Connection, stage: Stage, engine: str) -> int:
    """How many jobs of *stage* that name *engine* are still to be done."""
    query = select(func.count()).select_from(work).where(_stage == stage, work.c.engine == engine, _is_open())
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
        .where(work.c.work_id == lease.work_id, work.c.lease_token == lease.token, work.c.state == _LEASED)
        .values(lease_owner=None, lease_until=None, **values)
    )
    if ended.rowcount != 1:
        raise Refused("lease_lost", f"{lease.job.stage} {lease.job.document_id} page {lease.job.page_number}")


def _leased(
    connection: Connection, row: Row[tuple[object, ...]], owner: str, now: datetime, seconds: Callable[[Stage], float]
) -> Lease:
    job = _job(row)
    token, until = row.lease_token + 1, moment(now + timedelta(seconds=seconds(job.stage)))
    connection.execute(
        update(work)
        .where(work.c.work_id == row.work_id)
        .values(state="leased", lease_owner=owner, lease_token=token, lease_until=until)
    )
    return Lease(row.work_id, job, token, owner, until)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    came = work.c.not_before <= moment(now)
    return work.c.state == _WAITING, or_(came, work.c.not_before > moment(now + LONGEST_WAIT))


def _is_open() -> ColumnElement[bool]:
    return work.c.state.in_((_WAITING, _LEASED))


def _key(job: Job) -> dict[str, object]:
    return {name: getattr(job, name) for name in _KEY}


def _bound(job: Job) -> dict[str, object]:
    return {f"b_{name}": value for name, value in _key(job).items()}


def _same(job: Job) -> ColumnElement[bool]:
    return and_(*(work.c[name] == value for name, value in _key(job).items()))


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(Stage(row.stage), row.document_id, row.page_number, row.audience, row.engine)


def _lease(row: Row[tuple[object, ...]]) -> Lease:
    return Lease(row.work_id, _job(row), row.lease_token, row.lease_owner, row.lease_until)


_ANEW = (
    update(work)
    .where(*(work.c[name] == bindparam(f"b_{name}") for name in _KEY))
    .values(
        state="waiting",
        engine=bindparam("b_engine"),
        failures=0,
        interruptions=0,
        reason=None,
        not_before=bindparam("b_now"),
        lease_owner=None,
        lease_until=None,
        lease_token=work.c.lease_token + 1,
    )
)
