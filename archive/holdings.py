"""What is kept of one document: its original and everything made from it, all under the document's own data key."""

import contextlib
import gzip
import io
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO, TypeVar

from archive.catalog.documents import Document
from archive.errors import NotFound, Refused
from archive.keys import Keyring
from archive.store.object_key import ORIGINALS
from archive.store.sealed import SealedStore
from schemas.codec import from_json, to_json

T = TypeVar("T")

_GZIP = b"\x1f\x8b"
"""How a packed value begins (RFC 1952); those of older archives are JSON and begin with a bracket."""


def original_key(digest: str, document_id: str) -> str:
    """Where an original lies: under its digest. The id makes the key of an attempt that was cut short differ from the next."""
    return f"{ORIGINALS}{digest[:2]}/{digest}/{document_id}"


@dataclass(frozen=True, slots=True)
class Holding:
    """Opens and adds objects of one document. Errors are those of SealedStore and Keyring."""

    document: Document
    store: SealedStore
    data_key: bytes = field(repr=False)

    @classmethod
    def of(cls, document: Document, store: SealedStore, keys: Keyring) -> "Holding":
        return cls(document, store, keys.unwrap(document.wrapped_key))

    def open_original(self) -> BinaryIO:
        return self.store.open(self.document.original_key, self.data_key, self._context("original"))

    def add(self, kind: str, source: BinaryIO) -> str:
        """Keep what *source* gives under a new key, which is returned."""
        key = f"{kind}/{self.document.document_id}/{secrets.token_hex(8)}"
        self.store.put(key, source, self.data_key, self._context(kind))
        return key

    def add_at(self, kind: str, key: str, source: BinaryIO) -> None:
        """Keep what *source* gives under *key*. Where one is kept there already it stays, whole as it is."""
        with contextlib.suppress(Refused):  # an earlier run got this far before it was cut short; its result is as good
            self.store.put(key, source, self.data_key, self._context(kind))

    def add_value(self, kind: str, of_type: type[T], value: T) -> str:
        """Keep *value* under a new key, which is returned; `read_value` gives it back."""
        return self.add(kind, io.BytesIO(_packed(of_type, value)))

    def open(self, kind: str, key: str) -> BinaryIO:
        return self.store.open(key, self.data_key, self._context(kind))

    def put_result(self, stage: str, parameters: str, kind: type[T], value: T) -> str:
        """Keep a result under a key made from the document, *stage* and *parameters* (engine, version, page).

        Where one is kept already it stays: the same work done twice changes nothing.
        """
        key = self._result_key(stage, parameters)
        with contextlib.suppress(Refused):  # an earlier run got this far before it was cut short; its result is as good
            self.store.put_bytes(key, _packed(kind, value), self.data_key, self._context(stage))
        return key

    def result(self, stage: str, parameters: str, kind: type[T]) -> T | None:
        """What `put_result` kept, if it did."""
        try:
            return self.read_value(stage, self._result_key(stage, parameters), kind)
        except NotFound:
            return None

    def read_value(self, stage: str, key: str, kind: type[T]) -> T:
        kept = self.store.read_bytes(key, self.data_key, self._context(stage))
        return from_json(kind, gzip.decompress(kept) if kept.startswith(_GZIP) else kept)

    def _result_key(self, stage: str, parameters: str) -> str:
        return f"{stage}/{self.document.document_id}/{sha256(parameters.encode()).hexdigest()[:32]}"

    def _context(self, kind: str) -> str:
        return f"{self.document.document_id}:{kind}"


def _packed(kind: type[T], value: T) -> bytes:
    """A reading, with a box for each character, is a quarter as long so."""
    return gzip.compress(to_json(kind, value), mtime=0)
