"""How many pages to look at, and what is shown by what was seen on them. Exact, without an approximation by the normal curve.

The pages of a batch are finite and drawn without putting back: how many of a sample leak is hypergeometric. The upper bound is
the largest number of leaking pages under which so few leaks in the sample are not yet improbable (the test inverted, as Clopper
and Pearson, Biometrika 26 (1934), do for the binomial; for finite populations W. Wang, J. Am. Stat. Assoc. 110 (2015), and
before him T. Wright, Exact Confidence Bounds when Sampling from Small Finite Universes, 1991).

For pages to come, made in the same way, the batch is itself a sample: the binomial bound of Clopper and Pearson holds there.
"""

import math
from collections.abc import Callable
from fractions import Fraction

LEAST_SHARE = Fraction(1, 20)
"""Of a batch at least so much is looked at, however weak a bound is wanted."""

_ROUNDING = 1e-9
"""Of logarithms of gamma, in populations of ten million."""
_STEPS = 60
"""Halvings of [0, 1]: more than a double can tell apart."""


def sample_size(population: int, bound: float, confidence: float) -> int:
    """The fewest pages of *population* that, if none leaks, show with *confidence* that at most *bound* of all leak; one in
    twenty at least. Both lie between 0 and 1. ValueError where they do not, or where there is no page.
    """
    _require_share(bound, confidence)
    if population < 1:
        raise ValueError("there is no page to draw")
    one_too_many = math.floor(Fraction(str(bound)) * population) + 1
    needed = _first(1, population, lambda drawn: _at_most(population, one_too_many, drawn, 0) <= _chance(confidence))
    return max(needed, math.ceil(LEAST_SHARE * population))


def upper_bound(population: int, sampled: int, leaks: int, confidence: float) -> float:
    """With *confidence*, at most this share of the *population* leaks, of which *leaks* of *sampled* pages did."""
    _require_counts(population, sampled, leaks, confidence)
    most = population - (sampled - leaks)
    too_many = _first(
        leaks, most + 1, lambda bad: bad > most or _at_most(population, bad, sampled, leaks) <= _chance(confidence)
    )
    return max(too_many - 1, leaks) / population


def upper_bound_for_more(sampled: int, leaks: int, confidence: float) -> float:
    """The same for an endless stream of such pages (Clopper and Pearson, one-sided)."""
    _require_counts(sampled, sampled, leaks, confidence)
    if leaks == sampled:
        return 1.0
    low, high = leaks / sampled, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _binomial_at_most(sampled, middle, leaks) <= _chance(confidence) else (middle, high)
    return high


def _chance(confidence: float) -> float:
    """The probability below which something is too improbable, with room for what the logarithms are off by: equal is equal."""
    return float(1 - Fraction(str(confidence))) * (1 + _ROUNDING)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number of [low, high] for which *holds*; it does for all after that one, and for *high*."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _at_most(population: int, bad: int, drawn: int, most: int) -> float:
    """The probability of *most* bad ones or fewer among *drawn* of *population*, of which *bad* are."""
    if bad > population:
        return 0.0
    least = max(0, drawn - (population - bad))
    whole = _log_choices(population, drawn)
    terms = (
        _log_choices(bad, hit) + _log_choices(population - bad, drawn - hit) - whole for hit in range(least, min(most, bad) + 1)
    )
    return min(math.fsum(math.exp(term) for term in terms), 1.0)


def _binomial_at_most(drawn: int, rate: float, most: int) -> float:
    if rate >= 1.0:
        return 0.0 if most < drawn else 1.0
    log_rate, log_rest = math.log(rate) if rate else -math.inf, math.log1p(-rate)
    terms = (_log_choices(drawn, hit) + (hit * log_rate if hit else 0.0) + (drawn - hit) * log_rest for hit in range(most + 1))
    return min(math.fsum(math.exp(term) for term in terms), 1.0)


def _log_choices(of: int, some: int) -> float:
    if not 0 <= some <= of:
        return -math.inf
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def _require_share(*shares: float) -> None:
    if not all(0 < share < 1 for share in shares):
        raise ValueError("a bound and a confidence lie between 0 and 1")


def _require_counts(population: int, sampled: int, leaks: int, confidence: float) -> None:
    _require_share(confidence)
    if not 0 <= leaks <= sampled <= population or sampled < 1:
        raise ValueError("no more can leak than were looked at, and no more can be looked at than there are")
