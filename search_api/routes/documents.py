"""Looking at a document: what is known of it, its pages, and what was made of it for an audience and read back unharmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from archive.access import OPENED, VIEW, note_seen, spend
from archive.catalog import derivatives, documents, intake, readings
from archive.catalog.derivatives import DerivedPageRow
from archive.catalog.readings import Reading
from archive.catalog.users import User
from archive.certificates.kept import kept_certificate, note_given
from archive.claims import sharing
from archive.custody import item_path, read_custody
from archive.errors import NotFound
from archive.ledger import Fact
from archive.wiring import Archive
from schemas.certificate import MEDIA_TYPE as CERTIFICATE
from schemas.claim import ClaimField
from schemas.page import PageState
from schemas.redaction import Audience
from schemas.tables import PDF, TABLES, derivative_type, suffix
from search_api import scope
from search_api.answers import ClaimAnswer, claims_of, shared_answers, visible_fields
from search_api.cropping import MEDIA_TYPE as CROPPED
from search_api.cropping import cropped, read_crop
from search_api.errors import language_of, responses
from search_api.sign_in import ArchiveHere, Reader, ReaderHere, may_read, may_see

router = APIRouter(prefix="/api/documents", tags=["documents"], dependencies=[Depends(may_see)])

_PART_BYTES = 256 * 1024  # one frame of the sealed store
_MOST_VERSIONS = 2**31 - 1  # what a catalog's column of whole numbers holds
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be read, and the reason code."""

    page_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Made:
    """A redacted file. `state`: ready to be served, withheld because reading it back found something, or stale: made from an
    older reading, and being made again. `certificate` is the digest of its certificate; none was made of files that were
    withheld."""

    audience: str
    version: int
    state: str
    policy: str
    digest: str | None
    size: int | None
    certificate: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """One custody entry; for compliance only, since paths and notes may hold names."""

    batch: str
    outcome: str
    received_at: str
    path: str = field(repr=False)
    source: str = field(repr=False)
    box: str = field(repr=False)
    operator: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """One document. `pages` counts them by state; `fields` are those that the asker may see."""

    document: str
    state: str
    reason: str | None
    media_type: str
    size: int
    received_at: str
    finished_at: str | None
    page_count: int | None
    pages: dict[str, int]
    failed_pages: tuple[FailedPage, ...]
    remarks: tuple[str, ...]
    document_class: str | None
    fields: dict[str, ClaimField] = field(repr=False)
    derivatives: tuple[Made, ...]
    custody: tuple[Received, ...] | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadingAnswer:
    """One version of what was read on a page; `engine` is who read it, whatever came of it."""

    version: int
    state: PageState
    reason: str | None
    engine: str | None
    confidence: float | None
    made_at: str


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """One page; sizes in pixels, `rotation` the clockwise turn that makes it upright. `images` names the audiences for whom
    a verified picture of it can be had, `version` which of its `readings` it shows."""

    page_number: int
    state: PageState
    reason: str | None
    width: int | None
    height: int | None
    rotation: int | None
    confidence: float | None
    engine: str | None
    images: tuple[Audience, ...]
    version: int | None
    readings: tuple[ReadingAnswer, ...]


@dataclass(frozen=True, slots=True)
class DocumentPages:
    """All pages of a document, in order."""

    document: str
    pages: tuple[PageAnswer, ...]


@router.get("/{document}", responses=responses(401, 403, 404, 429, 503))
def one_document(document: str, archive: ArchiveHere, user: Reader) -> DocumentAnswer:
    """What is known of a document."""
    with archive.catalog.read() as connection:
        row = documents.get(connection, document)
        counts = documents.page_counts(connection, document)
        failed = documents.failed_pages(connection, document, reason=None)
        made = derivatives.current(connection, document)
    answer = DocumentAnswer(
        document=row.document_id,
        state=row.state,
        reason=row.reason,
        media_type=row.media_type,
        size=row.size,
        received_at=row.received_at,
        finished_at=row.finished_at,
        page_count=row.page_count,
        pages={state.value: count for state, count in sorted(counts.items())},
        failed_pages=tuple(FailedPage(page.page_number, page.reason or "page_error") for page in failed),
        remarks=row.remarks,
        document_class=row.document_class,
        fields=visible_fields(archive, row, user.role),
        derivatives=tuple(Made(d.audience, d.version, d.state, d.policy, d.digest, d.size, d.certificate_digest) for d in made),
        custody=_custody(archive, document) if user.role == "compliance" else None,
    )
    _note(archive, "document.viewed", document, user)
    return answer


