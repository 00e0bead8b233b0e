"""Documents that the search index is to hold, as the catalog knows them: those that were planned.

One that was finished must be in the index. One that was not may be: it is put there a moment before it is finished, and what
was put before stays while a document is done anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from archive.catalog import documents
from archive.catalog.database import Catalog
from archive.catalog.documents import Document
from archive.catalog.tables import documents as table

_IN_ONE_GO = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """`is_due` where the index must hold it."""

    document_id: str
    is_due: bool


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(_wanted())).scalar_one())


def every(catalog: Catalog) -> Iterator[Planned]:
    """All, in order of id; some at a time, so that nobody waits for a long transaction."""
    after = ""
    while part := _after(catalog, after):
        yield from part
        after = part[-1].document_id


def several(connection: Connection, document_ids: list[str]) -> list[Document]:
    """Those of *document_ids* that are planned, in order of id."""
    wanted = table.c.document_id.in_(document_ids) & _wanted()
    planned = connection.execute(select(table.c.document_id).where(wanted).order_by(table.c.document_id)).scalars().all()
    rows = documents.several(connection, planned)
    return [rows[document_id] for document_id in planned]


def _after(catalog: Catalog, document_id: str) -> list[Planned]:
    query = (
        select(table.c.document_id, table.c.summary.is_not(None).label("is_due"))
        .where(table.c.document_id > document_id, _wanted())
        .order_by(table.c.document_id)
        .limit(_IN_ONE_GO)
    )
    with catalog.read() as connection:
        return [Planned(row.document_id, row.is_due) for row in connection.execute(query)]


def _wanted() -> ColumnElement[bool]:
    """Not those that failed before they were ever finished; the summary is made when a document is finished."""
    return and_(table.c.plan_key.is_not(None), or_(table.c.summary.is_not(None), table.c.state == "waiting"))
