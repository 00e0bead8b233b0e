import pytest

from bench.reading.matching import (
    character_error_rate,
    edit_distance,
    errors_by_line,
    folded,
    has_all,
    nearest_stretch,
    solid,
    spaced,
    words_recalled,
)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("张三丰", "张丰", 1), ("57763", "5763", 1)],
)
def test_the_distance_between_two_texts_is_the_fewest_edits(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == distance
    assert edit_distance(other, one) == distance


def test_full_width_forms_and_white_space_do_not_count_once_folded() -> None:
    assert folded("保单号：　Ａ１２ 3\n4") == "保单号:A1234"
    assert spaced("  a\n\tb　c ") == "a b c"
    assert solid("☑是 (1,200.00)") == "是120000"


def test_the_rate_of_errors_in_order_is_edits_over_the_length_of_the_truth() -> None:
    assert character_error_rate("a b\nc d", "a  b c d") == 0.0
    assert character_error_rate("abcd", "abxd") == 0.25


@pytest.mark.parametrize(
    ("line", "text", "nearest"),
    [
        ("袁庆", "姓名袁庆性别男", (0, 2, 4)),
        ("2010-03-04", "日期2010-3-04止", (1, 2, 11)),
        ("abc", "", (3, 0, 0)),
        ("", "abc", (0, 0, 0)),
        ("aa", "aaaa", (0, 0, 2)),
    ],
)
def test_a_line_is_matched_with_the_stretch_nearest_to_it(line: str, text: str, nearest: tuple[int, int, int]) -> None:
    assert nearest_stretch(line, text) == nearest


def test_the_stretch_found_is_as_far_from_the_line_as_is_said() -> None:
    line, text = "保险合同号2006160421", "就保除合同号20016O421项下的理赔"
    distance, start, end = nearest_stretch(line, text)
    assert edit_distance(line, text[start:end]) == distance == 3


def test_lines_in_another_order_cost_nothing() -> None:
    assert errors_by_line(["first line", "second", "third one"], "third onefirst linesecond") == 0


def test_a_line_that_was_not_read_costs_its_length_at_most() -> None:
    assert errors_by_line(["袁庆", "男"], "") == 3
    assert errors_by_line(["xyz"], "abc") == 3


def test_what_stands_twice_must_be_read_twice() -> None:
    assert errors_by_line(["袁庆", "袁庆"], "袁庆") == 2
    assert errors_by_line(["袁庆", "袁庆"], "袁庆袁庆") == 0


def test_a_line_read_in_two_pieces_around_a_longer_one_costs_nothing() -> None:
    assert errors_by_line(["short", "a much longer line"], "sha much longer lineort") == 0


def test_text_that_no_line_explains_costs_nothing() -> None:
    assert errors_by_line(["男"], "性别男与其他") == 0


def test_a_value_on_two_lines_is_found_line_by_line() -> None:
    assert has_all(("2006160421A", "0156"), "0156项下2006160421A")
    assert not has_all(("2006160421A", "0156"), "2006160421A015")


def test_words_are_recalled_as_often_as_they_stand_in_the_text() -> None:
    assert words_recalled(["TOTAL", "9.00", "9.00"], "Total\n9.00 cash") == 2
    assert words_recalled(["TOTAL"], "subtotal") == 0