@router.get("/{document}/claim", responses=responses(401, 403, 404, 429, 503))
def claim_of_document(document: str, archive: ArchiveHere, user: Reader, asker: ReaderHere, request: Request) -> ClaimAnswer:
    """The documents that share its claim or policy number, with the reason."""
    with archive.catalog.read() as connection:
        row = documents.get(connection, document)
    claims = {document: claims_of(visible_fields(archive, row, user.role))}
    shared = sharing(archive.index, archive.search_key, claims, scope.within(archive, asker))[document]
    _note(archive, "claim.viewed", document, user, documents=sum(each.total for each in shared))
    return ClaimAnswer(document, shared_answers(shared, language_of(request)))


@router.get("/{document}/pages", responses=responses(401, 403, 404, 503), dependencies=[Depends(may_read)])
def pages_of_document(document: str, archive: ArchiveHere) -> DocumentPages:
    """The pages of a document with their states; no field of theirs tells what stands on them."""
    with archive.catalog.read() as connection:
        shows_pages = documents.get(connection, document).state != "waiting"
        rows = documents.pages_of(connection, document)
        versions = _versions(readings.of_document(connection, document))
        hidden = derivatives.hidden_audiences(connection, document, archive.settings.review.approval)
        verified = {
            audience: {page.page_number for page in derivatives.pages_of(connection, document, audience) if _is_shown(page)}
            for audience in Audience
            if audience not in hidden
        }
    pages = tuple(
        PageAnswer(
            page_number=row.page_number,
            state=row.state,
            reason=row.reason,
            width=row.width,
            height=row.height,
            rotation=row.rotation,
            confidence=row.confidence,
            engine=row.engine,
            images=tuple(each for each in verified if shows_pages and row.page_number in verified[each]),
            version=row.version,
            readings=versions.get(row.page_number, ()),
        )
        for row in rows
    )
    return DocumentPages(document, pages)


@router.get(
    "/{document}/pages/{page_number}/image",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": _BINARY, "image/png": _BINARY}, "description": "The redacted page."},
        **responses(401, 403, 404, 409, 422, 429, 503),
    },
)
def page_image(
    document: str,
    page_number: int,
    archive: ArchiveHere,
    user: Reader,
    audience: Audience = Audience.HANDLER,
    crop: Annotated[str | None, Query(max_length=27, description="Only the place left,top,right,bottom, in pixels.")] = None,
) -> Response:
    """The page as *audience* may see it, in original page pixels, or a piece of it. 409 `leak_found` where reading it back
    found something, `derivative_stale` where it was made from an older reading."""
    box = read_crop(crop) if crop is not None else None
    page = _verified_page(archive, document, page_number, audience)
    with archive.holding(document).open("derived", page.object_key or "") as stream:
        data = stream.read()
    shown = Response(data, media_type=page.media_type) if box is None else Response(cropped(data, box), media_type=CROPPED)
    _note(archive, "page.viewed", document, user, page=page_number, audience=audience.value)
    return shown


