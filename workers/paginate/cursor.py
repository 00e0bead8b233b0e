"""One stream read by several libraries, each with its own place in it, and its faults told from theirs."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from archive.errors import ArchiveError, Rejected

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Cursor(io.RawIOBase):
    """A read-only view of the seekable *source* with a position of its own. Closing it leaves *source* open.

    Where *source* fails, the library sees the end of the file, for a decoder would call the file damaged, or (pdfium, which
    calls back from C) lose the exception. `translated` raises the kept failure when the library has returned.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self._size = source.seek(0, io.SEEK_END)
        self._at = 0
        self.read_bytes = 0
        """How much has been read in all; whoever counts may set it back."""
        self.failure: Exception | None = None

    @property
    def size(self) -> int:
        return self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        target = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if target < 0:
            raise ValueError("before the start of the file")
        self._at = target
        return target

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view) and (chunk := self._read_at(self._at, len(view) - filled)):
            view[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
            self._at += len(chunk)
        self.read_bytes += filled
        return filled

    def _read_at(self, offset: int, count: int) -> bytes:
        try:
            self._source.seek(offset)
            return self._source.read(count)
        except (OSError, ArchiveError) as error:
            self.failure = error
            return b""


@contextmanager
def translated(reason: str, cursor: Cursor) -> Iterator[None]:
    """Any error of a library as Rejected(*reason*), any failure of the stream below it as itself."""
    try:
        yield
    except (ArchiveError, MemoryError):
        _raise_kept_failure(cursor)
        raise
    except Exception as error:
        # Decoders given hostile bytes raise anything, down to KeyError and ZeroDivisionError; none of it is dropped here.
        _raise_kept_failure(cursor)
        raise Rejected(reason, type(error).__name__) from error
    _raise_kept_failure(cursor)


def _raise_kept_failure(cursor: Cursor) -> None:
    failure, cursor.failure = cursor.failure, None
    if failure is not None:
        raise failure
