"""Print that faces another way than its page is read as what it says, and hidden where it stands."""

import numpy as np
import pytest
from PIL import Image

from bench.hostile import letters
from bench.hostile.form import DPI, Form, drawn
from bench.papers.fonts import missing_packages
from schemas.geometry import Box
from workers.page_image import PageImage
from workers.recognize.facing import is_mirrored
from workers.recognize.ppocr import PpOcrEngine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_packages()), reason="the papers' fonts are not installed"),
]
FORM = Form.of(6)


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


@pytest.mark.parametrize(
    "make", [letters.visible_and_mirrored, letters.visible_and_upside_down], ids=lambda make: make.__name__
)
@pytest.mark.parametrize("flipped", [False, True])
def test_values_beside_an_upright_form_are_read_whichever_way_they_face(engine, make, flipped):
    pixels = np.asarray(drawn(make(FORM), DPI))
    text = engine.read(PageImage(1, pixels[::-1].copy() if flipped else pixels.copy(), DPI)).text
    assert [value for value in FORM.values if value not in text] == []


@pytest.mark.parametrize("seed", [4, 5, 6])
@pytest.mark.parametrize("dpi", [150, 300])
def test_values_set_one_below_the_other_are_read_whole(engine, seed, dpi):
    form = Form.of(seed)
    pixels = np.asarray(drawn(letters.visible_one_below_the_other(form), dpi)).copy()
    text = engine.read(PageImage(1, pixels, float(dpi))).text.translate(NARROW)
    assert [value for value in form.values if value.translate(NARROW) not in text] == []


NARROW = str.maketrans("（）", "()")


def test_their_characters_are_placed_where_they_stand(engine):
    picture = FORM.picture()
    page = Image.new("RGB", (picture.width * 2, picture.height), "white")
    page.paste(FORM.picture(with_values=False), (0, 0))
    page.paste(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (picture.width, 0))
    lines = engine.read(PageImage(1, np.asarray(page).copy(), DPI)).lines
    (line,) = [line for line in lines if FORM.values[1] in line.text]
    assert is_mirrored(line.box)
    place = FORM.entities()[1].boxes[0]
    start = line.text.index(FORM.values[1])
    found = Box.around(line.char_boxes[start : start + 18])
    right, left = (2 * picture.width - place[at][0] for at in (0, 1))
    assert abs(found.left - left) < 20
    assert abs(found.right - right) < 20
