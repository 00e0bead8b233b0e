"""The sheet remembers where every character went. Needs the type faces that `make fonts` installs."""

import random

import cv2
import numpy as np
import pytest

from bench.papers import fonts, pieces
from bench.papers.damage import Damage, scan
from bench.papers.fonts import FACES, Face, FontMissing, font, missing_packages, packages
from bench.papers.pieces import Value
from bench.papers.sheet import Pen, Sheet
from schemas.geometry import Box

pytestmark = pytest.mark.skipif(bool(missing_packages()), reason="type faces are missing: run `make fonts`")

TYPED = Pen("song", 4.0)
BY_HAND = Pen("pen_kai", 5.0, (22, 30, 92), latin="scrawl", hand=0.9)
TEXT = "被保险人欧阳小敏于2019年3月5日在路口受伤，保单号PDAA2019000001。"


def written_sheet(pen: Pen, dpi: int = 150) -> Sheet:
    sheet = Sheet(random.Random(1), dpi, width=120, height=100)
    sheet.put(20, 25, [(TEXT, pen)], width=80)
    return sheet


def share_of_ink_inside(image, truth) -> float:
    """How much of the page's ink lies inside the quads of its characters."""
    dark = np.asarray(image.convert("L")) < 140
    inside = np.zeros(dark.shape, dtype=np.uint8)
    for line in truth.lines:
        for quad in line.char_boxes:
            cv2.fillConvexPoly(inside, np.round(np.asarray(quad)).astype(np.int32), 1)
    return float((dark & (inside > 0)).sum() / dark.sum())


@pytest.mark.parametrize("pen", [TYPED, BY_HAND], ids=["typed", "by hand"])
@pytest.mark.parametrize(
    "damage",
    [Damage(), Damage(skew=2.5), Damage(skew=-4), Damage(turn=90), Damage(turn=180, skew=1.5), Damage(turn=270, skew=-2)],
    ids=["clean", "skewed", "skewed back", "turned", "upside down", "turned and skewed"],
)
def test_the_boxes_of_characters_hold_all_ink(pen, damage):
    sheet = written_sheet(pen)
    image, truth = scan(sheet.image, sheet.truth(1, "other"), damage, seed=1)
    assert (truth.width, truth.height) == image.size
    assert share_of_ink_inside(image, truth) > 0.99


@pytest.mark.parametrize("damage", [Damage(), Damage(skew=3), Damage(turn=90, skew=-2)], ids=["clean", "skewed", "turned"])
def test_every_box_of_a_character_has_ink(damage):
    sheet = written_sheet(BY_HAND)
    image, truth = scan(sheet.image, sheet.truth(1, "other"), damage, seed=1)
    grey = np.asarray(image.convert("L"))
    for line in truth.lines:
        for char, quad in zip(line.text, line.char_boxes, strict=True):
            box = Box.around([quad])
            assert char.isspace() or grey[box.top : box.bottom, box.left : box.right].min() < 150


def test_first_corner_stays_at_the_top_left_of_the_text_when_the_page_is_turned():
    sheet = written_sheet(TYPED)
    _, truth = scan(sheet.image, sheet.truth(1, "other"), Damage(turn=90), seed=1)
    first, second, _, fourth = truth.lines[0].char_boxes[0]
    assert truth.rotation == 270
    assert second[1] > first[1]
    assert fourth[0] < first[0]


def test_text_wraps_without_splitting_numbers_or_starting_a_line_with_a_stop():
    sheet = written_sheet(TYPED)
    lines = [line.text for line in sheet.truth(1, "other").lines]
    assert len(lines) > 1
    assert "".join(lines) == TEXT
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert any("PDAA2019000001" in line for line in lines)


def test_a_value_over_two_lines_is_one_entity_with_two_places():
    sheet = Sheet(random.Random(1), 150, width=100, height=80)
    place = "浙江省杭州市西湖区望江路12号东篱里3号楼2单元501室"
    sheet.put(10, 10, [("住址：", TYPED), (pieces.address(place, "insured"), TYPED)], width=60)
    truth = sheet.truth(1, "other")
    (entity,) = truth.entities
    assert entity.text == entity.canonical == place
    assert len(entity.places) == len(entity.boxes) == 2
    assert "".join(truth.lines[line].text[start:end] for line, start, end in entity.places) == place
    assert len(truth.char_boxes_of(entity)) == len(place)


def test_lines_are_in_reading_order_however_they_were_put():
    sheet = Sheet(random.Random(1), 150, width=150, height=80)
    for x, y, text in ((80, 10, "二"), (10, 40, "四"), (10, 10.4, "一"), (10, 25, "三")):
        sheet.put(x, y, [(text, TYPED)])
    assert sheet.truth(1, "other").text == "一\n二\n三\n四"


def test_the_first_place_of_a_field_counts():
    sheet = Sheet(random.Random(1), 150, width=150, height=80)
    sheet.put(10, 30, [(pieces.name("王小明", "insured", field="insured"), TYPED)])
    sheet.put(10, 10, [(pieces.name("李大伟", "insured", field="insured"), TYPED)])
    assert sheet.truth(1, "other").fields["insured"].value == "李大伟"


def test_a_tick_is_a_mark_over_its_box():
    sheet = Sheet(random.Random(1), 150, width=150, height=80)
    sheet.put(10, 10, [(piece, TYPED) for piece in pieces.choices(("意外", "疾病"), "疾病")])
    truth = sheet.truth(1, "other")
    (tick,) = truth.marks
    assert tick.kind == "tick"
    box = Box.around([truth.lines[0].char_boxes[truth.lines[0].text.index("疾") - 1]])
    assert Box.around([tick.box]).overlaps(box)


def test_a_field_that_is_no_entity_is_kept_apart():
    sheet = Sheet(random.Random(1), 150, width=150, height=80)
    sheet.put(10, 10, [("状态：", TYPED), (Value("已结案", field="status"), TYPED)])
    truth = sheet.truth(1, "other")
    assert truth.fields["status"].value == "已结案"
    assert truth.entities == ()


def test_a_missing_face_names_the_packages_to_install(monkeypatch):
    monkeypatch.setitem(FACES, "gone", Face("truetype/none/gone.ttf", "fonts-lxgw-wenkai"))
    with pytest.raises(FontMissing, match=r"apt-get install .*fonts-lxgw-wenkai"):
        font("gone", 20)


def test_every_face_comes_from_a_listed_package_and_every_listed_package_is_used():
    assert {face.package for face in fonts.FACES.values()} == set(packages())
