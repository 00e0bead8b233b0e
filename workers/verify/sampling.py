"""Which pages are looked at by a check that is too costly for every page."""

import hashlib

_STEPS = 1 << 32


def is_in_share(document_digest: str, page_number: int, share: float) -> bool:
    """Whether a page is among the *share*, from 0 to 1, of all pages. The same page always is, or never: nobody can have it
    tried again until it is left out."""
    chosen = hashlib.sha256(f"{document_digest} {page_number}".encode()).digest()
    return int.from_bytes(chosen[:4], "big") < share * _STEPS
