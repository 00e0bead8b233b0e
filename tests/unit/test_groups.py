"""Card numbers of which each group was taken for a line."""

import numpy as np
import pytest

from workers.recognize.groups import put_together
from workers.recognize.recognition import StripReading
from workers.recognize.second_look import SeenLine
from workers.recognize.strips import Strip

PAGE = np.full((600, 1600, 3), 255, dtype=np.uint8)
PITCH = 20.0


def line(text: str, left: float, top: float = 100.0, turn: int = 0) -> SeenLine:
    """*text* from column *left* of the page, a pixel for each column; with a turn of 180 the page lies upside down."""
    columns = tuple((at * PITCH + 2, at * PITCH + 18) for at in range(len(text)))
    to_page = [[1.0, 0.0, left], [0.0, 1.0, top]] if not turn else [[-1.0, 0.0, 1600 - left], [0.0, -1.0, 600 - top]]
    pixels = np.full((48, round(len(text) * PITCH), 3), 255, dtype=np.uint8)
    return SeenLine(Strip(pixels, np.array(to_page)), StripReading(text, (0.9,) * len(text), ("",) * len(text), columns))


def texts(*lines: SeenLine) -> list[str]:
    return [one.reading.text for _, one in put_together(PAGE, lines)]


@pytest.mark.parametrize("turn", [0, 180])
def test_groups_beside_each_other_are_one_number(turn):
    groups = (line("卡号：6200 0276", 100, turn=turn), line("7910", 330, turn=turn), line("2408", 405, turn=turn))
    ((at, joined),) = put_together(PAGE, groups)
    assert (at, joined.reading.text) == (0, "卡号：6200 0276 7910 2408")
    assert len(joined.reading.columns) == len(joined.reading.confidences) == len(joined.reading.runners_up) == 22
    lefts = [left for left, _ in joined.reading.columns]
    assert lefts == sorted(lefts)
    assert joined.strip.width == pytest.approx(385, abs=1)
    assert joined.reading.columns[-1][1] == pytest.approx(383, abs=1)


def test_groups_are_put_together_in_whatever_order_they_come():
    found = put_together(PAGE, [line("2408", 335), line("王小明", 100), line("7910", 250), line("6200 0276", 60)])
    assert [(at, one.reading.text) for at, one in found] == [(1, "王小明"), (3, "6200 0276 7910 2408")]


def test_a_card_of_another_house_is_known_by_its_check_digit():
    assert texts(line("4000 0000", 100), line("0000 0002", 285)) == ["4000 0000 0000 0002"]
    assert texts(line("4000 0000", 100), line("0000 0003", 285)) == ["4000 0000", "0000 0003"]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param((line("7910 2408", 400),), id="too far to the right"),
        pytest.param((line("7910 2408", 285, 140),), id="a row below"),
        pytest.param((line("7910", 285),), id="too few digits"),
        pytest.param((line("7910 2408 1234 5678", 285),), id="too many digits"),
        pytest.param((line("共7910", 285),), id="words"),
    ],
)
def test_what_does_not_make_a_number_stays_apart(others):
    assert texts(line("6200 0276", 100), *others) == ["6200 0276", *(one.reading.text for one in others)]


def test_a_whole_number_takes_nothing_on():
    assert texts(line("6200 0276 7910 2408", 100), line("123", 485)) == ["6200 0276 7910 2408", "123"]


def test_a_sum_of_money_takes_nothing_on():
    assert texts(line("合计 4312", 100), line("5000", 245), line("1234", 330), line("5679", 415)) == [
        "合计 4312",
        "5000",
        "1234",
        "5679",
    ]