@router.get(
    "/{document}/pdf",
    response_class=StreamingResponse,
    responses={
        200: {"content": dict.fromkeys((PDF, *sorted(TABLES)), _BINARY), "description": "The redacted document."},
        **responses(401, 403, 404, 409, 422, 429, 503),
    },
)
def redacted_pdf(document: str, archive: ArchiveHere, user: Reader, audience: Audience = Audience.HANDLER) -> Response:
    """The document as *audience* may see it: a PDF, or of a table (XLSX, CSV) a table of the same kind. 409 `leak_found` where
    reading it back found something, `derivative_stale` where it was made from an older reading."""
    with archive.catalog.read() as connection:
        media_type = derivative_type(documents.get(connection, document).media_type)
        derivative = derivatives.ready(connection, document, audience, archive.settings.review.approval)
    parts = _parts(archive.holding(document).open("derivative", derivative.object_key or ""))
    first = next(parts, b"")  # a changed object fails here, before anything is promised
    _note(archive, "derivative.downloaded", document, user, audience=audience.value, digest=derivative.digest)
    headers = {
        "Content-Disposition": f'attachment; filename="{document}-{audience.value}.{suffix(media_type)}"',
        "Content-Length": str(derivative.size),
    }
    return StreamingResponse(chain((first,), parts), headers=headers, media_type=media_type)


@router.get(
    "/{document}/certificate",
    response_class=Response,
    responses={
        200: {"content": {CERTIFICATE: {"schema": {"type": "object"}}}, "description": "The certificate, as it was signed."},
        **responses(401, 403, 404, 409, 422, 429, 503),
    },
)
def certificate(
    document: str,
    archive: ArchiveHere,
    user: Reader,
    audience: Audience = Audience.HANDLER,
    version: Annotated[int | None, Query(ge=1, le=_MOST_VERSIONS)] = None,
) -> Response:
    """The certificate of the redacted file that `/pdf` gives, or of an older `version` of it. 404 `certificate_missing` where
    the file is older than certificates are."""
    kept = kept_certificate(archive, document, audience, version)
    with archive.catalog.write() as connection:
        spend(archive, connection, user.user_id, VIEW)
    note_given(archive, kept, user=user.user_id)
    name = f"{document}-{audience.value}-{kept.derivative.version}.certificate.json"
    return Response(kept.data, media_type=CERTIFICATE, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _verified_page(archive: Archive, document_id: str, page_number: int, audience: Audience) -> DerivedPageRow:
    """Raises NotFound(not_found | not_made_yet), Refused(leak_found | derivative_stale). While work on a document goes on, a
    picture that was made before may show what a page read since has taught to hide: none is given until it is done."""
    with archive.catalog.read() as connection:
        if documents.get(connection, document_id).state == "waiting":
            raise NotFound("not_made_yet", document_id)
        documents.page(connection, document_id, page_number)
        return derivatives.verified_page(connection, document_id, page_number, audience, archive.settings.review.approval)


def _versions(rows: Iterable[Reading]) -> dict[int, tuple[ReadingAnswer, ...]]:
    """By page number."""
    versions: dict[int, tuple[ReadingAnswer, ...]] = {}
    for row in rows:
        told = ReadingAnswer(row.version, row.state, row.reason, row.engine, row.confidence, row.made_at)
        versions[row.page_number] = (*versions.get(row.page_number, ()), told)
    return versions


def _is_shown(page: DerivedPageRow) -> bool:
    return page.state == "verified"


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while part := stream.read(_PART_BYTES):
            yield part


def _custody(archive: Archive, document_id: str) -> tuple[Received, ...]:
    with archive.catalog.read() as connection:
        items = intake.items_of_document(connection, document_id)
    notes = {batch_id: read_custody(archive, batch_id) for batch_id in {item.batch_id for item in items}}
    return tuple(
        Received(
            batch=item.batch_id,
            outcome=item.outcome,
            received_at=item.received_at,
            path=item_path(archive.keys, item),
            source=notes[item.batch_id].source,
            box=notes[item.batch_id].box,
            operator=notes[item.batch_id].operator,
        )
        for item in items
    )


def _note(archive: Archive, kind: str, document_id: str, user: User, **facts: Fact) -> None:
    """Into the ledger, before the answer leaves. Raises TooMany(too_many_requests)."""
    with archive.catalog.write() as connection:
        spend(archive, connection, user.user_id, VIEW)
        archive.ledger.append(connection, kind, batch_id=None, document_id=document_id, user=user.user_id, **facts)
        fields = claims_of(visible_fields(archive, documents.get(connection, document_id), user.role))
        note_seen(archive, connection, user.user_id, OPENED, {document_id: fields})
