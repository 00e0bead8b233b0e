"""Documents as they lie in an archive after all work on them, with invented people, made without reading a pixel."""

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image

from archive.catalog import derivatives, documents, readings
from archive.catalog import work as work_rows
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.readings import Reading
from archive.certificates.encoding import sign
from archive.certificates.kept import KIND, signer
from archive.custody import Custody, open_batch
from archive.fields import seal_fields
from archive.search_keys.dates import tokens_of_date
from archive.search_keys.names import tokens_of_name
from archive.search_keys.numbers import tokens_of_number
from archive.wiring import Archive
from ingest.intake import take
from schemas.certificate import CertifiedFile
from schemas.claim import ClaimField, Extraction
from schemas.geometry import Box, upright
from schemas.page import PageState
from schemas.record import IndexRecord, PlacedToken
from schemas.redaction import Audience, Leak, RedactedText, VisibleLine
from tests.builders.certificates import a_certificate

WIDTH, HEIGHT = 800, 1100
NAME_BOX = upright(120, 200, 260, 240)
PDF = b"%PDF-1.7 stands for a redacted file\n" + bytes(range(256)) * 2048
CUSTODY = Custody("旧扫描仪", "箱 7", "程守拙")


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """What a document says; every field is invented."""

    insured: str = field(default="欧阳若澜", repr=False)
    policy_number: str = "PZAT20190000417"
    identity_number: str = "11010519491231002X"
    loss_date: str = "2019-03-05"
    words: str = "门诊病历 复诊"
    page_leaks: bool = False
    file_leaks: bool = False
    labels: tuple[str, ...] = ()
    second_page_failed: bool = False


def keep(archive: Archive, kept: KeptDocument) -> str:
    """Put *kept* into *archive*, one page, with a picture and a file for handlers; gives its id."""
    document_id = _take_in(archive, kept)
    _read(archive, document_id, kept)
    _redact(archive, document_id, kept)
    _describe(archive, document_id, kept)
    return document_id


def picture(shade: int, kind: str = "PNG") -> bytes:
    """A small image file; another shade gives other bytes."""
    buffer = io.BytesIO()
    Image.new("L", (32, 44), shade % 256).save(buffer, kind)
    return buffer.getvalue()


def _take_in(archive: Archive, kept: KeptDocument) -> str:
    batch_id = open_batch(archive, CUSTODY)
    original = picture(0) + repr(kept).encode() + f"{kept.insured} {kept.words}".encode()
    (receipt,) = take(archive, batch_id, f"{kept.insured}.png", io.BytesIO(original))
    assert receipt.document_id is not None
    return receipt.document_id


def _read(archive: Archive, document_id: str, kept: KeptDocument) -> None:
    at = work_rows.moment(archive.clock())
    read = [Reading(document_id, 1, 1, PageState.READ, None, "recorded/1", 0.97, WIDTH, HEIGHT, 0, None, at)]
    if kept.second_page_failed:
        read.append(
            Reading(document_id, 2, 1, PageState.FAILED, "page_timeout", "recorded/1", None, None, None, None, None, at)
        )
    with archive.catalog.write() as connection:
        documents.opened(connection, document_id, len(read), ())
        for each in read:
            readings.add(connection, each)
            readings.use(connection, each)
        documents.planned(connection, document_id, "claim_application", f"plan/{document_id}/1")


def _redact(archive: Archive, document_id: str, kept: KeptDocument) -> None:
    holding = archive.holding(document_id)
    picture_key = holding.add("derived", io.BytesIO(picture(200)))
    file_key = holding.add("derivative", io.BytesIO(PDF))
    leak = (Leak("CN_ID18", "second_reading", 1),)
    page = DerivedPageRow(
        document_id=document_id,
        page_number=1,
        audience=Audience.HANDLER,
        state="leaking" if kept.page_leaks else "verified",
        object_key=picture_key,
        media_type="image/png",
        width=WIDTH,
        height=HEIGHT,
        dpi=100.0,
        leaks=leak if kept.page_leaks else (),
        checks=("second_reading",),
    )
    digest = hashlib.sha256(PDF).hexdigest()
    told = a_certificate(document=document_id, derivative=CertifiedFile(digest, len(PDF), "application/pdf"))
    certificate = b"" if kept.file_leaks else sign(told, signer(archive))
    file = Derivative(
        document_id=document_id,
        audience=Audience.HANDLER,
        version=1,
        state="withheld" if kept.file_leaks else "ready",
        policy="default/1",
        object_key=file_key,
        digest=digest,
        size=len(PDF),
        leaks=leak if kept.file_leaks else (),
        made_at=work_rows.moment(archive.clock()),
        certificate_key=holding.add(KIND, io.BytesIO(certificate)) if certificate else None,
        certificate_digest=hashlib.sha256(certificate).hexdigest() if certificate else None,
    )
    with archive.catalog.write() as connection:
        derivatives.put_page(connection, page)
        derivatives.put(connection, file)


def _describe(archive: Archive, document_id: str, kept: KeptDocument) -> None:
    fields = {
        "insured": ClaimField(kept.insured, 1, NAME_BOX, 0.98),
        "policy_number": ClaimField(kept.policy_number, 1, None, 0.95),
        "identity_number": ClaimField(kept.identity_number, 1, None, 0.9),
        "loss_date": ClaimField(kept.loss_date, 1, None, None),
        "diagnosis": ClaimField("右侧桡骨远端骨折", 1, None, 0.9),
    }
    key = archive.search_key
    tokens = (
        *tokens_of_name(key, kept.insured),
        *tokens_of_number(key, kept.policy_number),
        *tokens_of_number(key, kept.identity_number, private=True),
        *tokens_of_date(key, kept.loss_date, "loss"),
    )
    text = RedactedText(1, Audience.PUBLIC, "default/1", (VisibleLine(kept.words, Box(100, 300, 400, 340)),))
    placed = tuple(PlacedToken(token, 1, NAME_BOX) for token in {token.digest: token for token in tokens}.values())
    archive.index.put(IndexRecord(document_id, "claim_application", (text,), placed, kept.labels))
    archive.index.refresh()
    sealed = seal_fields(archive.holding(document_id), Extraction("claim_application", fields, ()))
    with archive.catalog.write() as connection:
        documents.finished(connection, document_id, sealed, work_rows.moment(archive.clock()))
