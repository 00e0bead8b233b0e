"""The rows of a list answered, some at a time: each as a single search would be, and in the ledger before it is told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from archive.access import LIST_ROW, SEARCH, SHOWN, note_seen, require_pace, spend
from archive.errors import Rejected
from archive.finding import find_each
from archive.ids import new_list_id
from archive.index.port import Within
from archive.search_keys.asked import asked_tokens
from archive.wiring import Archive
from schemas.query import Query, SearchResults
from search_api import scope
from search_api.answers import HitAnswer, claims_of, hits_of_each
from search_api.language import Language
from search_api.lists.cells import Row
from search_api.lists.reading import AskedList
from search_api.scope import Asker

AT_ONCE = 40
"""Rows of one question to the index, and of one entry of the ledger: what somebody who goes away leaves unfinished."""


@dataclass(frozen=True, slots=True)
class HowToAnswer:
    """At most `most` documents of each row; near misses too, where it is `wide`."""

    most: int
    wide: bool = False
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """`total` counts all documents that answer the row, `hits` are the best of them. `fault` is the reason code of a row that
    was not asked."""

    row: Row
    total: int
    hits: tuple[HitAnswer, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one row before its documents are looked up: the question and what was found, or a reason code."""

    row: Row
    query: Query | None = field(default=None, repr=False)
    found: SearchResults = field(default=SearchResults(0, ()), repr=False)
    fault: str | None = None


def begin(archive: Archive, asked: AskedList, asker: Asker) -> str:
    """Count the list and its rows as asked; gives the list's id, by which the ledger's entries belong together. Raises
    TooMany(too_many_requests | too_many_rows), Rejected(list_too_long) where not even a whole day would do, and Unavailable."""
    most = archive.settings.access.list_rows_a_day
    if asker.user_id is not None and 0 < most < asked.count:
        raise Rejected("list_too_long")
    require_pace(archive, asker.user_id, SEARCH)
    archive.index.check()  # rows that cannot be answered are not to be paid for
    with archive.catalog.write() as connection:
        spend(archive, connection, asker.user_id, SEARCH)
        spend(archive, connection, asker.user_id, LIST_ROW, asked.count)
    return new_list_id()


def answers(
    archive: Archive, asked: AskedList, asker: Asker, how: HowToAnswer, list_id: str
) -> Iterator[tuple[AnsweredRow, ...]]:
    """Every row, in their order. Raises Unavailable."""
    rows = asked.rows()
    while part := tuple(islice(rows, AT_ONCE)):
        questions = [asked.columns.query(row, limit=how.most, wide=how.wide) for row in part]
        outcomes = _outcomes(archive, part, questions, asker)
        hits = hits_of_each(archive, [each.found for each in outcomes], asker.role, how.language)
        _record(archive, outcomes, hits, asker, (list_id, asked.count))
        yield tuple(
            AnsweredRow(each.row, each.found.total, of_row, each.fault) for each, of_row in zip(outcomes, hits, strict=True)
        )


def _outcomes(archive: Archive, rows: Sequence[Row], questions: Sequence[Query | str], asker: Asker) -> tuple[_Outcome, ...]:
    queries = tuple(dict.fromkeys(each for each in questions if isinstance(each, Query)))
    found = dict(zip(queries, _found(archive, queries, asker, scope.within(archive, asker)), strict=True))
    return tuple(_outcome(row, question, found) for row, question in zip(rows, questions, strict=True))


def _found(
    archive: Archive, queries: tuple[Query, ...], asker: Asker, within: tuple[Within, ...]
) -> tuple[SearchResults | Rejected, ...]:
    return find_each(archive.index, archive.search_key, queries, entitled=asker.role == "compliance", within=within)


def _outcome(row: Row, question: Query | str, found: dict[Query, SearchResults | Rejected]) -> _Outcome:
    if isinstance(question, str):
        return _Outcome(row, fault=question)
    results = found[question]
    if isinstance(results, Rejected):
        return _Outcome(row, fault=results.reason)
    return _Outcome(row, question, results)


def _record(
    archive: Archive,
    outcomes: Sequence[_Outcome],
    hits: Sequence[tuple[HitAnswer, ...]],
    asker: Asker,
    of_list: tuple[str, int],
) -> None:
    """One entry for all of them: the numbers of the rows that were asked, how many documents answer each, and the tokens of
    each as ROW:KEY:TOKEN."""
    asked = [(each, each.query) for each in outcomes if each.query is not None]
    tokens = [(each.row.number, token) for each, query in asked for token in asked_tokens(archive.search_key, query)]
    seen = {hit.document: claims_of(hit.fields) for of_row in hits for hit in of_row}
    list_id, count = of_list
    with archive.catalog.write() as connection:
        archive.ledger.append(
            connection,
            "search.list_asked",
            user=asker.user_id,
            list=list_id,
            of=count,
            rows=[each.row.number for each, _ in asked],
            hits=[each.found.total for each, _ in asked],
            asked=[f"{number}:{token}" for number, token in tokens],
            faults=dict(Counter(each.fault for each in outcomes if each.fault)),
        )
        note_seen(archive, connection, asker.user_id, SHOWN, seen)
