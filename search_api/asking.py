"""One search: asked, answered, and entered into the ledger with the names of its keys and never with what was typed."""

from dataclasses import dataclass, replace

from archive.access import SEARCH, SHOWN, note_seen, require_pace, spend
from archive.catalog import reviews
from archive.finding import find
from archive.search_keys.asked import asked_tokens
from archive.wiring import Archive
from schemas.query import Query
from search_api import scope
from search_api.answers import SearchAnswer, answer, claims_of, slips, with_claims
from search_api.cursors import cursor_of, read_cursor
from search_api.language import Language
from search_api.scope import Asker

_KEYS = ("text", "name", "number", "date", "date_from", "date_to")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the question: hits behind the cursor `after`, and the documents of each hit's claim."""

    after: str | None = None
    claims: bool = False


def ask(archive: Archive, query: Query, asker: Asker, language: Language = "en", wish: Wish = Wish()) -> SearchAnswer:
    """Raises what `archive.finding.find` raises, Rejected(bad_cursor), and TooMany(too_many_requests). Nothing is answered that
    could not be entered into the ledger."""
    require_pace(archive, asker.user_id, SEARCH)
    bound = _bound(archive, query, asker)
    if wish.after is not None:
        query = replace(query, after=read_cursor(archive.keys, wish.after, bound))
    seen = scope.within(archive, asker)
    results = find(
        archive.index,
        archive.search_key,
        query,
        entitled=asker.role == "compliance",
        without=_taken_back(archive, query),
        within=seen,
    )
    following = cursor_of(archive.keys, results.resume, bound) if results.resume else None
    told = answer(archive, results, asker.role, language, following)
    told = replace(told, did_you_mean=slips(archive, query, told))
    told = with_claims(archive, told, seen, language) if wish.claims else told
    with archive.catalog.write() as connection:
        spend(archive, connection, asker.user_id, SEARCH)
        archive.ledger.append(
            connection,
            "search.asked",
            user=asker.user_id,
            keys=_keys_of(query),
            asked=asked_tokens(archive.search_key, query),
            hits=results.total,
        )
        note_seen(archive, connection, asker.user_id, SHOWN, {hit.document: claims_of(hit.fields) for hit in told.hits})
    return told


def _bound(archive: Archive, query: Query, asker: Asker) -> tuple[object, ...]:
    """What a cursor holds for: the question, who asks it and may see what, and the index, whose scores are its own."""
    question = {name: getattr(query, name) for name in (*_KEYS, "wide")}
    seen = None if asker.batches is None else sorted(asker.batches)
    return (question, asker.user_id, asker.role, seen, archive.settings.index.backend)


def _taken_back(archive: Archive, query: Query) -> frozenset[str]:
    """Documents that nobody is to find by their words, because their file was taken back.

    Workers take the text out of the index; until one has come to it the question leaves them out.
    """
    if not query.text:
        return frozenset()
    with archive.catalog.read() as connection:
        return reviews.all_taken_back(connection)


def _keys_of(query: Query) -> list[str]:
    return [name for name in _KEYS if getattr(query, name)]
