"""The claim's fields as a hit list shows them: one column, sealed under the document's own key, so that they end with it."""

import json
from typing import Any

from archive.catalog.documents import Document
from archive.holdings import Holding
from archive.keys import open_value, seal_value
from archive.wiring import Archive
from schemas.claim import ClaimField, Extraction
from schemas.codec import to_json


def seal_fields(holding: Holding, extraction: Extraction) -> bytes:
    fields = {name: json.loads(to_json(ClaimField, value)) for name, value in extraction.fields.items()}
    text = json.dumps(fields, ensure_ascii=False)
    return seal_value(holding.data_key, _place(holding.document), text.encode())


def shown_fields(archive: Archive, document: Document) -> dict[str, Any]:
    """Field name to value, page_number, box and confidence; empty before the document is described."""
    if document.summary is None:
        return {}
    fields: dict[str, Any] = json.loads(
        open_value(archive.keys.unwrap(document.wrapped_key), _place(document), document.summary)
    )
    return fields


def _place(document: Document) -> str:
    return f"documents.summary.{document.document_id}"
