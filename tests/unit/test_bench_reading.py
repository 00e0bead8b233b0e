"""What the benchmark of engines makes of readings and of figures."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bench.reading.chart import Bar, bar_chart
from bench.reading.operations import node_operations
from bench.reading.pages import KnownPage, KnownValue, judge_english, judge_forms, judge_papers, judge_receipts
from bench.reading.report import SPEED, engine_rows, goals, markdown_table, speed_rows
from workers.page_image import PageImage

BLANK = PageImage(1, np.zeros((1, 1, 3), dtype=np.uint8))


def known(lines: tuple[str, ...] = (), by_hand: tuple[str, ...] = (), values: tuple[KnownValue, ...] = ()) -> KnownPage:
    return KnownPage(BLANK, lines, by_hand, values)


# Judging


def test_values_of_forms_are_found_whatever_white_space_and_width_the_text_has() -> None:
    page = known(values=(KnownValue("", ("(1)2019年",)), KnownValue("", ("广东省",)), KnownValue("", ("教育厅",))))
    judged = judge_forms([(page, "（1） 2019 年\n广东,省")])
    assert judged == {"values_found": pytest.approx(1 / 3), "values_found_but_for_marks": pytest.approx(2 / 3)}


def test_papers_are_judged_by_their_print_their_handwriting_and_their_fields() -> None:
    page = known(
        lines=("姓名:", "2010-03-04"),
        by_hand=("袁庆",),
        values=(KnownValue("date", ("2010-03-04",)), KnownValue("name", ("袁浩",)), KnownValue("name", ("袁庆",))),
    )
    judged = judge_papers([(page, "姓名：袁 庄\n2010-03-O4\n袁浩")])
    assert judged["character_error_rate"] == pytest.approx(1 / 13)
    assert judged["handwriting_error_rate"] == pytest.approx(1 / 2)
    assert judged["fields"] == 3
    assert judged["fields_exact"] == pytest.approx(1 / 3)
    assert judged["dates_exact"] == 0.0
    assert judged["names_exact"] == 0.5


def test_words_are_recalled_over_all_receipts_together() -> None:
    pages = [(known(("TAN WOON", "9.00")), "tan woon 9.00"), (known(("CASH",)), "")]
    assert judge_receipts(pages) == {"word_recall": 0.75}


def test_spaces_count_on_english_pages() -> None:
    assert judge_english([(known(("quick fox",)), "quickfox")]) == {
        "character_error_rate": pytest.approx(1 / 9),
        "word_recall": 0.0,
    }


# Tables and goals

FIGURES = {
    "machine": "2 cores",
    "ours_2x1_pages_per_minute": 30.0,
    "ours_2x1_first_page_seconds": 4.0,
    "ours_2x1_forms_values_found": 0.945,
    "rapidocr_as_installed_pages_per_minute": 6.0,
    "rapidocr_2x1_pages_per_minute": 10.0,
    "ours_scanned_character_error_rate": 0.002,
    "rapidocr_no_classifier_scanned_character_error_rate": 0.003,
    "ours_scanned_fields_exact": 0.99,
}


def verdicts(figures: dict[str, float | str]) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (goal.cells() for goal in goals(figures))}


def test_arrangements_are_listed_fastest_first_with_gaps_for_what_was_not_measured() -> None:
    rows = speed_rows(FIGURES)
    assert [row[:3] for row in rows] == [
        ["claimkeep", "2 processes, 1 thread", "30.0"],
        ["rapidocr", "2 processes, 1 thread", "10.0"],
        ["rapidocr", "as installed", "6.0"],
    ]
    assert rows[1][5] == ""
    assert {len(row) for row in rows} == {2 + len(SPEED)}


def test_an_engine_without_any_figure_has_no_row() -> None:
    assert engine_rows({"machine": "2 cores"}, SPEED) == []


def test_a_goal_says_what_is_wanted_and_whether_it_is_reached_in_both_arithmetics() -> None:
    told = verdicts(FIGURES)
    over = told["pages/min, 2 processes, over rapidocr as installed"]
    assert over == ["5.0", "at least 9.0", "not reached", "at least 3.0", "reached"]
    assert told["pages/min, 2 processes, over the best arrangement of any peer"][:3] == ["3.0", "at least 4.0", "not reached"]
    assert told["share of the values on XFUND forms found"][2] == "not reached"
    assert told["the values, floor"][2] == "reached"
    assert told["character error rate, scanned papers"] == ["0.20%", "at most 0.30%", "reached", "", ""]


def test_a_goal_without_its_figures_is_neither_reached_nor_missed() -> None:
    told = verdicts({})
    assert {row[0] for row in told.values()} == {"not measured"}
    assert {row[2] for row in told.values()} == {""}


def test_a_table_has_a_line_of_titles_one_of_dashes_and_one_a_row() -> None:
    assert markdown_table(["engine", "n"], [["ours", "1"]], words=1) == "| engine | n |\n| --- | ---: |\n| ours | 1 |"


# Chart and operations


def test_a_chart_is_well_formed_and_its_bars_are_in_proportion() -> None:
    drawn = ET.fromstring(bar_chart("a < b", [Bar("ours & theirs", 20.0, marked=True), Bar("other", 5.0)]))
    name = "{http://www.w3.org/2000/svg}"
    _, first, second = drawn.findall(f"{name}rect")
    assert float(first.attrib["width"]) == 4 * float(second.attrib["width"])
    assert first.attrib["fill"] != second.attrib["fill"]
    assert [text.text for text in drawn.findall(f"{name}text")][1:] == ["ours & theirs", "20.0", "other", "5.0"]


def node(name: str, inputs: list[list[int]], output: list[int]) -> dict[str, object]:
    return {
        "op_name": name,
        "input_type_shape": [{"float": shape} for shape in inputs],
        "output_type_shape": [{"float": output}],
    }


@pytest.mark.parametrize(
    ("told", "operations"),
    [
        (node("Conv", [[1, 3, 48, 320], [48, 3, 3, 3]], [1, 48, 24, 160]), 2 * 48 * 24 * 160 * 27),
        (node("Conv", [[1, 48, 24, 160], [48, 1, 5, 5], [48]], [1, 48, 24, 160]), 2 * 48 * 24 * 160 * 25),
        (node("MatMul", [[1, 40, 120]], [1, 40, 360]), 2 * 40 * 360 * 120),
        (node("ConvTranspose", [[1, 24, 240, 168]], [1, 24, 480, 336]), 2 * 24 * 480 * 336 * 24),
        (node("Relu", [[1, 40, 120]], [1, 40, 120]), 0),
    ],
)
def test_operations_of_a_node_are_told_by_its_shapes(told: dict[str, object], operations: int) -> None:
    assert node_operations(told) == operations


def test_a_node_that_multiplies_in_an_unknown_way_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="FusedConv"):
        node_operations(node("FusedConv", [[1, 3, 48, 320]], [1, 48, 24, 160]))
