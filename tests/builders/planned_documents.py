"""Documents that were planned, with invented people, made without reading a pixel: a plan lies in the store and waits to be
indexed. How long that takes is a matter of the index and not of OCR."""

import io
from dataclasses import dataclass, field

from archive.catalog import documents
from archive.catalog import work as work_rows
from archive.custody import Custody, open_batch
from archive.fields import seal_fields
from archive.wiring import Archive
from ingest.intake import take
from schemas.claim import ClaimField, Extraction
from schemas.entity import Entity, Tier
from schemas.geometry import Box, upright
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.kept_documents import picture
from workers.steps.describe import describe
from workers.steps.plan import AudiencePlan, Plan

_BOX = upright(120, 200, 260, 240)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says; every field is invented."""

    policy_number: str = field(repr=False)
    insured: str = field(default="欧阳若澜", repr=False)
    words: str = field(default="左臂骨折", repr=False)


def plan_document(archive: Archive, claim: Claim) -> str:
    """Take a document in and plan it; gives its id. It waits to be finished."""
    batch_id = open_batch(archive, Custody("旧扫描仪", "箱 7", "程守拙"))
    original = picture(0) + claim.policy_number.encode()
    (receipt,) = take(archive, batch_id, "scan.png", io.BytesIO(original))
    assert receipt.document_id is not None
    with archive.catalog.write() as connection:
        documents.opened(connection, receipt.document_id, 1, ())
    plan_again(archive, receipt.document_id, claim)
    return receipt.document_id


def plan_again(archive: Archive, document_id: str, claim: Claim) -> None:
    """As when a page was read anew or a field put right: the document waits, with another plan."""
    plan_key = archive.holding(document_id).add_value("plan", Plan, _plan(claim))
    with archive.catalog.write() as connection:
        documents.reopened(connection, document_id)
        documents.planned(connection, document_id, "claim_application", plan_key)


def finish_document(archive: Archive, document_id: str, claim: Claim) -> None:
    """What the last step of a worker does: into the index first, then into the catalog."""
    plan = _plan(claim)
    archive.index.put(describe(document_id, plan.extraction, plan.of(Audience.PUBLIC).texts, archive.search_key))
    finish_in_catalog(archive, document_id, claim)


def finish_in_catalog(archive: Archive, document_id: str, claim: Claim) -> None:
    sealed = seal_fields(archive.holding(document_id), _plan(claim).extraction)
    with archive.catalog.write() as connection:
        documents.finished(connection, document_id, sealed, work_rows.moment(archive.clock()))


def keep_finished(archive: Archive, claim: Claim) -> str:
    document_id = plan_document(archive, claim)
    finish_document(archive, document_id, claim)
    return document_id


def _plan(claim: Claim) -> Plan:
    entity = Entity("CN_NAME", Tier.C, 1, claim.insured, (0, len(claim.insured)), (_BOX,))
    fields = {"policy_number": ClaimField(claim.policy_number, 1, _BOX, 0.95), "insured": ClaimField(claim.insured, 1, _BOX)}
    text = RedactedText(1, Audience.PUBLIC, "default/1", (VisibleLine(claim.words, Box(100, 300, 400, 340)),))
    audiences = tuple(AudiencePlan(each, (), (text,) if each is Audience.PUBLIC else ()) for each in Audience)
    return Plan("default/1", Extraction("claim_application", fields, (entity,)), audiences)
