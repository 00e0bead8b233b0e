"""An index whose tokens are made anew with a key of their own, which can be changed while searches and work go on.

Workers and searches make tokens with the search key and know of no other. Here each becomes the token that is held: its HMAC
under the key that serves. While a key is being changed, records hold tokens under both and are asked for by both, so that it
does not matter which generation of the index answers, nor whether somebody has heard of the change yet. Who has put something
and then sees that the keys have changed meanwhile puts it again.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from archive.index.port import Generation, IndexAnswer, IndexRequest, SearchIndex, TokenGroup
from archive.search_keys.key import TOKEN_BYTES
from schemas.record import IndexRecord, PlacedToken, SearchToken

TokenKeys = tuple[bytes | None, ...]
"""The keys that hold now, the one that serves first. None: tokens as they come, until an archive first changes its key."""

T = TypeVar("T")

_AT_ONCE = 500


class KeyedIndex:
    """A `SearchIndex` around *inner*; *keys* is asked after whatever has to do with tokens, and before the first of it."""

    def __init__(self, inner: SearchIndex, keys: Callable[[], TokenKeys]) -> None:
        self.inner = inner
        self._keys = keys
        self._newest: TokenKeys | None = None

    def put(self, record: IndexRecord) -> None:
        self.put_all((record,))

    def put_all(self, records: Iterable[IndexRecord]) -> None:
        for part in _parts(records):
            self._steadily(lambda keys, part=part: self.inner.put_all(_held(each, keys) for each in part))  # type: ignore[misc]

    def remove(self, document_id: str) -> None:
        self.inner.remove(document_id)

    def refresh(self) -> None:
        self.inner.refresh()

    def count(self) -> int:
        return self.inner.count()

    def document_ids(self) -> Iterator[str]:
        return self.inner.document_ids()

    def search(self, request: IndexRequest) -> IndexAnswer:
        (answer,) = self.search_all((request,))
        return answer

    def search_all(self, requests: Sequence[IndexRequest]) -> tuple[IndexAnswer, ...]:
        if not any(request.tokens for request in requests):
            return self.inner.search_all(requests)
        return self._steadily(lambda keys: self.inner.search_all([_asked(each, keys) for each in requests]))

    def check(self) -> None:
        self.inner.check()

    def rebuild(self) -> "KeyedGeneration":
        return KeyedGeneration(self.inner.rebuild(), self._keys)

    def close(self) -> None:
        self.inner.close()

    def _steadily(self, do: Callable[[TokenKeys], T]) -> T:
        """What *do* gives with keys that still hold after it. It begins with those that were heard of last: they hold nearly
        always, and to ask for them twice would be a tenth of the time of a search."""
        keys = self._keys() if self._newest is None else self._newest
        done = do(keys)
        while (newest := self._keys()) != keys:
            keys = newest
            done = do(keys)
        self._newest = keys
        return done


class KeyedGeneration:
    """A `Generation` around *inner*."""

    def __init__(self, inner: Generation, keys: Callable[[], TokenKeys]) -> None:
        self._inner = inner
        self._keys = keys

    def add_all(self, records: Iterable[IndexRecord]) -> None:
        for part in _parts(records):
            keys = self._keys()
            self._inner.add_all(_held(each, keys) for each in part)

    def remove_all(self, document_ids: Iterable[str]) -> None:
        self._inner.remove_all(document_ids)

    def document_ids(self) -> Iterator[str]:
        return self._inner.document_ids()

    def serve(self) -> None:
        self._inner.serve()

    def abandon(self) -> None:
        self._inner.abandon()


def _held(record: IndexRecord, keys: TokenKeys) -> IndexRecord:
    if keys == (None,):
        return record
    tokens = tuple(PlacedToken(_under(key, each.token), each.page_number, each.box) for each in record.tokens for key in keys)
    return replace(record, tokens=tokens)


def _asked(request: IndexRequest, keys: TokenKeys) -> IndexRequest:
    """Tokens of one form stay beside one another, so they rank as before."""
    if keys == (None,):
        return request
    groups = (TokenGroup(tuple(_under(key, token) for token in group.tokens for key in keys)) for group in request.tokens)
    return replace(request, tokens=tuple(groups))


def _under(key: bytes | None, token: SearchToken) -> SearchToken:
    if key is None:
        return token
    digest = hmac.digest(key, bytes.fromhex(token.digest), sha256)[:TOKEN_BYTES].hex()
    return SearchToken(token.key, token.form, token.tier, digest)


def _parts(records: Iterable[IndexRecord]) -> Iterator[list[IndexRecord]]:
    rest = iter(records)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
