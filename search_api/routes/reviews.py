"""Reviewing redactions: the queue by risk, changes to masks, and what a second person decides."""

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from archive.errors import Rejected
from archive.review import deciding, editing, queue
from archive.review.deciding import Version
from archive.review.editing import Asked, PageFor
from archive.review.queue import QueuedFile, Standing, ToldDecision, ToldEdit
from archive.review.reasons import LONGEST
from schemas.geometry import Box
from schemas.redaction import Audience
from schemas.review import EditAction, Signal
from search_api.errors import responses
from search_api.sign_in import ArchiveHere, Reviewer, may_review

router = APIRouter(prefix="/api/reviews", tags=["reviews"])

_MOST_FILES = 200
_LARGEST = 2**31 - 1  # what a catalog's column of whole numbers holds

Pixel = Annotated[int, Field(ge=0, le=_LARGEST)]
BoxAsked = tuple[Pixel, Pixel, Pixel, Pixel]
"""Left, top, right, bottom in original page pixels."""

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST)]
VersionNumber = Annotated[int, Field(ge=1, le=_LARGEST)]
State = Literal["awaiting", "withheld", "rejected", "withdrawn", "ready"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NewEdit(_Body):
    """A mask to `add` (with `kind`), to `move` (with `moved_to`) or to `remove`; the latter two by the box that is burnt."""

    audience: Audience
    page_number: Annotated[int, Field(ge=1, le=_LARGEST)]
    action: EditAction
    box: BoxAsked
    moved_to: BoxAsked | None = None
    kind: Annotated[str, Field(max_length=32)] | None = None
    reason: Reason


class ForAudience(_Body):
    """For whom the file is made."""

    audience: Audience


class Approval(_Body):
    """Which version was looked at."""

    audience: Audience
    version: VersionNumber
    reason: Reason | None = None


class TakenBack(_Body):
    """Which version was looked at, and why it must not be given out."""

    audience: Audience
    version: VersionNumber
    reason: Reason


@dataclass(frozen=True, slots=True)
class QueueAnswer:
    """Files that nobody has approved, or that were taken back, the greatest risk first. `next`, given as `after`, brings those
    that follow."""

    files: tuple[QueuedFile, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """One edit of the change set that is open; boxes are left, top, right, bottom."""

    edit: int
    page_number: int
    action: EditAction
    kind: str
    box: tuple[int, int, int, int]
    moved_to: tuple[int, int, int, int] | None
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecisionAnswer:
    """What somebody decided of a version."""

    version: int
    decision: str
    by: str
    at: str
    reason: str | None = field(repr=False)
    certificate: str | None


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """The change set that is open: a draft, or submitted and waiting for a decision."""

    state: str
    maker: str


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """Where the review of a document's file stands. `maker` is "" where the program made the version alone."""

    document: str
    audience: str
    version: int
    state: str
    maker: str
    score: int
    signals: tuple[Signal, ...]
    draft: DraftAnswer | None
    edits: tuple[EditAnswer, ...]
    decisions: tuple[DecisionAnswer, ...]


@dataclass(frozen=True, slots=True)
class MaskAnswer:
    """A mask that is burnt into a page."""

    box: tuple[int, int, int, int]
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class MasksAnswer:
    """The masks of a page, whose size in pixels is given with them."""

    document: str
    page_number: int
    width: int | None
    height: int | None
    masks: tuple[MaskAnswer, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """The number of the edit."""

    edit: int


@dataclass(frozen=True, slots=True)
class SubmittedAnswer:
    """Pages that are burnt and read back anew."""

    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ApprovedAnswer:
    """SHA-256 of the certificate that names the approver."""

    certificate: str


@dataclass(frozen=True, slots=True)
class Done:
    """It is done."""

    document: str


@router.get("", responses=responses(401, 403, 422, 503), dependencies=[Depends(may_review)])
def review_queue(
    archive: ArchiveHere,
    audience: Audience,
    state: Annotated[tuple[State, ...], Query()] = get_args(State),
    limit: Annotated[int, Query(ge=1, le=_MOST_FILES)] = 50,
    after: Annotated[str | None, Query(max_length=64)] = None,
) -> QueueAnswer:
    """Files by risk, each with the signals that make its score."""
    page = queue.list_queue(archive, audience, limit, after, state)
    return QueueAnswer(page.files, page.next)


@router.get("/{document}", responses=responses(401, 403, 404, 422, 503), dependencies=[Depends(may_review)])
def one_review(document: str, archive: ArchiveHere, audience: Audience) -> StandingAnswer:
    """Risk, open change set and decisions of a document's file."""
    return _standing(queue.standing_of(archive, document, audience))


@router.get(
    "/{document}/pages/{page_number}/masks",
    responses=responses(401, 403, 404, 422, 503),
    dependencies=[Depends(may_review)],
)
def masks_of_page(document: str, page_number: int, archive: ArchiveHere, audience: Audience) -> MasksAnswer:
    """The masks that are burnt into a page."""
    row = queue.masks_of_page(archive, document, audience, page_number)
    masks = tuple(MaskAnswer(_corners(each.box), each.kind, each.reason) for each in row.masks)
    return MasksAnswer(document, page_number, row.width, row.height, masks)


@router.post("/{document}/edits", status_code=201, responses=responses(401, 403, 404, 409, 422, 503))
def new_edit(document: str, new: NewEdit, archive: ArchiveHere, user: Reviewer) -> Edited:
    """Put one change to a mask into the asker's draft, which begins with it."""
    moved_to = _box(new.moved_to) if new.moved_to else None
    asked = Asked(new.action, _box(new.box), new.reason, moved_to, new.kind)
    return Edited(editing.edit_mask(archive, user.user_id, PageFor(document, new.audience, new.page_number), asked))


@router.delete("/{document}/edits/{edit}", responses=responses(401, 403, 404, 409, 422, 503))
def drop_edit(document: str, edit: int, archive: ArchiveHere, user: Reviewer, audience: Audience) -> Done:
    """Take one change out of the asker's draft."""
    editing.drop_edit(archive, user.user_id, document, audience, edit)
    return Done(document)


@router.post("/{document}/submit", responses=responses(401, 403, 404, 409, 422, 503))
def submit(document: str, what: ForAudience, archive: ArchiveHere, user: Reviewer) -> SubmittedAnswer:
    """Have a version made with the asker's draft in it. The one that stands is not given out from now on."""
    return SubmittedAnswer(editing.submit(archive, user.user_id, document, what.audience).pages)


@router.post("/{document}/discard", responses=responses(401, 403, 404, 409, 422, 503))
def discard(document: str, what: ForAudience, archive: ArchiveHere, user: Reviewer) -> Done:
    """Give up the draft, the asker's or another's."""
    editing.discard(archive, user.user_id, document, what.audience)
    return Done(document)


@router.post("/{document}/approve", responses=responses(401, 403, 404, 409, 422, 503))
def approve(document: str, what: Approval, archive: ArchiveHere, user: Reviewer) -> ApprovedAnswer:
    """Answer for a version that another made. 409 `same_person` where its edits are the asker's own."""
    version = Version(document, what.audience, what.version)
    return ApprovedAnswer(deciding.approve(archive, user.user_id, version, what.reason).certificate)


@router.post("/{document}/reject", responses=responses(401, 403, 404, 409, 422, 503))
def reject(document: str, what: TakenBack, archive: ArchiveHere, user: Reviewer) -> Done:
    """Send a version back; its edits are a draft of their maker again."""
    deciding.reject(archive, user.user_id, Version(document, what.audience, what.version), what.reason)
    return Done(document)


@router.post("/{document}/withdraw", responses=responses(401, 403, 404, 409, 422, 503))
def withdraw(document: str, what: TakenBack, archive: ArchiveHere, user: Reviewer) -> Done:
    """Take a version back at once, whoever made or approved it."""
    deciding.withdraw(archive, user.user_id, Version(document, what.audience, what.version), what.reason)
    return Done(document)


def _standing(standing: Standing) -> StandingAnswer:
    made, change_set = standing.derivative, standing.change_set
    return StandingAnswer(
        document=made.document_id,
        audience=made.audience,
        version=made.version,
        state=made.state,
        maker=made.maker,
        score=standing.score,
        signals=standing.signals,
        draft=DraftAnswer(change_set.state, change_set.maker) if change_set else None,
        edits=tuple(map(_edit, standing.edits)),
        decisions=tuple(map(_decision, standing.decisions)),
    )


def _edit(told: ToldEdit) -> EditAnswer:
    edit = told.edit
    moved_to = _corners(edit.moved_to) if edit.moved_to else None
    return EditAnswer(edit.edit_id, edit.page_number, edit.action, edit.kind, _corners(edit.box), moved_to, told.reason)


def _decision(told: ToldDecision) -> DecisionAnswer:
    said = told.decision
    return DecisionAnswer(said.version, said.decision, said.decided_by, said.decided_at, told.reason, said.certificate_digest)


def _box(corners: BoxAsked) -> Box:
    try:
        return Box(*corners)
    except ValueError as error:
        raise Rejected("box_outside_page") from error


def _corners(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right, box.bottom
