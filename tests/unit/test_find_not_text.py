"""Photographs, seals, thumbprints and signatures: where they are found, and where not."""

from itertools import pairwise

import numpy as np
import pytest

from schemas.entity import Tier
from schemas.geometry import Box, upright
from schemas.page import EngineVersion, Line, PageText
from tests.builders.marked_pages import (
    blank_sheet,
    company_seal,
    image_of,
    name_seal,
    pasted,
    portrait,
    printed,
    scribble,
    thumbprint,
)
from workers.not_text.find import find_not_text

ENGINE = EngineVersion("drawn", "1")


def line(text: str, left: int, top: int, height: int = 28) -> Line:
    """*text* with a Han character as wide as it is high, others half."""
    edges = [left]
    for char in text:
        edges.append(edges[-1] + (height if ord(char) > 255 else height // 2))
    boxes = tuple(upright(one, top, other, top + height) for one, other in pairwise(edges))
    return Line(text, upright(left, top, edges[-1], top + height), boxes, 0.99)


def page(lines, pixels, rotation: int = 0) -> PageText:
    return PageText(1, pixels.shape[1], pixels.shape[0], 200.0, rotation, tuple(lines), ENGINE)


def found_on(pixels, *lines, rotation: int = 0):
    return find_not_text(image_of(pixels), page(lines, pixels, rotation) if lines else None).regions


def covers(found: Box, place: Box, by: int = 6) -> bool:
    return (
        found.left <= place.left + by
        and found.top <= place.top + by
        and found.right >= place.right - by
        and found.bottom >= place.bottom - by
    )


def test_a_portrait_in_tones_is_found_and_left_to_a_person():
    pixels = blank_sheet()
    printed(pixels)
    place = pasted(pixels, portrait(), 700, 1080)
    (found,) = found_on(pixels)
    assert (found.kind, found.uncertain) == ("FACE", True)
    assert covers(found.box, place, by=16)


@pytest.mark.parametrize("size", [(60, 80), (800, 1000), (600, 180)])
def test_pictures_of_another_size_or_shape_are_no_portraits(size):
    pixels = blank_sheet()
    pasted(pixels, portrait(*size), 100, 200)
    assert found_on(pixels) == ()


def test_a_shaded_field_is_no_portrait():
    pixels = blank_sheet()
    pixels[300:570, 300:500] = 190
    assert found_on(pixels) == ()


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_portrait_of_a_card_is_found_by_its_labels_on_a_copy_without_tones(degrees):
    pixels = blank_sheet(1400, 1000)
    labels = [line("姓名 沙里安", 200, 200), line("住址 青石路三号", 200, 360), line("公民身份号码", 200, 425)]
    drawn = np.rot90(pixels, k=-(degrees // 90))
    (found,) = found_on(drawn, *(_turned_line(each, degrees, 1400, 1000) for each in labels), rotation=-degrees % 360)
    assert (found.kind, found.tier, found.uncertain) == ("FACE", Tier.A, False)
    assert covers(found.box, _turned_box(Box(520, 190, 640, 360), degrees, 1400, 1000))


def _turned_box(box: Box, degrees: int, width: int, height: int) -> Box:
    for _ in range(degrees // 90):
        box, width, height = Box(height - box.bottom, box.left, height - box.top, box.right), height, width
    return box


def _turned_line(one: Line, degrees: int, width: int, height: int) -> Line:
    def turn(quad):
        points = list(quad)
        wide, high = width, height
        for _ in range(degrees // 90):
            points, wide, high = [(high - y, x) for x, y in points], high, wide
        return tuple(points)

    return Line(one.text, turn(one.box), tuple(turn(quad) for quad in one.char_boxes), 0.99)


@pytest.mark.parametrize(("mark", "kind"), [(name_seal(), "NAME_SEAL"), (company_seal(), "SEAL"), (thumbprint(), "THUMBPRINT")])
def test_red_marks_are_told_apart_by_size_and_shape(mark, kind):
    pixels = blank_sheet()
    printed(pixels, lines=4)
    place = pasted(pixels, mark, 300, 700)
    (found,) = found_on(pixels)
    assert found.kind == kind
    assert covers(found.box, place)


def test_red_print_and_a_red_tick_are_no_seals():
    pixels = blank_sheet()
    printed(pixels)
    reddened = np.where(pixels < 128, np.array((200, 30, 30), np.uint8), pixels)
    reddened[1200:1204, 100:180] = (200, 30, 30)
    assert found_on(reddened) == ()


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_signature_is_found_behind_its_label_whichever_way_the_page_lies(degrees):
    pixels = blank_sheet()
    place = scribble(pixels, 330, 780)
    label = line("申请人签名：", 120, 800)
    drawn = np.rot90(pixels, k=-(degrees // 90))
    (found,) = found_on(drawn, _turned_line(label, degrees, 1000, 1400), rotation=-degrees % 360)
    assert (found.kind, found.uncertain) == ("SIGNATURE", True)
    assert covers(found.box, _turned_box(place, degrees, 1000, 1400))


def test_a_signature_that_was_read_is_hidden_with_all_its_ink_and_the_date_beside_it_is_not():
    pixels = blank_sheet()
    place = scribble(pixels, 300, 780)
    lines = [line("投保人签字：", 120, 800), line("沙里安", 330, 796), line("日期：2019年3月5日", 600, 800)]
    (found,) = found_on(pixels, *lines)
    assert (found.kind, found.uncertain) == ("SIGNATURE", False)
    assert covers(found.box, place)
    assert found.box.right < 600


def test_an_english_signature_stands_over_its_label():
    pixels = blank_sheet()
    place = scribble(pixels, 130, 730)
    (found,) = found_on(pixels, line("Signature of claimant", 120, 800))
    assert found.kind == "SIGNATURE"
    assert covers(found.box, place)


def test_a_signature_may_stand_before_its_label_read_as_whatever_it_looks_like():
    pixels = blank_sheet()
    place = scribble(pixels, 120, 770, width=240, height=90)
    for misread in ((), (line("FiAB", 130, 775, height=80),)):
        (found,) = found_on(pixels, line("报告医生", 400, 800), *misread)
        assert found.kind == "SIGNATURE"
        assert covers(found.box, place)


def test_the_part_of_a_line_behind_a_signature_is_left_to_it():
    pixels = blank_sheet()
    place = scribble(pixels, 300, 785, width=180, height=50)
    text = "申请人签名：" + "　" * 8 + "日期：2019年3月5日"
    (found,) = found_on(pixels, line(text, 120, 800))
    assert covers(found.box, place)
    assert found.box.right < 520


@pytest.mark.parametrize("text", ["本证明须经医师签名、加盖公章后生效", "代为签署理赔协议及相关文件", "申请人签名："])
def test_a_sentence_about_signing_and_an_empty_line_have_none(text):
    pixels = blank_sheet()
    pixels[832:834, 290:900] = 30
    assert found_on(pixels, line(text, 120, 800)) == ()


@pytest.mark.parametrize(("label", "kind"), [("身份证号码：", "CN_ID18"), ("联系电话：", "CN_MOBILE"), ("姓名：", "CN_NAME")])
def test_ink_that_was_not_read_behind_a_personal_label_is_left_to_a_person(label, kind):
    pixels = blank_sheet()
    place = scribble(pixels, 330, 795, width=200, height=36)
    (found,) = found_on(pixels, line(label, 120, 800))
    assert (found.kind, found.uncertain) == (kind, True)
    assert covers(found.box, place)


@pytest.mark.parametrize("value", ["咨询电话：0757-55523719", "身份证号码：11010519491231002X"])
def test_what_was_read_behind_a_personal_label_is_the_matter_of_those_who_read(value):
    pixels = blank_sheet()
    scribble(pixels, 290, 795, width=200, height=36)
    assert found_on(pixels, line(value, 120, 800)) == ()


def test_a_blank_page_has_nothing_and_says_its_size():
    regions = find_not_text(image_of(blank_sheet(640, 480)), None)
    assert (regions.width, regions.height, regions.regions) == (640, 480, ())
