"""The forms of one value, and tokens made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.search_keys.key import SearchKey
from schemas.query import MatchTier
from schemas.record import SearchToken

EXACT, LIKELY, POSSIBLE = MatchTier.EXACT, MatchTier.LIKELY, MatchTier.POSSIBLE

_MEANT = frozenset({"head", "tail", "unknown", "initials", "part", "short", "month_only", "year_only"})


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a name, number or date.

    `name` and `value` are digested. What is stored and what is asked meet where both are the same. `tier` is the best that
    a match can be. `told` is how a match is explained where a question looks for a form by another road than the form's
    own: a number with one character doubled is looked for among the `lookalike` forms and told as `repeat`.
    """

    name: str
    tier: MatchTier
    value: str = field(repr=False)
    told: str = ""


def is_meant(told: str) -> bool:
    """Whether it is a way to match, `possible` as all these are, that a searcher chooses by what is typed, or that agrees with it
    as far as is known: a tail, initials, the month alone."""
    return told.partition(":")[0] in _MEANT


def _is_near_miss(form: Form) -> bool:
    """Whether what matches so is not what was typed: one character wrong, another month."""
    return form.tier is POSSIBLE and not is_meant(form.told or form.name)


def stored_tokens(secret: SearchKey, key: str, forms: Iterable[Form]) -> tuple[SearchToken, ...]:
    """One token for each form, without doubles; `SearchToken.form` is the form's name."""
    return _distinct(SearchToken(key, form.name, form.tier, secret.token(key, form.name, form.value)) for form in forms)


def asked_tokens(secret: SearchKey, key: str, forms: Iterable[Form], *, near_misses: bool = True) -> tuple[SearchToken, ...]:
    """One token for each form, best tier first and otherwise in the order given; `SearchToken.form` is how a match is told.
    *near_misses* are nine tenths of them, and of the time that it takes."""
    given = [form for form in forms if near_misses or not _is_near_miss(form)]
    best_first = (form for tier in MatchTier for form in given if form.tier is tier)
    return _distinct(
        SearchToken(key, form.told or form.name, form.tier, secret.token(key, form.name, form.value)) for form in best_first
    )


def _distinct(tokens: Iterable[SearchToken]) -> tuple[SearchToken, ...]:
    first: dict[str, SearchToken] = {}
    for token in tokens:
        first.setdefault(token.digest, token)
    return tuple(first.values())
