"""What the catalog says of documents, as the labels that the index holds: by these people may see them, and choose and count.

The batch is the one that brought the document first, which never changes; one that brought the same bytes again is asked of the
catalog with each question. So what somebody may see never waits for the index.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from archive.catalog import documents, intake
from archive.catalog.database import Catalog
from archive.index.labelled import Labels
from archive.index.port import Within
from schemas.record import IndexRecord

BATCH, COMPLETENESS = "batch", "completeness"


def labels_from(catalog: Catalog) -> Labels:
    def labels_of(records: Sequence[IndexRecord]) -> dict[str, tuple[str, ...]]:
        ids = [each.document_id for each in records]
        with catalog.read() as connection:
            batches = intake.first_batches(connection, ids)
            lacking = documents.with_failed_pages(connection, ids)
        return {
            document_id: (f"{BATCH}:{batch_id}", f"{COMPLETENESS}:{'partial' if document_id in lacking else 'complete'}")
            for document_id, batch_id in batches.items()
        }

    return labels_of


def in_batches(connection: Connection, batch_ids: frozenset[str]) -> Within:
    """The documents that came in with any of *batch_ids*, first or again."""
    labels = frozenset(f"{BATCH}:{batch_id}" for batch_id in batch_ids)
    return Within(labels, frozenset(intake.repeated_in(connection, batch_ids)))
