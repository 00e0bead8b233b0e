"""What an archive holds: which file became which document, and what was read on its pages."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from archive.catalog import derivatives, documents, intake
from archive.catalog.derivatives import Derivative
from archive.catalog.documents import Document, Page
from archive.catalog.tables import events
from archive.custody import item_path
from archive.wiring import Archive
from schemas.page import PageReading

Event = tuple[str, str, int, str]
"""Kind, document, page (0 for none), audience ("" for none)."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One file as it was handed in, and the document that it became; none where it was refused."""

    path: Path = field(repr=False)
    outcome: str
    reason: str | None
    document: Document | None
    pages: tuple[Page, ...]
    derivatives: tuple[Derivative, ...]


def held_files(archive: Archive) -> Iterator[HeldFile]:
    """Every file of every batch, in the order in which they came."""
    with archive.catalog.read() as connection:
        items = [item for batch in intake.batch_ids(connection) for item in intake.items_of_batch(connection, batch)]
        for item in items:
            path, number = Path(item_path(archive.keys, item)), item.document_id
            if number is None:
                yield HeldFile(path, item.outcome, item.reason, None, (), ())
                continue
            pages, made = documents.pages_of(connection, number), derivatives.current(connection, number)
            document = documents.get(connection, number)
            yield HeldFile(path, item.outcome, item.reason, document, tuple(pages), tuple(made))


def page_readings(archive: Archive, file: HeldFile) -> Iterator[PageReading]:
    """What was read on the pages of *file*, in order; a failed page has no reading."""
    if file.document is None:
        return
    holding = archive.holding(file.document.document_id)
    for page in file.pages:
        if page.reading_key is not None:
            yield holding.read_value("reading", page.reading_key, PageReading)


def totals(archive: Archive) -> tuple[Counter[str], Counter[str]]:
    """How many documents and how many pages are in each state."""
    with archive.catalog.read() as connection:
        return documents.totals(connection)


def event_counts(archive: Archive) -> Counter[Event]:
    """How often the ledger has each event of a document."""
    query = select(events.c.kind, events.c.document_id, events.c.body).where(events.c.document_id.is_not(None))
    with archive.catalog.read() as connection:
        return Counter(_event(*row) for row in connection.execute(query))


def _event(kind: str, document_id: str, body: str) -> Event:
    facts = json.loads(body)
    return kind, document_id, int(facts.get("page", 0)), str(facts.get("audience", ""))
