"""A catalog that knows any number of documents, of which there is nothing but the row: enough for what a hit list shows."""

import secrets
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert

from archive.catalog import users
from archive.catalog import work as work_rows
from archive.catalog.documents import Document
from archive.catalog.tables import documents
from archive.fields import seal_shown
from archive.holdings import Holding
from archive.wiring import Archive
from bench.indexing.records import Template, document_id

_ROWS_AT_ONCE = 10_000


def fill(archive: Archive, templates: tuple[Template, ...], count: int) -> None:
    """*count* documents, finished, with the fields that a hit list shows sealed as they are in life."""
    rows = _rows(archive, templates, count)
    while part := list(islice(rows, _ROWS_AT_ONCE)):
        with archive.catalog.write() as connection:
            connection.execute(insert(documents), part)


def add_user(archive: Archive) -> str:
    """A handler; gives the token."""
    with archive.catalog.write() as connection:
        return users.add(connection, "handler", "handler", work_rows.moment(archive.clock()))


def _rows(archive: Archive, templates: tuple[Template, ...], count: int) -> Iterator[dict[str, Any]]:
    data_key = archive.keys.new_data_key()
    common = _common(archive, archive.keys.wrap(data_key))
    for number in range(count):
        row = {**common, "document_id": document_id(number), "digest": secrets.token_hex(32)}
        holding = Holding(Document(**row), archive.store, data_key)
        yield {**row, "remarks": [], "summary": seal_shown(holding, _shown(templates[number % len(templates)]))}


def _common(archive: Archive, wrapped_key: bytes) -> dict[str, Any]:
    at = work_rows.moment(archive.clock())
    return {
        "size": 100_000,
        "media_type": "image/tiff",
        "original_key": "originals/none",
        "wrapped_key": wrapped_key,
        "state": "complete",
        "reason": None,
        "page_count": 1,
        "remarks": (),
        "document_class": "claim_application",
        "plan_key": "plan/none",
        "summary": None,
        "received_at": at,
        "finished_at": at,
    }


def _shown(template: Template) -> dict[str, Any]:
    values = {"insured": template.name, "claim_number": template.number, "loss_date": template.day}
    box = [[100, 90], [400, 90], [400, 120], [100, 120]]
    return {
        name: {"value": value, "page_number": 1, "box": box, "confidence": 0.97, "provenance": "read"}
        for name, value in values.items()
    }
