"""The width of a box does not tell how long the value under it is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.entity import Entity, Tier
from schemas.geometry import Box, upright
from schemas.page import Line, PageText
from schemas.redaction import Audience
from tests.builders.drawn_pages import ENGINE
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.redact.widths import STEP

POLICY = default_policy()
HEIGHT = 30
WIDTH = 1600


def row(text: str, left: int, top: int = 300, height: int = HEIGHT, *, down: bool = False) -> Line:
    """*text* in square characters, across the page or *down* it."""
    if down:
        boxes = tuple(_turned(top, left + at * height, height) for at in range(len(text)))
        return Line(text, (boxes[0][0], boxes[-1][1], boxes[-1][2], boxes[0][3]), boxes)
    boxes = tuple(upright(left + at * height, top, left + (at + 1) * height, top + height) for at in range(len(text)))
    return Line(text, upright(left, top, left + len(text) * height, top + height), boxes)


def _turned(left: int, top: int, side: int):
    """A character that runs down the page: its first corner is at the top right."""
    return ((left + side, top), (left + side, top + side), (left, top + side), (left, top))


def page(*lines: Line, width: int = WIDTH) -> PageText:
    return PageText(1, width, WIDTH, 200.0, 0, lines, ENGINE)


def value_of(length: int) -> str:
    """So many different characters: of equal ones every part is like the whole."""
    return "".join(chr(0x5000 + 7 * at) for at in range(length))


def mask_of(text: PageText, value: str, kind: str = "CN_ADDRESS") -> Box:
    start = text.text.index(value)
    hidden = Entity(kind, Tier.A, 1, value, (start, start + len(value)))
    (mask,) = plan_masks([text], [hidden], POLICY, Audience.PUBLIC)
    return mask.box


@given(st.integers(1, 24), st.integers(1, 24), st.booleans())
@settings(max_examples=60)
def test_values_of_one_class_of_length_give_equal_widths_where_there_is_room(one, other, down):
    boxes = [mask_of(page(row(value_of(length), 200, down=down)), value_of(length)) for length in (one, other)]
    widths = [box.height if down else box.width for box in boxes]
    same_class = -(-one // STEP) == -(-other // STEP)
    assert (widths[0] == widths[1]) == same_class


@given(st.integers(1, 20), st.integers(1, 12), st.integers(0, 400))
@settings(max_examples=80)
def test_a_box_never_grows_over_a_character_that_is_shown(length, after, gap):
    value, start = value_of(length), 200 + length * HEIGHT
    alone = mask_of(page(row(value, 200)), value)
    beside = row("元" * after, start + gap)
    box = mask_of(page(row(value, 200), beside), value)
    first = beside.char_boxes[0]
    least = mask_of(page(row(value, 200), row("元" * after, start)), value)
    assert box.right <= max(first[0][0], least.right)
    assert least.right <= box.right <= alone.right


@given(st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=60)
def test_a_box_covers_its_value_and_stays_on_the_page(length, left):
    text = page(row(value_of(length), left * 16), width=max((length + left) * HEIGHT, 700))
    place, box = Box.around([text.lines[0].box]), mask_of(text, value_of(length))
    assert box.left <= place.left
    assert place.right <= box.right <= text.width


def test_where_the_right_is_taken_a_box_grows_to_the_left():
    value = "张三"
    box = mask_of(page(row(value, 700), row("元元", 700 + 2 * HEIGHT + 20)), value, "CN_NAME")
    assert box.width >= STEP * HEIGHT
    assert box.left < 700 - HEIGHT


def test_lines_above_and_below_do_not_stop_a_box():
    value = "张三"
    lines = (row("元" * 40, 200, 240), row(value, 200), row("元" * 40, 200, 360))
    assert mask_of(page(*lines), value, "CN_NAME").width == mask_of(page(row(value, 200)), value, "CN_NAME").width


def test_numbers_that_are_all_equally_long_keep_to_their_place():
    box = mask_of(page(row("1" * 18, 200)), "1" * 18, "CN_ID18")
    assert box.width < 18 * HEIGHT + 64
