"""The keys that tokens of the search index are made with, sealed. An archive that never changed its key has none."""

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from archive.catalog.tables import token_keys


class State(StrEnum):
    """What a key is for; there is one of each at most. Order of declaration is order of asking."""

    SERVING = "serving"
    SETTLING = "settling"
    """Serving, while some records still have tokens of the former one."""
    NEXT = "next"
    """Made, and not yet on all records."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    key_id: str
    state: State
    sealed: bytes = field(repr=False)


def every(connection: Connection) -> list[SealedKey]:
    """The one that serves first."""
    rows = connection.execute(select(token_keys.c.key_id, token_keys.c.state, token_keys.c.sealed)).all()
    found = [SealedKey(row.key_id, State(row.state), row.sealed) for row in rows]
    return sorted(found, key=lambda each: list(State).index(each.state))


def add(connection: Connection, key_id: str, sealed: bytes, at: str) -> None:
    """As the next one."""
    connection.execute(insert(token_keys).values(key_id=key_id, state=State.NEXT, sealed=sealed, made_at=at))


def switch(connection: Connection) -> bool:
    """Let the next one serve, and leave nothing of the one before; False where there is no next one."""
    if connection.execute(select(token_keys.c.key_id).where(token_keys.c.state == State.NEXT)).first() is None:
        return False
    connection.execute(delete(token_keys).where(token_keys.c.state != State.NEXT))
    connection.execute(update(token_keys).values(state=State.SETTLING))
    return True


def settle(connection: Connection) -> None:
    connection.execute(update(token_keys).where(token_keys.c.state == State.SETTLING).values(state=State.SERVING))
