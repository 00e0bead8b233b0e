"""Encryption around any object store: readable in pieces, so that a large original never lies open in memory or on disk.

An object is a header (4 bytes magic, 7 random bytes) and frames of 256 KiB of text, each sealed by AES-256-GCM under the
document's data key with the nonce `random | frame number | last`. This is the STREAM construction (Hoang, Reyhanitabar,
Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015): frames cannot be changed,
exchanged, repeated or cut off unnoticed. The *context* (what the object is, of which document) is authenticated too.
"""

import io
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.errors import FixityMismatch
from archive.store.port import ObjectStore
from archive.store.seekable import Seekable
from archive.store.source import read_full

_MAGIC = b"CKS1"
_PREFIX_BYTES = 7
_HEADER_BYTES = len(_MAGIC) + _PREFIX_BYTES
_FRAME = 256 * 1024
_TAG = 16
_SEALED_FRAME = _FRAME + _TAG
_KEPT_FRAMES = 16  # 4 MiB: enough for the jumps that PDF and TIFF readers make


class SealedStore:
    """What the archive keeps, under a data key for each document. Errors are those of the store, and FixityMismatch."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, source: BinaryIO, data_key: bytes, context: str) -> None:
        """Seal what *source* gives and store it under *key*; see ObjectStore.put."""
        self._store.put(key, cast("BinaryIO", _Sealing(source, data_key, context.encode())))

    def put_bytes(self, key: str, data: bytes, data_key: bytes, context: str) -> None:
        self.put(key, io.BytesIO(data), data_key, context)

    def open(self, key: str, data_key: bytes, context: str) -> BinaryIO:
        """A seekable stream of the plain bytes; a changed object raises FixityMismatch(object_changed) when it is read."""
        return io.BufferedReader(_Opening(self._store.open(key), data_key, context.encode(), key), _FRAME)

    def read_bytes(self, key: str, data_key: bytes, context: str) -> bytes:
        with self.open(key, data_key, context) as stream:
            return stream.read()

    def move(self, key: str, target: str) -> None:
        self._store.move(key, target)

    def delete(self, key: str) -> None:
        self._store.delete(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self._store.keys(prefix)

    def check(self) -> None:
        self._store.check()

    def clear_unfinished(self, before: datetime) -> int:
        return self._store.clear_unfinished(before)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


class _Sealing(io.RawIOBase):
    """Reads plain bytes, gives sealed ones. Reads nothing before it is read: the store answers for what the source raises."""

    def __init__(self, source: BinaryIO, data_key: bytes, context: bytes) -> None:
        self._source = source
        self._cipher = AESGCM(data_key)
        self._context = context
        self._prefix = secrets.token_bytes(_PREFIX_BYTES)
        self._number = 0
        self._ahead = b""
        self._ready = _MAGIC + self._prefix
        self._finished = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._ready and not self._finished:
            self._ready = self._next_frame()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next_frame(self) -> bytes:
        if not self._number:
            self._ahead = read_full(self._source, _FRAME)
        frame, self._ahead = self._ahead, read_full(self._source, _FRAME)
        self._finished = not self._ahead
        nonce = _nonce(self._prefix, self._number, last=self._finished)
        self._number += 1
        return self._cipher.encrypt(nonce, frame, self._context)


class _Opening(Seekable):
    """Reads sealed bytes, gives plain ones, from any position."""

    def __init__(self, sealed: BinaryIO, data_key: bytes, context: bytes, key: str) -> None:
        self._sealed = sealed
        self._cipher = AESGCM(data_key)
        self._context = context
        self._key = key
        header = sealed.read(_HEADER_BYTES)
        body = sealed.seek(0, io.SEEK_END) - _HEADER_BYTES
        if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES or body < _TAG:
            sealed.close()
            raise FixityMismatch("object_changed", key)
        self._prefix = header[len(_MAGIC) :]
        self._frames = -(-body // _SEALED_FRAME)
        self._size = body - self._frames * _TAG
        self._position = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._position >= self._size:
            if not self._size:
                self._frame(0)  # an empty object is checked as well
            return 0
        number, start = divmod(self._position, _FRAME)
        part = self._frame(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        self._sealed.close()
        super().close()

    def _frame(self, number: int) -> bytes:
        if number not in self._kept:
            self._kept[number] = self._decrypt(number)
            if len(self._kept) > _KEPT_FRAMES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(number)
        return self._kept[number]

    def _decrypt(self, number: int) -> bytes:
        self._sealed.seek(_HEADER_BYTES + number * _SEALED_FRAME)
        nonce = _nonce(self._prefix, number, last=number == self._frames - 1)
        try:
            return self._cipher.decrypt(nonce, read_full(self._sealed, _SEALED_FRAME), self._context)
        except InvalidTag as error:
            raise FixityMismatch("object_changed", self._key) from error
