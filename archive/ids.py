"""Identifiers that say nothing about what they name.

Ten characters of Crockford's base 32 (no I, L, O, U: they are read over the telephone) are 50 random bits; the catalog's
unique constraints catch the rest.
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10


def _new(prefix: str) -> str:
    return prefix + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def new_batch_id() -> str:
    return _new("B")


def new_request_id() -> str:
    """Of leave to see a page unmasked."""
    return _new("G")


def new_sample_id() -> str:
    return _new("S")


def new_list_id() -> str:
    """Of a list of questions that is answered in one go."""
    return _new("L")


def new_document_id() -> str:
    """The accession number of a document."""
    return _new("D")
