"""A request as one Elasticsearch query, whose scores are the order that the port promises.

There are no scripts, and a score is a 32-bit float: whole numbers up to 2^24 are exact in it. So the score is a number in a
mixed base: the weakest tier, how many matches are exact, how early the runs of tokens stand. Each is made of constant scores:

  weakest tier   the best of the queries "every group is at least this good"
  exact matches  one for each group whose match is exact
  early runs     for each group the best of its runs' scores, the first run of tokens having the highest

A text group is looked up in the pages of a document, which are documents of their own in Lucene. A page's score tells the
grade of its match; `inner_hits` tell the first page of the best grade.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from archive.index.elasticsearch_document import sign_terms, token_term, word_terms
from archive.index.port import Facet, IndexRequest, TextGroup, TokenGroup, Within
from archive.index.ranking import Scale
from archive.index.words import parts_of
from schemas.query import MatchTier
from schemas.record import SearchToken

Query = dict[str, Any]

GRADES = len(MatchTier)
"""Of a page that matches a text group: the last scores 1 and each before it one more."""

ORDER: list[dict[str, str]] = [{"_score": "desc"}, {"document_id": "asc"}]

_LAST_RANK = len(MatchTier) - 1
_IDS_IN_A_QUERY = 50_000


def query_of(request: IndexRequest) -> Query:
    """Documents that match all groups of *request* and are visible. No group is without tokens."""
    scale = Scale.of(request)
    tokens, texts = request.tokens, request.texts
    visible = [] if request.visible is None else [_visible(sorted(request.visible))]
    visible += map(_within, request.within)
    without = [_visible(sorted(request.without))] if request.without else []
    without += [_on_a_page(_any(_found_at_all, group)) for group in request.unwanted]
    if not tokens and len(texts) == 1:
        return _bool(must=[_shown(0, texts[0])], filter=visible, must_not=without)
    if not texts and len(tokens) == 1:
        return _bool(must=[_token_scores(tokens[0], scale, scale.tier)], filter=visible, must_not=without)
    early = [scale.strong if number == request.strong else 1 for number in range(len(tokens))]
    required = tuple(range(len(tokens))) if _sure(request) is None else (request.strong,)
    return _bool(
        must=[_token_scores(group, scale, early=early[number]) for number, group in enumerate(tokens) if number in required],
        filter=[*(_shown(number, group) for number, group in enumerate(texts)), *_contradicting(request), *visible],
        should=[
            *(
                _token_scores(group, scale, early=early[number])
                for number, group in enumerate(tokens)
                if number not in required
            ),
            *(_constant(_on_a_page(_any(_as_typed, group)), scale.exact) for group in texts),
            *_tier_scores(request, scale),
        ],
        must_not=without,
    )


def _sure(request: IndexRequest) -> Query | None:
    """Documents that match the strong group better than `possible`; None where none is strong, or it has no such token."""
    return None if request.strong is None else _tokens_at_least(MatchTier.LIKELY, request.tokens[request.strong])


def _contradicting(request: IndexRequest) -> list[Query]:
    """Only where the strong group matches so may others miss."""
    sure = _sure(request)
    if sure is None:
        return []
    others = [_any_of(group.tokens) for number, group in enumerate(request.tokens) if number != request.strong]
    return [_bool(should=[sure, _bool(filter=others)])] if others else []


def facets_of(request: IndexRequest) -> dict[str, Query]:
    return {facet.value: {"terms": _counted(facet)} for facet in request.facets}


def _counted(facet: Facet) -> dict[str, object]:
    if facet is Facet.DOCUMENT_CLASS:
        return {"field": facet.value, "size": _MOST_VALUES}
    return {"field": "labels", "include": f"{facet.value}:.*", "size": _MOST_VALUES}


_MOST_VALUES = 1000


def inner_name(number: int) -> str:
    """Under this name stands the page of text group *number* that is to be told."""
    return f"text_{number}"


def _token_scores(group: TokenGroup, scale: Scale, tier: int = 0, early: int = 1) -> Query:
    """*tier* is the weight of one tier, for a group that is alone; *early* that of an earlier run."""
    runs = group.runs()
    return {
        "dis_max": {
            "queries": [
                _constant(
                    _any_of(run),
                    early * (len(runs) - place)
                    + scale.exact * (run[0].tier is MatchTier.EXACT)
                    + tier * (_LAST_RANK - run[0].tier.rank),
                )
                for place, run in enumerate(runs)
            ]
        }
    }


def _any_of(tokens: Iterable[SearchToken]) -> Query:
    return {"terms": {"tokens": [token_term(token.digest) for token in tokens]}}


def _tier_scores(request: IndexRequest, scale: Scale) -> list[Query]:
    """One query, or none where all that match are `possible`."""
    scores = []
    for weight, tier in ((2, MatchTier.EXACT), (1, MatchTier.LIKELY)):
        tokens = [_tokens_at_least(tier, group) for group in request.tokens]
        if all(tokens):
            texts = [_on_a_page(_any(_as_typed if tier is MatchTier.EXACT else _in_order, each)) for each in request.texts]
            scores.append(_constant(_bool(filter=[*filter(None, tokens), *texts]), weight * scale.tier))
    return [{"dis_max": {"queries": scores}}] if scores else []


def _tokens_at_least(tier: MatchTier, group: TokenGroup) -> Query | None:
    tokens = [token for token in group.tokens if token.tier.rank <= tier.rank]
    return _any_of(tokens) if tokens else None


def _shown(number: int, group: TextGroup) -> Query:
    """Documents with a page that matches *group*, which has the score of its best page."""
    inner_hits = {
        "name": inner_name(number),
        "size": 1,
        "sort": ["_score", "pages.page_number"],
        "_source": False,
        "stored_fields": ["pages.lines"],
        "docvalue_fields": ["pages.page_number"],
    }
    return {"nested": {"path": "pages", "score_mode": "max", "query": _graded(group), "inner_hits": inner_hits}}


def _graded(group: TextGroup) -> Query:
    """Pages that match *group*, the better the higher."""
    ways = [way for wording in group.wordings for way in _ways(wording)]
    return {"dis_max": {"queries": ways}} if len(ways) > 1 else ways[0]


def _ways(wording: TextGroup) -> list[Query]:
    in_order = _bool(must=[_constant(_in_order(wording), 2)], should=[_constant(_signs_in_order(wording), 1)])
    if wording.near is not None:
        return [in_order, _constant(_near(wording.phrase, wording.near), 1)]
    return [in_order, _constant(_apart(wording), 1)] if wording.apart else [in_order]


def _any(way: Callable[[TextGroup], Query], group: TextGroup) -> Query:
    """Pages that match any wording of *group* in this *way*."""
    return _bool(should=[way(wording) for wording in group.wordings]) if group.otherwise else way(group)


def _found_at_all(wording: TextGroup) -> Query:
    return _in_order(wording) if wording.near is None else _near(wording.phrase, wording.near)


def _on_a_page(query: Query) -> Query:
    return {"nested": {"path": "pages", "score_mode": "none", "query": query}}


def _as_typed(group: TextGroup) -> Query:
    return _bool(filter=[_in_order(group), _signs_in_order(group)])


def _signs_in_order(group: TextGroup) -> Query:
    return {"match_phrase": {"pages.signs": sign_terms(group.phrase.strip())}}


def _in_order(group: TextGroup) -> Query:
    return _words_in_order(group.phrase)


def _words_in_order(phrase: str) -> Query:
    return {"match_phrase": {"pages.words": word_terms(phrase)}}


def _apart(group: TextGroup) -> Query:
    return _bool(filter=[_words_in_order(part) for part in parts_of(group.phrase)])


def _near(phrase: str, near: int) -> Query:
    """In any order. A part is one phrase."""
    parts = [{"match": {"query": word_terms(part), "ordered": True, "max_gaps": 0}} for part in parts_of(phrase)]
    return {"intervals": {"pages.words": {"all_of": {"intervals": parts, "ordered": False, "max_gaps": near}}}}


def _visible(document_ids: Sequence[str]) -> Query:
    """In several queries: one does not take more than 65,536 terms."""
    rest, parts = iter(document_ids), []
    while part := list(islice(rest, _IDS_IN_A_QUERY)):
        parts.append({"ids": {"values": part}})
    return _bool(should=parts) if parts else {"match_none": {}}


def _within(within: Within) -> Query:
    labels: list[Query] = [{"terms": {"labels": sorted(within.labels)}}] if within.labels else []
    if within.documents:
        labels.append(_visible(sorted(within.documents)))
    return _bool(should=labels) if labels else {"match_none": {}}


def _constant(query: Query, score: int) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _bool(**clauses: Sequence[Query]) -> Query:
    return {"bool": {name: list(queries) for name, queries in clauses.items() if queries}}
