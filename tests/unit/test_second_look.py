"""Which numbers are read again, and which of their readings stands."""

from collections.abc import Sequence

import numpy as np
import pytest

from workers.recognize.recognition import StripReading
from workers.recognize.second_look import SeenLine, doubtful, fails_its_check, holds_its_check, passed_over, second_look
from workers.recognize.strips import Strip

PAGE = np.full((400, 1600, 3), 255, dtype=np.uint8)
IDENTITY = "11010519491231002X"
CARD = "6200000000000005"


def reading(text: str, *, unsure: Sequence[int] = (), gaps: Sequence[int] = (), pitch: float = 22.0) -> StripReading:
    """Characters *pitch* columns apart; *unsure* ones were read with 0.5, before those of *gaps* twice the room is left."""
    steps = [2 * pitch if at in gaps else pitch for at in range(len(text))]
    middles = np.cumsum(steps)
    return StripReading(
        text=text,
        confidences=tuple(0.5 if at in unsure else 0.999 for at in range(len(text))),
        runners_up=("",) * len(text),
        columns=tuple((middle - 0.4 * pitch, middle + 0.4 * pitch) for middle in middles),
    )


def line(read: StripReading) -> SeenLine:
    """On the page at (100, 50), one pixel per column."""
    width = round(read.columns[-1][1]) + 12
    pixels = np.full((48, width, 3), 255, dtype=np.uint8)
    return SeenLine(Strip(pixels, np.array([[1.0, 0.0, 100.0], [0.0, 1.0, 50.0]])), read)


class ScriptedReader:
    """Answers one look after another, each with the next of *answers*."""

    def __init__(self, *answers: str) -> None:
        self._answers = iter(answers)
        self.strips: list[Strip] = []

    def read(self, strips: Sequence[Strip]) -> list[StripReading]:
        self.strips += strips
        return [_filling(strip, next(self._answers)) for strip in strips]


def _filling(strip: Strip, text: str) -> StripReading:
    return reading(text, pitch=strip.width / (len(text) + 1))


def looked(read: StripReading, *answers: str) -> SeenLine:
    (seen,) = second_look(PAGE, [line(read)], ScriptedReader(*answers))
    return seen


def spans(read: StripReading) -> list[str]:
    return [read.text[start:end] for start, end in doubtful(read)]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(reading("保单号：201337495643"), [], id="a sure number"),
        pytest.param(reading("保单号：201337495643", unsure=[7]), ["201337495643"], id="an unsure digit"),
        pytest.param(reading("保单号：201337495643", unsure=[1]), [], id="an unsure label"),
        pytest.param(reading("201337495643元", unsure=[3]), ["201337495643"], id="a long run without a label"),
        pytest.param(reading("共4312人", unsure=[2]), [], id="a short run without a label"),
        pytest.param(reading("报案号：4312", unsure=[5]), ["4312"], id="a short run beside a label"),
        pytest.param(reading("出院日期：2019年3月5日", unsure=[7]), ["2019年3月5日"], id="a date beside its label"),
        pytest.param(reading("于2019年3月5日出院", unsure=[3]), ["2019年3月5日"], id="a date by itself"),
        pytest.param(reading("201337495643", gaps=[6]), ["201337495643"], id="a digit's room left empty"),
        pytest.param(reading("201337495643", gaps=[6], pitch=30.0), [], id="with so much room nothing is passed over"),
        pytest.param(reading("201337495643", pitch=14.0), ["201337495643"], id="close digits"),
        pytest.param(reading(f"{IDENTITY[:-1]}1"), [f"{IDENTITY[:-1]}1"], id="a check digit that fails"),
        pytest.param(reading(f"身份证号{IDENTITY} 卡号{CARD[:-1]}"), [CARD[:-1]], id="one of two numbers"),
        pytest.param(reading("我们没有号码"), [], id="no number"),
    ],
)
def test_a_number_is_doubtful_for_a_reason(read, expected):
    assert spans(read) == expected


