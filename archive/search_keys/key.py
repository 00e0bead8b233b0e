"""The search key: what turns a value into a token that says nothing without it."""

import hmac
from hashlib import sha256

TOKEN_BYTES = 16
_LEAST_SECRET = 16


class SearchKey:
    """Makes tokens. Never shows its secret, not even in a traceback."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _LEAST_SECRET:
            raise ValueError(f"a search key has at least {_LEAST_SECRET} bytes")
        self._secret = secret

    def __repr__(self) -> str:
        return "SearchKey()"

    def token(self, key: str, form: str, value: str) -> str:
        """HMAC-SHA-256 (RFC 2104) of *key*, *form* and *value* with NUL between, cut to 16 bytes, as 32 hex digits."""
        message = f"{key}\0{form}\0{value}".encode()
        return hmac.digest(self._secret, message, sha256)[:TOKEN_BYTES].hex()
