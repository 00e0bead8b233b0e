"""Counting bytes as they are read, because no header can be trusted to say how many there will be."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from archive.errors import Rejected
from schemas.limits import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 1 << 16
"""The most a bounded stream asks of its source at once, and so the most it can pass a limit by."""


@dataclass(slots=True)
class Expansion:
    """Bytes that came out of one container so far, containers inside it included, beside the bytes that went in."""

    limits: Limits
    packed_bytes: int
    """Size of the outermost container: no honest unpacking gives more than `max_expansion_ratio` times this."""
    expanded_bytes: int = 0

    @property
    def is_spent(self) -> bool:
        allowed = max(self.limits.max_unjudged_bytes, self.limits.max_expansion_ratio * self.packed_bytes)
        return self.expanded_bytes > min(allowed, self.limits.max_expanded_bytes)

    def add(self, count: int) -> None:
        """Raises Rejected("expands_too_much")."""
        self.expanded_bytes += count
        if self.is_spent:
            raise Rejected("expands_too_much", f"over {self.expanded_bytes} bytes out of {self.packed_bytes}")


class BoundedStream(io.RawIOBase):
    """Reads *source* from where it stands; Rejected("too_large") once it gives more than `max_file_bytes`.

    With *expansion*, its limits hold as well. Closing it closes *source*.
    """

    def __init__(self, source: BinaryIO, limits: Limits, expansion: Expansion | None = None) -> None:
        super().__init__()
        self._source = source
        self._limits = limits
        self._expansion = expansion
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        chunk = self._source.read(min(len(view), CHUNK_BYTES))
        self._account(len(chunk))
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _account(self, count: int) -> None:
        self._count += count
        if self._count > self._limits.max_file_bytes:
            raise Rejected("too_large", f"more than {self._limits.max_file_bytes} bytes")
        if self._expansion is not None:
            self._expansion.add(count)


def check_file_bytes(size: int, limits: Limits) -> None:
    """Refuse a file by its *size* in bytes before it is opened: Rejected("empty_file" | "too_large")."""
    if size == 0:
        raise Rejected("empty_file")
    if size > limits.max_file_bytes:
        raise Rejected("too_large", f"{size} bytes, limit {limits.max_file_bytes}")
