"""Where characters begin and end along a strip."""

from itertools import pairwise

import numpy as np
import pytest

from workers.recognize.character_columns import REACH, ink_profile, spans


def strip_with(*inked: tuple[int, int], width: int = 200) -> np.ndarray:
    pixels = np.full((48, width, 3), 250, dtype=np.uint8)
    for left, right in inked:
        pixels[12:36, left:right] = 20
    return pixels


def test_each_character_gets_its_own_ink():
    ink = ink_profile(strip_with((10, 30), (40, 52), (55, 80)))
    assert spans([20.0, 46.0, 67.0], ink) == [(10.0, 30.0), (40.0, 52.0), (55.0, 80.0)]


def test_a_centre_that_is_a_little_off_changes_nothing():
    ink = ink_profile(strip_with((10, 30), (40, 52), (55, 80)))
    assert spans([16.0, 48.0, 62.0], ink) == [(10.0, 30.0), (40.0, 52.0), (55.0, 80.0)]


def test_touching_characters_are_parted_half_way():
    (_, first_end), (second_start, _) = spans([20.0, 44.0], ink_profile(strip_with((8, 56))))
    assert first_end == second_start == pytest.approx(32.0, abs=1)


def test_a_space_is_the_gap_between_its_neighbours():
    first, space, last = spans([20.0, 40.0, 60.0], ink_profile(strip_with((10, 30), (50, 70))))
    assert (first, last) == ((10.0, 30.0), (50.0, 70.0))
    assert first[1] <= space[0] < space[1] <= last[0]


def test_a_character_reaches_no_further_than_it_can_be_wide():
    ((left, right),) = spans([100.0], np.ones(200))
    assert (left, right) == (100 - REACH, 100 + REACH)


def test_spans_follow_each_other_and_stay_inside_the_strip():
    rng = np.random.default_rng(7)
    centres = sorted(rng.uniform(0, 300, 40).tolist())
    found = spans(centres, rng.uniform(0, 1, 300))
    edges = [edge for span in found for edge in span]
    assert len(found) == 40
    assert all(left < right or left >= 299 for left, right in found)
    assert edges[0] >= 0
    assert all(a[0] <= b[0] for a, b in pairwise(found))


def test_no_characters_have_no_spans():
    assert spans([], np.ones(100)) == []


def test_grey_paper_holds_no_ink():
    assert ink_profile(np.full((48, 50, 3), 180, dtype=np.uint8)).sum() == 0


def test_red_ink_counts_as_ink():
    pixels = np.full((48, 50, 3), 250, dtype=np.uint8)
    pixels[10:30, 20:25] = (220, 40, 40)
    assert np.flatnonzero(ink_profile(pixels)).tolist() == [20, 21, 22, 23, 24]
