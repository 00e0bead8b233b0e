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
from archive.review.reasons import open_reason, seal_reason
from archive.wiring import Archive
from schemas.work import Job, Stage

KIND = "unmasked"
"""What such a picture is among a document's objects."""

_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A request with its reason."""

    unmasking: Unmasking
    reason: str = field(repr=False)


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
        granted = unmaskings.decide(connection, request_id, "granted", person, work_rows.moment(now), until)
        _tell(archive, connection, "breakglass.granted", granted, person)
        jobs = (Job(Stage.UNMASK, granted.document_id, granted.page_number, request_id),)
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
    if found.object_key is None or found.media_type is None:
        raise NotFound("not_made_yet", request_id)
    with archive.holding(found.document_id).open(KIND, found.object_key) as stream:
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
    return tuple(Told(each, open_reason(archive.holding(each.document_id), "unmasking", each.reason)) for each in found)


def end_what_is_over(archive: Archive) -> None:
    """Have the pictures deleted whose time is over. Workers do it: a server that answers requests may not delete objects."""
    with archive.catalog.read() as connection:
        over = unmaskings.over(connection, work_rows.moment(archive.clock()))
    if not over:
        return
    jobs = tuple(Job(Stage.UNMASK, each.document_id, each.page_number, each.request_id) for each in over)
    with archive.catalog.write() as connection:
        for each in over:
            end(archive, connection, each)
        work_rows.put_all_again(connection, jobs, archive.clock())
    archive.queue.announce(jobs)


def end(archive: Archive, connection: Connection, granted: Unmasking) -> None:
    """Its time is over."""
    unmaskings.ended(connection, granted.request_id)
    _tell(archive, connection, "breakglass.ended", granted, None)


def is_over(archive: Archive, found: Unmasking) -> bool:
    """Whether nothing is to be shown to the asker, or not any more."""
    return found.state != "granted" or found.until is None or found.until <= work_rows.moment(archive.clock())


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
