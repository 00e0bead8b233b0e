"""The claim's fields: as a hit list shows them, and as people confirmed them. Sealed under the document's own key, so that
they end with it.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from archive.catalog.confirmed import ConfirmedField
from archive.catalog.documents import Document
from archive.holdings import Holding
from archive.keys import open_value, seal_value
from archive.wiring import Archive
from schemas.claim import ClaimField, Extraction
from schemas.codec import from_json, to_json

CONFIRMED = "confirmed"
"""Provenance of a field that a person confirmed."""


def seal_fields(holding: Holding, extraction: Extraction) -> bytes:
    fields = {name: json.loads(to_json(ClaimField, value)) for name, value in extraction.fields.items()}
    return seal_shown(holding, fields)


def seal_shown(holding: Holding, fields: dict[str, Any]) -> bytes:
    """What `shown_fields` gives, sealed again."""
    text = json.dumps(fields, ensure_ascii=False)
    return seal_value(holding.data_key, _place(holding.document), text.encode())


def shown_fields(archive: Archive, document: Document) -> dict[str, Any]:
    """Field name to value, page_number, box, confidence and provenance; empty before the document is described."""
    if document.summary is None:
        return {}
    fields: dict[str, Any] = json.loads(
        open_value(archive.keys.unwrap(document.wrapped_key), _place(document), document.summary)
    )
    return fields


def seal_confirmed(holding: Holding, name: str, value: ClaimField, operator: str | None) -> bytes:
    """The value of the field *name*, its place, and the name of whoever confirmed it."""
    kept = {"field": json.loads(to_json(ClaimField, value)), "operator": operator}
    place = _confirmed_place(holding.document, name)
    return seal_value(holding.data_key, place, json.dumps(kept, ensure_ascii=False).encode())


def confirmed_fields(holding: Holding, rows: Iterable[ConfirmedField]) -> dict[str, ClaimField]:
    """Field name to value, for what people confirmed of one document."""
    return {row.name: _open_confirmed(holding, row) for row in rows}


def _open_confirmed(holding: Holding, row: ConfirmedField) -> ClaimField:
    kept = json.loads(open_value(holding.data_key, _confirmed_place(holding.document, row.name), row.value))
    value = from_json(ClaimField, json.dumps(kept["field"]).encode())
    return replace(value, provenance=CONFIRMED)


def _place(document: Document) -> str:
    return f"documents.summary.{document.document_id}"


def _confirmed_place(document: Document, name: str) -> str:
    return f"confirmed_fields.value.{document.document_id}.{name}"
