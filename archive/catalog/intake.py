"""Batches, and what was handed in with each: the custody entries."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, func, insert, literal_column, select

from archive.catalog.tables import batches, documents, items, pages
from archive.errors import NotFound
from schemas.page import PageState


@dataclass(frozen=True, slots=True)
class NewItem:
    """One file as it was handed in; see the table `items`."""

    batch_id: str
    outcome: str
    received_at: str
    path_token: str
    path: bytes = field(repr=False)
    reason: str | None = None
    document_id: str | None = None
    digest: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """Where a batch stands. `documents` counts different documents; a page counts once, whatever was handed in twice."""

    batch_id: str
    opened_at: str
    items: dict[str, int]
    refusals: dict[str, int]
    documents: dict[str, int]
    pages: dict[str, int]
    page_failures: dict[str, int]

    @property
    def pages_total(self) -> int:
        return sum(self.pages.values())

    @property
    def pages_final(self) -> int:
        return self.pages_total - self.pages.get(PageState.WAITING, 0)

    @property
    def is_final(self) -> bool:
        return not self.documents.get("waiting") and self.pages_final == self.pages_total


def open_batch(connection: Connection, batch_id: str, opened_at: str, custody: bytes) -> None:
    connection.execute(insert(batches).values(batch_id=batch_id, opened_at=opened_at, custody=custody))


def custody(connection: Connection, batch_id: str) -> bytes:
    """The sealed custody note; raises NotFound."""
    sealed: bytes | None = connection.execute(
        select(batches.c.custody).where(batches.c.batch_id == batch_id)
    ).scalar_one_or_none()
    if sealed is None:
        raise NotFound("not_found", batch_id)
    return sealed


def batch_ids(connection: Connection) -> list[str]:
    """All batches, the oldest first."""
    return list(connection.execute(select(batches.c.batch_id).order_by(batches.c.opened_at, batches.c.batch_id)).scalars())


def add_item(connection: Connection, item: NewItem) -> int:
    values = {name: getattr(item, name) for name in item.__slots__}
    item_id: int = connection.execute(insert(items).values(**values).returning(items.c.item_id)).scalar_one()
    return item_id


def has_item(connection: Connection, batch_id: str, path_token: str, digest: str) -> bool:
    """Whether the batch has received the same bytes from the same path already."""
    return (
        connection.execute(
            select(items.c.item_id).where(
                items.c.batch_id == batch_id, items.c.path_token == path_token, items.c.digest == digest
            )
        ).first()
        is not None
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One custody entry, its path still sealed."""

    item_id: int
    batch_id: str
    outcome: str
    reason: str | None
    document_id: str | None
    size: int | None
    received_at: str
    path_token: str
    path: bytes = field(repr=False)


def first_batches(connection: Connection, document_ids: Collection[str]) -> dict[str, str]:
    """The batch that brought each of *document_ids* first."""
    rows = connection.execute(
        select(items.c.document_id, items.c.batch_id).where(
            items.c.document_id.in_(document_ids), items.c.outcome == "accepted"
        )
    )
    return dict(map(tuple, rows))


def repeated_in(connection: Connection, batch_ids: Collection[str]) -> list[str]:
    """Documents whose bytes were in the archive already when one of *batch_ids* brought them."""
    query = select(items.c.document_id).where(items.c.batch_id.in_(batch_ids), items.c.outcome == literal_column("'duplicate'"))
    return list(connection.execute(query.distinct()).scalars())


def is_in_batches(connection: Connection, document_id: str, batch_ids: Collection[str]) -> bool:
    """Whether any of *batch_ids* brought the document."""
    query = select(items.c.item_id).where(items.c.document_id == document_id, items.c.batch_id.in_(batch_ids))
    return connection.execute(query.limit(1)).first() is not None


def items_of_batch(connection: Connection, batch_id: str) -> list[Item]:
    return _items(connection, items.c.batch_id == batch_id)


def items_of_document(connection: Connection, document_id: str) -> list[Item]:
    return _items(connection, items.c.document_id == document_id)


def _items(connection: Connection, condition: ColumnElement[bool]) -> list[Item]:
    names = Item.__slots__
    rows = connection.execute(select(*(items.c[name] for name in names)).where(condition).order_by(items.c.item_id))
    return [Item(**row) for row in rows.mappings()]


def batch_counts(connection: Connection, batch_id: str) -> BatchCounts:
    """Raises NotFound."""
    opened_at = connection.execute(select(batches.c.opened_at).where(batches.c.batch_id == batch_id)).scalar_one_or_none()
    if opened_at is None:
        raise NotFound("not_found", batch_id)
    in_batch = select(items.c.document_id).where(items.c.batch_id == batch_id, items.c.document_id.is_not(None))
    of_items = connection.execute(
        select(items.c.outcome, items.c.reason, func.count())
        .where(items.c.batch_id == batch_id)
        .group_by(items.c.outcome, items.c.reason)
    ).all()
    of_documents = connection.execute(
        select(documents.c.state, func.count()).where(documents.c.document_id.in_(in_batch)).group_by(documents.c.state)
    )
    of_pages = connection.execute(
        select(pages.c.state, pages.c.reason, func.count())
        .where(pages.c.document_id.in_(in_batch))
        .group_by(pages.c.state, pages.c.reason)
    ).all()
    return BatchCounts(
        batch_id=batch_id,
        opened_at=opened_at,
        items=_sums((outcome, count) for outcome, _, count in of_items),
        refusals=_sums((reason, count) for outcome, reason, count in of_items if outcome in {"refused", "skipped"}),
        documents=_sums((state, count) for state, count in of_documents),
        pages=_sums((state, count) for state, _, count in of_pages),
        page_failures=_sums((reason, count) for state, reason, count in of_pages if state == PageState.FAILED),
    )


def _sums(pairs: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, count in pairs:
        sums[name or ""] += count
    return dict(sorted(sums.items()))
