"""The whole way of a document on one screen: open, read, plan, hide, finish.

Each step takes its input from the archive, computes, and leaves its result through `workers.steps.results`. A step may run
twice.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection

from archive.catalog import confirmed, derivatives, documents, readings, reviews, unmaskings, work
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Page
from archive.catalog.unmaskings import Unmasking
from archive.fields import confirmed_fields, seal_fields
from archive.holdings import Holding
from archive.review import unmasking
from archive.wiring import Archive
from schemas.page import PageReading, PageState, PageText
from schemas.redaction import Audience, Leak, RedactedText, Verdict
from schemas.region import PageRegions
from schemas.review import EditAction, MaskEdit
from schemas.tables import TABLES
from schemas.work import Lease, Stage
from workers.certificate.certify import Built, certified
from workers.not_text.find import VERSION as NOT_TEXT
from workers.paginate import OpenDocument, TableDocument, open_document
from workers.paginate.tables.pages import NOT_SHOWN
from workers.redact.burn import DerivedPage
from workers.review.apply import additions, clipped, edited, exemptions
from workers.review.count_risk import risk_of
from workers.review.index_record import index_record
from workers.review.unmask import watermarked
from workers.steps import results
from workers.steps.build import BuiltPage, build_pdf, build_table, notice, table_notice, text_beside
from workers.steps.hide_page import HiddenPage, hide_page, page_budget
from workers.steps.hide_table import hide_table_page
from workers.steps.plan import AudiencePlan, Plan, make_plan, read_plan
from workers.steps.read_original import read_anew, read_original
from workers.tools import Tools
from workers.verify.sampling import is_in_share
from workers.verify.secrets import Secrets, SecretSearch

_TO_THE_SECOND = 19  # characters of ISO 8601; times of the catalog are UTC


def run(archive: Archive, tools: Tools, lease: Lease) -> None:
    """Do the step that *lease* names. Raises ArchiveError, and whatever a hostile page may bring about."""
    step = {Stage.OPEN: _open, Stage.READ: _read, Stage.PLAN: _plan, Stage.HIDE: _hide, Stage.FINISH: _finish}
    {**step, Stage.UNMASK: _unmask}[lease.job.stage](archive, tools, lease)


def _open(archive: Archive, _tools: Tools, lease: Lease) -> None:
    with _opened(archive, archive.holding(lease.job.document_id)) as opened:
        results.opened(archive, lease, opened.page_count, opened.remarks)


def _read(archive: Archive, tools: Tools, lease: Lease) -> None:
    holding, number = archive.holding(lease.job.document_id), lease.job.page_number
    engine = tools.engine_named(lease.job.engine)
    made_by = f"{holding.document.digest} {number} {engine.version.key()} {NOT_TEXT}{_which_again(archive, lease)}"
    reading = holding.result("reading", made_by, PageReading)
    if reading is None:
        with _opened(archive, holding) as opened:
            is_again = bool(lease.job.engine)  # whoever names an engine wants its reading, whatever text the file carries
            is_again = is_again and not isinstance(opened, TableDocument)  # nobody reads cells better than the file itself
            reading = read_anew(opened, number, engine) if is_again else read_original(opened, number, tools)
    failed = reading.state is PageState.FAILED  # a failure is never kept as a result: the next try is a real one
    key = None if failed else holding.put_result("reading", made_by, PageReading, reading)
    results.page_read(archive, lease, reading, key, engine.version.key())


def _which_again(archive: Archive, lease: Lease) -> str:
    """Tells a reading that is asked for by engine from the first one and from those before it: each is done in earnest."""
    if not lease.job.engine:
        return ""
    with archive.catalog.read() as connection:
        return f" version {readings.next_version(connection, lease.job.document_id, lease.job.page_number)}"


def _plan(archive: Archive, tools: Tools, lease: Lease) -> None:
    holding = archive.holding(lease.job.document_id)
    with archive.catalog.read() as connection:
        rows = documents.pages_of(connection, lease.job.document_id)
        by_people = confirmed.of_document(connection, lease.job.document_id)
    texts, not_text = _read_on(holding, rows)
    plan = make_plan(texts, tools.extractor, tools.policy, confirmed_fields(holding, by_people), not_text)
    key = holding.add_value("plan", Plan, plan)
    shown = tuple(row.page_number for row in rows if row.state is not PageState.FAILED)
    results.planned(archive, lease, shown, plan.extraction.document_class, key)


def _hide(archive: Archive, tools: Tools, lease: Lease) -> None:
    holding, audience = archive.holding(lease.job.document_id), Audience(lease.job.audience)
    plan, before = read_plan(holding), _text_of(archive, holding, lease.job.page_number)
    secrets = Secrets.of(plan.entities, tools.policy, audience)
    own, edits = plan.of(audience), _edits_of_page(archive, lease)
    if holding.document.media_type in TABLES:
        hidden = _hidden_cells(before, own, plan.policy, edits, secrets, tools)
    else:
        hidden = _hidden_pixels(archive, tools, holding, lease.job.page_number, own, edits, before, secrets)
    row = DerivedPageRow(
        document_id=lease.job.document_id,
        page_number=lease.job.page_number,
        audience=audience,
        state="verified" if hidden.verdict.passed else "leaking",
        object_key=holding.add("derived", io.BytesIO(hidden.page.data)),
        media_type=hidden.page.media_type,
        width=hidden.page.width,
        height=hidden.page.height,
        dpi=hidden.page.dpi,
        masks=hidden.masks,
        leaks=hidden.verdict.leaks,
        checks=hidden.verdict.checks,
        edits=tuple(each.edit_id for each in edits),
    )
    results.page_hidden(archive, lease, row, exempted=len(hidden.verdict.exempted))


def _edits_of_page(archive: Archive, lease: Lease) -> tuple[MaskEdit, ...]:
    """Those that are in force now: where others come to be, the page is burnt anew."""
    with archive.catalog.read() as connection:
        edits = reviews.in_force(connection, lease.job.document_id, lease.job.audience)
    return tuple(each for each in edits if each.page_number == lease.job.page_number)


def _unmask(archive: Archive, _tools: Tools, lease: Lease) -> None:
    """The page as it came in, for the one person who was given leave; when the time is over, nothing of it."""
    with archive.catalog.read() as connection:
        granted = unmaskings.get(connection, lease.job.audience)
    if unmasking.is_over(archive, granted) or not _is_unmasked(archive, lease, granted):
        results.unmasking_over(archive, lease)


def _is_unmasked(archive: Archive, lease: Lease, granted: Unmasking) -> bool:
    """False where the time was over before the page was drawn."""
    holding, key = archive.holding(lease.job.document_id), unmasking.key_of(granted)
    with _opened(archive, holding) as opened:
        image = opened.render(lease.job.page_number)
    words = f"{granted.asked_by} {(granted.decided_at or '')[:_TO_THE_SECOND]}Z {granted.request_id}"
    data, media_type = watermarked(image, words)
    holding.add_at(unmasking.KIND, key, io.BytesIO(data))
    return results.unmasked(archive, lease, key, media_type)


def _hidden_pixels(
    archive: Archive,
    tools: Tools,
    holding: Holding,
    number: int,
    plan: AudiencePlan,
    edits: Sequence[MaskEdit],
    before: PageText | None,
    secrets: Secrets,
) -> HiddenPage:
    with _opened(archive, holding) as opened:
        image = opened.render(number)
        budget = page_budget(holding.document.size, opened.page_count)
    masks = clipped(edited(plan.masks_of(number), edits), image)
    is_chosen = is_in_share(holding.document.digest, number, archive.settings.verify.other_engine_share)
    other = tools.load_other() if is_chosen else None
    return hide_page(image, masks, secrets, tools, budget, exemptions(edits), before, other)


def _hidden_cells(
    text: PageText | None, plan: AudiencePlan, policy: str, edits: Sequence[MaskEdit], secrets: Secrets, tools: Tools
) -> HiddenPage:
    """Made of the text alone: the original is not opened for it."""
    if text is None:
        raise ValueError("a page of cells has text, or it was never read")
    visible, masks = plan.text_of(text.page_number, policy), plan.masks_of(text.page_number)
    return hide_table_page(text, visible, masks, SecretSearch(secrets), secrets, tools, tuple(additions(edits)))


def _finish(archive: Archive, tools: Tools, lease: Lease) -> None:
    unmasking.end_what_is_over(archive)
    holding = archive.holding(lease.job.document_id)
    plan = read_plan(holding)
    with archive.catalog.read() as connection:
        pages = documents.pages_of(connection, lease.job.document_id)
        burnt = _burnt_and_not_built(connection, lease.job.document_id)
    made = tuple(_derivative(archive, tools, holding, plan, audience, pages, rows) for audience, rows in burnt.items())
    archive.index.put(index_record(archive, lease.job.document_id, plan))
    counted = tuple(risk_of(each, plan, pages, burnt[Audience(each.audience)]) for each in made)
    results.finished(archive, lease, made, seal_fields(holding, plan.extraction), counted)


def _burnt_and_not_built(connection: Connection, document_id: str) -> dict[Audience, list[DerivedPageRow]]:
    current = {each.audience: each for each in derivatives.current(connection, document_id)}
    rows = {each: derivatives.pages_of(connection, document_id, each) for each in Audience}
    return {audience: pages for audience, pages in rows.items() if pages and not _is_built(current.get(audience), pages)}


def _is_built(derivative: Derivative | None, pages: Sequence[DerivedPageRow]) -> bool:
    """Whether *derivative* stands. One without a certificate does not, where its pages were burnt anew to have one."""
    if derivative is None or derivative.state == "stale":
        return False
    return derivative.state != "ready" or derivative.certificate_key is not None or not all(page.checks for page in pages)


def _derivative(
    archive: Archive,
    tools: Tools,
    holding: Holding,
    plan: Plan,
    audience: Audience,
    pages: Sequence[Page],
    burnt: Sequence[DerivedPageRow],
) -> Derivative:
    """The file for *audience*: kept and ready if every page and the whole were verified, else withheld with the reasons."""
    leaks = tuple(leak for row in burnt for leak in row.leaks) + tuple(
        Leak("page", "not_verified", row.page_number) for row in burnt if row.state == "failed"
    )
    verdict, key, digest, size = Verdict(leaks, ("pages",)), None, None, None
    if verdict.passed:
        secrets = Secrets.of(plan.entities, tools.policy, audience)
        if holding.document.media_type in TABLES:
            made, verdict = _built_table(archive, holding, plan.of(audience), plan.policy, pages, burnt, secrets)
        else:
            built = partial(_built_pages, holding, plan.of(audience), plan.policy, pages, burnt)
            made, verdict = build_pdf(built, len(pages), secrets)
        if verdict.passed:
            digest, size = hashlib.sha256(made.getbuffer()).hexdigest(), made.getbuffer().nbytes
            made.seek(0)
            key = holding.add("derivative", made)
    with archive.catalog.read() as connection:
        version = derivatives.next_version(connection, holding.document.document_id, audience)
        maker, must_be_approved = _by_people(archive, connection, holding.document.document_id, audience)
    derivative = Derivative(
        document_id=holding.document.document_id,
        audience=audience,
        version=version,
        state="withheld" if not verdict.passed else "awaiting" if must_be_approved else "ready",
        policy=plan.policy,
        object_key=key,
        digest=digest,
        size=size,
        leaks=verdict.leaks,
        made_at=work.moment(archive.clock()),
        maker=maker,
    )
    return certified(archive, tools, holding, Built(derivative, pages, burnt, verdict.checks)) if verdict.passed else derivative


def _by_people(archive: Archive, connection: Connection, document_id: str, audience: Audience) -> tuple[str, bool]:
    """Whose edits await a decision, and whether the file does: where there are any, where something that the machine would
    hide is shown because a person said so, where the version before was taken back, and where the settings want it."""
    open_set = reviews.open_set(connection, document_id, audience)
    maker = open_set.maker if open_set is not None and open_set.state == "submitted" else ""
    edits = reviews.in_force(connection, document_id, audience)
    shows_more = any(each.action is not EditAction.ADD for each in edits)
    is_wanted = audience in archive.settings.review.approval or audience in reviews.taken_back(connection, document_id)
    return maker, bool(maker) or shows_more or is_wanted


def _built_pages(
    holding: Holding, plan: AudiencePlan, policy: str, pages: Sequence[Page], burnt: Sequence[DerivedPageRow]
) -> Iterator[BuiltPage]:
    """Every page of the original in order, one in memory at a time; one that could not be read is replaced by a notice."""
    rows = {row.page_number: row for row in burnt}
    for page in pages:
        number = page.page_number
        if number in rows:
            yield _derived_page(holding, rows[number]), _seen(plan, policy, rows[number])
        else:
            yield notice(number, page.reason or "page_error", plan.audience, policy)


def _built_table(
    archive: Archive,
    holding: Holding,
    plan: AudiencePlan,
    policy: str,
    pages: Sequence[Page],
    burnt: Sequence[DerivedPageRow],
    secrets: Secrets,
) -> tuple[io.BytesIO, Verdict]:
    """A notice stands for cells that could not be read; those that the original hides are left out."""
    rows, shown = {row.page_number: row for row in burnt}, [page for page in pages if page.engine != NOT_SHOWN.key()]
    texts = {
        page.page_number: _seen(plan, policy, rows[page.page_number])
        if page.page_number in rows
        else table_notice(page.page_number, page.reason or "page_error", plan.audience, policy)
        for page in shown
    }
    with _opened(archive, holding) as opened:
        assert isinstance(opened, TableDocument)
        return build_table(holding.document.media_type, opened.pages(), texts, secrets)


def _seen(plan: AudiencePlan, policy: str, row: DerivedPageRow) -> RedactedText:
    return text_beside(plan.text_of(row.page_number, policy), plan.masks_of(row.page_number), row.masks)


def _derived_page(holding: Holding, row: DerivedPageRow) -> DerivedPage:
    if row.object_key is None or row.media_type is None or row.width is None or row.height is None or row.dpi is None:
        raise ValueError(f"page {row.page_number} of {row.document_id} was never burnt")
    with holding.open("derived", row.object_key) as stream:
        return DerivedPage(row.page_number, stream.read(), row.media_type, row.width, row.height, row.dpi)


@contextmanager
def _opened(archive: Archive, holding: Holding) -> Iterator[OpenDocument]:
    limits = archive.settings.limits
    with holding.open_original() as stream, open_document(stream, holding.document.media_type, limits) as opened:
        yield opened


def _text_of(archive: Archive, holding: Holding, page_number: int) -> PageText | None:
    with archive.catalog.read() as connection:
        row = documents.page(connection, holding.document.document_id, page_number)
    texts, _ = _read_on(holding, (row,))
    return next(iter(texts), None)


def _read_on(holding: Holding, rows: Sequence[Page]) -> tuple[tuple[PageText, ...], tuple[PageRegions, ...]]:
    """What was read on the pages, and what else they show."""
    readings = [holding.read_value("reading", row.reading_key, PageReading) for row in rows if row.reading_key]
    texts = tuple(reading.text for reading in readings if reading.text is not None)
    return texts, tuple(reading.not_text for reading in readings if reading.not_text is not None)
