"""Suggestions as one types: found, opened and entered into the ledger as a search is, for the same people."""

from dataclasses import dataclass

from archive.access import SHOWN, SUGGESTION, note_seen, require_pace, spend
from archive.catalog import documents
from archive.search_keys.asked import asked_tokens
from archive.suggesting import NAME, Suggested, beginning_with, suggest
from archive.wiring import Archive
from schemas.query import Query
from search_api import scope
from search_api.answers import claims_of, visible_fields
from search_api.scope import Asker


@dataclass(frozen=True, slots=True)
class SuggestionsAnswer:
    """Values that begin as was typed; `documents` counts those that were looked at."""

    suggestions: tuple[Suggested, ...]


def suggestions(archive: Archive, what: str, typed: str, asker: Asker) -> SuggestionsAnswer:
    """*what* is `name` or `number`. Nothing for less than two characters of a name, or six of a number. Raises Unavailable,
    TooMany(too_many_requests)."""
    require_pace(archive, asker.user_id, SUGGESTION)
    found = beginning_with(archive.index, archive.search_key, what, typed, scope.within(archive, asker))
    with archive.catalog.read() as connection:
        rows = documents.several(connection, found)
    shown = {each: claims_of(visible_fields(archive, rows[each], asker.role)) for each in found if each in rows}
    told = suggest(archive.search_key, what, typed, shown.values())
    values = {each.value for each in told}
    seen = {each: fields for each, fields in shown.items() if values & set(fields.values())}
    with archive.catalog.write() as connection:
        spend(archive, connection, asker.user_id, SUGGESTION)
        asked = asked_tokens(archive.search_key, Query(name=typed) if what == NAME else Query(number=typed))
        archive.ledger.append(connection, "search.suggested", user=asker.user_id, keys=[what], asked=asked, hits=len(told))
        note_seen(archive, connection, asker.user_id, SHOWN, seen)
    return SuggestionsAnswer(told)
