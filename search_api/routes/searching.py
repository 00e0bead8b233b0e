"""Searching. Names do not belong into addresses, which land in histories and in the logs of proxies: programs and the page
use POST; GET is for trying things out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from archive.errors import Rejected
from archive.wiring import Archive
from schemas import query
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

Typed = Annotated[str | None, Field(max_length=_LONGEST_TYPED)]


class Question(BaseModel):
    """All keys that are given must match. Dates as people write them, Chinese ones too; `?` stands for one unknown
    character of a name or number; text in quotation marks is a phrase."""

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

    def to_query(self) -> query.Query:
        return query.Query(**self.model_dump(exclude={"after", "claims"}))

    def wish(self) -> Wish:
        """Raises Rejected(invalid_request) where the beginning is said twice."""
        if self.after is not None and self.offset:
            raise Rejected("invalid_request", "after and offset")
        return Wish(self.after, self.claims)


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
