"""Reading streams to the full."""

from typing import BinaryIO

from archive.errors import Unavailable


def read_full(source: BinaryIO, count: int) -> bytes:
    """*count* bytes, or fewer at the end: a stream may give less than it is asked for."""
    parts: list[bytes] = []
    while count and (part := source.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def take(source: BinaryIO, count: int, key: str) -> bytes:
    """`read_full` of what is to be stored under *key*.

    A source that breaks off raises Unavailable(store_unavailable); an ArchiveError that it raises passes as it is.
    """
    try:
        return read_full(source, count)
    except OSError as error:
        raise Unavailable("store_unavailable", key) from error
