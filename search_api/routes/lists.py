"""A list of thousands of questions, answered in one go."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from archive.errors import ArchiveError, Rejected
from archive.wiring import Archive
from schemas import tables
from search_api.errors import language_of, responses
from search_api.language import HTML_NAMES
from search_api.lists.answering import HowToAnswer, answers, begin
from search_api.lists.columns import KEYS
from search_api.lists.reading import AskedList, HowToRead, open_list
from search_api.lists.writing import MEDIA_TYPES, Format, result
from search_api.scope import Asker
from search_api.sign_in import ArchiveHere, ReaderHere

router = APIRouter(prefix="/api/search", tags=["search"])

_MOST_LISTS = 2  # worked on at a time, some rows each in turn: single searches must not wait for lists
_working = ThreadPoolExecutor(_MOST_LISTS, "list")
_MOST_CANDIDATES = 20
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}

log = structlog.get_logger(__name__)

Column = Annotated[str, Field(max_length=200)]


@router.post(
    "/list",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The result.", "content": dict.fromkeys(MEDIA_TYPES.values(), _BINARY)},
        **responses(401, 403, 422, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _BINARY}}},
)
async def search_for_a_list(
    archive: ArchiveHere,
    asker: ReaderHere,
    request: Request,
    column: Annotated[
        list[Column] | None,
        Query(max_length=len(KEYS), description="KEY=HEADING or KEY=LETTER; KEY is one of " + ", ".join(KEYS) + "."),
    ] = None,
    headings: Annotated[bool, Query(description="False: the first row is asked like the others.")] = True,  # noqa: FBT002
    sheet: Annotated[int | None, Query(ge=1, description="Of a workbook, from 1; else the first that is shown.")] = None,
    most: Annotated[int | None, Query(ge=1, le=_MOST_CANDIDATES, description="Documents of each row.")] = None,
    wide: Annotated[bool, Query(description="Near misses too, even where something better answers.")] = False,  # noqa: FBT002
    result_format: Annotated[
        Format | None, Query(alias="format", description="Else as `Accept` says, and CSV where it says nothing.")
    ] = None,
) -> StreamingResponse:
    """Look for every row of the list that is the body, a CSV or XLSX file: a line for each document that answers it.

    The result comes as it is found out. A reply that breaks off before its end is not whole: send the list again.
    """
    loop = asyncio.get_running_loop()
    data = await _body(request, archive.settings.lists.max_bytes)
    how = HowToRead(tuple(column or ()), headings, sheet)
    language, chosen = language_of(request), result_format or _accepted(request)
    asked = await loop.run_in_executor(_working, open_list, data, archive.settings.lists, how)
    how_to_answer = HowToAnswer(most or archive.settings.lists.candidates, wide, language)
    blocks = await loop.run_in_executor(_working, _begun, archive, asked, asker, how_to_answer)
    parts = result(chosen, asked.columns.headings, blocks, language)
    headers = {
        "Content-Disposition": f'attachment; filename="result.{chosen}"',
        "Content-Language": HTML_NAMES[language],
        "Vary": "Accept, Accept-Language",
    }
    return StreamingResponse(_streamed(parts), media_type=MEDIA_TYPES[chosen], headers=headers)


def _begun(archive: Archive, asked: AskedList, asker: Asker, how: HowToAnswer) -> Iterator[tuple[Any, ...]]:
    """The first rows are answered before the reply begins: what cannot be asked now is refused, and not broken off."""
    blocks = answers(archive, asked, asker, how, begin(archive, asked, asker))
    return chain((next(blocks, ()),), blocks)


async def _body(request: Request, most: int) -> bytes:
    """Held in memory: nobody's names go to a disk for it. Raises Rejected(too_large | file_unreadable)."""
    held = bytearray()
    try:
        async for part in request.stream():
            held += part
            if len(held) > most:
                raise Rejected("too_large")
    except ClientDisconnect as error:
        raise Rejected("file_unreadable") from error
    return bytes(held)


def _accepted(request: Request) -> Format:
    return "xlsx" if tables.XLSX in request.headers.get("accept", "") else "csv"


async def _streamed(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    try:
        while part := await loop.run_in_executor(_working, next, parts, b""):
            yield part
    except ArchiveError as error:
        log.error("list.broke_off", error=type(error).__name__, reason=error.reason)
        raise
