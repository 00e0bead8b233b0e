"""What Elasticsearch answers, as the port's values. Only what is needed of a document has come: its places, and of each text
group the first page of the best grade."""

from collections.abc import Mapping
from typing import Any

from archive.index.elasticsearch_document import kept_of, read_lines, read_places
from archive.index.elasticsearch_question import GRADES, inner_name
from archive.index.port import Facet, FacetCount, Found, GroupMatch, IndexRequest, TextGroup, TokenGroup, with_contradictions
from archive.index.wordings import TIERS, told
from schemas.geometry import Box

Answered = Mapping[str, Any]

DOCVALUE_FIELDS = [{"field": "document_id"}, {"field": "document_class"}]


def stored_fields(request: IndexRequest) -> list[str]:
    """What tells where tokens stand is read only where tokens were asked: it is the slowest part of a hit."""
    return ["places"] if request.tokens else ["_none_"]


def total_of(answered: Answered) -> int:
    return int(answered["hits"]["total"]["value"])


def found_of(hit: Answered, request: IndexRequest) -> Found:
    tokens = tuple(_token_match(hit["fields"]["places"][0], group) for group in request.tokens)
    texts = tuple(_text_match(hit["inner_hits"], number, group) for number, group in enumerate(request.texts))
    fields = hit["fields"]
    matches = with_contradictions(request, tokens + texts)
    return Found(fields["document_id"][0], fields["document_class"][0], matches, int(hit["sort"][0]))


def facets_of(answered: Answered, request: IndexRequest) -> tuple[tuple[FacetCount, ...], ...]:
    return tuple(_counts(answered["aggregations"][facet.value]["buckets"], facet) for facet in request.facets)


def _counts(buckets: list[Answered], facet: Facet) -> tuple[FacetCount, ...]:
    counts = (FacetCount(bucket["key"].removeprefix(f"{facet.value}:"), bucket["doc_count"]) for bucket in buckets)
    return tuple(sorted(counts, key=lambda each: (-each.documents, each.value)))


def _token_match(packed: str, group: TokenGroup) -> GroupMatch | None:
    """The earliest token of the group that the document has, where it stands first; None where it has none."""
    wanted: dict[bytes, int] = {}
    for position, token in enumerate(group.tokens):
        wanted.setdefault(kept_of(token.digest), position)
    found = [
        (wanted[digest], order, place)
        for order, place in enumerate(read_places(packed))
        for digest in place.digests
        if digest in wanted
    ]
    if not found:
        return None
    position, _, place = min(found, key=lambda each: each[:2])
    token = group.tokens[position]
    return GroupMatch(token.key, token.form, token.tier, place.page_number, place.box)


def _text_match(inner_hits: Answered, number: int, group: TextGroup) -> GroupMatch:
    page = inner_hits[inner_name(number)]["hits"]["hits"][0]
    grade = GRADES - int(page["sort"][0])
    shown = read_lines(page["fields"]["pages.lines"][0])
    how, line = told(group, grade, shown.lines)
    return GroupMatch("text", how, TIERS[grade], page["fields"]["pages.page_number"][0], Box(*shown.boxes[line]).quad())
