"""What was made from documents for each audience, and whether it may be served."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from archive.catalog import reviews, work
from archive.catalog.tables import derivatives, derived_pages
from archive.errors import NotFound, Refused
from schemas.codec import from_json, to_json
from schemas.redaction import Leak, Mask
from schemas.work import Stage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DerivedPageRow:
    """One page as it was burnt for an audience. `state`: verified, leaking, or failed (never made).

    `checks` names those that ran to their end; none are known of pages that were burnt before they were kept. `edits` are the
    numbers of the reviewers' edits that were applied to it.
    """

    document_id: str
    page_number: int
    audience: str
    state: str
    object_key: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    dpi: float | None = None
    masks: tuple[Mask, ...] = ()
    leaks: tuple[Leak, ...] = ()
    checks: tuple[str, ...] = ()
    edits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivative:
    """One finished file for an audience.

    `state`: ready; withheld (it leaks, or was not verified); stale (made from what no longer holds, such as an older
    reading, and being made again); superseded (a newer one stands in its place); awaiting (verified, and not given out until
    somebody approves it); rejected or withdrawn by somebody, until a newer one is made. `certificate_key` is none of files
    that were not verified, and of those made before there were certificates. `maker` is the id of whoever's edits of masks
    are in it and await a decision, "" where the program made it alone.
    """

    document_id: str
    audience: str
    version: int
    state: str
    policy: str
    object_key: str | None
    digest: str | None
    size: int | None
    leaks: tuple[Leak, ...]
    made_at: str
    certificate_key: str | None = None
    certificate_digest: str | None = None
    maker: str = ""


_WHY_NOT = {
    "withheld": "leak_found",
    "stale": "derivative_stale",
    "awaiting": "approval_missing",
    "rejected": "derivative_rejected",
    "withdrawn": "derivative_withdrawn",
}
"""Reason codes, by the states of files that are not given out."""
_NOT_YET = "not_made_yet"


def put_page(connection: Connection, page: DerivedPageRow) -> str | None:
    """Record *page* in place of the former one; gives the former object's key, which nobody names any more."""
    same = (
        derived_pages.c.document_id == page.document_id,
        derived_pages.c.page_number == page.page_number,
        derived_pages.c.audience == page.audience,
    )
    former = connection.execute(select(derived_pages.c.object_key).where(*same)).scalar_one_or_none()
    connection.execute(delete(derived_pages).where(*same))
    values = {name: getattr(page, name) for name in DerivedPageRow.__slots__}
    found = {
        "masks": _dump(tuple[Mask, ...], page.masks),
        "leaks": _dump(tuple[Leak, ...], page.leaks),
        "checks": list(page.checks),
        "edits": list(page.edits),
    }
    connection.execute(insert(derived_pages).values(**{**values, **found}))
    return former


def pages_of(connection: Connection, document_id: str, audience: str) -> list[DerivedPageRow]:
    """In order of page number."""
    rows = connection.execute(
        select(derived_pages)
        .where(derived_pages.c.document_id == document_id, derived_pages.c.audience == audience)
        .order_by(derived_pages.c.page_number)
    ).mappings()
    return [
        DerivedPageRow(
            **{
                **row,
                "masks": _load(tuple[Mask, ...], row["masks"]),
                "leaks": _load(tuple[Leak, ...], row["leaks"]),
                "checks": tuple(row["checks"] or ()),
                "edits": tuple(row["edits"] or ()),
            }
        )
        for row in rows
    ]


def verified_page(
    connection: Connection, document_id: str, page_number: int, audience: str, approval: Collection[str]
) -> DerivedPageRow:
    """Raises NotFound(not_made_yet), Refused(leak_found | derivative_stale | approval_missing | derivative_rejected |
    derivative_withdrawn). *approval* as of `ready`."""
    reason = _why_hidden(connection, document_id, audience, approval)
    if reason is not None:
        raise (NotFound if reason == _NOT_YET else Refused)(reason, f"{document_id} page {page_number}")
    page = burnt_page(connection, document_id, page_number, audience)
    if page.state != "verified":
        raise Refused("leak_found", f"{document_id} page {page_number}")
    return page


def burnt_page(connection: Connection, document_id: str, page_number: int, audience: str) -> DerivedPageRow:
    """Whatever came of it; raises NotFound(not_made_yet)."""
    for page in pages_of(connection, document_id, audience):
        if page.page_number == page_number:
            return page
    raise NotFound("not_made_yet", f"{document_id} page {page_number}")


def next_version(connection: Connection, document_id: str, audience: str) -> int:
    newest = connection.execute(
        select(func.max(derivatives.c.version)).where(
            derivatives.c.document_id == document_id, derivatives.c.audience == audience
        )
    ).scalar()
    return int(newest or 0) + 1


def put(connection: Connection, derivative: Derivative) -> None:
    """Record a finished file; the versions before it are superseded."""
    connection.execute(
        update(derivatives)
        .where(derivatives.c.document_id == derivative.document_id, derivatives.c.audience == derivative.audience)
        .values(state="superseded")
    )
    values = {name: getattr(derivative, name) for name in Derivative.__slots__}
    connection.execute(insert(derivatives).values(**{**values, "leaks": _dump(tuple[Leak, ...], derivative.leaks)}))


def supersede(connection: Connection, document_id: str) -> None:
    """Withdraw the finished files of a document; those that are known to be stale stay marked so until others are made."""
    connection.execute(
        update(derivatives)
        .where(derivatives.c.document_id == document_id, derivatives.c.state != "stale")
        .values(state="superseded")
    )


