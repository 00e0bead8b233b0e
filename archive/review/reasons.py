"""Why somebody did something, in their own words: sealed under the document's key, since people write names into notes."""

from typing import Literal

from archive.errors import Rejected
from archive.holdings import Holding
from archive.keys import open_value, seal_value

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


def _place(holding: Holding, of: Of) -> str:
    return f"{of}.reason.{holding.document.document_id}"
