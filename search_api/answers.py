"""What a searcher sees of what was found; the command and the HTTP reply are made of the same values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.catalog import documents
from archive.catalog.documents import Document
from archive.claims import Shared, sharing
from archive.fields import shown_fields
from archive.index.port import Found, Within
from archive.suggesting import NAME, NUMBER, meant
from archive.wiring import Archive
from schemas.claim import ClaimField
from schemas.geometry import Quad
from schemas.query import ClassCount, Hit, MatchTier, Query, SearchResults, ValueCount
from search_api import match_words
from search_api.language import Language

_LOOKED_AT_FOR_SLIPS = 5
_MOST_MEANT = 3

COMPLIANCE_ONLY = frozenset({"identity_number", "diagnosis"})
"""Claim fields that the redaction policy hides from handlers (workers/redact/policies/default.toml); a test holds them
together."""


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """Why one key matched. `reason` is a code, `words` its sentence; `box` has four corners in original page pixels."""

    key: str
    tier: MatchTier
    reason: str
    words: str
    page_number: int
    box: Quad | None


@dataclass(frozen=True, slots=True)
class RelatedAnswer:
    """Another document that has the same number, and where."""

    document: str
    document_class: str
    page_number: int
    box: Quad | None


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """Documents of one claim or policy. `reason` is a code, `words` its sentence; `total` counts them, the first are told."""

    reason: str
    words: str
    value: str = field(repr=False)
    total: int
    documents: tuple[RelatedAnswer, ...]


@dataclass(frozen=True, slots=True)
class HitAnswer:
    """One document. Its tier is the weakest of its matches, `reason` their sentences, page and box those of the first. `claim`
    tells the others of its claim and policy, where that was asked."""

    document: str
    tier: MatchTier
    reason: str
    page_number: int
    box: Quad | None
    document_class: str
    matches: tuple[MatchAnswer, ...]
    fields: dict[str, ClaimField] = field(repr=False)
    claim: tuple[SharedAnswer, ...] | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """Values that somebody may have meant by `name` or `number` (`key`), the likeliest first."""

    key: str
    values: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`total` counts all documents that answer, `hits` those of the page asked for, best first; `by_class` counts all of
    them by class, where that was asked, most first. `next`, given as `after`, brings the hits behind these; null at the end.
    `did_you_mean` has values that what was typed may be a slip of, where nothing has exactly that."""

    total: int
    hits: tuple[HitAnswer, ...]
    by_class: tuple[ClassCount, ...] = ()
    next: str | None = None
    did_you_mean: tuple[Meant, ...] = ()
    facets: dict[str, tuple[ValueCount, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """The documents that belong to the claim and the policy of one document."""

    document: str
    claim: tuple[SharedAnswer, ...]


def answer(archive: Archive, results: SearchResults, role: str, language: Language, next_cursor: str | None) -> SearchAnswer:
    """*results* as somebody of *role* may see them."""
    (hits,) = hits_of_each(archive, (results,), role, language)
    return SearchAnswer(results.total, hits, results.by_class, next_cursor)


def hits_of_each(
    archive: Archive, results: Sequence[SearchResults], role: str, language: Language
) -> tuple[tuple[HitAnswer, ...], ...]:
    """The hits of several questions, of each as `answer` has them. Those of documents that the catalog does not know have no
    fields: the index may be a moment ahead of it or behind."""
    with archive.catalog.read() as connection:
        found = documents.several(connection, {hit.document_id for each in results for hit in each.hits})
    fields = {document_id: visible_fields(archive, document, role) for document_id, document in found.items()}
    return tuple(tuple(_hit(hit, fields.get(hit.document_id, {}), language) for hit in each.hits) for each in results)


def with_claims(archive: Archive, told: SearchAnswer, within: tuple[Within, ...], language: Language) -> SearchAnswer:
    """*told*, each hit with the documents of its claim that may be seen."""
    claims = {hit.document: claims_of(hit.fields) for hit in told.hits}
    shared = sharing(archive.index, archive.search_key, claims, within)
    return replace(told, hits=tuple(replace(hit, claim=shared_answers(shared[hit.document], language)) for hit in told.hits))


def slips(archive: Archive, query: Query, told: SearchAnswer) -> tuple[Meant, ...]:
    """What may have been meant, by the best of the hits that are shown: so it tells nothing that they do not."""
    if not told.hits or told.hits[0].tier is MatchTier.EXACT:
        return ()
    shown = [claims_of(hit.fields) for hit in told.hits[:_LOOKED_AT_FOR_SLIPS]]
    asked = [(what, typed) for what, typed in ((NAME, query.name), (NUMBER, query.number)) if typed and typed.strip()]
    found = [(what, meant(archive.search_key, what, typed, shown)) for what, typed in asked]
    return tuple(Meant(what, values[:_MOST_MEANT]) for what, values in found if values)


def claims_of(fields: Mapping[str, ClaimField]) -> dict[str, str]:
    return {name: each.value for name, each in fields.items()}


def shared_answers(shared: Iterable[Shared], language: Language) -> tuple[SharedAnswer, ...]:
    return tuple(
        SharedAnswer(
            reason=f"{each.name}_shared",
            words=match_words.SHARED[each.name][language],
            value=each.value,
            total=each.total,
            documents=tuple(map(_related, each.found)),
        )
        for each in shared
    )


def _related(found: Found) -> RelatedAnswer:
    (match,) = found.matches
    return RelatedAnswer(found.document_id, found.document_class, match.page_number, match.box)


def visible_fields(archive: Archive, document: Document, role: str) -> dict[str, ClaimField]:
    """The claim's fields for *role*: all for compliance, for a handler those that the policy shows, none for others."""
    if role not in {"handler", "compliance"}:
        return {}
    fields = shown_fields(archive, document)
    hidden = COMPLIANCE_ONLY if role == "handler" else frozenset()
    return {name: _claim_field(value) for name, value in fields.items() if name not in hidden}


def _claim_field(kept: dict[str, Any]) -> ClaimField:
    box = kept.get("box")
    return ClaimField(
        value=kept["value"],
        page_number=kept["page_number"],
        box=_quad(box) if box else None,
        confidence=kept.get("confidence"),
        provenance=kept.get("provenance", "read"),
    )


def _quad(corners: list[list[float]]) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = corners
    return ((a, b), (c, d), (e, f), (g, h))


def _hit(hit: Hit, fields: dict[str, ClaimField], language: Language) -> HitAnswer:
    matches = tuple(
        MatchAnswer(each.key, each.tier, each.reason, match_words.words(each, language), each.page_number, each.box)
        for each in hit.matches
    )
    return HitAnswer(
        document=hit.document_id,
        tier=hit.tier,
        reason="; ".join(match.words for match in matches),
        page_number=hit.page_number,
        box=hit.box,
        document_class=hit.document_class,
        matches=matches,
        fields=fields,
    )
