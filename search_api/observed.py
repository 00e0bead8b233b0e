"""What is seen of every request: how many, how they ended, how long they took; and which log lines belong to one.

Labels are routes as the program names them, never paths: a path may be anything that somebody typed, a name too.
"""

import asyncio
import re
import secrets
import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-Id"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = structlog.get_logger(__name__)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

_ID = r"/({}-[0-9A-HJKMNP-TV-Z]{{10}})(?:/|$)"
_NAMED = {
    "batch_id": re.compile(_ID.format("B")),
    "document_id": re.compile(_ID.format("D")),
    "page_number": re.compile(r"/pages/([0-9]{1,6})(?:/|$)"),
}
"""What a path may name, by its shape alone; nothing else of it is kept."""


class RequestMeasures:
    """Counts of the requests of one service, in *registry*."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        own = CollectorRegistry() if registry is None else registry
        self._requests = Counter(
            "claimkeep_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=own
        )
        self._seconds = Histogram(
            "claimkeep_http_request_seconds",
            "Time from the request's first byte to the answer's last.",
            ("route",),
            buckets=_SECONDS,
            registry=own,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Observe:
    """Counts each request, and gives it an id that its answer and every log line about it carry.

    The id is made here: one that the asker sends would be text of theirs in the log.
    """

    def __init__(self, app: ASGIApp, measures: RequestMeasures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = secrets.token_hex(8), time.monotonic(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id, **_ids(scope["path"])):
                await self._app(scope, receive, answer)
        except asyncio.CancelledError:
            # The grace of a service that ends is over. Whoever gave it would log a traceback, and there is nobody left to tell.
            log.warning("request.cut_off", route=_route(scope))
        finally:
            # No status: the route broke before it answered, and the server answers for it.
            self._measures.count(scope["method"], _route(scope), status or 500, time.monotonic() - began)


def _ids(path: str) -> dict[str, str]:
    found = {name: shape.search(path) for name, shape in _NAMED.items()}
    return {name: match[1] for name, match in found.items() if match}


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")
