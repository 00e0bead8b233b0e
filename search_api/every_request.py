"""What holds for every request, around all routes: headers, a log line without values, no traceback, no endless body."""

import time
from http import HTTPStatus
from types import TracebackType

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.errors import problem
from search_api.language import preferred

MAX_BODY_BYTES = 64 * 1024
"""Of a request that is no upload: the longest search has six keys of some hundred characters."""
UPLOADS_END_WITH = ("/files", "/search/list")
"""Paths whose bodies are files, read where their own limits are known."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = structlog.get_logger(__name__)


class SafeHeaders:
    """Nothing is kept by caches, guessed at, framed or referred to. A route may set a header otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Watch:
    """One log line a request, and `internal_error` where a route breaks.

    The line names the route and not the path, which may be anything that somebody typed. A traceback may quote a page: of a
    broken route the log has the type of the error and the place.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = int(message.get("status", status))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - whatever it is, the asker gets the same answer and the log no value
            log.error("request.broken", error=type(error).__name__, place=_place(error.__traceback__))
            if not status:
                language = preferred(Headers(scope=scope).get("accept-language"))
                await problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", language)(scope, receive, watched)
        milliseconds = round(1000 * (time.monotonic() - began))
        log.info("request", method=scope["method"], route=_route(scope), status=status, milliseconds=milliseconds)


class ShortBodies:
    """A body longer than MAX_BODY_BYTES ends the request with 413, before it is read to its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        is_upload = scope["type"] == "http" and scope["path"].endswith(UPLOADS_END_WITH)
        await self._app(scope, receive if is_upload else counted, send)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")


def _place(traceback: TracebackType | None) -> str:
    """Module and line of the innermost frame."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_globals.get('__name__')}:{traceback.tb_lineno}" if traceback else "unknown"
