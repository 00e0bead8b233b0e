"""Who may ask for what. A token is 32 random bytes, so a plain digest of it cannot be guessed back."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from archive.catalog.tables import users
from archive.errors import NotFound, Refused

ROLES = ("archivist", "handler", "compliance")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a token; `role` is of ROLES."""

    user_id: str
    role: str
    added_at: str


def add(connection: Connection, user_id: str, role: str, at: str) -> str:
    """Gives the token, which is not kept and cannot be shown again. A known id raises Refused(user_exists)."""
    if connection.execute(select(users.c.user_id).where(users.c.user_id == user_id)).first():
        raise Refused("user_exists", user_id)
    token = secrets.token_urlsafe(32)
    connection.execute(insert(users).values(user_id=user_id, role=role, token_digest=_digest(token), added_at=at))
    return token


def remove(connection: Connection, user_id: str, at: str) -> None:
    """The user's token is worth nothing from now on. Raises NotFound."""
    removed = connection.execute(
        update(users).where(users.c.user_id == user_id, users.c.removed_at.is_(None)).values(removed_at=at)
    )
    if not removed.rowcount:
        raise NotFound("not_found", user_id)


def everyone(connection: Connection) -> list[User]:
    rows = connection.execute(select(users).where(users.c.removed_at.is_(None)).order_by(users.c.user_id))
    return [User(row.user_id, row.role, row.added_at) for row in rows]


def with_token(connection: Connection, token: str) -> User | None:
    row = connection.execute(
        select(users).where(users.c.token_digest == _digest(token), users.c.removed_at.is_(None))
    ).one_or_none()
    return User(row.user_id, row.role, row.added_at) if row else None


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
