"""Seeing one page as it came in: asked for with a reason, granted by somebody else, for some minutes, all on record."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from archive.catalog.unmaskings import Unmasking
from archive.review import unmasking
from archive.review.reasons import LONGEST
from search_api.errors import responses
from search_api.sign_in import ArchiveHere, Reviewer, may_review

router = APIRouter(prefix="/api/break-glass", tags=["break-glass"])

_MOST_REQUESTS = 200
_LARGEST = 2**31 - 1  # what a catalog's column of whole numbers holds
_BINARY = {"schema": {"type": "string", "format": "binary"}}


class NewRequest(BaseModel):
    """Which page, and why it must be seen."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    document: Annotated[str, Field(max_length=16)]
    page_number: Annotated[int, Field(ge=1, le=_LARGEST)]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """A request. `state`: asked, granted, refused, failed, ended. `alarmed`: the asker had asked too often within the hour.
    `ready`: the picture is drawn."""

    request: str
    document: str
    page_number: int
    state: str
    asked_by: str
    asked_at: str
    decided_by: str | None
    decided_at: str | None
    until: str | None
    alarmed: bool
    views: int
    ready: bool


@dataclass(frozen=True, slots=True)
class ToldRequest:
    """A request and why it was made, or `unreadable`, the reason code of what keeps that from being read."""

    request: RequestAnswer
    reason: str | None = field(repr=False)
    unreadable: str | None


@dataclass(frozen=True, slots=True)
class Requests:
    """The newest first. `next`, given as `after`, brings those before them."""

    requests: tuple[ToldRequest, ...]
    next: str | None


@router.post("", status_code=201, responses=responses(401, 403, 404, 422, 503))
def ask(new: NewRequest, archive: ArchiveHere, user: Reviewer) -> RequestAnswer:
    """Ask for leave to see a page."""
    return _answer(unmasking.ask(archive, user.user_id, new.document, new.page_number, new.reason))


@router.get("", responses=responses(401, 403, 404, 422, 503), dependencies=[Depends(may_review)])
def all_requests(
    archive: ArchiveHere,
    limit: Annotated[int, Query(ge=1, le=_MOST_REQUESTS)] = 50,
    after: Annotated[str | None, Query(max_length=16)] = None,
) -> Requests:
    """Who asked for what, why, and what became of it."""
    found = unmasking.newest(archive, limit + 1, after)
    shown = tuple(ToldRequest(_answer(each.unmasking), each.reason, each.unreadable) for each in found[:limit])
    return Requests(shown, shown[-1].request.request if len(found) > limit else None)


@router.post("/{request}/grant", responses=responses(401, 403, 404, 409, 503))
def grant(request: str, archive: ArchiveHere, user: Reviewer) -> RequestAnswer:
    """Let the asker see the page for some minutes. 409 `same_person` for the asker."""
    return _answer(unmasking.grant(archive, user.user_id, request))


@router.post("/{request}/refuse", responses=responses(401, 403, 404, 409, 503))
def refuse(request: str, archive: ArchiveHere, user: Reviewer) -> RequestAnswer:
    """Refuse it. 409 `same_person` for the asker."""
    return _answer(unmasking.refuse(archive, user.user_id, request))


@router.get(
    "/{request}/image",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": _BINARY}, "description": "The page as it came in, with a watermark."},
        **responses(401, 403, 404, 409, 503),
    },
)
def image(request: str, archive: ArchiveHere, user: Reviewer) -> Response:
    """The page, for the asker and nobody else. 404 `not_made_yet` until it is drawn, 409 `unmasking_ended` after its time."""
    picture = unmasking.look(archive, user.user_id, request)
    return Response(picture.data, media_type=picture.media_type, headers={"Cache-Control": "no-store, private"})


def _answer(found: Unmasking) -> RequestAnswer:
    return RequestAnswer(
        request=found.request_id,
        document=found.document_id,
        page_number=found.page_number,
        state=found.state,
        asked_by=found.asked_by,
        asked_at=found.asked_at,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        until=found.until,
        alarmed=found.alarmed,
        views=found.views,
        ready=found.state == "granted" and found.media_type is not None,
    )
