"""Changing masks: a draft of one person, submitted as one, burnt and read back like anything else.

What is submitted holds from then on for whatever is made of the document for that audience, after every new reading and every
new plan, until somebody rejects it. The file that stands is not given out while the new one is made.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from archive.catalog import derivatives, documents, reviews
from archive.catalog import work as work_rows
from archive.catalog.derivatives import DerivedPageRow
from archive.catalog.reviews import ChangeSet, NewEdit
from archive.errors import NotFound, Refused, Rejected
from archive.review.reasons import seal_reason
from archive.staleness import make_stale
from archive.wiring import Archive
from schemas.geometry import Box
from schemas.redaction import Mask
from schemas.review import MARKED_KINDS, REVIEWED, EditAction
from schemas.tables import TABLES
from schemas.work import Job, Stage

_MAKES_ALL_ANEW = (Stage.OPEN, Stage.PLAN)
"""A page that is read again may come to nothing, and then nothing is made."""


@dataclass(frozen=True, slots=True)
class PageFor:
    """A page as an audience gets it."""

    document_id: str
    audience: str
    page_number: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reviewer asks for. `box` is a place to hide, or a burnt mask to remove or move; boxes in original page pixels."""

    action: EditAction
    box: Box
    reason: str = field(repr=False)
    moved_to: Box | None = None
    kind: str | None = None
    """Of schemas.review.MARKED_KINDS, for a mask that is added; else that of the mask."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """`pages` are burnt and read back anew."""

    pages: tuple[int, ...]


def edit_mask(archive: Archive, person: str, page: PageFor, asked: Asked) -> int:
    """Put one edit into *person*'s draft, which is begun with it; gives the edit's number.

    Raises NotFound(not_found | not_made_yet), Rejected(reason_missing | box_outside_page | mask_not_found |
    mask_of_a_table | invalid_request), Refused(draft_of_another | review_pending).
    """
    holding = archive.holding(page.document_id)
    sealed = seal_reason(holding, "edit", asked.reason)
    with archive.catalog.write() as connection:
        documents.page(connection, page.document_id, page.page_number)
        burnt = derivatives.burnt_page(connection, page.document_id, page.page_number, page.audience)
        _require_on_page(burnt, asked.box, asked.moved_to)
        kind = _kind(burnt, asked, is_table=holding.document.media_type in TABLES)
        draft = _draft(archive, connection, person, page.document_id, page.audience)
        edit = NewEdit(page.page_number, asked.action, kind, asked.box, asked.moved_to, sealed)
        number = reviews.add_edit(connection, draft.change_set_id, edit, work_rows.moment(archive.clock()))
        archive.ledger.append(
            connection,
            f"review.mask.{asked.action}",
            document_id=page.document_id,
            audience=page.audience,
            page=page.page_number,
            edit=number,
            mask=kind,
            user=person,
        )
    return number


def drop_edit(archive: Archive, person: str, document_id: str, audience: str, edit_id: int) -> None:
    """Take one edit out of *person*'s draft. Raises NotFound, Refused(draft_of_another | review_pending)."""
    with archive.catalog.write() as connection:
        documents.get(connection, document_id)
        draft = _own_draft(connection, person, document_id, audience)
        reviews.drop_edit(connection, draft.change_set_id, edit_id, work_rows.moment(archive.clock()))
        archive.ledger.append(
            connection, "review.mask.dropped", document_id=document_id, audience=audience, edit=edit_id, user=person
        )


def submit(archive: Archive, person: str, document_id: str, audience: str) -> Submitted:
    """Have a new version made with *person*'s draft in it. Raises NotFound(not_found | no_draft), Refused(draft_of_another |
    review_pending)."""
    with archive.catalog.write() as connection:
        documents.get(connection, document_id)
        draft = _own_draft(connection, person, document_id, audience)
        edits = reviews.edits_of(connection, draft.change_set_id)
        if not edits:
            raise NotFound("no_draft", document_id)
        reviews.put_set(
            connection, draft.change_set_id, "submitted", submitted_at=work_rows.moment(archive.clock()), version=None
        )
        archive.ledger.append(
            connection,
            "review.submitted",
            document_id=document_id,
            audience=audience,
            change_set=draft.change_set_id,
            edits=[each.edit_id for each in edits],
            removals=sum(each.action is EditAction.REMOVE for each in edits),
            user=person,
        )
        jobs = make_anew(archive, connection, document_id, audience)
    archive.queue.announce(jobs)
    return Submitted(tuple(job.page_number for job in jobs if job.stage is Stage.HIDE))


