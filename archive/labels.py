"""What documents can be chosen and counted by, beside what stands on them: labels that the index holds.

  class         kind of document
  year          of the loss
  completeness  `complete`, or `partial` where a page could not be read
  status        of the claim, as the document says it (`schemas.claim.CLAIM_STATUSES`)
  insurer       whose name the document bears
  batch         that brought it first, which never changes
  source, box   of that batch, as keyed tokens: people write names into such notes

By the batch people may see a document. One that brought the same bytes again is asked of the catalog with each question, so
what somebody may see never waits for the index. Status and insurer come with the record that a worker made, the others from the
catalog.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from archive.catalog import documents, intake
from archive.catalog.database import Catalog
from archive.index.labelled import Labels
from archive.index.port import Facet, Within
from archive.keys import Keyring
from archive.search_keys.dates import loss_years
from archive.search_keys.key import SearchKey
from schemas.record import IndexRecord

BATCH, SOURCE, BOX = "batch", "source", "box"
CUSTODY = (BATCH, SOURCE, BOX)
"""Names of what custody tells: for compliance only."""
FACETS = {
    "class": Facet.DOCUMENT_CLASS,
    "year": Facet.YEAR,
    "completeness": Facet.COMPLETENESS,
    "status": Facet.STATUS,
    "insurer": Facet.INSURER,
    BATCH: Facet.BATCH,
    SOURCE: Facet.SOURCE,
    BOX: Facet.BOX,
}
"""By what can be chosen and counted."""

Filters = tuple[tuple[str, str], ...]
"""Name of a label and value; a source or box as it was written."""


def labels_from(catalog: Catalog, keys: Keyring) -> Labels:
    secret = SearchKey(keys.search_key)
    years = loss_years(secret)

    def labels_of(records: Sequence[IndexRecord]) -> dict[str, tuple[str, ...]]:
        ids = [each.document_id for each in records]
        with catalog.read() as connection:
            batches = intake.first_batches(connection, ids)
            lacking = documents.with_failed_pages(connection, ids)
            notes = {each: _note(keys, connection, each) for each in set(batches.values())}
        found: dict[str, tuple[str, ...]] = {}
        for record in records:
            labels = [f"class:{record.document_class}", *_years(record, years)]
            if batch_id := batches.get(record.document_id):
                labels.append(f"completeness:{'partial' if record.document_id in lacking else 'complete'}")
                labels.append(f"{BATCH}:{batch_id}")
                labels += [f"{name}:{_token(secret, name, notes[batch_id][name])}" for name in (SOURCE, BOX)]
            found[record.document_id] = tuple(labels)
        return found

    return labels_of


def in_batches(connection: Connection, batch_ids: frozenset[str]) -> Within:
    """The documents that came in with any of *batch_ids*, first or again."""
    labels = frozenset(f"{BATCH}:{batch_id}" for batch_id in batch_ids)
    return Within(labels, frozenset(intake.repeated_in(connection, batch_ids)))


def chosen(connection: Connection, secret: SearchKey, filters: Filters) -> tuple[Within, ...]:
    """The documents that *filters* choose, all of them together."""
    return tuple(_chosen(connection, secret, name, value) for name, value in filters)


def _chosen(connection: Connection, secret: SearchKey, name: str, value: str) -> Within:
    if name == BATCH:
        return in_batches(connection, frozenset((value,)))
    return Within(frozenset((f"{name}:{_token(secret, name, value) if name in (SOURCE, BOX) else value}",)))


def written(keys: Keyring, connection: Connection, name: str) -> dict[str, str]:
    """The token of every source or box (*name*), and how it was written."""
    secret = SearchKey(keys.search_key)
    notes = (_note(keys, connection, batch_id)[name] for batch_id in intake.batch_ids(connection))
    return {_token(secret, name, note): note for note in notes}


def _years(record: IndexRecord, years: Mapping[str, str]) -> Iterator[str]:
    digests: Iterable[str] = dict.fromkeys(placed.token.digest for placed in record.tokens)
    return (f"year:{years[digest]}" for digest in digests if digest in years)


def _note(keys: Keyring, connection: Connection, batch_id: str) -> dict[str, str]:
    """As `archive.custody` reads it."""
    sealed = intake.custody(connection, batch_id)
    note: dict[str, str] = json.loads(keys.open_column(f"batches.custody.{batch_id}", sealed))
    return note


def _token(secret: SearchKey, name: str, note: str) -> str:
    return secret.token("custody", name, " ".join(note.split()).casefold())
