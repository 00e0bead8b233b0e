"""What a bench takes for hidden must be hidden: figures of leaks are made of it."""

import numpy as np
import pytest

from bench.hiding.exposure import hidden_ink, share_in_sight
from bench.papers import PageTruth, TruthMark
from schemas.geometry import Box, upright
from schemas.page import Line
from schemas.redaction import Mask

CHARACTERS = tuple(upright(100 + 20 * at, 50, 120 + 20 * at, 70) for at in range(4))


def mask(left: int, right: int) -> Mask:
    return Mask("CN_NAME", 1, Box(left, 40, right, 80))


@pytest.mark.parametrize(
    ("masks", "share"), [((), 1.0), ((mask(96, 184),), 0.0), ((mask(96, 128),), 0.75), ((mask(96, 131),), 0.5)]
)
def test_a_character_is_in_sight_unless_its_middle_is_covered(masks, share):
    assert share_in_sight("王芳芳芳", CHARACTERS, masks) == share


def test_blanks_are_no_characters():
    assert share_in_sight("王 芳 ", CHARACTERS, (mask(96, 128), mask(136, 164))) == 0.0


def page(*marks: TruthMark) -> PageTruth:
    lines = (Line("姓名", upright(40, 50, 90, 70), (upright(40, 50, 65, 70), upright(65, 50, 90, 70)), 1.0),)
    return PageTruth(1, "claim_application", 300, 200, 150, 0, lines, {}, (), marks)


def test_ink_under_a_mask_is_due_where_the_value_stands():
    pixels = np.full((200, 300, 3), 255, dtype=np.uint8)
    pixels[55:65, 45:85:4] = 0  # the label
    pixels[55:65, 105:175:4] = 0  # the value
    all_of, due = hidden_ink(pixels, page(), (upright(100, 50, 180, 70),), (mask(30, 190),))
    assert (all_of, due) == (280, 180)


def test_ruled_lines_belong_to_nobody():
    pixels = np.full((200, 300, 3), 255, dtype=np.uint8)
    pixels[44:46, 100:180] = 0
    assert hidden_ink(pixels, page(), (), (mask(96, 184),)) == (0, 0)


def test_a_signature_is_due():
    pixels = np.full((200, 300, 3), 255, dtype=np.uint8)
    pixels[55:65, 205:255:4] = 0
    signature = TruthMark("signature", "", upright(200, 50, 260, 70))
    all_of, due = hidden_ink(pixels, page(signature), (), (Mask("SIGNATURE", 1, Box(190, 40, 270, 80)),))
    assert all_of == due > 0
