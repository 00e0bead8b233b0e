"""Leave to see one page unmasked for a while: who asked, who granted it, until when, how often it was looked at."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update

from archive.catalog.tables import unmaskings
from archive.errors import NotFound, Refused

_SHOWN_NO_MORE = ("refused", "failed", "ended")


@dataclass(frozen=True, slots=True)
class Unmasking:
    """`state`: asked; granted (until `until`); refused; failed (the page could not be drawn); ended (the time is over).

    `object_key` is where the picture lies or may come to lie, from when leave is granted until it is known to be deleted;
    `media_type` is known once it is drawn. `reason` is sealed. `alarmed` says that the asker had asked too often within the
    hour.
    """

    request_id: str
    document_id: str
    page_number: int
    state: str
    asked_by: str
    asked_at: str
    reason: bytes = field(repr=False)
    alarmed: bool = False
    decided_by: str | None = None
    decided_at: str | None = None
    until: str | None = None
    object_key: str | None = None
    media_type: str | None = None
    views: int = 0


def put(connection: Connection, unmasking: Unmasking) -> None:
    values = {name: getattr(unmasking, name) for name in Unmasking.__slots__}
    connection.execute(insert(unmaskings).values(**{**values, "alarmed": int(unmasking.alarmed)}))


def get(connection: Connection, request_id: str) -> Unmasking:
    """Raises NotFound."""
    row = connection.execute(select(unmaskings).where(unmaskings.c.request_id == request_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("not_found", request_id)
    return _unmasking(row)


def newest(connection: Connection, limit: int, after: str | None = None) -> list[Unmasking]:
    """Up to *limit*, the newest first; those that were asked for before *after*, the request that another list ended with."""
    query = select(unmaskings).order_by(unmaskings.c.asked_at.desc(), unmaskings.c.request_id.desc()).limit(limit)
    if after is not None:
        last = get(connection, after)
        asked = (unmaskings.c.asked_at, unmaskings.c.request_id)
        earlier = (asked[0] < last.asked_at) | ((asked[0] == last.asked_at) & (asked[1] < last.request_id))
        query = query.where(earlier)
    return [_unmasking(row) for row in connection.execute(query).mappings()]


def decide(
    connection: Connection, request_id: str, state: str, by: str, at: str, until: str | None, object_key: str | None = None
) -> Unmasking:
    """Grant or refuse what was asked; *object_key* is where the picture is to lie. Raises NotFound, Refused(already_decided |
    same_person).

    That *by* is somebody else than the asker the catalog sees to by itself; what is asked here first gives the error its name.
    """
    asked = get(connection, request_id)
    if asked.state != "asked":
        raise Refused("already_decided", request_id)
    if asked.asked_by == by:
        raise Refused("same_person", request_id)
    _change(connection, request_id, state=state, decided_by=by, decided_at=at, until=until, object_key=object_key)
    return get(connection, request_id)


def drawn(connection: Connection, request_id: str, object_key: str, media_type: str) -> bool:
    """False where the time is over by now, and nothing is to be kept."""
    is_granted = get(connection, request_id).state == "granted"
    if is_granted:
        _change(connection, request_id, object_key=object_key, media_type=media_type)
    return is_granted


def failed(connection: Connection, request_id: str) -> None:
    """Nothing happens where the time is over by now."""
    if get(connection, request_id).state == "granted":
        _change(connection, request_id, state="failed")


def ended(connection: Connection, request_id: str) -> bool:
    """The picture is not shown any more; its key stays until a worker has deleted it. False where it was not shown before."""
    was_granted = (unmaskings.c.request_id == request_id, unmaskings.c.state == "granted")
    return bool(connection.execute(update(unmaskings).where(*was_granted).values(state="ended")).rowcount)


def deleted(connection: Connection, request_id: str) -> None:
    """Nothing is in the store of it."""
    _change(connection, request_id, object_key=None, media_type=None)


def viewed(connection: Connection, request_id: str) -> None:
    _change(connection, request_id, views=unmaskings.c.views + 1)


def over(connection: Connection, now: str) -> list[Unmasking]:
    """Those whose time is over and that do not say so yet, and those of whose picture something may be left."""
    is_over = and_(unmaskings.c.state == "granted", unmaskings.c.until <= now)
    is_left = and_(unmaskings.c.state.in_(_SHOWN_NO_MORE), unmaskings.c.object_key.is_not(None))
    query = select(unmaskings).where(or_(is_over, is_left)).order_by(unmaskings.c.request_id)
    return [_unmasking(row) for row in connection.execute(query).mappings()]


def count_asked(connection: Connection, person: str, since: str) -> int:
    query = select(func.count()).where(unmaskings.c.asked_by == person, unmaskings.c.asked_at > since)
    return int(connection.execute(query).scalar_one())


def counts(connection: Connection) -> dict[str, int]:
    """How many there are in each state, and under `alarmed` how many were one too many."""
    by_state = connection.execute(select(unmaskings.c.state, func.count()).group_by(unmaskings.c.state)).all()
    alarmed = connection.execute(select(func.count()).where(unmaskings.c.alarmed == 1)).scalar_one()
    return {**dict(map(tuple, by_state)), "alarmed": int(alarmed)}


def _change(connection: Connection, request_id: str, **values: object) -> None:
    connection.execute(update(unmaskings).where(unmaskings.c.request_id == request_id).values(**values))


def _unmasking(row: RowMapping) -> Unmasking:
    return Unmasking(**{**row, "reason": bytes(row["reason"]), "alarmed": bool(row["alarmed"])})
