"""What a finished step leaves in the catalog: the result, the ledger's entry, and the step that comes next, all or nothing."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection

from archive.catalog import derivatives, documents, readings, risks, unmaskings, work
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Page
from archive.catalog.readings import Reading
from archive.catalog.risks import Risk
from archive.review import unmasking
from archive.staleness import make_stale
from archive.wiring import Archive
from schemas.page import PageReading, PageState
from schemas.work import Job, Lease, Stage

Recorder = Callable[[Archive, Lease, str], object]

_POSTPONED_SECONDS = 10
_CAUSES = {"timeout", "memory", "crash", "error"}
_AFTER_READING = (Stage.PLAN, Stage.HIDE, Stage.FINISH)


def opened(archive: Archive, lease: Lease, page_count: int, remarks: tuple[str, ...]) -> None:
    document_id = lease.job.document_id
    jobs = tuple(Job(Stage.READ, document_id, number) for number in range(1, page_count + 1))
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        documents.opened(connection, document_id, page_count, remarks)
        work.put(connection, jobs, archive.clock())
        archive.ledger.append(connection, "document.opened", document_id=document_id, pages=page_count, remarks=list(remarks))
    archive.queue.announce(jobs)


def page_read(archive: Archive, lease: Lease, reading: PageReading, reading_key: str | None, engine: str) -> None:
    """*engine* is the version key of whoever read, which also a reading without text tells."""
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        _end_page(archive, connection, lease.job, reading, reading_key, engine)
        jobs = _after_reading(archive, connection, lease.job.document_id)
    archive.queue.announce(jobs)


def out_of_date(archive: Archive, connection: Connection, document_id: str) -> tuple[Job, ...]:
    """What was made of the document no longer holds: it is withdrawn, and the document planned anew once no page waits to be
    read. Gives the step that comes next."""
    _withdraw(archive, connection, document_id)
    return _after_reading(archive, connection, document_id)


def _withdraw(archive: Archive, connection: Connection, document_id: str) -> None:
    """The document's files are stale, and steps on the way to newer ones are called off."""
    make_stale(archive, connection, document_id)
    documents.reopened(connection, document_id)
    work.call_off(connection, document_id, _AFTER_READING)


def planned(archive: Archive, lease: Lease, page_numbers: tuple[int, ...], document_class: str, plan_key: str) -> None:
    """The plan stands; now every page is burnt for every audience that gets a file without asking, or had one before."""
    document_id = lease.job.document_id
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        audiences = dict.fromkeys((*archive.settings.work.audiences, *derivatives.audiences(connection, document_id)))
        jobs = tuple(Job(Stage.HIDE, document_id, number, audience) for audience in audiences for number in page_numbers) or (
            Job(Stage.FINISH, document_id),
        )
        documents.planned(connection, document_id, document_class, plan_key)
        derivatives.supersede(connection, document_id)  # they were made from another plan
        work.put_all_again(connection, jobs, archive.clock())
        archive.ledger.append(
            connection, "document.planned", document_id=document_id, document_class=document_class, plan=plan_key
        )
    archive.queue.announce(jobs)


def page_hidden(archive: Archive, lease: Lease, row: DerivedPageRow, exempted: int = 0) -> None:
    """*exempted* values show on the page because people said that they tell of nobody."""
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        former = _put_derived_page(archive, connection, row, exempted)
        jobs = _after_hiding(archive, connection, lease.job.document_id)
    if former is not None:
        archive.store.delete(former)
    archive.queue.announce(jobs)


def finished(
    archive: Archive, lease: Lease, made: tuple[Derivative, ...], summary: bytes, counted: tuple[Risk, ...] = ()
) -> None:
    """*counted* are the risks of the files that were *made*."""
    document_id = lease.job.document_id
    at = work.moment(archive.clock())
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        for derivative in made:
            derivatives.put(connection, derivative)
            archive.ledger.append(
                connection,
                f"derivative.{derivative.state}",
                document_id=document_id,
                audience=derivative.audience,
                version=derivative.version,
                policy=derivative.policy,
                digest=derivative.digest,
                leaks=len(derivative.leaks),
                certificate=derivative.certificate_digest,
                maker=derivative.maker,
            )
        for risk in counted:
            risks.put(connection, risk)
        state = documents.finished(connection, document_id, summary, at)
        archive.ledger.append(connection, "document.finished", document_id=document_id, state=state)


