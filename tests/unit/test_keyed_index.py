"""With which keys the index is asked, and how often the catalog is asked for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.index.keyed import KeyedIndex, TokenKeys
from archive.index.port import IndexAnswer, IndexRequest, TokenGroup
from schemas.query import MatchTier
from schemas.record import SearchToken

REQUEST = IndexRequest((TokenGroup((SearchToken("name", "same", MatchTier.EXACT, "00" * 16),)),))


@dataclass
class Asked:
    """An index that remembers how many tokens each question had."""

    tokens: list[int] = field(default_factory=list)

    def search_all(self, requests: list[IndexRequest]) -> tuple[IndexAnswer, ...]:
        self.tokens += (len(request.tokens[0].tokens) for request in requests)
        return tuple(IndexAnswer(0, ()) for _ in requests)


def asked_with(*told: TokenKeys) -> tuple[list[int], Iterator[TokenKeys]]:
    """Three searches, while *told* is what the catalog says; and what it was not asked for."""
    inner, rest = Asked(), iter(told)
    index = KeyedIndex(inner, lambda: next(rest))  # type: ignore[arg-type]  # all of an index that a search needs
    for _ in range(3):
        index.search(REQUEST)
    return inner.tokens, rest


def test_keys_are_asked_for_once_a_search_and_before_the_first():
    tokens, rest = asked_with(*[(b"a" * 32,)] * 4)
    assert tokens == [1, 1, 1]
    assert list(rest) == []


def test_a_search_is_made_again_with_keys_that_changed_meanwhile():
    one, both = (b"a" * 32,), (b"a" * 32, b"b" * 32)
    tokens, rest = asked_with(one, one, both, both, both)
    assert tokens == [1, 1, 2, 2]
    assert list(rest) == []
