"""The claim's fields as a hit list shows them: kept in one sealed column, opened after the permission check."""

import json
from typing import Any

from archive.catalog.documents import Document
from archive.keys import Keyring
from archive.wiring import Archive
from schemas.claim import ClaimField, Extraction
from schemas.codec import to_json


def seal_fields(keys: Keyring, document_id: str, extraction: Extraction) -> bytes:
    fields = {name: json.loads(to_json(ClaimField, value)) for name, value in extraction.fields.items()}
    return keys.seal_column(_place(document_id), json.dumps(fields, ensure_ascii=False).encode())


def shown_fields(archive: Archive, document: Document) -> dict[str, Any]:
    """Field name to value, page_number, box and confidence; empty before the document is described."""
    if document.summary is None:
        return {}
    fields: dict[str, Any] = json.loads(archive.keys.open_column(_place(document.document_id), document.summary))
    return fields


def _place(document_id: str) -> str:
    return f"documents.summary.{document_id}"
