"""Which way up a page lies."""

import pytest

from workers.recognize.detection import corners
from workers.recognize.orientation import is_lone, is_vertical, may_be_lone, runs_sideways, skew, telling
from workers.recognize.recognition import StripReading


def line(width: float, height: float, angle: float = 0.0):
    return corners((500, 500), (width, height), angle)


def read(text: str, confidence: float) -> StripReading:
    return StripReading(text, (confidence,) * len(text), ("",) * len(text), ((0.0, 1.0),) * len(text))


def test_a_page_of_lines_that_run_across_lies_upright():
    assert not runs_sideways([line(400, 20), line(300, 20), line(20, 200)])


def test_a_page_of_lines_that_run_down_lies_on_its_side():
    assert runs_sideways([line(20, 400), line(20, 300), line(200, 20)])


def test_lone_characters_have_no_say():
    assert not runs_sideways([line(20, 30)] * 50 + [line(100, 20)])


def test_an_empty_page_lies_upright():
    assert not runs_sideways([])
    assert skew([]) == 0.0


@pytest.mark.parametrize("angle", [-9.0, 0.4, 6.0])
def test_the_skew_is_that_of_the_middle_long_line(angle: float):
    assert skew([line(400, 20, angle), line(300, 20, angle), line(350, 20, 30.0), line(20, 20, 5.0)]) == pytest.approx(angle)


def test_too_few_lines_tell_no_skew():
    assert skew([line(400, 20, 8.0), line(300, 20, 8.0)]) == 0.0


def test_only_boxes_clearly_higher_than_wide_are_vertical():
    assert is_vertical(line(20, 31))
    assert not is_vertical(line(20, 29))


def test_telling_lines_run_across_and_are_no_longer_than_it_takes():
    assert telling([line(100, 20), line(900, 20), line(20, 900), line(200, 20), line(160, 20)], 2) == [4, 3]


def test_where_all_lines_are_short_the_longest_tell():
    assert telling([line(60, 20), line(120, 20), line(90, 20)], 2) == [1, 2]


@pytest.mark.parametrize(
    ("width", "height", "turned", "expected"),
    [
        pytest.param(20, 34, read("9", 0.99), True, id="one character"),
        pytest.param(20, 34, read("10", 0.7), True, id="two, read with doubt"),
        pytest.param(20, 34, read("序号", 0.95), False, id="two, one under the other"),
        pytest.param(20, 80, read("9", 0.99), False, id="far too high"),
        pytest.param(20, 24, read("9", 0.99), False, id="not read turned"),
    ],
)
def test_a_high_box_may_hold_a_lone_digit(width, height, turned, expected):
    assert may_be_lone(line(width, height), turned) is expected


@pytest.mark.parametrize(("text", "confidence"), [("6", 0.8), ("66", 0.99), ("六", 0.99), ("-", 0.99), ("", 0.99)])
def test_only_a_sure_digit_or_letter_is_lone(text, confidence):
    assert not is_lone(read(text, confidence))
    assert is_lone(read("6", 0.99))
