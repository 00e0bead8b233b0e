"""Having work done again, or for one more audience."""

from dataclasses import dataclass

from archive.catalog import documents, work
from archive.errors import NotFound
from archive.staleness import make_stale
from archive.wiring import Archive
from schemas.page import PageState
from schemas.redaction import Audience
from schemas.work import Job, Stage


@dataclass(frozen=True, slots=True)
class Retried:
    """How much waits again: documents that had failed as a whole, and pages."""

    documents: int
    pages: int


def retry(archive: Archive, document_id: str | None, reason: str | None) -> Retried:
    """Put failed documents and pages back to wait, of one document or of all, with one reason or any. Raises NotFound."""
    with archive.catalog.write() as connection:
        if document_id is not None:
            documents.get(connection, document_id)
        whole = documents.failed_documents(connection, document_id, reason)
        failed = documents.failed_pages(connection, document_id, reason)
        jobs = [_first_job(archive, each) for each in whole]
        jobs += [Job(Stage.READ, page.document_id, page.page_number) for page in failed]
        for page in failed:
            documents.page_reopened(connection, page.document_id, page.page_number)
        for each in {*whole, *(page.document_id for page in failed)}:
            documents.reopened(connection, each)
            make_stale(archive, connection, each)  # one that was taken back must not come to light while this goes on
            archive.ledger.append(connection, "document.retried", document_id=each)
        work.put_all_again(connection, jobs, archive.clock())
    archive.queue.announce(tuple(jobs))
    return Retried(len(whole), len(failed))


def make(archive: Archive, document_id: str, audience: Audience) -> None:
    """Have a file made for *audience*. Raises NotFound(not_made_yet) where the document has not got that far."""
    with archive.catalog.write() as connection:
        document = documents.get(connection, document_id)
        if document.plan_key is None or work.any_open(connection, document_id, (Stage.READ, Stage.PLAN)):
            raise NotFound("not_made_yet", document_id)
        jobs = tuple(
            Job(Stage.HIDE, document_id, page.page_number, audience)
            for page in documents.pages_of(connection, document_id)
            if page.state is not PageState.FAILED
        )
        work.put_all_again(connection, jobs, archive.clock())
    archive.queue.announce(jobs)


def _first_job(archive: Archive, document_id: str) -> Job:
    """Where a document that failed as a whole goes on: at its beginning, or with what its pages said."""
    with archive.catalog.read() as connection:
        page_count = documents.get(connection, document_id).page_count
    return Job(Stage.PLAN if page_count else Stage.OPEN, document_id)
