"""Print that nobody read is found; rules, boxes, dirt, single words and what was read are not."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from schemas.entity import Tier
from schemas.geometry import Box, upright
from schemas.page import EngineVersion, Line, PageText
from tests.builders.marked_pages import blank_sheet, image_of
from workers.not_text.find import find_not_text

ENGINE = EngineVersion("drawn", "1")
SENTENCE = "The insured was admitted on the third day"
LEFT, TOP, PITCH, SIZE = 80, 100, 70, 28
UNREAD = 4


def sheet(shade: int = 20) -> np.ndarray:
    picture = Image.fromarray(blank_sheet())
    pen = ImageDraw.Draw(picture)
    for at in range(8):
        pen.text((LEFT, TOP + PITCH * at), SENTENCE, fill=(shade,) * 3, font_size=SIZE)
    return np.array(picture)


def place(at: int) -> Box:
    width = round(Image.new("L", (1, 1)).width * ImageDraw.Draw(Image.new("L", (1, 1))).textlength(SENTENCE, font_size=SIZE))
    return Box(LEFT, TOP + PITCH * at, LEFT + width, TOP + PITCH * at + SIZE + 4)


def read(box: Box, text: str = SENTENCE) -> Line:
    edges = np.linspace(box.left, box.right, len(text) + 1)
    boxes = tuple(upright(float(one), box.top, float(other), box.bottom) for one, other in pairwise(edges))
    return Line(text, box.quad(), boxes, 0.99)


def unread_on(pixels: np.ndarray, *left_out: int, quarters: int = 0) -> list[Box]:
    lines = tuple(read(place(at)) for at in range(8) if at not in left_out)
    text = PageText(1, pixels.shape[1], pixels.shape[0], 200.0, 0, lines, ENGINE)
    if quarters == 2:
        pixels, text = turned_over(pixels, text)
    regions = find_not_text(image_of(pixels), text).regions
    assert all(region.uncertain and region.tier is Tier.D for region in regions if region.kind == "UNREAD")
    return [region.box for region in regions if region.kind == "UNREAD"]


def whole(boxes: list[Box]) -> Box:
    return Box.around(box.quad() for box in boxes)


def turned_over(pixels: np.ndarray, text: PageText) -> tuple[np.ndarray, PageText]:
    height, width = pixels.shape[:2]

    def over(quad):
        return tuple((width - x, height - y) for x, y in quad)

    lines = tuple(Line(line.text, over(line.box), tuple(map(over, line.char_boxes)), line.confidence) for line in text.lines)
    return np.rot90(pixels, 2), PageText(1, width, height, 200.0, 180, lines, ENGINE)


@pytest.mark.parametrize("shade", [20, 110, 150])
def test_a_line_that_nobody_read_is_found_from_end_to_end(shade):
    found = whole(unread_on(sheet(shade), UNREAD))
    assert found.left <= LEFT + SIZE
    assert found.right >= place(UNREAD).right - SIZE
    assert found.overlaps(place(UNREAD))
    assert not found.overlaps(place(UNREAD - 1))
    assert not found.overlaps(place(UNREAD + 1))


def test_it_is_found_on_a_page_that_lies_upside_down():
    found, over = whole(unread_on(sheet(), UNREAD, quarters=2)), place(UNREAD)
    assert found.overlaps(Box(1000 - over.right, 1400 - over.bottom, 1000 - over.left, 1400 - over.top))


def test_on_a_page_that_was_read_nothing_is_found():
    assert unread_on(sheet()) == []


def test_rules_boxes_and_dirt_are_no_lines():
    pixels = sheet()
    pixels[1000:1003, 80:900] = 20
    pixels[1050:1090, 80:84] = 20
    pixels[1050:1350, 500:503] = 20
    dirt = np.random.default_rng(1).random((300, 350)) > 0.995
    pixels[1050:1350, 100:450][dirt] = 20
    assert unread_on(pixels) == []


def test_one_short_word_is_left():
    pixels = sheet()
    picture = Image.fromarray(pixels)
    ImageDraw.Draw(picture).text((LEFT, 1100), "ok", fill=(20, 20, 20), font_size=SIZE)
    assert unread_on(np.array(picture)) == []


@pytest.mark.parametrize("known", [2, 1, 0])
def test_where_hardly_anything_was_read_lines_are_found_all_the_same(known):
    found = unread_on(sheet(), *range(8 - known))
    assert all(any(box.overlaps(place(at)) for box in found) for at in range(8 - known))
    assert not any(box.overlaps(place(at)) for box in found for at in range(8 - known, 8))


@pytest.mark.parametrize("degrees", [-6.0, -2.0, 2.5, 8.0])
def test_a_line_is_found_on_a_page_that_lies_askew_and_none_of_its_neighbours(degrees):
    pixels, lines = slanted(sheet(), degrees)
    text = PageText(1, pixels.shape[1], pixels.shape[0], 200.0, 0, tuple(lines[at] for at in range(8) if at != UNREAD), ENGINE)
    found = [each.box for each in find_not_text(image_of(pixels), text).regions if each.kind == "UNREAD"]
    upper, missed, lower = (middles(lines[at]) for at in (UNREAD - 1, UNREAD, UNREAD + 1))
    assert sum(any(_holds(box, point) for box in found) for point in missed) >= len(missed) - 1
    assert not any(_holds(box, point) for box in found for point in (*upper, *lower))


def test_text_that_runs_down_the_margin_hides_no_line_beside_it():
    pixels = sheet()
    down = Line(
        "立案号七五三", upright(30, 90, 60, 700), tuple(upright(30, 90 + 100 * at, 60, 190 + 100 * at) for at in range(6))
    )
    lines = (down, *(read(place(at)) for at in range(8) if at != UNREAD))
    text = PageText(1, pixels.shape[1], pixels.shape[0], 200.0, 0, lines, ENGINE)
    found = [each.box for each in find_not_text(image_of(pixels), text).regions if each.kind == "UNREAD"]
    assert whole(found).left <= LEFT + SIZE
    assert whole(found).right >= place(UNREAD).right - SIZE


def slanted(pixels: np.ndarray, degrees: float) -> tuple[np.ndarray, list[Line]]:
    """The sheet and its lines, turned about its middle."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)

    def moved(quad):
        return tuple((float(x), float(y)) for x, y in np.array(quad) @ matrix[:, :2].T + matrix[:, 2])

    lines = [read(place(at)) for at in range(8)]
    turned = [Line(line.text, moved(line.box), tuple(map(moved, line.char_boxes)), line.confidence) for line in lines]
    return cv2.warpAffine(pixels, matrix, (width, height), borderValue=(245, 245, 245)), turned


def middles(line: Line) -> list[tuple[float, float]]:
    return [
        (sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4)
        for quad, char in zip(line.char_boxes, line.text, strict=True)
        if char.strip()
    ]


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] < box.right and box.top <= point[1] < box.bottom
