"""Where characters begin and end along a strip."""

from itertools import pairwise

import numpy as np
import pytest

from workers.recognize.character_columns import BEARING, LATIN_BEARING, REACH, ink_of, ink_profile, rows, spans


def strip_with(*inked: tuple[int, int], width: int = 200) -> np.ndarray:
    pixels = np.full((48, width, 3), 250, dtype=np.uint8)
    for left, right in inked:
        pixels[12:36, left:right] = 20
    return pixels


def test_each_character_gets_its_own_ink():
    ink = ink_profile(strip_with((10, 30), (42, 52), (62, 80)))
    assert spans([20.0, 47.0, 71.0], ink) == [(7.0, 33.0), (39.0, 55.0), (59.0, 83.0)]


def test_the_white_between_close_characters_is_shared():
    (_, first_end), (second_start, _) = spans([20.0, 42.0], ink_profile(strip_with((10, 30), (32, 52))))
    assert 30.0 < first_end == second_start < 32.0


def test_a_centre_that_is_a_little_off_changes_nothing():
    ink = ink_profile(strip_with((10, 30), (42, 52), (62, 80)))
    assert spans([16.0, 48.0, 66.0], ink) == [(7.0, 31.5), (39.0, 55.0), (59.0, 83.0)]


def test_touching_characters_are_parted_half_way():
    (_, first_end), (second_start, _) = spans([20.0, 44.0], ink_profile(strip_with((8, 56))))
    assert first_end == second_start == pytest.approx(32.0, abs=1)


def test_a_space_is_the_gap_between_its_neighbours():
    first, space, last = spans([20.0, 40.0, 60.0], ink_profile(strip_with((10, 30), (50, 70))))
    assert (first, last) == ((7.0, 30.5), (49.5, 73.0))
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


def test_a_line_reaches_from_its_highest_to_its_lowest_ink():
    assert rows(ink_of(strip_with((10, 30), (42, 52))), latin=False) == (12 - BEARING, 36 + BEARING)


def test_the_cells_of_figures_reach_beyond_their_ink():
    assert rows(ink_of(strip_with((10, 30))), latin=True) == (12 - 24 * LATIN_BEARING, 36 + 24 * LATIN_BEARING)


def test_a_rule_under_a_line_is_no_part_of_it():
    pixels = strip_with((10, 30), (42, 52))
    pixels[41:44] = 20
    assert rows(ink_of(pixels), latin=False) == (12 - BEARING, 36 + BEARING)


def test_a_strip_without_ink_is_all_line():
    assert rows(ink_of(strip_with()), latin=False) == (0.0, 48.0)


def test_no_characters_have_no_spans():
    assert spans([], np.ones(100)) == []


def test_grey_paper_holds_no_ink():
    assert ink_profile(np.full((48, 50, 3), 180, dtype=np.uint8)).sum() == 0


def test_red_ink_counts_as_ink():
    pixels = np.full((48, 50, 3), 250, dtype=np.uint8)
    pixels[10:30, 20:25] = (220, 40, 40)
    assert np.flatnonzero(ink_profile(pixels)).tolist() == [20, 21, 22, 23, 24]
