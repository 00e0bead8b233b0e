"""One search: asked, answered, and entered into the ledger with the names of its keys and never with what was typed."""

from dataclasses import dataclass, replace

from archive.access import SEARCH, SHOWN, note_seen, require_pace, spend
from archive.catalog import reviews
from archive.finding import find
from archive.index.port import Within
from archive.labels import BOX, CUSTODY, FACETS, SOURCE, Filters, chosen, written
from archive.search_keys.asked import asked_tokens
from archive.wiring import Archive
from schemas.query import Query, SearchResults, ValueCount
from search_api import scope
from search_api.answers import SearchAnswer, answer, claims_of, slips, with_claims
from search_api.cursors import cursor_of, read_cursor
from search_api.language import Language
from search_api.scope import Asker, NotAllowed

_KEYS = ("text", "name", "number", "date", "date_from", "date_to")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for beside the question: hits behind the cursor `after`, the documents of each hit's claim, only documents
    that `filters` choose, and how many have each value of `facets` (names of `archive.labels.FACETS`)."""

    after: str | None = None
    claims: bool = False
    filters: Filters = ()
    facets: tuple[str, ...] = ()

    @property
    def is_of_custody(self) -> bool:
        return any(name in CUSTODY for name in (*(name for name, _ in self.filters), *self.facets))


def ask(archive: Archive, query: Query, asker: Asker, language: Language = "en", wish: Wish = Wish()) -> SearchAnswer:
    """Raises what `archive.finding.find` raises, Rejected(bad_cursor), TooMany(too_many_requests), and NotAllowed where
    somebody else than compliance asks by custody. Nothing is answered that could not be entered into the ledger."""
    if wish.is_of_custody and asker.role != "compliance":
        raise NotAllowed
    require_pace(archive, asker.user_id, SEARCH)
    bound = _bound(archive, query, asker, wish.filters)
    if wish.after is not None:
        query = replace(query, after=read_cursor(archive.keys, wish.after, bound))
    seen = scope.within(archive, asker)
    results = find(
        archive.index,
        archive.search_key,
        query,
        entitled=asker.role == "compliance",
        without=_taken_back(archive, query),
        within=seen + _chosen(archive, wish.filters),
        facets=tuple(FACETS[name] for name in wish.facets),
    )
    following = cursor_of(archive.keys, results.resume, bound) if results.resume else None
    told = answer(archive, results, asker.role, language, following)
    told = replace(told, facets=_counted(archive, results, wish.facets))
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


def _chosen(archive: Archive, filters: Filters) -> tuple[Within, ...]:
    if not filters:
        return ()
    with archive.catalog.read() as connection:
        return chosen(connection, archive.search_key, filters)


def _counted(archive: Archive, results: SearchResults, facets: tuple[str, ...]) -> dict[str, tuple[ValueCount, ...]]:
    """Sources and boxes as they were written; the index has tokens of them."""
    counted = dict(zip(facets, results.facets, strict=True))
    for name in {SOURCE, BOX} & counted.keys():
        with archive.catalog.read() as connection:
            known = written(archive.keys, connection, name)
        counted[name] = tuple(replace(each, value=known.get(each.value, "")) for each in counted[name])
    return counted


def _bound(archive: Archive, query: Query, asker: Asker, filters: Filters) -> tuple[object, ...]:
    """What a cursor holds for: the question, who asks it and may see what, and the index, whose scores are its own."""
    question = {name: getattr(query, name) for name in (*_KEYS, "wide")}
    seen = None if asker.batches is None else sorted(asker.batches)
    return (question, filters, asker.user_id, asker.role, seen, archive.settings.index.backend)


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
