"""Why somebody did something, in their own words: sealed under the document's key, since people write names into notes."""

from typing import Literal

from archive.errors import NotFound, Rejected
from archive.holdings import Holding
from archive.keys import open_value, seal_value
from archive.wiring import Archive

Of = Literal["edit", "decision", "unmasking", "sample"]

LONGEST = 500
"""Characters."""


def seal_reason(holding: Holding, of: Of, reason: str) -> bytes:
    """Raises Rejected(reason_missing) where there is nothing to read in it, or too much, or what is no text."""
    written = reason.strip().encode(errors="ignore")
    if not written or len(reason) > LONGEST:
        raise Rejected("reason_missing")
    return seal_value(holding.data_key, _place(holding, of), written)


def open_reason(holding: Holding, of: Of, sealed: bytes) -> str:
    """Raises NotFound(key_unavailable)."""
    return open_value(holding.data_key, _place(holding, of), sealed).decode()


def reason_if_readable(archive: Archive, document_id: str, of: Of, sealed: bytes) -> tuple[str | None, str | None]:
    """The reason, or the code of what keeps it from being read: a list is not to end at one document whose key is destroyed."""
    try:
        return open_reason(archive.holding(document_id), of, sealed), None
    except NotFound as error:
        return None, error.reason


def _place(holding: Holding, of: Of) -> str:
    return f"{of}.reason.{holding.document.document_id}"
