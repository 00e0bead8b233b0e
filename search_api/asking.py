"""One search: asked, answered, and entered into the ledger with the names of its keys and never with what was typed."""

from dataclasses import dataclass, replace

from archive.catalog import reviews
from archive.finding import find
from archive.wiring import Archive
from schemas.query import Query, SearchResults
from search_api.answers import SearchAnswer, answer
from search_api.language import Language

_KEYS = ("text", "name", "number", "date", "date_from", "date_to")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a user's id, or None for whoever runs a command on the archive's own machine."""

    user_id: str | None
    role: str


OPERATOR = Asker(None, "compliance")
"""Who can run a command on an archive holds its keys."""


def ask(archive: Archive, query: Query, asker: Asker, language: Language = "en") -> SearchAnswer:
    """Raises what `archive.finding.find` raises. Nothing is answered that could not be entered into the ledger."""
    results = _without_taken_back(archive, find(archive.index, archive.search_key, query, entitled=asker.role == "compliance"))
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "search.asked", user=asker.user_id, keys=_keys_of(query), hits=results.total)
    return answer(archive, results, asker.role, language)


def _without_taken_back(archive: Archive, results: SearchResults) -> SearchResults:
    """Without hits on the text of documents whose file was taken back.

    Workers take the text out of the index; until one has come to it nobody is to find by it.
    """
    by_text = [hit.document_id for hit in results.hits if any(match.key == "text" for match in hit.matches)]
    if not by_text:
        return results
    with archive.catalog.read() as connection:
        gone = reviews.taken_back_among(connection, by_text) & set(by_text)
    hits = tuple(hit for hit in results.hits if hit.document_id not in gone)
    return replace(results, total=results.total - len(gone), hits=hits)


def _keys_of(query: Query) -> list[str]:
    return [name for name in _KEYS if getattr(query, name)]
