"""Collections of batches, and to whom they are granted. A person who is held to grants sees nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert  # for ON CONFLICT DO NOTHING, which SQLite writes alike

from archive.catalog.tables import batches, collection_batches, collections, grants, restrictions, users
from archive.errors import NotFound, Refused

RESTRICTED_ROLES = ("handler",)
"""An archivist sees no document, and compliance oversees all."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Batches under a name, and the people to whom they are granted."""

    collection_id: str
    batches: tuple[str, ...]
    users: tuple[str, ...]


def add(connection: Connection, collection_id: str, at: str) -> None:
    """Raises Refused(collection_exists)."""
    if connection.execute(select(collections).where(collections.c.collection_id == collection_id)).first():
        raise Refused("collection_exists", collection_id)
    connection.execute(insert(collections).values(collection_id=collection_id, added_at=at))


def put_in(connection: Connection, collection_id: str, batch_ids: Iterable[str]) -> None:
    """Nothing happens to those that are in it. Raises NotFound."""
    _require(connection, collection_id)
    for batch_id in batch_ids:
        if connection.execute(select(batches.c.batch_id).where(batches.c.batch_id == batch_id)).first() is None:
            raise NotFound("not_found", batch_id)
        row = {"collection_id": collection_id, "batch_id": batch_id}
        connection.execute(upsert(collection_batches).values(**row).on_conflict_do_nothing())


def take_out(connection: Connection, collection_id: str, batch_id: str) -> None:
    """Raises NotFound."""
    there = (collection_batches.c.collection_id == collection_id, collection_batches.c.batch_id == batch_id)
    if not connection.execute(delete(collection_batches).where(*there)).rowcount:
        raise NotFound("not_found", f"{collection_id} {batch_id}")


def every(connection: Connection) -> list[Collection]:
    """In order of name."""
    return [
        Collection(
            collection_id,
            tuple(_batches(connection, collection_id)),
            tuple(
                connection.execute(
                    select(grants.c.user_id).where(grants.c.collection_id == collection_id).order_by(grants.c.user_id)
                ).scalars()
            ),
        )
        for collection_id in connection.execute(
            select(collections.c.collection_id).order_by(collections.c.collection_id)
        ).scalars()
    ]


def restrict(connection: Connection, user_id: str, at: str) -> None:
    """From now on the user sees what is granted and nothing else. Raises NotFound, Refused(role_not_restricted)."""
    role = connection.execute(
        select(users.c.role).where(users.c.user_id == user_id, users.c.removed_at.is_(None))
    ).scalar_one_or_none()
    if role is None:
        raise NotFound("not_found", user_id)
    if role not in RESTRICTED_ROLES:
        raise Refused("role_not_restricted", user_id)
    connection.execute(upsert(restrictions).values(user_id=user_id, restricted_at=at).on_conflict_do_nothing())


def release(connection: Connection, user_id: str) -> None:
    """The user sees every document again. Raises NotFound where the user was not held to grants."""
    connection.execute(delete(grants).where(grants.c.user_id == user_id))
    if not connection.execute(delete(restrictions).where(restrictions.c.user_id == user_id)).rowcount:
        raise NotFound("not_found", user_id)


def grant(connection: Connection, user_id: str, collection_id: str, at: str) -> None:
    """Raises NotFound, Refused(role_not_restricted)."""
    _require(connection, collection_id)
    restrict(connection, user_id, at)
    row = {"user_id": user_id, "collection_id": collection_id, "granted_at": at}
    connection.execute(upsert(grants).values(**row).on_conflict_do_nothing())


def revoke(connection: Connection, user_id: str, collection_id: str) -> None:
    """Who has no collection left sees nothing. Raises NotFound."""
    there = (grants.c.user_id == user_id, grants.c.collection_id == collection_id)
    if not connection.execute(delete(grants).where(*there)).rowcount:
        raise NotFound("not_found", f"{user_id} {collection_id}")


def batches_of(connection: Connection, user_id: str) -> frozenset[str] | None:
    """The batches whose documents the user may see; None where that is every one."""
    if connection.execute(select(restrictions).where(restrictions.c.user_id == user_id)).first() is None:
        return None
    query = (
        select(collection_batches.c.batch_id)
        .join(grants, grants.c.collection_id == collection_batches.c.collection_id)
        .where(grants.c.user_id == user_id)
    )
    return frozenset(connection.execute(query).scalars())


def _batches(connection: Connection, collection_id: str) -> list[str]:
    query = select(collection_batches.c.batch_id).where(collection_batches.c.collection_id == collection_id)
    return list(connection.execute(query.order_by(collection_batches.c.batch_id)).scalars())


def _require(connection: Connection, collection_id: str) -> None:
    if connection.execute(select(collections).where(collections.c.collection_id == collection_id)).first() is None:
        raise NotFound("not_found", collection_id)
