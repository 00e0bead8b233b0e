"""Columns of characters of which only a part was found: how far they go, and what they may be taken for."""

import numpy as np
import pytest

from schemas.geometry import upright
from workers.recognize.columns import characters, is_inside, may_go_on, place_in, says_more, stands_upright, whole_column
from workers.recognize.page_view import PageView
from workers.recognize.recognition import StripReading
from workers.recognize.strips import Strip, cut

LEFT, SIZE, PITCH = 100, 40, 48
PLACES = range(40, 40 + 12 * PITCH, PITCH)


def page(places=PLACES) -> np.ndarray:
    """Characters that are half-filled squares, one below the other."""
    pixels = np.full((900, 300, 3), 250, np.uint8)
    for top in places:
        pixels[top : top + SIZE, LEFT : LEFT + SIZE : 2] = 10
    return pixels


def part(pixels: np.ndarray, first: int, last: int) -> Strip:
    """Characters from *first* to *last* as a strip that is read downwards."""
    corners = np.array(upright(LEFT - 4, PLACES[first] - 4, LEFT + SIZE + 4, PLACES[last] + SIZE + 4))
    return cut(pixels, np.roll(corners, -1, axis=0))


def read(text: str, confidence: float = 0.99) -> StripReading:
    count = len(text)
    return StripReading(text, (confidence,) * count, ("",) * count, tuple((48.0 * at, 48.0 * at + 44) for at in range(count)))


def ends(strip: Strip | None) -> tuple[int, int]:
    assert strip is not None
    corners = strip.to_page @ np.array([[0, strip.width], [24, 24], [1, 1]])
    return round(corners[1, 0]), round(corners[1, 1])


def test_only_what_runs_down_the_page_and_is_sure_is_looked_at():
    pixels = page()
    down = part(pixels, 0, 3)
    assert may_go_on(down, read("姓名：秦"))
    assert not may_go_on(down, read("姓名：秦", 0.8))
    assert not may_go_on(down, read("姓"))
    assert not may_go_on(cut(pixels, np.array(upright(0, 40, 200, 84))), read("姓名：秦"))


@pytest.mark.parametrize(("first", "last"), [(0, 3), (4, 7), (9, 11)])
def test_a_column_goes_as_far_as_its_ink(first, last):
    pixels = page()
    begin, end = ends(whole_column(pixels, part(pixels, first, last)))
    assert abs(begin - PLACES[0]) <= 8
    assert abs(end - PLACES[11] - SIZE) <= 8


def test_a_whole_column_is_not_read_again():
    pixels = page()
    assert whole_column(pixels, part(pixels, 0, 11)) is None


def test_a_gap_and_a_rule_end_a_column():
    pixels = page([*PLACES[:6], *PLACES[8:]])
    assert abs(ends(whole_column(pixels, part(pixels, 0, 2)))[1] - PLACES[5] - SIZE) <= 8
    ruled = page()
    ruled[PLACES[6] - 5 : PLACES[6] - 2] = 10
    assert abs(ends(whole_column(ruled, part(ruled, 0, 2)))[1] - PLACES[5] - SIZE) <= 8


def test_characters_are_asked_for_as_they_stand_on_the_page():
    pixels = page()
    asked = characters(pixels, part(pixels, 0, 3), read("姓：名字号"))
    assert [char for char, _ in asked] == ["姓", "名", "字", "号"]
    first = np.linalg.inv(np.vstack([asked[0][1].to_page, [0, 0, 1]])) @ np.array([LEFT + SIZE / 2, PLACES[0] + SIZE / 2, 1])
    assert 8 < first[0] < asked[0][1].width - 8
    assert asked[0][1].to_page[0, 0] > 0


@pytest.mark.parametrize(("seen", "upright"), [("姓名秦", True), ("姓名", True), ("姓名?", False), ("姓", False), ("", False)])
def test_a_line_lying_on_its_side_is_no_column(seen, upright):
    assert stands_upright("姓名秦"[: len(seen)], [read(char) for char in seen]) is upright


def test_characters_that_are_the_same_on_their_side_are_not_asked():
    pixels = page()
    assert [char for char, _ in characters(pixels, part(pixels, 0, 5), read("80807"))] == ["7"]


@pytest.mark.parametrize(
    ("whole", "part_", "more"),
    [
        (read("手机号码：16404796669"), read("04796669"), True),
        (read("手机号码：16404796669", 0.8), read("04796669"), False),
        (read("手机号码：16404796669"), read("04796660"), False),
        (read("04796669"), read("04796669"), False),
    ],
)
def test_a_whole_column_says_what_its_part_said_and_more(whole, part_, more):
    assert says_more(whole, part_) is more


def test_its_parts_lie_in_it_on_a_view_of_the_page_too():
    pixels = page()
    whole = whole_column(pixels, part(pixels, 4, 7))
    assert whole is not None
    view = PageView(pixels[::2, ::2], np.array([[2.0, 0, 0], [0, 2.0, 0]]))
    column = place_in(view, whole)
    assert is_inside(place_in(view, part(pixels, 0, 2)), column)
    assert not is_inside(np.array(upright(80, 20, 120, 40)), column)
