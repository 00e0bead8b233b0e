"""Every error as problem+json (RFC 9457), from one table: the branch of `archive.errors` decides the status.

`reason` is a code of `schemas.reasons` and `detail` its sentence in the asker's language. What was sent is never echoed.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from archive.errors import ArchiveError, FixityMismatch, NotFound, Refused, Rejected, TooMany, Unavailable
from schemas.reasons import remedy
from search_api.language import HTML_NAMES, Language, preferred
from search_api.scope import NotAllowed

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 10

log = structlog.get_logger(__name__)


class NotSignedIn(Refused):
    """There is no token, or nobody has it."""

    def __init__(self) -> None:
        super().__init__("not_signed_in")


STATUS: dict[type[ArchiveError], HTTPStatus] = {
    Rejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused: HTTPStatus.CONFLICT,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    FixityMismatch: HTTPStatus.INTERNAL_SERVER_ERROR,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""An error has the status of the nearest of its classes."""

_HEADERS: dict[HTTPStatus, dict[str, str]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(_RETRY_SECONDS)},
}


class FaultyPlace(BaseModel):
    """A part of the request and what is wrong with it, as pydantic's error types name it."""

    place: list[str | int]
    fault: str


class Problem(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What to do, in the asker's language (Accept-Language: en or zh).")
    reason: str = Field(description="A stable code; docs/errors.md lists all.")
    errors: list[FaultyPlace] | None = None


def status_of(error: ArchiveError) -> HTTPStatus:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of its errors in the API's description."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in sorted(statuses)}


def problem(
    status: HTTPStatus, reason: str, language: Language, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    """The reply that says *reason*; *more* are members beside those of `Problem`."""
    sentence = remedy(reason)
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": sentence.zh if language == "zh" else sentence.en,
        "reason": reason,
        **more,
    }
    own = {"Content-Language": HTML_NAMES[language], **_HEADERS.get(status, {}), **(headers or {})}
    return JSONResponse(body, status, own, MEDIA_TYPE)


def language_of(request: Request) -> Language:
    return preferred(request.headers.get("accept-language"))


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(ArchiveError, _archive_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)


def _archive_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ArchiveError)
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", error=type(error).__name__, reason=error.reason)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else None
    return problem(status, error.reason, language_of(request), headers)


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", language_of(request), errors=_places(error.errors()))


def _places(faults: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Where and what, without the values. The name of an unknown member was typed by the sender and is left out too."""
    return [
        {"place": list(fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]), "fault": fault["type"]}
        for fault in faults
    ]


def _http_error(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: no such route, no such method, a body too long or not to be read."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    reason = "not_found" if status is HTTPStatus.NOT_FOUND else "invalid_request"
    return problem(status, reason, language_of(request), error.headers)
