"""The service: routes, errors and headers put together around one open archive."""

from importlib import metadata
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry

from archive.wiring import Archive
from search_api import errors
from search_api.every_request import SafeHeaders, ShortBodies, Watch
from search_api.observed import Observe, RequestMeasures
from search_api.routes import (
    alarms,
    batches,
    break_glass,
    certificate_key,
    documents,
    health,
    lists,
    page,
    reviews,
    samples,
    searching,
)

_DESCRIPTION = """\
Scans in, redacted and findable claims out. Send the token that `claimkeep users add` printed as `Authorization: Bearer`.
Errors are problem+json (RFC 9457) with a stable `reason`; `Accept-Language: zh` gives their sentences in Chinese.
Search by POST: what is typed into addresses stays in logs.
"""


def create_app(archive: Archive, registry: CollectorRegistry | None = None) -> FastAPI:
    """The ASGI application that answers for *archive*; whoever opened the archive closes it afterwards.

    Requests are counted in *registry*.
    """
    app = FastAPI(
        title="claimkeep",
        version=metadata.version("claimkeep"),
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,  # these two load their scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.archive = archive
    errors.add_handlers(app)
    for room in (page, health, batches, searching, lists, documents, certificate_key, reviews, break_glass, samples, alarms):
        app.include_router(room.router)
    for layer in (ShortBodies, Watch, SafeHeaders):  # the last added is the outermost
        app.add_middleware(layer)
    app.add_middleware(Observe, measures=RequestMeasures(registry))
    _describe_errors(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_errors(app: FastAPI) -> None:
    """Have the description say problem+json of the errors, where FastAPI says plain JSON of everything."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            for operation in (each for path in schema["paths"].values() for each in path.values()):
                _rename_error_bodies(operation["responses"])
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to change the description


def _rename_error_bodies(replies: dict[str, Any]) -> None:
    for status, reply in replies.items():
        if status >= "400" and (content := reply.get("content", {}).pop("application/json", None)):
            reply["content"] = {errors.MEDIA_TYPE: content}
