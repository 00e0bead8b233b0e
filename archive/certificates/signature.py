"""Signatures by Ed25519 (RFC 8032), and public keys as others write them (PEM and DER, RFC 8410)."""

import re
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from archive.errors import Rejected

_SIGNATURE = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a signing key that anybody may have."""

    key: Ed25519PublicKey

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """Raises Rejected(not_a_public_key) for anything but an Ed25519 public key in PEM."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Rejected("not_a_public_key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise Rejected("not_a_public_key", "it is of another algorithm")
        return cls(key)

    @property
    def pem(self) -> str:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    @property
    def sha256(self) -> str:
        """The key's id: the digest of its DER form, which `openssl pkey -pubin -outform DER` gives."""
        return sha256(self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether *signature*, in hexadecimal digits of lower case, is this key's over *content*."""
        if not _SIGNATURE.fullmatch(signature):
            return False
        try:
            self.key.verify(bytes.fromhex(signature), content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A signing key, from its seed of 32 bytes."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._private().public_key())

    def sign(self, content: bytes) -> str:
        """The signature over *content*, in hexadecimal digits of lower case."""
        return self._private().sign(content).hex()

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)
