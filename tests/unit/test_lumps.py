"""Telling a heading from several lines taken for one."""

import math

import numpy as np
import pytest

from workers.recognize.lumps import is_inside, is_lump, is_part, usual_height


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float)


LINES = [box(0, 20 * row, 300, 20 * row + 14) for row in range(6)]


def test_the_usual_height_is_that_of_most_lines():
    assert usual_height([*LINES, box(0, 200, 160, 340)]) == 14


def test_of_two_boxes_no_usual_height_can_be_told_and_nothing_is_a_lump():
    assert usual_height(LINES[:2]) == math.inf
    assert not is_lump(box(0, 0, 160, 140), "", 0.0, usual_height(LINES[:2]))


@pytest.mark.parametrize(("text", "confidence"), [("", 0.0), ("市浦市区", 0.44), ("市", 0.99)])
def test_a_tall_region_that_is_read_badly_or_as_next_to_nothing_may_be_a_lump(text: str, confidence: float):
    assert is_lump(box(0, 0, 400, 140), text, confidence, 14)


def test_a_heading_in_large_type_is_none():
    assert not is_lump(box(0, 0, 300, 40), "出院小结单", 0.99, 14)


def test_a_line_of_usual_height_is_none_however_badly_it_is_read():
    assert not is_lump(box(0, 0, 300, 16), "", 0.0, 14)


def test_a_column_of_vertical_text_is_measured_across():
    assert not is_lump(box(0, 0, 16, 300), "", 0.0, 14)


def test_what_is_found_in_a_lump_is_a_line_when_it_is_smaller_and_sure():
    lump = box(0, 0, 400, 140)
    assert is_part(box(20, 60, 300, 80), lump, 0.95)
    assert not is_part(box(20, 60, 300, 80), lump, 0.5)
    assert not is_part(box(4, 2, 398, 138), lump, 0.95)


def test_a_line_lies_inside_another_when_its_middle_does():
    assert is_inside(box(0, 0, 100, 20), box(-10, 5, 300, 15))
    assert not is_inside(box(0, 0, 100, 20), box(60, 0, 300, 20))
