"""The whole way of a document on one screen: open, read, plan, hide, finish.

Each step takes its input from the archive, computes, and leaves its result through `workers.results`. A step may run twice.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from archive.catalog import derivatives, documents, work
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.errors import Rejected
from archive.holdings import Holding
from archive.wiring import Archive
from schemas.claim import Extraction
from schemas.page import PageReading, PageState, PageText
from schemas.redaction import Audience, Leak, Mask, RedactedText, Verdict
from schemas.work import Lease, Stage
from workers import results
from workers.describe import describe
from workers.hide_page import hide_page
from workers.paginate import open_document
from workers.recognize.read_page import read_page
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, placeholder_page
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.text_layer import trusted_text_layer
from workers.tools import Tools
from workers.verify.document import verify_pdf
from workers.verify.secrets import Secrets

_FAILED_PAGE_PIXELS = (1240, 1754)  # A4 at 150 dpi: how large a page is shown of which nothing is known


def run(archive: Archive, tools: Tools, lease: Lease) -> None:
    """Do the step that *lease* names. Raises ArchiveError, and whatever a hostile page may bring about."""
    step = {Stage.OPEN: _open, Stage.READ: _read, Stage.PLAN: _plan, Stage.HIDE: _hide, Stage.FINISH: _finish}
    step[lease.job.stage](archive, tools, lease)


def _open(archive: Archive, _tools: Tools, lease: Lease) -> None:
    holding = archive.holding(lease.job.document_id)
    with holding.open_original() as stream, open_document(stream, holding.document.media_type, archive.settings.limits) as opened:
        results.opened(archive, lease, opened.page_count, opened.remarks)


def _read(archive: Archive, tools: Tools, lease: Lease) -> None:
    holding, number = archive.holding(lease.job.document_id), lease.job.page_number
    made_by = f"{holding.document.digest} {number} {tools.engine.version.key()}"
    reading = holding.result("reading", made_by, PageReading)
    if reading is None:
        reading = _read_original(archive, tools, holding, number)
    failed = reading.state is PageState.FAILED  # a failure is never kept as a result: the next try is a real one
    key = None if failed else holding.put_result("reading", made_by, PageReading, reading)
    results.page_read(archive, lease, reading, key)


def _read_original(archive: Archive, tools: Tools, holding: Holding, number: int) -> PageReading:
    with holding.open_original() as stream, open_document(stream, holding.document.media_type, archive.settings.limits) as opened:
        image = opened.render(number)
        layer = trusted_text_layer(opened, number, tools.engine, image)
        return PageReading(number, PageState.READ, text=layer) if layer else read_page(image, tools.engine)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a document says, and what of it each audience may see. Kept sealed: it holds everything."""

    extraction: Extraction = field(repr=False)
    masks: dict[Audience, tuple[Mask, ...]]
    texts: dict[Audience, tuple[RedactedText, ...]] = field(repr=False)
    policy: str


def _plan(archive: Archive, tools: Tools, lease: Lease) -> None:
    holding = archive.holding(lease.job.document_id)
    with archive.catalog.read() as connection:
        rows = documents.pages_of(connection, lease.job.document_id)
    plan = make_plan(tools, tuple(_texts(holding, rows)))
    key = holding.add("plan", io.BytesIO(_plan_bytes(plan)))
    shown = tuple(row.page_number for row in rows if row.state is not PageState.FAILED)
    results.planned(archive, lease, shown, plan.extraction.document_class, key)
