"""How often people ask, what they opened, and alarms about it. No value: a person whom a document tells of is a keyed token."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert  # for ON CONFLICT DO UPDATE, which SQLite writes alike

from archive.catalog.tables import access_alarms, openings, paces


@dataclass(frozen=True, slots=True)
class Opening:
    """A document that somebody saw, and the person whom it tells of."""

    document_id: str
    person: str


@dataclass(frozen=True, slots=True)
class Opened:
    """How many different ones somebody saw within a time."""

    documents: int
    people: int


@dataclass(frozen=True, slots=True)
class AccessAlarm:
    """Somebody saw `count` of a kind within an hour, and `threshold` are allowed."""

    alarm_id: int
    raised_at: str
    user_id: str
    kind: str
    count: int
    threshold: int


def spent_until(connection: Connection, user_id: str, kind: str) -> str | None:
    """None where nothing was spent."""
    query = select(paces.c.spent_until).where(paces.c.user_id == user_id, paces.c.kind == kind)
    spent: str | None = connection.execute(query).scalar()
    return spent


def spend(connection: Connection, user_id: str, kind: str, until: str) -> None:
    statement = upsert(paces).values(user_id=user_id, kind=kind, spent_until=until)
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id", "kind"], set_={"spent_until": until}))


def note(connection: Connection, user_id: str, manner: str, seen: Iterable[Opening], at: str) -> None:
    rows = [
        {"user_id": user_id, "manner": manner, "document_id": each.document_id, "person": each.person, "at": at}
        for each in seen
    ]
    if rows:
        statement = upsert(openings)
        newer = {name: statement.excluded[name] for name in ("person", "at")}
        key = ["user_id", "manner", "document_id"]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=newer), rows)


def forget(connection: Connection, user_id: str, manner: str, before: str) -> None:
    connection.execute(
        delete(openings).where(openings.c.user_id == user_id, openings.c.manner == manner, openings.c.at < before)
    )


def opened_since(connection: Connection, user_id: str, manner: str, since: str) -> Opened:
    query = select(func.count(), func.count(openings.c.person.distinct())).where(
        openings.c.user_id == user_id, openings.c.manner == manner, openings.c.at > since
    )
    documents, people = connection.execute(query).one()
    return Opened(int(documents), int(people))


def has_alarm_since(connection: Connection, user_id: str, kind: str, since: str) -> bool:
    query = select(access_alarms.c.alarm_id).where(
        access_alarms.c.user_id == user_id, access_alarms.c.kind == kind, access_alarms.c.raised_at > since
    )
    return connection.execute(query).first() is not None


def raise_alarm(connection: Connection, user_id: str, kind: str, count: int, threshold: int, at: str) -> None:
    values = {"raised_at": at, "user_id": user_id, "kind": kind, "count": count, "threshold": threshold}
    connection.execute(insert(access_alarms).values(**values))


def newest_alarms(connection: Connection, limit: int, before: int | None = None) -> list[AccessAlarm]:
    """Up to *limit*, the newest first; those that were raised before the one numbered *before*."""
    query = select(access_alarms).order_by(access_alarms.c.alarm_id.desc()).limit(limit)
    if before is not None:
        query = query.where(access_alarms.c.alarm_id < before)
    return [AccessAlarm(**row) for row in connection.execute(query).mappings()]


def count_alarms(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(access_alarms)).scalar_one())
