"""Documents and their pages."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, RowMapping, Select, func, insert, select, update

from archive.catalog.tables import AT_ONCE, documents, pages
from archive.errors import NotFound
from schemas.page import PageState


@dataclass(frozen=True, slots=True)
class Document:
    """One row of `documents`: one original, however often it was handed in."""

    document_id: str
    digest: str
    size: int
    media_type: str
    original_key: str
    wrapped_key: bytes = field(repr=False)
    state: str
    reason: str | None
    page_count: int | None
    remarks: tuple[str, ...]
    document_class: str | None
    plan_key: str | None
    summary: bytes | None = field(repr=False)
    received_at: str
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One row of `pages`; sizes in original page pixels. `version` is that of the reading it shows, None before the first."""

    document_id: str
    page_number: int
    state: PageState
    reason: str | None
    width: int | None
    height: int | None
    rotation: int | None
    engine: str | None
    confidence: float | None
    reading_key: str | None
    finished_at: str | None
    version: int | None = None


def add(connection: Connection, document: Document) -> None:
    values = {name: getattr(document, name) for name in Document.__slots__}
    connection.execute(insert(documents).values(**{**values, "remarks": list(document.remarks)}))


def get(connection: Connection, document_id: str) -> Document:
    """Raises NotFound."""
    return _one(connection, select(documents).where(documents.c.document_id == document_id), document_id)


def several(connection: Connection, document_ids: Collection[str]) -> dict[str, Document]:
    """Those of *document_ids* that there are, by id."""
    rows = connection.execute(select(documents).where(documents.c.document_id.in_(document_ids))).mappings()
    return {row["document_id"]: _document(row) for row in rows}


def any_one(connection: Connection) -> Document | None:
    """Whichever document comes first to hand; None in an empty archive."""
    row = connection.execute(select(documents).limit(1)).mappings().one_or_none()
    return _document(row) if row else None


def with_digest(connection: Connection, digest: str) -> Document | None:
    try:
        return _one(connection, select(documents).where(documents.c.digest == digest), digest)
    except NotFound:
        return None  # the usual answer: these bytes are new


def opened(connection: Connection, document_id: str, page_count: int, remarks: Iterable[str]) -> None:
    """Record how many pages there are, and make a row for each."""
    _update(connection, document_id, page_count=page_count, remarks=list(remarks))
    connection.execute(
        insert(pages),
        [
            {"document_id": document_id, "page_number": number, "state": PageState.WAITING}
            for number in range(1, page_count + 1)
        ],
    )


def failed(connection: Connection, document_id: str, reason: str, at: str) -> None:
    _update(connection, document_id, state="failed", reason=reason, finished_at=at)


def planned(connection: Connection, document_id: str, document_class: str, plan_key: str) -> None:
    _update(connection, document_id, document_class=document_class, plan_key=plan_key)


def finished(connection: Connection, document_id: str, summary: bytes, at: str) -> str:
    """Record the end of the way; gives the state: `partial` where a page failed, `failed` where all did."""
    counts = page_counts(connection, document_id)
    bad, total = counts[PageState.FAILED], sum(counts.values())
    state = "complete" if not bad else "failed" if bad == total else "partial"
    reason = "no_page_read" if state == "failed" else None
    _update(
        connection,
        document_id,
        state=state,
        reason=reason,
        summary=summary,
        finished_at=at,
    )
    return state


def described(connection: Connection, document_id: str, summary: bytes) -> None:
    _update(connection, document_id, summary=summary)


def reopened(connection: Connection, document_id: str) -> None:
    _update(connection, document_id, state="waiting", reason=None, finished_at=None)


def page_ended(connection: Connection, page: Page) -> None:
    values = {name: getattr(page, name) for name in Page.__slots__[2:]}
    connection.execute(
        update(pages).where(pages.c.document_id == page.document_id, pages.c.page_number == page.page_number).values(**values)
    )


def page_reopened(connection: Connection, document_id: str, page_number: int) -> None:
    connection.execute(
        update(pages)
        .where(pages.c.document_id == document_id, pages.c.page_number == page_number)
        .values(state=PageState.WAITING, reason=None, finished_at=None)
    )


def pages_of(connection: Connection, document_id: str) -> list[Page]:
    """In order of page number."""
    rows = connection.execute(select(pages).where(pages.c.document_id == document_id).order_by(pages.c.page_number))
    return [_page(row) for row in rows]


def page(connection: Connection, document_id: str, page_number: int) -> Page:
    """Raises NotFound."""
    row = connection.execute(
        select(pages).where(pages.c.document_id == document_id, pages.c.page_number == page_number)
    ).one_or_none()
    if row is None:
        raise NotFound("not_found", f"{document_id} page {page_number}")
    return _page(row)


def page_counts(connection: Connection, document_id: str) -> Counter[PageState]:
    rows = connection.execute(
        select(pages.c.state, func.count()).where(pages.c.document_id == document_id).group_by(pages.c.state)
    )
    return Counter({PageState(state): count for state, count in rows})


def totals(connection: Connection) -> tuple[Counter[str], Counter[str]]:
    """How many documents and how many pages of the whole archive are in each state."""
    of_documents = connection.execute(select(documents.c.state, func.count()).group_by(documents.c.state)).all()
    of_pages = connection.execute(select(pages.c.state, func.count()).group_by(pages.c.state)).all()
    return Counter(dict(map(tuple, of_documents))), Counter(dict(map(tuple, of_pages)))


def with_failed_pages(connection: Connection, document_ids: Collection[str]) -> set[str]:
    """Those of *document_ids* of which a page failed."""
    query = select(pages.c.document_id).where(pages.c.document_id.in_(document_ids), pages.c.state == PageState.FAILED)
    return set(connection.execute(query.distinct()).scalars())


def failed_pages(connection: Connection, document_id: str | None, reason: str | None) -> list[Page]:
    """Failed pages of one document or of all, with one reason or with any."""
    query = select(pages).where(pages.c.state == PageState.FAILED).order_by(pages.c.document_id, pages.c.page_number)
    if document_id is not None:
        query = query.where(pages.c.document_id == document_id)
    if reason is not None:
        query = query.where(pages.c.reason == reason)
    return [_page(row) for row in connection.execute(query, execution_options={"yield_per": AT_ONCE})]


def failed_documents(connection: Connection, document_id: str | None, reason: str | None) -> list[str]:
    """Documents that failed as a whole: their pages could not be counted, or could not be worked on together."""
    query = select(documents.c.document_id).where(documents.c.state == "failed", documents.c.reason != "no_page_read")
    if document_id is not None:
        query = query.where(documents.c.document_id == document_id)
    if reason is not None:
        query = query.where(documents.c.reason == reason)
    return list(connection.execute(query.order_by(documents.c.document_id)).scalars())


def _update(connection: Connection, document_id: str, **values: object) -> None:
    connection.execute(update(documents).where(documents.c.document_id == document_id).values(**values))


def _one(connection: Connection, query: Select[tuple[object, ...]], name: str) -> Document:
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("not_found", name)
    return _document(row)


def _document(row: RowMapping) -> Document:
    return Document(**{**row, "remarks": tuple(row["remarks"])})


def _page(row: Row[tuple[object, ...]]) -> Page:
    return Page(**{**row._mapping, "state": PageState(row.state)})  # noqa: SLF001 - SQLAlchemy's documented way to the mapping
