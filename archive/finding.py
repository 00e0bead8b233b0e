"""Finding documents by what somebody half remembers: names, numbers, dates, words.

Documents that are only near misses (one character wrong, another month) are shown where nothing better answers; a policy
number with a hundred neighbours should not bring them along when it is there itself. What one key names for certain and another
contradicts is shown then too, and told as such: the letter or the index may be wrong. A fragment, an unknown character or
initials are no near misses: whoever types them asks for exactly that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.errors import Rejected
from archive.index.port import (
    Facet,
    Found,
    GroupMatch,
    IndexAnswer,
    IndexRequest,
    Position,
    SearchIndex,
    TokenGroup,
    Within,
)
from archive.search_keys import explain
from archive.search_keys.dates import ask_date, ask_date_range
from archive.search_keys.key import SearchKey
from archive.search_keys.names import ask_name
from archive.search_keys.numbers import ask_number
from archive.typed_text import read_text
from schemas.query import ClassCount, Hit, KeyMatch, MatchTier, Query, Resume, SearchResults, ValueCount
from schemas.record import SearchToken


@dataclass(frozen=True, slots=True)
class _Question:
    """What a request to the index is made of; the rest of it says what the asker may see."""

    key: SearchKey
    query: Query
    entitled: bool
    visible: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    within: tuple[Within, ...] = ()
    facets: tuple[Facet, ...] = ()

    def request(self, *, near_misses: bool) -> IndexRequest:
        """One more is asked for than is shown: it tells whether any comes behind. With near misses come documents that one
        key names for certain and another contradicts."""
        query, text = self.query, read_text(self.query.text or "")
        tokens = _token_groups(self.key, query, entitled=self.entitled, near_misses=near_misses)
        if not tokens and not text.wanted:
            raise Rejected("only_unwanted" if text.unwanted else "empty_query")
        request = IndexRequest(
            tokens,
            text.wanted if near_misses else tuple(replace(group, apart=False) for group in text.wanted),
            query.offset,
            query.limit + 1,
            self.visible,
            after=Position(query.after.score, query.after.document_id) if query.after else None,
            without=self.without if text.wanted or text.unwanted else frozenset(),
            unwanted=text.unwanted,
            within=self.within,
            facets=self.facets,
        )
        return _with_contradictions(request) if near_misses else request


def find(
    index: SearchIndex,
    key: SearchKey,
    query: Query,
    visible: frozenset[str] | None = None,
    *,
    entitled: bool = False,
    without: frozenset[str] = frozenset(),
    within: tuple[Within, ...] = (),
    facets: tuple[Facet, ...] = (),
) -> SearchResults:
    """The documents that answer all of *query*, best first.

    *visible* names the documents that the searcher may know of, None all; *within* names them by their labels. *entitled*
    searchers find identity numbers, cards and telephones by their tails. Words find none of *without*. Raises
    Rejected(empty_query) where nothing is asked, Rejected(only_unwanted) where it is said only which words are not to be there,
    Rejected(unreadable_date), what `read_text` raises, and Unavailable.
    """
    by_class = (Facet.DOCUMENT_CLASS,) if query.count_by_class else ()
    return _results(query, _answer(index, _Question(key, query, entitled, visible, without, within, (*by_class, *facets))))


def find_each(
    index: SearchIndex, key: SearchKey, queries: Sequence[Query], *, entitled: bool = False, within: tuple[Within, ...] = ()
) -> tuple[SearchResults | Rejected, ...]:
    """What `find` gives for each of *queries*, which begin their lists and ask for no text, or raises of it: many together
    are sooner answered than one after the other. Raises Unavailable."""
    questions = [_Question(key, query, entitled, within=within) for query in queries]
    requests = [_request_or_fault(question) for question in questions]
    asked = {place: request for place, request in enumerate(requests) if isinstance(request, IndexRequest)}
    surer = {place: request for place, request in asked.items() if not queries[place].wide}
    answers = dict(zip(surer, index.search_all([*surer.values()]), strict=True))
    good = {place: (False, answer) for place, answer in answers.items() if _is_enough(answer)}
    rest = {place: questions[place].request(near_misses=True) for place in asked if place not in good}
    others = dict(zip(rest, index.search_all([*rest.values()]), strict=True))
    found = good | {place: (True, answer) for place, answer in others.items()}
    return tuple(
        request if isinstance(request, Rejected) else _results(query, found[place])
        for place, (query, request) in enumerate(zip(queries, requests, strict=True))
    )


def _request_or_fault(question: _Question) -> IndexRequest | Rejected:
    try:
        return question.request(near_misses=False)
    except Rejected as fault:
        return fault


def _results(query: Query, answered: tuple[bool, IndexAnswer]) -> SearchResults:
    """Of what `_answer` gives."""
    has_near_misses, answer = answered
    by_class = 1 if query.count_by_class else 0
    shown = answer.found[: query.limit]
    resume = None
    if len(answer.found) > len(shown) > 0:
        resume = Resume(shown[-1].score, shown[-1].document_id, has_near_misses)
    counts = [tuple(ValueCount(each.value, each.documents) for each in counted) for counted in answer.facets]
    classes = tuple(ClassCount(each.value, each.documents) for counted in counts[:by_class] for each in counted)
    return SearchResults(answer.total, tuple(map(_hit, shown)), classes, resume, tuple(counts[by_class:]))


def _answer(index: SearchIndex, question: _Question) -> tuple[bool, IndexAnswer]:
    """Whether near misses are in it, and the answer.

    They are not where anything is found that is better than `possible`. That hangs on the best answer of all and not on the
    page of results asked for, and a list that goes on stays the list that it was: so paging stays true.
    """
    after = question.query.after
    if question.query.wide or (after and after.near_misses):
        return True, index.search(question.request(near_misses=True))
    request = question.request(near_misses=False)
    answer = index.search(request)
    if after:
        return False, answer
    best = answer if request.offset == 0 else index.search(replace(request, offset=0, limit=1))
    if _is_enough(best):
        return False, answer
    return True, index.search(question.request(near_misses=True))


def _is_enough(answer: IndexAnswer) -> bool:
    return bool(answer.found) and _tier(answer.found[0]) is not MatchTier.POSSIBLE


def _with_contradictions(request: IndexRequest) -> IndexRequest:
    """A number that is certain, or a name where no number is given, brings its documents whatever other keys say."""
    keys = [group.tokens[0].key for group in request.tokens if group.tokens]
    if len(keys) < 2 or len(keys) < len(request.tokens):
        return request
    strong = next((keys.index(key) for key in ("number", "name") if key in keys), None)
    return replace(request, strong=strong)


def _token_groups(key: SearchKey, query: Query, *, entitled: bool, near_misses: bool) -> tuple[TokenGroup, ...]:
    groups: list[tuple[SearchToken, ...]] = []
    if _said(query.name):
        groups.append(ask_name(key, query.name or "", near_misses=near_misses))
    if _said(query.number):
        groups.append(ask_number(key, query.number or "", entitled=entitled, near_misses=near_misses))
    if _said(query.date):
        groups.append(ask_date(key, query.date or "", near_misses=near_misses))
    if _said(query.date_from) or _said(query.date_to):
        groups.append(ask_date_range(key, query.date_from, query.date_to))
    return tuple(map(TokenGroup, groups))


def _said(typed: str | None) -> bool:
    return bool(typed and typed.strip())


def _hit(found: Found) -> Hit:
    return Hit(found.document_id, _tier(found), tuple(map(_key_match, found.matches)), found.document_class)


def _tier(found: Found) -> MatchTier:
    return max((match.tier for match in found.matches), key=lambda tier: tier.rank)


def _key_match(match: GroupMatch) -> KeyMatch:
    return KeyMatch(
        key=match.key,
        tier=match.tier,
        reason=explain.reason(match.key, match.told),
        words=explain.words(match.key, match.told),
        page_number=match.page_number,
        box=match.box,
    )
