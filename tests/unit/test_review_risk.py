import pytest

from archive.review.risk import WEIGHTS, explain, score_of


def test_a_score_is_the_sum_of_the_points_that_explain_it():
    signals = {"covered_late": 2, "tier_d": 3, "handwriting": 1}
    assert [(each.name, each.points) for each in explain(signals)] == [("covered_late", 20), ("tier_d", 9), ("handwriting", 2)]
    assert score_of(signals) == 31


@pytest.mark.parametrize("name", sorted(WEIGHTS))
def test_a_signal_is_worth_no_more_than_its_bound_however_often_it_was_met(name):
    (told,) = explain({name: 10_000})
    assert (told.count, told.points) == (10_000, WEIGHTS[name].most)
    assert WEIGHTS[name].points_each <= WEIGHTS[name].most


def test_a_file_that_leaks_comes_before_one_that_is_merely_hard_to_read():
    hard = {"handwriting": 500, "tier_d": 500, "page_not_sure": 100}
    assert score_of({"withheld": 1}) > score_of(hard)


def test_what_was_not_met_and_what_nobody_knows_count_nothing():
    assert explain({"tier_d": 0, "of_a_later_program": 4}) == ()
    assert score_of({}) == 0


def test_every_signal_says_what_it_means():
    assert all(weight.meaning.endswith(".") for weight in WEIGHTS.values())
