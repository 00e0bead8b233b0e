"""What a search index promises.

It holds nothing that identifies a person: keyed tokens, and text as the public may see it. It can be rebuilt from the
catalog and the store at any time, so a damaged one is thrown away.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Protocol

from schemas.geometry import Quad
from schemas.query import MatchTier
from schemas.record import IndexRecord, SearchToken
from schemas.redaction import Audience

CONTRADICTS = "contradicts"
_RANKS = {tier: tier.rank for tier in MatchTier}


@dataclass(frozen=True, slots=True)
class TokenGroup:
    """One key of a request: a document matches with the first of `tokens` that it has. Best tier first."""

    tokens: tuple[SearchToken, ...]

    def __post_init__(self) -> None:
        if any(_RANKS[one.tier] > _RANKS[next_one.tier] for one, next_one in pairwise(self.tokens)):
            raise ValueError("tokens come best tier first")

    def runs(self) -> tuple[tuple[SearchToken, ...], ...]:
        """The tokens, cut where the next is of another form or tier. Those of one run answer equally well: twenty days of a
        range are one run."""
        return tuple(tuple(run) for _, run in groupby(self.tokens, key=lambda token: (token.tier, token.form)))


@dataclass(frozen=True, slots=True)
class TextGroup:
    """Words that one page must have.

    `exact` as they were typed, but for small and capital letters of ASCII; `likely` one after the other, whatever blanks,
    signs, width and traditional characters they are written with; `possible` if what blanks separate in it is on the page:
    anywhere where `apart` is allowed, and with `near` in any order and with so many other words between its parts, all counted,
    or fewer. Chinese characters are words of their own, so a Chinese phrase of any length is found; English words match whole.
    `phrase` holds at least one letter or digit.

    A page may have one of `otherwise` instead; the best counts, then the first.
    """

    phrase: str
    apart: bool = False
    near: int | None = None
    otherwise: tuple["TextGroup", ...] = ()

    def __post_init__(self) -> None:
        if self.near is not None and (self.apart or self.near < 0):
            raise ValueError("words are near one another or apart")
        if any(each.otherwise for each in self.otherwise):
            raise ValueError("what is otherwise has no otherwise of its own")

    @property
    def wordings(self) -> tuple["TextGroup", ...]:
        return (self, *self.otherwise)


class Facet(StrEnum):
    """A property of documents by which those found can be counted; but for the class it is the name of a label."""

    DOCUMENT_CLASS = "document_class"
    BATCH = "batch"
    SOURCE = "source"
    BOX = "box"
    COMPLETENESS = "completeness"
    YEAR = "year"
    STATUS = "status"
    INSURER = "insurer"


@dataclass(frozen=True, slots=True)
class Within:
    """Documents that have one of `labels`, and those of `documents` beside."""

    labels: frozenset[str]
    documents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a document stands among all that answer one request: behind those of a larger score, and of an equal score and a
    smaller id. It is of the kind of index that gave it, and of that request."""

    score: int
    document_id: str


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """All groups must match. `visible` names the documents that the searcher may know of, None means every one; a document must
    be in each of `within`, too. Documents of `without` do not answer, nor those with a page that has any of `unwanted` one word
    after the other, or near where that is asked. What all that is found has of each of `facets` is counted.

    Where `strong` is given, a document that matches the token group of this place better than `possible` answers although
    other token groups contradict it: what it has of these is told as `contradicts`, `possible`, and counts as behind the last
    run.

    Of all that answer, `limit` are told from `offset` on, or those that come `after` a position, whatever was put since.
    """

    tokens: tuple[TokenGroup, ...] = ()
    texts: tuple[TextGroup, ...] = ()
    offset: int = 0
    limit: int = 20
    visible: frozenset[str] | None = None
    facets: tuple[Facet, ...] = ()
    after: Position | None = None
    without: frozenset[str] = frozenset()
    within: tuple[Within, ...] = ()
    strong: int | None = None
    unwanted: tuple[TextGroup, ...] = ()

    def __post_init__(self) -> None:
        if self.offset < 0 or self.limit < 0:
            raise ValueError("offset and limit are not negative")
        if self.after and self.offset:
            raise ValueError("an offset counts from the first that answers")
        if not (self.tokens or self.texts):
            raise ValueError("a request has at least one group")
        if self.strong is not None and not 0 <= self.strong < len(self.tokens):
            raise ValueError("the strong group is one of the token groups")
        if any(wording.apart for group in self.unwanted for wording in group.wordings):
            raise ValueError("what is unwanted does not stand apart")