def discard(archive: Archive, person: str, document_id: str, audience: str) -> None:
    """Give up a draft, whoever's it is. Where it was burnt before it was rejected, the file is made anew without it.

    Raises NotFound(not_found | no_draft), Refused(review_pending).
    """
    with archive.catalog.write() as connection:
        documents.get(connection, document_id)
        draft = _open_draft(connection, document_id, audience)
        reviews.put_set(connection, draft.change_set_id, "discarded")
        archive.ledger.append(
            connection,
            "review.discarded",
            document_id=document_id,
            audience=audience,
            change_set=draft.change_set_id,
            user=person,
        )
        jobs = make_anew(archive, connection, document_id, audience) if draft.submitted_at else ()
    archive.queue.announce(jobs)


def make_anew(archive: Archive, connection: Connection, document_id: str, audience: str) -> tuple[Job, ...]:
    """The file for *audience* is stale, and its pages whose edits are not those in force are burnt anew. Gives the steps."""
    make_stale(archive, connection, document_id, audience)
    work_rows.call_off(connection, document_id, (Stage.FINISH,))  # one in hand would publish without these edits
    is_waiting = documents.get(connection, document_id).state == "waiting"
    if work_rows.any_open(connection, document_id, _MAKES_ALL_ANEW) or (
        is_waiting and work_rows.any_open(connection, document_id, (Stage.READ,))
    ):
        return ()  # every page is burnt anew after these, with the edits that are in force then
    jobs = tuple(_pages_to_burn(connection, document_id, audience))
    if not jobs and not work_rows.any_open(connection, document_id, (Stage.HIDE,)):
        jobs = (Job(Stage.FINISH, document_id),)
    work_rows.put_all_again(connection, jobs, archive.clock())
    return jobs


def _pages_to_burn(connection: Connection, document_id: str, audience: str) -> list[Job]:
    wanted: dict[int, tuple[int, ...]] = {}
    for each in reviews.in_force(connection, document_id, audience):
        wanted[each.page_number] = (*wanted.get(each.page_number, ()), each.edit_id)
    burnt = derivatives.pages_of(connection, document_id, audience)
    return [
        Job(Stage.HIDE, document_id, row.page_number, audience)
        for row in burnt
        if row.state == "failed" or row.edits != wanted.get(row.page_number, ())
    ]


def _require_on_page(burnt: DerivedPageRow, *boxes: Box | None) -> None:
    if burnt.width is None or burnt.height is None:
        raise NotFound("not_made_yet", f"{burnt.document_id} page {burnt.page_number}")
    for box in filter(None, boxes):
        inside = box.left >= 0 and box.top >= 0 and box.right <= burnt.width and box.bottom <= burnt.height
        if not (inside and box.width and box.height):
            raise Rejected("box_outside_page", f"{burnt.document_id} page {burnt.page_number}")


def _kind(burnt: DerivedPageRow, asked: Asked, *, is_table: bool) -> str:
    if (asked.action is EditAction.MOVE) != (asked.moved_to is not None):
        raise Rejected("invalid_request", "moved_to")
    if asked.action is EditAction.ADD:
        if asked.kind not in MARKED_KINDS:
            raise Rejected("invalid_request", "kind")
        return asked.kind
    mask = _mask_at(burnt, asked.box)
    if is_table and mask.reason != REVIEWED:  # its cells are written from text, in which the token stays
        raise Rejected("mask_of_a_table", f"{burnt.document_id} page {burnt.page_number}")
    return mask.kind


def _mask_at(burnt: DerivedPageRow, box: Box) -> Mask:
    """Only a mask that is there can be removed or moved: what is said about others would hold for nobody knows what."""
    for mask in burnt.masks:
        if mask.box == box:
            return mask
    raise Rejected("mask_not_found", f"{burnt.document_id} page {burnt.page_number}")


def _draft(archive: Archive, connection: Connection, person: str, document_id: str, audience: str) -> ChangeSet:
    if reviews.open_set(connection, document_id, audience) is None:
        return reviews.begin_set(connection, document_id, audience, person, work_rows.moment(archive.clock()))
    return _own_draft(connection, person, document_id, audience)


def _own_draft(connection: Connection, person: str, document_id: str, audience: str) -> ChangeSet:
    draft = _open_draft(connection, document_id, audience)
    if draft.maker != person:
        raise Refused("draft_of_another", document_id)
    return draft


def _open_draft(connection: Connection, document_id: str, audience: str) -> ChangeSet:
    found = reviews.open_set(connection, document_id, audience)
    if found is None:
        raise NotFound("no_draft", document_id)
    if found.state != "draft":
        raise Refused("review_pending", document_id)
    return found
