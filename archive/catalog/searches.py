"""Searches, as the ledger has them."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from archive.catalog.tables import AT_ONCE, events

KIND, OF_LIST = "search.asked", "search.list_asked"


@dataclass(frozen=True, slots=True)
class Search:
    """Who asked (None: on the archive's machine), by which keys, and how many were found. Of a list that was asked in one go it
    is some `rows`, and how many were found for all of these."""

    at: str
    user: str | None
    keys: list[str]
    hits: int
    list_id: str | None = None
    rows: int = 1


def searches(connection: Connection, user: str | None, tokens: Collection[str], limit: int) -> list[Search]:
    """Up to *limit*, the newest first; only those of *user*, where one is named, and those that asked all of *tokens*. Walks
    the ledger from its end."""
    return list(islice(_found(connection, user, frozenset(tokens)), limit))


def _found(connection: Connection, user: str | None, tokens: frozenset[str]) -> Iterator[Search]:
    query = select(events.c.at, events.c.kind, events.c.body).where(events.c.kind.in_((KIND, OF_LIST)))
    with connection.execute(query.order_by(events.c.sequence.desc()), execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            body = json.loads(row.body)
            if user is not None and body["user"] != user:
                continue
            if row.kind == OF_LIST and (found := _of_rows(row.at, body, tokens)):
                yield found
            elif row.kind == KIND and tokens <= set(body.get("asked", ())):
                yield Search(row.at, body["user"], body["keys"], body["hits"])


def _of_rows(at: str, body: dict[str, Any], tokens: frozenset[str]) -> Search | None:
    """The rows of one entry that asked all of *tokens*; None where none did."""
    asked: dict[int, set[str]] = {number: set() for number in body["rows"]}
    for each in body["asked"]:
        number, _, token = each.partition(":")
        asked[int(number)].add(token)
    hits = dict(zip(body["rows"], body["hits"], strict=True))
    matching = [number for number, of_row in asked.items() if tokens <= of_row]
    if not matching:
        return None
    keys = sorted({token.partition(":")[0] for number in matching for token in asked[number]})
    return Search(at, body["user"], keys, sum(hits[number] for number in matching), body["list"], len(matching))
