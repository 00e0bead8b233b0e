"""Taking material in, and where it stands."""

import asyncio
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, BinaryIO, cast
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from archive.catalog import intake, work
from archive.catalog.intake import BatchCounts
from archive.custody import Custody, open_batch
from archive.errors import Rejected
from archive.wiring import Archive
from ingest.intake import Receipt, refuse, take
from search_api.errors import language_of, problem, responses
from search_api.request_body import RequestBody
from search_api.sign_in import ArchiveHere, Receiver, may_receive

router = APIRouter(prefix="/api/batches", tags=["batches"])

_MOST_UPLOADS = 8  # at a time: each waits in a thread of its own for the network; the next wait for one of them
_uploads = ThreadPoolExecutor(_MOST_UPLOADS, "upload")
_LONGEST_NOTE = 500
_LONGEST_PATH = 4096

Note = Annotated[str, Field(min_length=1, max_length=_LONGEST_NOTE)]


class NewBatch(BaseModel):
    """From which device or place the material comes, in which box or folder the paper lay, who takes it in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    source: Note
    box: Note
    operator: Note


class Opened(BaseModel):
    """The new batch's id."""

    batch: str


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """Where a batch stands: numbers of files by outcome, of documents and pages by state, of refusals by reason."""

    batch: str
    opened_at: str
    items: dict[str, int]
    refusals: dict[str, int]
    documents: dict[str, int]
    pages: dict[str, int]
    page_failures: dict[str, int]
    pages_total: int
    pages_final: int
    is_final: bool


class AllBatches(BaseModel):
    """Every batch, the oldest first, and how many steps of work wait."""

    batches: list[BatchAnswer]
    steps_waiting: int


class ReceiptAnswer(BaseModel):
    """What became of a file, or of a member of a container. `outcome`: accepted, duplicate, refused, unpacked, skipped."""

    path: str
    outcome: str
    reason: str | None
    document: str | None
    digest: str | None
    size: int | None


class Receipts(BaseModel):
    """One for each file; a container's own comes last."""

    receipts: list[ReceiptAnswer]


@router.post("", status_code=HTTPStatus.CREATED, responses=responses(401, 403, 422, 503))
def open_new_batch(new: NewBatch, archive: ArchiveHere, user: Receiver, response: Response) -> Opened:
    """Begin a batch."""
    batch_id = open_batch(archive, Custody(new.source, new.box, new.operator), user.user_id)
    response.headers["Location"] = f"/api/batches/{batch_id}"
    return Opened(batch=batch_id)


@router.get("", responses=responses(401, 403, 503), dependencies=[Depends(may_receive)])
def all_batches(archive: ArchiveHere) -> AllBatches:
    """Where every batch stands."""
    with archive.catalog.read() as connection:
        counts = [intake.batch_counts(connection, batch_id) for batch_id in intake.batch_ids(connection)]
        steps = work.counts(connection)
    waiting = sum(count for (_, state), count in steps.items() if state in {"waiting", "leased"})
    return AllBatches(batches=[_answer(each) for each in counts], steps_waiting=waiting)


@router.get("/{batch}", responses=responses(401, 403, 404, 503), dependencies=[Depends(may_receive)])
def one_batch(batch: str, archive: ArchiveHere) -> BatchAnswer:
    """Where one batch stands."""
    with archive.catalog.read() as connection:
        return _answer(intake.batch_counts(connection, batch))


@router.post(
    "/{batch}/files",
    status_code=HTTPStatus.CREATED,
    response_model=Receipts,
    responses=responses(401, 403, 404, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take_file(
    batch: str,
    archive: ArchiveHere,
    user: Receiver,
    request: Request,
    x_file_path: Annotated[
        str, Header(max_length=_LONGEST_PATH, description="The file's path or name, percent-encoded UTF-8.")
    ],
) -> Receipts | Response:
    """Take in the file that is the body, as it is. The reply means: sealed, and synced to disk.

    201 where anything is held now; 422 where nothing is, with the reason, and the same receipts.
    """
    path = _path(x_file_path)
    await run_in_threadpool(_check_batch, archive, batch)
    loop = asyncio.get_running_loop()
    body = io.BufferedReader(RequestBody(request.stream(), loop))
    upload = _Upload(batch, path, cast("BinaryIO", body), _announced(request), user.user_id)
    taken = await loop.run_in_executor(_uploads, _take, archive, upload)
    receipts = Receipts(receipts=[_receipt(each) for each in taken])
    if any(each.is_held for each in taken):
        return receipts
    reason = next((each.reason for each in reversed(taken) if each.reason), "invalid_request")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, reason, language_of(request), **receipts.model_dump())


@dataclass(frozen=True, slots=True)
class _Upload:
    """One file on its way in; `announced` is its length as the sender says, 0 where that is not said."""

    batch_id: str
    path: str = field(repr=False)
    body: BinaryIO
    announced: int
    user_id: str


def _take(archive: Archive, upload: _Upload) -> list[Receipt]:
    receipts = _receipts(archive, upload)
    outcomes = dict(Counter(receipt.outcome for receipt in receipts))
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "file.uploaded", batch_id=upload.batch_id, user=upload.user_id, outcomes=outcomes)
    return receipts


def _receipts(archive: Archive, upload: _Upload) -> list[Receipt]:
    if upload.announced > archive.settings.limits.max_file_bytes:
        return [refuse(archive, upload.batch_id, upload.path, "too_large")]
    try:
        return list(take(archive, upload.batch_id, upload.path, upload.body))
    except OSError:
        return [refuse(archive, upload.batch_id, upload.path, "file_unreadable")]


def _check_batch(archive: Archive, batch_id: str) -> None:
    with archive.catalog.read() as connection:
        intake.custody(connection, batch_id)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _path(header: str) -> str:
    """Raises Rejected(invalid_request) where the header is not percent-encoded UTF-8."""
    try:
        return unquote_to_bytes(header.encode("ascii")).decode("utf-8")
    except UnicodeError as error:
        raise Rejected("invalid_request", "X-File-Path") from error


def _receipt(receipt: Receipt) -> ReceiptAnswer:
    return ReceiptAnswer(
        path=receipt.path,
        outcome=receipt.outcome,
        reason=receipt.reason,
        document=receipt.document_id,
        digest=receipt.digest,
        size=receipt.size,
    )


def _answer(counts: BatchCounts) -> BatchAnswer:
    return BatchAnswer(
        batch=counts.batch_id,
        opened_at=counts.opened_at,
        items=counts.items,
        refusals=counts.refusals,
        documents=counts.documents,
        pages=counts.pages,
        page_failures=counts.page_failures,
        pages_total=counts.pages_total,
        pages_final=counts.pages_final,
        is_final=counts.is_final,
    )
