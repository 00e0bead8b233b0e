"""What a value may be otherwise."""

from dataclasses import replace

import pytest

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from workers.extract.extractor import Extractor
from workers.extract.other_readings import MOST, corresponding, other_names, other_values, parts_of_number


def page(text: str, *alternatives: str, runners_up: dict[int, str] | None = None) -> PageText:
    cells = tuple(upright(at * 10, 0, at * 10 + 10, 20) for at in range(len(text)))
    others = tuple((runners_up or {}).get(at, "") for at in range(len(text)))
    sure = tuple(0.6 if other else 0.99 for other in others)
    line = Line(text, upright(0, 0, len(text) * 10, 20), cells, 0.9, sure, others, alternatives)
    first = Line("第一行", upright(0, 0, 30, 20), tuple(upright(at * 10, 0, at * 10 + 10, 20) for at in range(3)))
    return PageText(1, 1000, 100, 200, 0, (first, line), EngineVersion("drawn", "1"))


def of_number(whole: PageText, number: str) -> tuple[str, ...]:
    start = whole.text.index(number)
    return other_values(whole, start, start + len(number))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param("保单号：2013374956443 日期", "2013374956443", id="a digit more within"),
        pytest.param("保单号：201337956443 日期", "201337956443", id="another digit"),
        pytest.param("保单号：01337495643 日期", "01337495643", id="the first one missing"),
        pytest.param("保单号：2013374956431 日期", "2013374956431", id="a digit more at the end"),
        pytest.param("保单号：5201337495643 日期", "5201337495643", id="a digit more at the head"),
        pytest.param("保单号：2013 3749 5648 日期", "201337495648", id="with blanks"),
    ],
)
def test_the_number_of_another_reading_is_found_in_it(other, expected):
    assert of_number(page("保单号：201337495643 日期", other), "201337495643") == (expected,)


def test_another_reading_of_other_words_is_no_other_number():
    assert of_number(page("保单号：201337495643", "保单导：201337495643"), "201337495643") == ()


def test_runners_up_stand_in_one_at_a_time():
    found = of_number(page("B13374956430", runners_up={0: "8", 3: "8"}), "B13374956430")
    assert found == ("813374956430", "B13874956430")


def test_runners_up_that_are_no_letters_or_digits_do_not_count():
    assert of_number(page("201337495643", runners_up={0: "二-"}), "201337495643") == ()


def test_other_readings_come_before_runners_up():
    found = of_number(page("201337495643", "2013374956433", runners_up={0: "7"}), "201337495643")
    assert found == ("2013374956433", "701337495643")


def test_the_number_of_values_is_bounded():
    found = of_number(page("201337495643", runners_up=dict.fromkeys(range(12), "89")), "201337495643")
    assert len(found) == MOST


@pytest.mark.parametrize("text", ["12345", "王小明王小明王"])
def test_short_numbers_and_words_have_no_other_values(text):
    assert of_number(page(text, text + "8", runners_up={0: "7"}), text) == ()


def test_a_span_over_two_lines_has_no_other_values():
    whole = page("201337495643", "2013374956433")
    assert other_values(whole, 1, 10) == ()


def test_a_place_in_a_part_that_differs_is_its_edge():
    assert corresponding("号123456止", "号923459止", 1, 7) == (1, 7)


def test_an_entity_keeps_what_it_may_be_otherwise():
    whole = page("保单号：PDAA201920000000000115", "保单号：PDAA2019200000000000115")
    (policy,) = [entity for entity in Extractor().entities_on_page(whole) if entity.kind == "POLICY"]
    assert policy.canonical == "PDAA201920000000000115"
    assert policy.alternatives == ("PDAA2019200000000000115",)


def of_name(whole: PageText, name: str) -> tuple[str, ...]:
    start = whole.text.index(name)
    return other_names(whole, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "runners_up", "name", "expected"),
    [
        pytest.param("姓名：王佳", {4: "住隹"}, "王佳", ("王住", "王隹"), id="each in the place of the unsure one"),
        pytest.param("姓名：王佳", {4: "Z1-"}, "王佳", (), id="no other writing, no figures, no signs"),
        pytest.param("Name: Carlos Whitlaw", {18: "oe"}, "Carlos Whitlaw", ("Carlos Whitlow", "Carlos Whitlew"), id="Latin"),
        pytest.param("姓名：王佳", {0: "女"}, "王佳", (), id="beside the name"),
    ],
)
def test_a_name_may_have_another_character(text, runners_up, name, expected):
    assert of_name(page(text, runners_up=runners_up), name) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param("姓名：王住", ("王住",), id="another character"),
        pytest.param("姓名：王佳佳", ("王佳佳",), id="one more"),
        pytest.param("姓名：王 佳", (), id="the same"),
        pytest.param("姓名：1234", (), id="no name"),
        pytest.param("姓名：", (), id="nothing"),
    ],
)
def test_a_name_may_be_that_of_a_second_look(other, expected):
    assert of_name(page("姓名：王佳", other), "王佳") == expected


def test_characters_of_a_name_that_were_read_surely_stay():
    sure = page("姓名：王佳", runners_up={4: "住"})
    line = replace(sure.lines[1], char_confidences=(0.95,) * 5)
    assert of_name(replace(sure, lines=(sure.lines[0], line)), "王佳") == ()


def test_an_extracted_name_keeps_what_it_may_be_otherwise():
    whole = page("被保险人姓名：王佳 性别：男", runners_up={8: "住"})
    [name] = [each for each in Extractor().extract((whole,)).entities if each.kind == "CN_NAME"]
    assert name.alternatives == ("王住",)


@pytest.mark.parametrize(
    ("line", "number", "expected"),
    [
        pytest.param(
            "RCAA202083148238134924 11.Date", "RCAA202083148238134924 11.Date", ("RCAA202083148238134924",), id="with an item"
        ),
        pytest.param(
            "201062023821B7247104368. Group",
            "201062023821B7247104368",
            ("201062023821B724710436", "201062023821B72471043"),
            id="glued",
        ),
        pytest.param("201062023821B7247104368元", "201062023821B7247104368", (), id="nothing of an item"),
    ],
)
def test_a_number_read_with_its_neighbour_may_be_without_it(line, number, expected):
    assert of_number(page(line), number) == expected


def test_of_two_lines_each_may_be_the_number():
    whole = page("PEAA200512848110913984")
    twice = replace(whole, lines=(replace(whole.lines[1], text="PEAA2CC51284811C913984"), whole.lines[1]))
    assert other_values(twice, 0, len(twice.text)) == ("PEAA2CC51284811C913984", "PEAA200512848110913984")


@pytest.mark.parametrize(
    ("read", "parts"),
    [
        ("NM153834907 2", ("NM153834907",)),
        ("RCAA202083148238134924 11.Date", ("RCAA202083148238134924",)),
        ("200512848\n200512849", ("200512848", "200512849")),
        ("110105 19491231 002X", ()),
        ("0512 55551234", ()),
        ("62284800 12345678", ()),
        ("200512848110", ()),
        ("", ()),
    ],
)
def test_a_number_in_groups_is_not_parted(read, parts):
    assert parts_of_number(read) == parts
