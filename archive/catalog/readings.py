"""What was read on pages, version by version, and which version a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, select

from archive.catalog import documents
from archive.catalog.documents import Page
from archive.catalog.tables import AT_ONCE, readings
from archive.errors import NotFound
from schemas.page import PageState


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a page that came to an end; sizes in original page pixels.

    `engine` is who read, whatever came of it; `confidence` runs from 0 to 1, None is unknown.
    """

    document_id: str
    page_number: int
    version: int
    state: PageState
    reason: str | None
    engine: str | None
    confidence: float | None
    width: int | None
    height: int | None
    rotation: int | None
    reading_key: str | None
    made_at: str


def add(connection: Connection, reading: Reading) -> None:
    connection.execute(insert(readings).values(**{name: getattr(reading, name) for name in Reading.__slots__}))


def use(connection: Connection, reading: Reading) -> None:
    """Have the page show *reading* from now on."""
    documents.page_ended(
        connection,
        Page(
            document_id=reading.document_id,
            page_number=reading.page_number,
            state=reading.state,
            reason=reading.reason,
            width=reading.width,
            height=reading.height,
            rotation=reading.rotation,
            engine=reading.engine if reading.state is PageState.READ else None,
            confidence=reading.confidence,
            reading_key=reading.reading_key,
            finished_at=reading.made_at,
            version=reading.version,
        ),
    )


def next_version(connection: Connection, document_id: str, page_number: int) -> int:
    newest = connection.execute(select(func.max(readings.c.version)).where(*_of_page(document_id, page_number))).scalar()
    return int(newest or 0) + 1


def get(connection: Connection, document_id: str, page_number: int, version: int) -> Reading:
    """Raises NotFound."""
    for reading in _found(connection, (*_of_page(document_id, page_number), readings.c.version == version)):
        return reading
    raise NotFound("not_found", f"{document_id} page {page_number} version {version}")


def of_document(connection: Connection, document_id: str) -> list[Reading]:
    """All versions of all pages, by page number and version."""
    return _found(connection, (readings.c.document_id == document_id,))


def read_by(connection: Connection, engine: str) -> set[tuple[str, int]]:
    """The pages, by document and number, on which the engine with the version key *engine* has not failed."""
    query = select(readings.c.document_id, readings.c.page_number).where(
        readings.c.engine == engine, readings.c.state != PageState.FAILED
    )
    return {
        (document_id, page_number)
        for document_id, page_number in connection.execute(query, execution_options={"yield_per": AT_ONCE})
    }


def _of_page(document_id: str, page_number: int) -> tuple[ColumnElement[bool], ...]:
    return readings.c.document_id == document_id, readings.c.page_number == page_number


def _found(connection: Connection, conditions: Iterable[ColumnElement[bool]]) -> list[Reading]:
    query = select(readings).where(*conditions).order_by(readings.c.page_number, readings.c.version)
    rows = connection.execute(query).mappings()
    return [Reading(**{**row, "state": PageState(row["state"])}) for row in rows]
