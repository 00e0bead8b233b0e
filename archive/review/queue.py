"""The review queue, and what is known of one file in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.catalog import derivatives, documents, reviews, risks
from archive.catalog.derivatives import Derivative
from archive.catalog.reviews import ChangeSet, Decision
from archive.catalog.risks import After, Queued
from archive.errors import Rejected
from archive.review.reasons import open_reason
from archive.review.risk import explain
from archive.wiring import Archive
from schemas.review import MaskEdit, Signal

_CURSOR = re.compile(r"(\d{1,6})\.(D-[0-9A-Z]{10})")


@dataclass(frozen=True, slots=True)
class QueuedFile:
    """One file of the queue. `maker` is "" where the program made it alone."""

    document: str
    audience: str
    version: int
    state: str
    maker: str
    score: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some files, the greatest risk first; `next` is the cursor that brings those after them, None at the end."""

    files: tuple[QueuedFile, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ToldEdit:
    """An edit with its reason."""

    edit: MaskEdit
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToldDecision:
    """A decision with its reason, where one was given."""

    decision: Decision
    reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the review of a document's file stands: `edits` are those of the change set that is open, if one is."""

    derivative: Derivative
    score: int
    signals: tuple[Signal, ...]
    change_set: ChangeSet | None
    edits: tuple[ToldEdit, ...]
    decisions: tuple[ToldDecision, ...]


def list_queue(
    archive: Archive, audience: str, limit: int, cursor: str | None = None, states: Sequence[str] = risks.QUEUED
) -> QueuePage:
    """Up to *limit* files for *audience* that nobody has approved, or that were taken back. Raises Rejected(bad_cursor)."""
    with archive.catalog.read() as connection:
        found = risks.queue(connection, audience, limit + 1, _after(cursor) if cursor else None, states)
    shown = found[:limit]
    return QueuePage(tuple(map(_file, shown)), _cursor(shown[-1]) if len(found) > limit else None)


def standing_of(archive: Archive, document_id: str, audience: str) -> Standing:
    """Raises NotFound(not_found | not_made_yet | key_unavailable)."""
    holding = archive.holding(document_id)
    with archive.catalog.read() as connection:
        derivative = derivatives.current_for(connection, document_id, audience)
        risk = risks.of_file(connection, document_id, audience)
        change_set = reviews.open_set(connection, document_id, audience)
        edits = reviews.edits_of(connection, change_set.change_set_id) if change_set else []
        sealed = reviews.sealed_reasons(connection, change_set.change_set_id) if change_set else {}
        decided = reviews.of_document(connection, document_id, audience)
    return Standing(
        derivative=derivative,
        score=risk.score if risk else 0,
        signals=explain(risk.signals) if risk else (),
        change_set=change_set,
        edits=tuple(ToldEdit(each, open_reason(holding, "edit", sealed[each.edit_id])) for each in edits),
        decisions=tuple(
            ToldDecision(each, open_reason(holding, "decision", each.reason) if each.reason else None) for each in decided
        ),
    )


def masks_of_page(archive: Archive, document_id: str, audience: str, page_number: int) -> derivatives.DerivedPageRow:
    """The page as it was burnt last, with its masks. Raises NotFound(not_found | not_made_yet)."""
    with archive.catalog.read() as connection:
        documents.page(connection, document_id, page_number)
        return derivatives.burnt_page(connection, document_id, page_number, audience)


def _file(queued: Queued) -> QueuedFile:
    risk = queued.risk
    signals = explain(risk.signals)
    return QueuedFile(risk.document_id, risk.audience, risk.version, queued.state, queued.maker, risk.score, signals)


def _cursor(queued: Queued) -> str:
    return f"{queued.risk.score}.{queued.risk.document_id}"


def _after(cursor: str) -> After:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Rejected("bad_cursor")
    return After(int(found[1]), found[2])
