"""Seeing one page as it came in (break-glass): for a reason, by leave of a second person, for some minutes, and on record.

The picture is drawn by a worker with the asker's id, the time and the request burnt into it, and kept sealed until the time is
over; then a worker deletes it. It is given to the asker alone, over the API, whose answers no cache may keep.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from archive.catalog import documents, unmaskings
from archive.catalog import work as work_rows
from archive.catalog.unmaskings import Unmasking
from archive.errors import NotFound, Refused
from archive.ids import new_request_id
from archive.review.reasons import reason_if_readable, seal_reason
from archive.wiring import Archive
from schemas.work import Job, Stage

KIND = "unmasked"
"""What such a picture is among a document's objects."""

_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A request with its reason, or with `unreadable`, the code of what keeps that from being read."""

    unmasking: Unmasking
    reason: str | None = field(repr=False)
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it came in, with its watermark."""

    data: bytes = field(repr=False)
    media_type: str


def ask(archive: Archive, person: str, document_id: str, page_number: int, reason: str) -> Unmasking:
    """Ask for leave to see a page. Raises NotFound, Rejected(reason_missing).

    Too many within an hour raise an alarm: an entry of the ledger and a metric. They are not refused for it: the second person
    sees the alarm and decides.
    """
    sealed = seal_reason(archive.holding(document_id), "unmasking", reason)
    now = archive.clock()
    with archive.catalog.write() as connection:
        documents.page(connection, document_id, page_number)
        before = unmaskings.count_asked(connection, person, work_rows.moment(now - _AN_HOUR))
        alarmed = before >= archive.settings.review.unmasked_an_hour
        asked = Unmasking(
            new_request_id(), document_id, page_number, "asked", person, work_rows.moment(now), sealed, alarmed=alarmed
        )
        unmaskings.put(connection, asked)
        _tell(archive, connection, "breakglass.asked", asked, person)
        if alarmed:
            archive.ledger.append(connection, "breakglass.alarm", user=person, within_an_hour=before + 1)
    return asked


def grant(archive: Archive, person: str, request_id: str) -> Unmasking:
    """Let the asker see the page for as long as the setting says. Raises NotFound, Refused(already_decided | same_person)."""
    now = archive.clock()
    until = work_rows.moment(now + timedelta(minutes=archive.settings.review.unmasked_minutes))
    with archive.catalog.write() as connection:
        key = key_of(unmaskings.get(connection, request_id))
        granted = unmaskings.decide(connection, request_id, "granted", person, work_rows.moment(now), until, key)
        _tell(archive, connection, "breakglass.granted", granted, person)
        jobs = (_job(granted),)
        work_rows.put_all_again(connection, jobs, now)
    archive.queue.announce(jobs)
    return granted


def refuse(archive: Archive, person: str, request_id: str) -> Unmasking:
    """Raises NotFound, Refused(already_decided | same_person)."""
    with archive.catalog.write() as connection:
        at = work_rows.moment(archive.clock())
        refused = unmaskings.decide(connection, request_id, "refused", person, at, None)
        _tell(archive, connection, "breakglass.refused", refused, person)
    return refused


def look(archive: Archive, person: str, request_id: str) -> Picture:
    """The page, for whoever asked for it and nobody else.

    Raises NotFound(not_found | not_made_yet), Refused(unmasking_not_granted | unmasking_refused | unmasking_ended |
    unmasking_failed).
    """
    end_what_is_over(archive)
    with archive.catalog.read() as connection:
        found = unmaskings.get(connection, request_id)
    if found.asked_by != person:
        raise NotFound("not_found", request_id)
    if found.state != "granted":
        raise Refused("unmasking_not_granted" if found.state == "asked" else f"unmasking_{found.state}", request_id)
    if found.media_type is None:
        raise NotFound("not_made_yet", request_id)
    with archive.holding(found.document_id).open(KIND, key_of(found)) as stream:
        picture = Picture(stream.read(), found.media_type)
    with archive.catalog.write() as connection:
        _require_time(archive, unmaskings.get(connection, request_id))
        unmaskings.viewed(connection, request_id)
        _tell(archive, connection, "breakglass.viewed", found, person)
    return picture


def newest(archive: Archive, limit: int, after: str | None = None) -> tuple[Told, ...]:
    """The newest first; *after* is the request that another list ended with. Raises NotFound."""
    end_what_is_over(archive)
    with archive.catalog.read() as connection:
        found = unmaskings.newest(connection, limit, after)
    return tuple(Told(each, *reason_if_readable(archive, each.document_id, "unmasking", each.reason)) for each in found)


def end_what_is_over(archive: Archive) -> None:
    """Have the pictures deleted whose time is over, and what may be left of others. Workers do it: a server that answers
    requests may not delete objects."""
    with archive.catalog.read() as connection:
        if not _to_end(archive, connection):
            return
    with archive.catalog.write() as connection:
        over = _to_end(archive, connection)
        for each in over:
            end(archive, connection, each)
        jobs = tuple(job for job in map(_job, over) if not work_rows.is_open(connection, job))
        work_rows.put_all_again(connection, jobs, archive.clock())
    archive.queue.announce(jobs)


def end(archive: Archive, connection: Connection, found: Unmasking) -> None:
    """Its time is over; told once, whoever comes to it."""
    if unmaskings.ended(connection, found.request_id):
        _tell(archive, connection, "breakglass.ended", found, None)


def key_of(found: Unmasking) -> str:
    """Where the picture lies, or would: known before it is drawn, so that it can be deleted whatever became of its maker."""
    return found.object_key or f"{KIND}/{found.document_id}/{found.request_id}"


def is_over(archive: Archive, found: Unmasking) -> bool:
    """Whether nothing is to be shown to the asker, or not any more."""
    return found.state != "granted" or found.until is None or found.until <= work_rows.moment(archive.clock())


def _to_end(archive: Archive, connection: Connection) -> list[Unmasking]:
    """But for those whose step waits or is in hand already: its worker sees by itself that the time is over."""
    over = unmaskings.over(connection, work_rows.moment(archive.clock()))
    return [each for each in over if each.state == "granted" or not work_rows.is_open(connection, _job(each))]


def _job(found: Unmasking) -> Job:
    return Job(Stage.UNMASK, found.document_id, found.page_number, found.request_id)


def _require_time(archive: Archive, found: Unmasking) -> None:
    """Once more, in the transaction that records the look: reading an object takes its time."""
    if is_over(archive, found):
        raise Refused("unmasking_ended", found.request_id)


def _tell(archive: Archive, connection: Connection, kind: str, about: Unmasking, person: str | None) -> None:
    archive.ledger.append(
        connection,
        kind,
        document_id=about.document_id,
        page=about.page_number,
        request=about.request_id,
        asked_by=about.asked_by,
        until=about.until,
        user=person,
    )
