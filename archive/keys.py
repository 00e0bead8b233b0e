"""Keys: one archive key that wraps a data key per document, and the keys derived from it.

AES-256 throughout. Data keys are wrapped by AES Key Wrap (RFC 3394). Derived keys come from HKDF-SHA-256 (RFC 5869) with a
label each, so that no key has two uses. Destroying a wrapped data key destroys its document; losing the archive key
destroys the archive, so it is made once, written with mode 0600, and to be copied to a safe place.
"""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from archive.errors import NotFound, Refused

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of one archive, from its archive key and its search key of 32 bytes each.

    The search key stands apart so that it can be changed by rebuilding the index, without touching any document.
    """

    archive_key: bytes = field(repr=False)
    search_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.archive_key) != KEY_BYTES or len(self.search_key) != KEY_BYTES:
            raise ValueError("keys have 32 bytes")

    def new_data_key(self) -> bytes:
        return secrets.token_bytes(KEY_BYTES)

    def wrap(self, data_key: bytes) -> bytes:
        return aes_key_wrap(self._derived("wrap"), data_key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Raises NotFound(key_unavailable) where the wrapped key was destroyed or belongs to another archive key."""
        try:
            return aes_key_unwrap(self._derived("wrap"), wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise NotFound("key_unavailable") from error

    def seal_column(self, place: str, value: bytes) -> bytes:
        """Encrypt one catalog value; *place* (table, column, row) is bound in, so that sealed values cannot change places."""
        return seal_value(self._derived("column"), place, value)

    def open_column(self, place: str, sealed: bytes) -> bytes:
        """Raises NotFound(key_unavailable) where *sealed* was not made by this archive for *place*."""
        return open_value(self._derived("column"), place, sealed)

    def path_token(self, path: str) -> str:
        """Tells the same path again (32 hex digits) without telling the path."""
        return hmac.new(self._derived("path"), path.encode(errors="surrogateescape"), sha256).hexdigest()[:32]

    def ledger_key(self) -> bytes:
        return self._derived("ledger head")

    def cursor_key(self) -> bytes:
        """What cursors of searches are sealed with."""
        return self._derived("search cursors")

    def certificate_seed(self) -> bytes:
        """What the key that signs redaction certificates is made from (Ed25519, RFC 8032)."""
        return self._derived("redaction certificates")

    def _derived(self, label: str) -> bytes:
        return _derived(self.archive_key, label)


@lru_cache(maxsize=64)
def _derived(key: bytes, label: str) -> bytes:
    """Kept: a hit list opens a key for each of its hits."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"claimkeep " + label.encode()).derive(key)


def seal_value(key: bytes, place: str, value: bytes) -> bytes:
    """Encrypt a short value under *key* (32 bytes) for *place*."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, place.encode())


def open_value(key: bytes, place: str, sealed: bytes) -> bytes:
    """Raises NotFound(key_unavailable) where *sealed* was not made with *key* for *place*."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode())
    except InvalidTag as error:
        raise NotFound("key_unavailable", place) from error


def make_keys(folder: Path) -> Keyring:
    """Write new keys into *folder* (made if absent). Keys that stand there are never overwritten: Refused(archive_exists)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("archive.key", "search.key"):
        try:
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Refused("archive_exists", str(folder)) from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
    return read_keys(folder)


def read_keys(folder: Path) -> Keyring:
    """Raises NotFound(no_archive) where *folder* has no keys."""
    try:
        return Keyring(archive_key=(folder / "archive.key").read_bytes(), search_key=(folder / "search.key").read_bytes())
    except FileNotFoundError as error:
        raise NotFound("no_archive", str(folder)) from error
