"""What sticks out from under black boxes drawn before is found; print that stands apart from them is not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from schemas.entity import Tier
from schemas.geometry import Box, upright
from schemas.page import EngineVersion, Line, PageText
from tests.builders.marked_pages import blank_sheet, image_of
from workers.not_text.find import find_not_text

WORD, SIZE = "3505972001082991", 30
LEFT, TOP = 300, 200


def sheet(word: str = WORD, left: int = LEFT) -> tuple[np.ndarray, Box]:
    """A page with one word, and where its ink is."""
    picture = Image.fromarray(blank_sheet())
    pen = ImageDraw.Draw(picture)
    pen.text((left, TOP), word, fill=(15, 15, 15), font_size=SIZE)
    return np.array(picture), Box(*(round(edge) for edge in pen.textbbox((left, TOP), word, font_size=SIZE)))


def masked(pixels: np.ndarray, box: Box, shade: int = 0) -> np.ndarray:
    pixels[box.top : box.bottom, box.left : box.right] = shade
    return pixels


def rests(pixels: np.ndarray, text: PageText | None = None) -> list[Box]:
    regions = find_not_text(image_of(pixels), text).regions
    assert all((region.kind, region.tier, region.uncertain) == ("UNREAD", Tier.D, True) for region in regions)
    return [region.box for region in regions]


def covers(boxes: list[Box], place: Box, by: int = 4) -> bool:
    whole = Box.around(box.quad() for box in boxes)
    across = whole.left <= place.left + by and whole.right >= place.right - by
    return across and whole.top <= place.top + by and whole.bottom >= place.bottom - by


@pytest.mark.parametrize("shade", [0, 40])
def test_tops_over_a_box_drawn_too_low_are_found_from_end_to_end(shade):
    pixels, word = sheet()
    middle = (word.top + word.bottom) // 2
    found = rests(masked(pixels, Box(word.left - 8, middle, word.right + 8, word.bottom + 14), shade))
    assert len(found) == 1
    assert covers(found, Box(word.left, word.top, word.right, middle - 3))


def test_feet_under_a_box_drawn_too_high_are_found():
    pixels, word = sheet()
    middle = (word.top + word.bottom) // 2
    (found,) = rests(masked(pixels, Box(word.left - 8, word.top - 20, word.right + 8, middle)))
    assert covers([found], Box(word.left, middle + 3, word.right, word.bottom))


@pytest.mark.parametrize("share", [0.3, 0.45, 0.6])
def test_the_end_of_a_word_that_a_box_cuts_is_found(share):
    pixels, word = sheet()
    cut = word.left + round(share * word.width)
    (found,) = rests(masked(pixels, Box(word.left - 8, word.top - 10, cut, word.bottom + 10)))
    assert found.left <= cut + 20
    assert found.right >= min(word.right, cut + 90)


def test_the_beginning_of_a_word_that_a_box_cuts_is_found():
    pixels, word = sheet()
    (found,) = rests(masked(pixels, Box(word.left + 60, word.top - 10, word.right + 8, word.bottom + 10)))
    assert covers([found], Box(word.left, word.top, word.left + 56, word.bottom))


@pytest.mark.parametrize("quarters", [0, 2])
def test_behind_a_label_all_that_stands_between_a_box_and_the_next_label_is_found(quarters):
    pixels, word = sheet("rest of it")
    mask = masked(pixels, Box(LEFT - 120, word.top - 8, LEFT - 14, word.bottom + 8))
    other, next_word = sheet("Amount", word.right + 30)
    pixels = np.minimum(mask, other)
    assert rests(pixels) == []
    lines = [written("Name:", Box(100, word.top, 160, word.bottom)), written("Amount:", next_word)]
    text = PageText(1, 1000, 1400, 200.0, 180 if quarters else 0, tuple(lines), EngineVersion("drawn", "1"))
    if quarters:
        pixels, text = np.rot90(pixels, 2), turned_over(text)
        word = Box(1000 - word.right, 1400 - word.bottom, 1000 - word.left, 1400 - word.top)
    (found,) = rests(pixels, text)
    assert covers([found], word)
    assert found.width <= word.width + 8


def written(text: str, box: Box) -> Line:
    step = box.width / len(text)
    boxes = tuple(upright(box.left + at * step, box.top, box.left + (at + 1) * step, box.bottom) for at in range(len(text)))
    return Line(text, box.quad(), boxes, 0.99)


def turned_over(text: PageText) -> PageText:
    def over(quad):
        return tuple((text.width - x, text.height - y) for x, y in quad)

    lines = tuple(Line(line.text, over(line.box), tuple(map(over, line.char_boxes)), line.confidence) for line in text.lines)
    return PageText(1, text.width, text.height, text.dpi, text.rotation, lines, text.engine)


# What is none


def test_a_box_that_covers_all_leaves_nothing():
    pixels, word = sheet()
    assert rests(masked(pixels, Box(word.left - 8, word.top - 8, word.right + 8, word.bottom + 8))) == []


def test_words_before_and_behind_a_box_are_no_rests_of_it():
    pixels, word = sheet("insured          told us")
    gap = Box(word.left + 116, word.top - 6, word.left + 152, word.bottom + 6)
    assert rests(masked(pixels, gap)) == []


def test_a_black_field_with_light_print_is_no_mask():
    picture = Image.fromarray(blank_sheet())
    pen = ImageDraw.Draw(picture)
    pen.rectangle((100, 300, 900, 350), fill=(10, 10, 10))
    pen.text((130, 306), "Contact of the administrator", fill=(250, 250, 250), font_size=34)
    pen.text((130, 360), "somebody at the insurer's", fill=(15, 15, 15), font_size=26)
    assert rests(np.array(picture)) == []


def test_rules_and_frames_that_meet_a_box_are_no_rests():
    pixels, word = sheet("x" * 14)
    picture = Image.fromarray(masked(pixels, Box(word.left - 8, word.top - 8, word.right + 8, word.bottom + 8)))
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in ((100, 170, 900, 170), (100, 260, 900, 260), (280, 170, 280, 330), (400, 240, 400, 330)):
        pen.line((left, top, right, bottom), fill=(15, 15, 15), width=3)
    assert rests(np.array(picture)) == []


@pytest.mark.parametrize(
    "black",
    [Box(0, 0, 1000, 60), Box(0, 200, 60, 240), Box(300, 200, 320, 220), Box(300, 200, 340, 240), Box(300, 200, 312, 260)],
    ids=["lid", "edge", "bullet", "square", "bar"],
)
def test_black_that_is_no_mask_is_none(black):
    pixels, _ = sheet("word beside it", black.right)
    assert rests(masked(pixels, black)) == []
