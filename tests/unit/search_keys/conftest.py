"""What a question finds of what is stored, without an index between them."""

from collections.abc import Callable

import pytest

from archive.search_keys.key import SearchKey
from schemas.record import SearchToken

Meeting = Callable[[tuple[SearchToken, ...], tuple[SearchToken, ...]], tuple[str, str] | None]


@pytest.fixture
def key() -> SearchKey:
    return SearchKey(b"a search key for tests only")


@pytest.fixture
def meet() -> Meeting:
    """(stored, asked) -> tier and told form of the best token they share, as strings; None where they share none."""

    def meet(stored: tuple[SearchToken, ...], asked: tuple[SearchToken, ...]) -> tuple[str, str] | None:
        held = {token.digest for token in stored}
        return next(((token.tier.value, token.form) for token in asked if token.digest in held), None)

    return meet
