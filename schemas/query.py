"""What a searcher asks and what is answered."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import Quad


class MatchTier(StrEnum):
    """How sure an answer is. Order of declaration is order of rank."""

    EXACT = "exact"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        return list(MatchTier).index(self)


@dataclass(frozen=True, slots=True)
class Resume:
    """Behind which hit the list of an answer goes on: its place among all, and whether near misses are in that list."""

    score: int
    document_id: str
    near_misses: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Any combination of keys; all that are given must match. Dates are as typed, and parsed by `archive.search_keys`.

    Documents that are only a near miss (another character, another month) answer where nothing better does; `wide` asks for
    them all the same, behind the better ones. With `count_by_class` all that is found is counted by class of document. Of the
    list of all that answer, `limit` are told from `offset` on, or behind `after`.
    """

    text: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    date: str | None = field(default=None, repr=False)
    date_from: str | None = field(default=None, repr=False)
    date_to: str | None = field(default=None, repr=False)
    offset: int = 0
    limit: int = 20
    wide: bool = False
    count_by_class: bool = False
    after: Resume | None = None

    @property
    def is_empty(self) -> bool:
        return not any((self.text, self.name, self.number, self.date, self.date_from, self.date_to))


@dataclass(frozen=True, slots=True)
class KeyMatch:
    """Why one key of the query matched: `key` is `name`, `number`, `date` or `text`; `reason` a code, `words` its sentence."""

    key: str
    tier: MatchTier
    reason: str
    words: str
    page_number: int
    box: Quad | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One document that answers the query. Its tier is the weakest of its matches; page and box are those of the first."""

    document_id: str
    tier: MatchTier
    matches: tuple[KeyMatch, ...]
    document_class: str

    @property
    def page_number(self) -> int:
        return self.matches[0].page_number

    @property
    def box(self) -> Quad | None:
        return self.matches[0].box

    @property
    def reason(self) -> str:
        return "; ".join(match.words for match in self.matches)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """So many of the documents found are of this class."""

    document_class: str
    documents: int


@dataclass(frozen=True, slots=True)
class ValueCount:
    """So many of the documents found have this value."""

    value: str
    documents: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """`total` counts all documents that answer, `hits` those from `offset` on, best first, in a stable order. `by_class`
    counts all of them, where that was asked, most first, then by class. `resume` brings what comes behind the last of `hits`;
    None where nothing does. `facets` has, for each that was asked, how many have each value, most first, then by value."""

    total: int
    hits: tuple[Hit, ...]
    by_class: tuple[ClassCount, ...] = ()
    resume: Resume | None = None
    facets: tuple[tuple[ValueCount, ...], ...] = ()