def make_stale(connection: Connection, document_id: str, audience: str | None = None) -> list[Derivative]:
    """Mark the current files, or the one for *audience*, as made from what no longer holds; gives those that were not marked
    before."""
    fresh = [each for each in current(connection, document_id) if each.state != "stale" and audience in {None, each.audience}]
    for each in fresh:
        set_state(connection, each, "stale")
    return fresh


def set_state(connection: Connection, derivative: Derivative, state: str) -> None:
    """Of exactly this version; what else is known of it never changes."""
    connection.execute(
        update(derivatives)
        .where(*(derivatives.c[name] == getattr(derivative, name) for name in ("document_id", "audience", "version")))
        .values(state=state)
    )


def audiences(connection: Connection, document_id: str) -> list[str]:
    """For whom pages of the document have been burnt, now or earlier."""
    query = select(derived_pages.c.audience).where(derived_pages.c.document_id == document_id).distinct()
    return list(connection.execute(query.order_by(derived_pages.c.audience)).scalars())


def current(connection: Connection, document_id: str) -> list[Derivative]:
    """The newest file for each audience that is not superseded."""
    rows = connection.execute(
        select(derivatives)
        .where(derivatives.c.document_id == document_id, derivatives.c.state != "superseded")
        .order_by(derivatives.c.audience)
    ).mappings()
    return [_derivative(row) for row in rows]


def of_version(connection: Connection, document_id: str, audience: str, version: int) -> Derivative:
    """Whatever became of it; raises NotFound(not_found)."""
    query = select(derivatives).where(
        derivatives.c.document_id == document_id, derivatives.c.audience == audience, derivatives.c.version == version
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("not_found", f"{document_id} for {audience}, version {version}")
    return _derivative(row)


def withheld(connection: Connection) -> int:
    """How many current files of the archive are withheld."""
    query = select(func.count()).select_from(derivatives).where(derivatives.c.state == "withheld")
    return int(connection.execute(query).scalar_one())


def awaiting(connection: Connection) -> int:
    """How many current files of the archive wait for somebody to approve them."""
    query = select(func.count()).select_from(derivatives).where(derivatives.c.state == "awaiting")
    return int(connection.execute(query).scalar_one())


def ready(connection: Connection, document_id: str, audience: str, approval: Collection[str]) -> Derivative:
    """The file that may be served; raises NotFound(not_made_yet), Refused(leak_found | derivative_stale | approval_missing |
    derivative_rejected | derivative_withdrawn).

    *approval* names the audiences that get nothing before somebody approved it, be it older than that rule.
    """
    derivative = current_for(connection, document_id, audience)
    if derivative.state != "ready":
        raise Refused(_WHY_NOT[derivative.state], document_id)
    if audience in approval and not _is_approved(connection, derivative):
        raise Refused("approval_missing", document_id)
    return derivative


def current_for(connection: Connection, document_id: str, audience: str) -> Derivative:
    """The newest file for *audience*, whether or not it may be served; raises NotFound(not_made_yet)."""
    for derivative in current(connection, document_id):
        if derivative.audience == audience:
            return derivative
    raise NotFound("not_made_yet", document_id)


def hidden_audiences(connection: Connection, document_id: str, approval: Collection[str]) -> set[str]:
    """The audiences for whom pages have been burnt that may not be looked at, one by one neither. *approval* as of `ready`."""
    burnt = audiences(connection, document_id)
    return {each for each in burnt if _why_hidden(connection, document_id, each, approval) is not None}


def _why_hidden(connection: Connection, document_id: str, audience: str, approval: Collection[str]) -> str | None:
    """A reason code where no page is shown to *audience*, one that is clean itself neither; else None.

    Of a file that leaks, and before there is a file, the pages that do not leak may be seen: unless *audience* is one of
    *approval*, people changed what they hide, or the version before was taken back: nobody has approved then what they show.
    """
    standing = next((each for each in current(connection, document_id) if each.audience == audience), None)
    if standing is not None and standing.state not in {"ready", "withheld"}:
        return _WHY_NOT[standing.state]
    if audience in approval:
        return _why_not_approved(connection, document_id, standing)
    if (standing is None or standing.state == "withheld") and _have_people_a_say(connection, document_id, audience):
        return _NOT_YET if standing is None else _WHY_NOT[standing.state]
    return None


def _why_not_approved(connection: Connection, document_id: str, standing: Derivative | None) -> str | None:
    """Pages that are burnt anew are another version's until that is made, and who approved this one has not seen them."""
    if standing is None or work.any_open(connection, document_id, (Stage.HIDE, Stage.FINISH)):
        return _NOT_YET
    if standing.state == "withheld":
        return _WHY_NOT[standing.state]
    return None if _is_approved(connection, standing) else "approval_missing"


def _have_people_a_say(connection: Connection, document_id: str, audience: str) -> bool:
    is_taken_back = audience in reviews.taken_back(connection, document_id)
    return is_taken_back or bool(reviews.in_force(connection, document_id, audience))


def _is_approved(connection: Connection, derivative: Derivative) -> bool:
    decided = reviews.of_version(connection, derivative.document_id, derivative.audience, derivative.version)
    return any(each.decision == "approved" for each in decided)


def _derivative(row: RowMapping) -> Derivative:
    return Derivative(**{**row, "leaks": _load(tuple[Leak, ...], row["leaks"])})


def _dump(kind: type[T], value: T) -> object:
    return json.loads(to_json(kind, value))


def _load(kind: type[T], stored: object) -> T:
    return from_json(kind, json.dumps(stored).encode())
