"""Searches, as the ledger has them."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select

from archive.catalog.tables import AT_ONCE, events

KIND = "search.asked"


@dataclass(frozen=True, slots=True)
class Search:
    """Who asked (None: on the archive's machine), by which keys, and how many were found."""

    at: str
    user: str | None
    keys: list[str]
    hits: int


def searches(connection: Connection, user: str | None, tokens: Collection[str], limit: int) -> list[Search]:
    """Up to *limit*, the newest first; only those of *user*, where one is named, and those that asked all of *tokens*. Walks
    the ledger from its end."""
    return list(islice(_found(connection, user, frozenset(tokens)), limit))


def _found(connection: Connection, user: str | None, tokens: frozenset[str]) -> Iterator[Search]:
    query = select(events.c.at, events.c.body).where(events.c.kind == KIND).order_by(events.c.sequence.desc())
    with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            body = json.loads(row.body)
            if (user is None or body["user"] == user) and tokens <= set(body.get("asked", ())):
                yield Search(row.at, body["user"], body["keys"], body["hits"])
