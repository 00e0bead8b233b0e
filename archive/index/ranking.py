"""The order that the port promises, as one number: the larger, the earlier.

It is written in a mixed base: the weakest tier, how many matches are exact, how early the run of the strong group stands, how
early those of the others.
"""

from dataclasses import dataclass

from archive.index.port import IndexRequest
from schemas.query import MatchTier

_EXACT_IN_A_FLOAT = 2**24
"""Whole numbers up to here are exact in a float of 32 bits, which is what Elasticsearch scores with."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What an earlier run of the strong group, one exact match and one tier weigh in the score; an earlier run of another group
    weighs 1."""

    strong: int
    exact: int
    tier: int

    @classmethod
    def of(cls, request: IndexRequest) -> "Scale":
        """Raises ValueError where the number would not fit."""
        runs = [len(group.runs()) for group in request.tokens]
        of_strong = 0 if request.strong is None else runs[request.strong]
        strong = 1 + sum(runs) - of_strong
        exact = strong + strong * of_strong
        tier = exact * (1 + len(request.tokens) + len(request.texts))
        if len(MatchTier) * tier > _EXACT_IN_A_FLOAT:
            raise ValueError("too many groups or tokens to be ranked")
        return cls(strong, exact, tier)