def unmasked(archive: Archive, lease: Lease, object_key: str, media_type: str) -> bool:
    """The page can be seen by whoever asked for it. False where the time is over by now: the step goes on to delete it."""
    with archive.catalog.write() as connection:
        if unmasking.is_over(archive, unmaskings.get(connection, lease.job.audience)):
            return False
        work.complete(connection, lease)
        return unmaskings.drawn(connection, lease.job.audience, object_key, media_type)


def unmasking_over(archive: Archive, lease: Lease) -> None:
    """Nothing is kept for whoever asked. The step is done when the store says so: until then it waits and is tried again."""
    with archive.catalog.write() as connection:
        found = unmaskings.get(connection, lease.job.audience)
        unmasking.end(archive, connection, found)
    archive.store.delete(unmasking.key_of(found))
    with archive.catalog.write() as connection:
        work.complete(connection, lease)
        unmaskings.deleted(connection, found.request_id)


def step_refused(archive: Archive, lease: Lease, reason: str) -> None:
    """The material itself is at fault (`Rejected`): trying again would give the same."""
    with archive.catalog.write() as connection:
        work.fail(connection, lease, reason, tries=1, again_at=archive.clock())
        jobs = _give_up(archive, connection, lease.job, reason)
    archive.queue.announce(jobs)


def postponed(archive: Archive, lease: Lease) -> None:
    """A part of the archive did not answer: that is nobody's failure, and the step waits a while."""
    with archive.catalog.write() as connection:
        work.postpone(connection, lease, archive.clock() + timedelta(seconds=_POSTPONED_SECONDS))


def step_failed(archive: Archive, lease: Lease, cause: str) -> bool:
    """A try went wrong: *cause* is timeout, memory, crash or error. True when it was the last."""
    if cause not in _CAUSES:
        raise ValueError(f"unknown cause {cause!r}")
    settings = archive.settings.work
    reason = f"{'page' if lease.job.stage.is_of_page else 'document'}_{cause}"
    with archive.catalog.write() as connection:
        failures = work.failures(connection, lease)
        seconds = min(settings.retry_seconds * 2**failures, work.LONGEST_WAIT.total_seconds())
        final = work.fail(connection, lease, reason, settings.tries, archive.clock() + timedelta(seconds=seconds))
        jobs = _give_up(archive, connection, lease.job, reason) if final else ()
    archive.queue.announce(jobs)
    return final


def interrupted(archive: Archive, lease: Lease) -> None:
    """The worker was ended from outside: the job waits again, unless that happens to it suspiciously often."""
    with archive.catalog.write() as connection:
        count = work.interrupt(connection, lease)
        jobs: tuple[Job, ...] = (lease.job,)
        if count >= archive.settings.work.interruptions:
            reason = f"{'page' if lease.job.stage.is_of_page else 'document'}_crash"
            work.give_up(connection, lease.job, reason)
            jobs = _give_up(archive, connection, lease.job, reason)
    archive.queue.announce(jobs)


def _give_up(archive: Archive, connection: Connection, job: Job, reason: str) -> tuple[Job, ...]:
    """A step has failed for good: only what hangs on it is lost, and the document goes on without."""
    at = work.moment(archive.clock())
    if job.stage is Stage.READ:
        _end_page(archive, connection, job, PageReading(job.page_number, PageState.FAILED, reason), None, job.engine or None)
        return _after_reading(archive, connection, job.document_id)
    if job.stage is Stage.HIDE:
        row = DerivedPageRow(job.document_id, job.page_number, job.audience, "failed")
        _put_derived_page(archive, connection, row)
        return _after_hiding(archive, connection, job.document_id)
    if job.stage is Stage.UNMASK:
        unmaskings.failed(connection, job.audience)
        return ()
    documents.failed(connection, job.document_id, reason, at)
    archive.ledger.append(connection, "document.failed", document_id=job.document_id, stage=job.stage.value, reason=reason)
    return ()


