"""Whether the service runs, and whether it can do its work. Asked by machines, without a token."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from archive.catalog import documents
from archive.errors import ArchiveError
from archive.wiring import Archive
from search_api.errors import language_of, problem, responses
from search_api.sign_in import ArchiveHere

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """Every part of the archive answers."""

    status: Literal["ready"] = "ready"


@router.get("/live")
async def live() -> Live:
    """Answers as long as the process runs."""
    return Live()


@router.get("/ready", response_model=Ready, responses=responses(503))
def ready(archive: ArchiveHere, request: Request) -> Ready | Response:
    """Asks the catalog, the index and the store; 503 names in `failing` those that do not answer."""
    failing = [name for name, check in _CHECKS.items() if not _answers(check, archive)]
    if not failing:
        return Ready()
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable", language_of(request), failing=failing)


def _catalog(archive: Archive) -> None:
    with archive.catalog.read() as connection:
        documents.any_one(connection)


def _index(archive: Archive) -> None:
    archive.index.count()


def _store(archive: Archive) -> None:
    """An original can be opened. An empty store has nothing to open, and is as ready as it can be."""
    with archive.catalog.read() as connection:
        document = documents.any_one(connection)
    if document is not None:
        archive.holding(document.document_id).open_original().close()


_CHECKS: dict[str, Callable[[Archive], None]] = {"catalog": _catalog, "index": _index, "store": _store}


def _answers(check: Callable[[Archive], None], archive: Archive) -> bool:
    try:
        check(archive)
    except ArchiveError:
        return False
    return True
