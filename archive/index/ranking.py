"""The order that the port promises, as one number: the larger, the earlier.

It is written in a mixed base: the weakest tier, how many matches are exact, how early the runs of tokens stand.
"""

from dataclasses import dataclass

from archive.index.port import IndexRequest
from schemas.query import MatchTier

_EXACT_IN_A_FLOAT = 2**24
"""Whole numbers up to here are exact in a float of 32 bits, which is what Elasticsearch scores with."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What one exact match and one tier weigh in the score; an earlier run of tokens weighs 1."""

    exact: int
    tier: int

    @classmethod
    def of(cls, request: IndexRequest) -> "Scale":
        """Raises ValueError where the number would not fit."""
        exact = 1 + sum(len(group.runs()) for group in request.tokens)
        tier = exact * (1 + len(request.tokens) + len(request.texts))
        if len(MatchTier) * tier > _EXACT_IN_A_FLOAT:
            raise ValueError("too many groups or tokens to be ranked")
        return cls(exact, tier)
