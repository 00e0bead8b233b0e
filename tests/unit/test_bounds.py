"""Bounds against what exact fractions give, and against tables."""

from fractions import Fraction
from math import comb

import pytest

from archive.review.bounds import sample_size, upper_bound, upper_bound_for_more


def exactly_at_most(population, bad, drawn, most):
    ways = sum(comb(bad, hit) * comb(population - bad, drawn - hit) for hit in range(most + 1) if drawn - hit >= 0)
    return Fraction(ways, comb(population, drawn))


def exact_bound(population, sampled, leaks, confidence):
    alpha = 1 - Fraction(str(confidence))
    possible = range(leaks, population - (sampled - leaks) + 1)
    return max(bad for bad in possible if exactly_at_most(population, bad, sampled, leaks) > alpha) / population


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("population", [1, 7, 50, 300])
def test_the_bound_is_the_largest_number_that_what_was_seen_does_not_refute(population, confidence):
    for sampled in {1, population // 3 + 1, population}:
        for leaks in {0, 1, sampled // 2, sampled}:
            if leaks <= sampled:
                assert upper_bound(population, sampled, leaks, confidence) == exact_bound(
                    population, sampled, leaks, confidence
                )


@pytest.mark.parametrize("bound", [0.001, 0.01, 0.05, 0.3])
@pytest.mark.parametrize("population", [1, 20, 137, 1000])
def test_a_sample_is_as_large_as_the_bound_needs_and_no_larger(population, bound):
    size = sample_size(population, bound, 0.95)
    assert upper_bound(population, size, 0, 0.95) <= bound
    twentieth = -(-population // 20)
    assert size >= twentieth
    if size > twentieth:
        assert upper_bound(population, size - 1, 0, 0.95) > bound


def test_of_a_large_batch_the_rule_of_three_is_met():
    """299 pages without a leak show 1 % with 95 % (the rule of three: 3 / 0.01) in an endless batch, some fewer in a small
    one; where 5 % is more, that counts."""
    assert sample_size(5_000, 0.01, 0.95) == 284
    assert sample_size(10_000_000, 0.01, 0.95) == 500_000


def test_looking_at_everything_leaves_no_doubt():
    assert upper_bound(400, 400, 3, 0.99) == 3 / 400


@pytest.mark.parametrize(
    ("sampled", "leaks", "expected"),
    [
        (299, 0, 0.00997),  # 1 - 0.05 ** (1 / 299)
        (100, 0, 0.02951),
        (100, 1, 0.04656),  # one-sided 95 %, as tables of Clopper and Pearson give it
        (50, 3, 0.14783),
        (10, 10, 1.0),
    ],
)
def test_for_pages_to_come_the_bound_is_that_of_clopper_and_pearson(sampled, leaks, expected):
    assert upper_bound_for_more(sampled, leaks, 0.95) == pytest.approx(expected, abs=2e-5)


def test_a_batch_says_more_about_itself_than_about_pages_to_come():
    assert upper_bound(1000, 300, 2, 0.95) < upper_bound_for_more(300, 2, 0.95)


@pytest.mark.parametrize(("bound", "confidence"), [(0, 0.95), (1, 0.95), (0.01, 0), (0.01, 1), (-0.1, 0.95)])
def test_a_bound_and_a_confidence_that_cannot_be_are_refused(bound, confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(100, bound, confidence)


def test_counts_that_cannot_be_are_refused():
    for population, sampled, leaks in ((10, 11, 0), (10, 5, 6), (10, 0, 0)):
        with pytest.raises(ValueError, match="no more"):
            upper_bound(population, sampled, leaks, 0.95)
    with pytest.raises(ValueError, match="no page"):
        sample_size(0, 0.01, 0.95)
