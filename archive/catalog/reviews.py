"""Change sets with their edits of masks, and what was decided of versions. Reasons are sealed by `archive.review.reasons`.

Of a document there is, for an audience, one change set at most that is open: a draft, or submitted and not decided yet. So
every version has one maker: the person whose submitted edits are in it and were not approved before, or nobody ("").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, RowMapping, insert, literal_column, select, update

from archive.catalog.tables import change_sets, decisions, mask_edits
from archive.errors import NotFound, Refused
from schemas.geometry import Box
from schemas.review import EditAction, MaskEdit

OPEN = ("draft", "submitted")
IN_FORCE = ("submitted", "approved")


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """`state`: draft; submitted (in force, not decided); approved (in force, with `version`); discarded."""

    change_set_id: int
    document_id: str
    audience: str
    maker: str
    state: str
    opened_at: str
    submitted_at: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class NewEdit:
    """An edit before it has its number. `reason` is sealed."""

    page_number: int
    action: EditAction
    kind: str
    box: Box
    moved_to: Box | None
    reason: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """What *decided_by* made of a version whose maker is *maker* ("": the program). `reason` is sealed."""

    document_id: str
    audience: str
    version: int
    maker: str
    decision: str
    decided_by: str
    decided_at: str
    reason: bytes | None = field(default=None, repr=False)
    certificate_key: str | None = None
    certificate_digest: str | None = None


def open_set(connection: Connection, document_id: str, audience: str) -> ChangeSet | None:
    """The one that is a draft or waits to be decided."""
    query = select(change_sets).where(
        change_sets.c.document_id == document_id, change_sets.c.audience == audience, change_sets.c.state.in_(OPEN)
    )
    row = connection.execute(query).mappings().one_or_none()
    return ChangeSet(**row) if row else None


def begin_set(connection: Connection, document_id: str, audience: str, maker: str, at: str) -> ChangeSet:
    values = {"document_id": document_id, "audience": audience, "maker": maker, "state": "draft", "opened_at": at}
    connection.execute(insert(change_sets).values(**values))
    begun = open_set(connection, document_id, audience)
    assert begun is not None
    return begun


def put_set(connection: Connection, change_set_id: int, state: str, **values: object) -> None:
    connection.execute(update(change_sets).where(change_sets.c.change_set_id == change_set_id).values(state=state, **values))


def add_edit(connection: Connection, change_set_id: int, edit: NewEdit, at: str) -> int:
    """Gives the edit's number."""
    added = connection.execute(
        insert(mask_edits)
        .values(
            change_set_id=change_set_id,
            page_number=edit.page_number,
            action=edit.action,
            kind=edit.kind,
            box=_written(edit.box),
            moved_to=_written(edit.moved_to) if edit.moved_to else None,
            made_at=at,
            reason=edit.reason,
        )
        .returning(mask_edits.c.edit_id)
    )
    return int(added.scalar_one())


def drop_edit(connection: Connection, change_set_id: int, edit_id: int, at: str) -> None:
    """Take back one edit of a draft; raises NotFound."""
    dropped = connection.execute(
        update(mask_edits)
        .where(mask_edits.c.edit_id == edit_id, mask_edits.c.change_set_id == change_set_id, mask_edits.c.dropped_at.is_(None))
        .values(dropped_at=at)
    )
    if not dropped.rowcount:
        raise NotFound("not_found", f"edit {edit_id}")


def edits_of(connection: Connection, change_set_id: int) -> list[MaskEdit]:
    """Those that were not dropped, in the order in which they were made."""
    return _edits(connection, (change_set_id,))


def sealed_reasons(connection: Connection, change_set_id: int) -> dict[int, bytes]:
    """By the edit's number."""
    rows = connection.execute(
        select(mask_edits.c.edit_id, mask_edits.c.reason).where(mask_edits.c.change_set_id == change_set_id)
    )
    return {row.edit_id: bytes(row.reason) for row in rows}


def in_force(connection: Connection, document_id: str, audience: str | None = None) -> list[MaskEdit]:
    """The edits that hold for whatever is made of the document for *audience*, or for anybody, in the order of their making."""
    query = select(change_sets.c.change_set_id).where(
        change_sets.c.document_id == document_id, change_sets.c.state.in_(IN_FORCE)
    )
    if audience is not None:
        query = query.where(change_sets.c.audience == audience)
    return _edits(connection, connection.execute(query).scalars().all())


