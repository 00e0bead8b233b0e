"""Reading streams: to the full, and with account of what was read."""

import hashlib
import io
from typing import BinaryIO, cast

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


class Measured(io.RawIOBase):
    """Counts and digests what passes through."""

    def __init__(self, source: BinaryIO | io.RawIOBase) -> None:
        self._source = cast("BinaryIO", source)
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """SHA-256 of what was read so far, in hex."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the standard library's type takes any buffer
        part = self._source.read(len(buffer)) or b""
        self.size += len(part)
        self._digest.update(part)
        buffer[: len(part)] = part
        return len(part)