@dataclass(frozen=True, slots=True)
class GroupMatch:
    """How a document matches one group, and the first place where. `told` is the `form` of the token that was asked, or
    `phrase`, `folded`, `apart` or `near` for text; or `contradicts`, with the place of the strong group's match."""

    key: str
    told: str
    tier: MatchTier
    page_number: int
    box: Quad | None


def with_contradictions(request: IndexRequest, matches: Sequence[GroupMatch | None]) -> tuple[GroupMatch, ...]:
    """*matches* of one document, with what it has of the groups that it does not match (None)."""
    strong = matches[request.strong or 0]
    told = []
    for number, match in enumerate(matches):
        if match is None and strong is not None:
            key = request.tokens[number].tokens[0].key
            told.append(GroupMatch(key, CONTRADICTS, MatchTier.POSSIBLE, strong.page_number, strong.box))
        elif match is not None:
            told.append(match)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Found:
    """One document; `matches` has one entry per group, tokens before texts, in the order asked. `score` orders the documents
    of one answer; two kinds of index need not give the same."""

    document_id: str
    document_class: str
    matches: tuple[GroupMatch, ...]
    score: int = field(default=0, compare=False)

    @property
    def position(self) -> Position:
        return Position(self.score, self.document_id)


@dataclass(frozen=True, slots=True)
class FacetCount:
    """So many of the documents found have this value."""

    value: str
    documents: int


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """`total` counts all that match and are visible, `found` those from `offset` on, or behind `after`.

    Order: the weakest tier of a document's matches, best first; then how many of them are exact, most first; then how early
    in their groups the runs of the tokens stand, that of the strong group before all others; then document id.
    `facets` has one entry for each that was asked, in that order: how many of all that match and are visible have each value,
    most first, then by value.
    """

    total: int
    found: tuple[Found, ...]
    facets: tuple[tuple[FacetCount, ...], ...] = ()


class SearchIndex(Protocol):
    """Several processes and threads may use one at the same time. Every method but `close` raises Unavailable: reason
    `index_unavailable` where the index does not answer, is damaged or of another format, `index_full` where its disk is."""

    def put(self, record: IndexRecord) -> None:
        """Hold *record* in place of any other of the same document; nobody sees half of it. ValueError where a text was not
        made for the public, Rejected(too_large) where an index takes no record of this size."""
        ...

    def put_all(self, records: Iterable[IndexRecord]) -> None:
        """`put` each, many at a time, which is faster; no two are of the same document. Where it raises, some are held."""
        ...

    def remove(self, document_id: str) -> None:
        """Hold nothing of the document any more; nothing happens where there is nothing."""
        ...

    def refresh(self) -> None:
        """Return once everything put or removed before can be seen by searches."""
        ...

    def count(self) -> int:
        """Documents held."""
        ...

    def document_ids(self) -> Iterator[str]:
        """Every document that searches can see, in order of id, as of one moment."""
        ...

    def search(self, request: IndexRequest) -> IndexAnswer: ...

    def search_all(self, requests: Sequence[IndexRequest]) -> tuple[IndexAnswer, ...]:
        """`search` each, in their order."""
        ...

    def check(self) -> None:
        """Nothing happens where the index can be searched; cheap."""
        ...

    def rebuild(self) -> "Generation":
        """Begin a new, empty generation of the index beside the one in service, which may be damaged or of another format.

        From now on whatever is put or removed, by any process, is put or removed in both. One that was begun before and
        never came into service is thrown away.
        """
        ...

    def close(self) -> None: ...


class Generation(Protocol):
    """An index that is being built while another serves. Every method raises Unavailable as the index does, and
    Refused(rebuild_superseded) where somebody began yet another generation meanwhile."""

    def add_all(self, records: Iterable[IndexRecord]) -> None:
        """Hold those whose documents have not been put since the beginning: what was put meanwhile is newer."""
        ...

    def remove_all(self, document_ids: Iterable[str]) -> None: ...

    def document_ids(self) -> Iterator[str]:
        """Every document held, in order of id."""
        ...

    def serve(self) -> None:
        """Take the place of the index in service: a search sees the one or the other, whole. The former one is removed."""
        ...

    def abandon(self) -> None:
        """Leave nothing of it behind; the one in service stays. Nothing happens where it serves or is gone."""
        ...


def check_public(record: IndexRecord) -> None:
    """Raises ValueError where *record* has text for anybody but the public; adapters ask before they keep it."""
    if any(text.audience is not Audience.PUBLIC for text in record.texts):
        raise ValueError(f"{record.document_id}: the index takes text for the public only")