def _end_page(
    archive: Archive, connection: Connection, job: Job, reading: PageReading, reading_key: str | None, engine: str | None
) -> None:
    """A reading has come to its end. Whether the page shows it is a matter of what the page shows already."""
    version = readings.next_version(connection, job.document_id, job.page_number)
    ended = _ended(job.document_id, version, reading, reading_key, engine, work.moment(archive.clock()))
    former = documents.page(connection, job.document_id, job.page_number)
    readings.add(connection, ended)
    if former.state is PageState.WAITING:
        readings.use(connection, ended)
        _tell_reading(archive, connection, f"page.{ended.state}", ended, ended.reason)
    elif _takes_the_place_of(former, ended):
        readings.use(connection, ended)
        _withdraw(archive, connection, job.document_id)
        _tell_reading(archive, connection, "page.reread", ended, None, former=former.version)
    else:
        _tell_reading(archive, connection, "page.reread.kept", ended, why_kept(former, ended), former=former.version)


def _takes_the_place_of(former: Page, ended: Reading) -> bool:
    """A failure replaces nothing, and a page on which text was read is not blank because another engine says so."""
    return ended.state is PageState.READ or (ended.state is PageState.BLANK and former.state is PageState.FAILED)


def why_kept(former: Page, ended: Reading) -> str | None:
    """The reason code where *ended* did not take the place of *former*; None where it says the same: the page is blank."""
    return ended.reason or ("blank_now" if former.state is PageState.READ else None)


def _ended(
    document_id: str, version: int, reading: PageReading, reading_key: str | None, engine: str | None, at: str
) -> Reading:
    text = reading.text
    confidences = [line.confidence for line in text.lines if line.confidence is not None] if text else []
    return Reading(
        document_id=document_id,
        page_number=reading.page_number,
        version=version,
        state=reading.state,
        reason=reading.reason,
        engine=text.engine.key() if text else engine,
        confidence=sum(confidences) / len(confidences) if confidences else None,
        width=text.width if text else None,
        height=text.height if text else None,
        rotation=text.rotation if text else None,
        reading_key=reading_key,
        made_at=at,
    )


def _tell_reading(
    archive: Archive, connection: Connection, kind: str, ended: Reading, reason: str | None, former: int | None = None
) -> None:
    archive.ledger.append(
        connection,
        kind,
        document_id=ended.document_id,
        page=ended.page_number,
        reason=reason,
        engine=ended.engine,
        version=ended.version,
        former=former,
    )


def _after_reading(archive: Archive, connection: Connection, document_id: str) -> tuple[Job, ...]:
    """The document is planned when none of its pages is still to be read; not where it stands as it was, no page having
    been read anew to any effect."""
    if documents.get(connection, document_id).state != "waiting":
        return ()
    if work.any_open(connection, document_id, (Stage.READ, *_AFTER_READING)):
        return ()
    return _put_again(archive, connection, Job(Stage.PLAN, document_id))


def _after_hiding(archive: Archive, connection: Connection, document_id: str) -> tuple[Job, ...]:
    if work.any_open(connection, document_id, (Stage.HIDE,)):
        return ()
    return _put_again(archive, connection, Job(Stage.FINISH, document_id))


def _put_again(archive: Archive, connection: Connection, job: Job) -> tuple[Job, ...]:
    work.put_again(connection, job, archive.clock())
    return (job,)


def _put_derived_page(archive: Archive, connection: Connection, row: DerivedPageRow, exempted: int = 0) -> str | None:
    former = derivatives.put_page(connection, row)
    archive.ledger.append(
        connection,
        f"page.hidden.{row.state}",
        document_id=row.document_id,
        page=row.page_number,
        audience=row.audience,
        masks=len(row.masks),
        leaks=len(row.leaks),
        edits=list(row.edits),
        exempted=exempted,
    )
    return former