def makers_of(connection: Connection, edit_ids: Collection[int]) -> set[str]:
    """Who made the edits of these numbers."""
    query = select(change_sets.c.maker).join(mask_edits, mask_edits.c.change_set_id == change_sets.c.change_set_id)
    return set(connection.execute(query.where(mask_edits.c.edit_id.in_(edit_ids))).scalars())


def decide(connection: Connection, decision: Decision) -> None:
    """Record *decision*. Raises Refused(same_person), and Refused(already_decided) where it was so decided before.

    The catalog refuses both by itself; what is asked here first gives the error its name.
    """
    if decision.decision != "withdrawn" and decision.decided_by == decision.maker:
        raise Refused("same_person", decision.document_id)
    former = of_version(connection, decision.document_id, decision.audience, decision.version)
    if any(each.decision == decision.decision for each in former):
        raise Refused("already_decided", decision.document_id)
    connection.execute(insert(decisions).values(**{name: getattr(decision, name) for name in Decision.__slots__}))


def of_version(connection: Connection, document_id: str, audience: str, version: int) -> list[Decision]:
    """In the order in which they were made."""
    query = select(decisions).where(
        decisions.c.document_id == document_id, decisions.c.audience == audience, decisions.c.version == version
    )
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.decision_id)).mappings()]


def of_document(connection: Connection, document_id: str, audience: str) -> list[Decision]:
    """Of every version, in the order in which they were made."""
    query = select(decisions).where(decisions.c.document_id == document_id, decisions.c.audience == audience)
    return [_decision(row) for row in connection.execute(query.order_by(decisions.c.decision_id)).mappings()]


def taken_back(connection: Connection, document_id: str) -> set[str]:
    """The audiences of whose file the last thing that was decided is that it is not to be given out."""
    query = select(decisions.c.audience, decisions.c.decision).where(decisions.c.document_id == document_id)
    last = {row.audience: row.decision for row in connection.execute(query.order_by(decisions.c.decision_id))}
    return {audience for audience, decision in last.items() if decision != "approved"}


def is_approval_undone(connection: Connection, document_id: str, audience: str) -> bool:
    """Whether a version was taken back that had been approved, and none was approved since."""
    approved: set[int] = set()
    is_undone = False
    for each in of_document(connection, document_id, audience):
        if each.decision == "approved":
            approved.add(each.version)
            is_undone = False
        else:
            is_undone = is_undone or each.version in approved
    return is_undone


def taken_back_among(connection: Connection, document_ids: Collection[str]) -> set[str]:
    """Those of *document_ids* of which a file was taken back and no newer one approved, for whichever audience."""
    query = select(decisions).where(decisions.c.document_id.in_(document_ids)).order_by(decisions.c.decision_id)
    last = {(row.document_id, row.audience): row.decision for row in connection.execute(query)}
    return {document_id for (document_id, _), decision in last.items() if decision != "approved"}


def all_taken_back(connection: Connection) -> frozenset[str]:
    """Every document of which a file was taken back and no newer one approved, for whichever audience."""
    against = select(decisions.c.document_id).where(decisions.c.decision != literal_column("'approved'")).distinct()
    return frozenset(taken_back_among(connection, list(connection.execute(against).scalars())))


def _decision(row: RowMapping) -> Decision:
    return Decision(**{name: row[name] for name in Decision.__slots__})


def _edits(connection: Connection, change_set_ids: Iterable[int]) -> list[MaskEdit]:
    query = select(mask_edits).where(mask_edits.c.change_set_id.in_(list(change_set_ids)), mask_edits.c.dropped_at.is_(None))
    return [_edit(row) for row in connection.execute(query.order_by(mask_edits.c.edit_id))]


def _edit(row: Row[tuple[object, ...]]) -> MaskEdit:
    moved_to = Box(*row.moved_to) if row.moved_to else None
    return MaskEdit(row.edit_id, row.page_number, EditAction(row.action), row.kind, Box(*row.box), moved_to)


def _written(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]
