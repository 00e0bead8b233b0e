"""Searching. Names do not belong into addresses, which land in histories and in the logs of proxies: programs and the page
use POST; GET is for trying things out."""

from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from archive.errors import Rejected
from archive.labels import FACETS
from archive.wiring import Archive
from schemas import query
from schemas.claim import CLAIM_STATUSES, DOCUMENT_CLASSES
from search_api.answers import SearchAnswer
from search_api.asking import Wish, ask
from search_api.cursors import LONGEST
from search_api.errors import language_of, responses
from search_api.scope import Asker
from search_api.sign_in import ArchiveHere, ReaderHere
from search_api.suggestions import SuggestionsAnswer, suggestions

router = APIRouter(prefix="/api/search", tags=["search"])

_LONGEST_TYPED = 200
_MOST_HITS = 100
_DEEPEST = 10_000

_OF_QUERY = ("text", "name", "number", "date", "date_from", "date_to", "offset", "limit", "wide", "count_by_class")

Typed = Annotated[str | None, Field(max_length=_LONGEST_TYPED)]


def _one_of(known: Collection[str]) -> AfterValidator:
    def one_of(typed: str) -> str:
        if typed not in known:
            raise ValueError("there is no such code")
        return typed

    return AfterValidator(one_of)


OfClass = Annotated[str, _one_of(DOCUMENT_CLASSES), WithJsonSchema({"type": "string", "enum": list(DOCUMENT_CLASSES)})]
OfStatus = Annotated[str, _one_of(CLAIM_STATUSES), WithJsonSchema({"type": "string", "enum": list(CLAIM_STATUSES)})]
Facet = Annotated[str, _one_of(FACETS), WithJsonSchema({"type": "string", "enum": list(FACETS)})]
Completeness = Literal["complete", "partial"]


class Question(BaseModel):
    """All keys that are given must match. Dates as people write them, Chinese ones too; `?` stands for one unknown
    character of a name or number; text in quotation marks is a phrase, and AND, OR, NOT, -word and "a b"~5 mean what they mean
    elsewhere (且, 或, 非 too)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    text: Typed = None
    name: Typed = None
    number: Typed = None
    date: Typed = None
    date_from: Typed = Field(default=None, alias="from")
    date_to: Typed = Field(default=None, alias="to")
    offset: int = Field(default=0, ge=0, le=_DEEPEST)
    limit: int = Field(default=20, ge=1, le=_MOST_HITS)
    wide: bool = Field(default=False, description="Near misses too, even where something better answers.")
    count_by_class: bool = Field(default=False, description="All that is found counted by class of document, in `by_class`.")
    after: Annotated[str | None, Field(max_length=LONGEST)] = Field(
        default=None, description="The `next` of the answer to the same question: the hits behind its own. Without `offset`."
    )
    claims: bool = Field(default=False, description="With each hit the documents that share its claim or policy number.")

    document_class: OfClass | None = Field(default=None, alias="class", description="Of this kind only.")
    year: Annotated[str | None, Field(pattern="^[12][0-9]{3}$")] = Field(default=None, description="Of a loss in this year.")
    completeness: Completeness | None = Field(default=None, description="`partial`: a page could not be read.")
    status: OfStatus | None = Field(default=None, description="Of a claim that stood there, as the document says.")
    insurer: Typed = Field(default=None, description="Whose name the document bears; as `facets` tell it.")
    batch: Annotated[str | None, Field(max_length=16)] = Field(default=None, description="For compliance.")
    source: Typed = Field(default=None, description="For compliance; as it was written when the batch was opened.")
    box: Typed = Field(default=None, description="For compliance; as it was written when the batch was opened.")
    facets: Annotated[tuple[Facet, ...], Field(max_length=len(FACETS))] = Field(
        default=(), description="All that is found counted by these, in `facets`; batch, source and box for compliance."
    )

    def to_query(self) -> query.Query:
        return query.Query(**{name: getattr(self, name) for name in _OF_QUERY})

    def wish(self) -> Wish:
        """Raises Rejected(invalid_request) where the beginning is said twice."""
        if self.after is not None and self.offset:
            raise Rejected("invalid_request", "after and offset")
        values = {"class": self.document_class} | {name: getattr(self, name) for name in FACETS if name != "class"}
        filters = tuple((name, value) for name, value in values.items() if value)
        return Wish(self.after, self.claims, filters, tuple(dict.fromkeys(self.facets)))


class Beginning(BaseModel):
    """The beginning of a name or of a number, one of the two."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Typed = None
    number: Typed = None

    def typed(self) -> tuple[str, str]:
        """Which, and what. Raises Rejected(empty_query), Rejected(invalid_request) where both are given."""
        given = [(what, typed) for what, typed in (("name", self.name), ("number", self.number)) if typed and typed.strip()]
        if not given:
            raise Rejected("empty_query")
        if len(given) > 1:
            raise Rejected("invalid_request", "name and number")
        return given[0]


@router.post("/suggestions", responses=responses(401, 403, 422, 429, 503))
def suggest_as_one_types(beginning: Beginning, archive: ArchiveHere, asker: ReaderHere) -> SuggestionsAnswer:
    """Names and numbers that begin as is typed, of documents that may be seen."""
    return suggestions(archive, *beginning.typed(), asker)


@router.post("", responses=responses(401, 403, 422, 429, 503))
def search_by_body(question: Question, archive: ArchiveHere, asker: ReaderHere, request: Request) -> SearchAnswer:
    """Find documents; nothing that was typed leaves a trace."""
    return _search(question, archive, asker, request)


@router.get("", responses=responses(401, 403, 422, 429, 503))
def search_by_address(
    question: Annotated[Question, Query()], archive: ArchiveHere, asker: ReaderHere, request: Request
) -> SearchAnswer:
    """Find documents by what stands in the address. Addresses are kept in many places: do not put real names here."""
    return _search(question, archive, asker, request)


def _search(question: Question, archive: Archive, asker: Asker, request: Request) -> SearchAnswer:
    return ask(archive, question.to_query(), asker, language_of(request), question.wish())