@pytest.mark.parametrize("number", [IDENTITY, IDENTITY.lower(), CARD, "6200 0000 0000 0005"])
def test_a_number_whose_check_digit_holds_is_known(number):
    assert holds_its_check(number)
    assert not fails_its_check(number)


@pytest.mark.parametrize(
    "number", [IDENTITY[:-1], f"{IDENTITY[:5]}1{IDENTITY[5:]}", "110105194912310021", CARD[:-1], "6200000000000006"]
)
def test_a_number_with_a_digit_lost_doubled_or_wrong_fails(number):
    assert fails_its_check(number)
    assert not holds_its_check(number)


@pytest.mark.parametrize("number", ["201337495643", "PDAA201984731200001122", "13800138000", "2019年3月5日"])
def test_a_number_without_a_check_digit_neither_holds_nor_fails(number):
    assert not fails_its_check(number)
    assert not holds_its_check(number)


def test_the_places_of_digits_passed_over_are_told():
    assert list(passed_over(reading("201337495643", gaps=[4, 9]))) == [4, 9]
    assert list(passed_over(reading("2013 3749 5643", gaps=[5]))) == []  # beside a space, room is no wonder


def test_nothing_doubtful_is_nothing_read():
    reader = ScriptedReader()
    sure = line(reading("保单号：201337495643"))
    assert second_look(PAGE, [sure], reader) == [sure]
    assert reader.strips == []


def test_a_reading_confirmed_stands_without_a_third_look():
    seen = looked(reading("保单号：201337495643", unsure=[7]), "201337495643")
    assert (seen.reading.text, seen.alternatives) == ("保单号：201337495643", ())


def test_two_readings_that_agree_outvote_the_first():
    seen = looked(reading("保单号：20133749564", unsure=[7]), "201337495643", "201337495643")
    assert seen.reading.text == "保单号：201337495643"
    assert seen.alternatives == ("保单号：20133749564",)


def test_a_check_digit_that_holds_outvotes_two_readings():
    wrong = f"{CARD[:9]}8{CARD[10:]}"
    seen = looked(reading(f"卡号{wrong}"), CARD, wrong)
    assert seen.reading.text == f"卡号{CARD}"
    assert seen.alternatives == (f"卡号{wrong}",)


def test_a_digit_is_doubled_where_its_room_is_empty_though_no_reading_shows_it():
    short = CARD[:8] + CARD[9:]
    seen = looked(reading(short, gaps=[8]), short)
    assert seen.reading.text == short
    assert seen.alternatives == (CARD,)


def test_what_surrounds_a_number_stays_as_it_was():
    seen = looked(reading("号201337495643止", unsure=[3, 12]), "：201337498643 ", "201337498643")
    assert seen.reading.text == "号201337498643止"
    assert len(seen.reading.columns) == len(seen.reading.confidences) == len(seen.reading.runners_up) == 14


def test_every_doubtful_number_of_a_line_is_looked_at():
    seen = looked(
        reading("201337495643到201337495699", unsure=[3, 20]), "201337495648", "201337495690", "201337495648", "201337495690"
    )
    assert seen.reading.text == "201337495648到201337495690"
    assert len(seen.alternatives) == 2


def test_a_close_number_is_stretched():
    reader = ScriptedReader("201337495643")
    second_look(PAGE, [line(reading("201337495643", pitch=13.0))], reader)
    (strip,) = reader.strips
    assert strip.width > 1.8 * 12 * 13


def test_no_more_than_three_alternatives_are_kept():
    seen = looked(reading("201337495643", gaps=[3, 5, 7, 9]), "201337495648", "201337495649")
    assert len(seen.alternatives) == 3
    assert seen.reading.text not in seen.alternatives


def test_characters_read_again_stand_where_the_span_stood():
    first = reading("号201337495643", unsure=[3])
    seen = looked(first, "201337495648", "201337495648")
    lefts = [left for left, _ in seen.reading.columns]
    assert lefts == sorted(lefts)
    assert abs(seen.reading.columns[-1][1] - first.columns[-1][1]) < 2 * 22
