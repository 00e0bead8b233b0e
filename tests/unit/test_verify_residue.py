import numpy as np
import pytest
from PIL import Image, ImageFilter

from schemas.entity import Entity
from schemas.geometry import Box
from schemas.page import PageText
from tests.builders.drawn_pages import ENGINE, drawn_page, entity
from workers.page_image import PageImage
from workers.verify.faint import brought_up
from workers.verify.residue import has_writing, noise, residues

NUMBER = "110105194912310021"
IMAGE, TEXT = drawn_page(["ID number " + NUMBER, "Amount 1200.00"], tone="grey")
FOUND = entity(TEXT, "CN_ID18", NUMBER)
PLACE = Box.around(FOUND.boxes)
CUT = np.s_[PLACE.top : PLACE.bottom, PLACE.left : PLACE.right]
NOTHING = PageText(1, 1400, 1000, 200, 0, (), ENGINE)


def painted(paint) -> PageImage:
    pixels = IMAGE.pixels.copy()
    pixels[CUT] = paint(pixels[CUT])
    return PageImage(1, pixels, 200)


def found(image: PageImage, reading: PageText = NOTHING, hidden: tuple[Entity, ...] = (FOUND,)) -> list[str]:
    return [leak.check for leak in residues(image, TEXT, hidden, reading)]


def blocks(pixels):
    picture = Image.fromarray(pixels)
    return np.asarray(picture.reduce(10).resize(picture.size, Image.Resampling.NEAREST))


def half(pixels):
    covered = pixels.copy()
    covered[len(pixels) // 2 :] = 0
    return covered


@pytest.mark.parametrize(
    "paint",
    [
        lambda pixels: pixels,
        lambda pixels: pixels // 10,
        lambda pixels: np.minimum(pixels, 26),
        lambda pixels: 245 + pixels // 25,
        blocks,
        lambda pixels: np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(5))),
        half,
    ],
    ids=["bare", "opacity 0.9", "marker of 90 % grey", "bleached", "blocks", "blur", "lower half covered"],
)
def test_what_is_left_of_a_value_is_found_although_nobody_can_read_it(paint):
    assert found(painted(paint)) == ["residue"]


@pytest.mark.parametrize(
    "paint",
    [
        lambda pixels: 0,
        lambda pixels: 255,
        lambda pixels: np.full_like(pixels, 90),
        lambda pixels: np.where(np.arange(pixels.shape[1])[:, None] // 40 == 3, 240, 0),
    ],
    ids=["black", "white", "grey", "two boxes with a gap"],
)
def test_a_place_of_one_shade_tells_nothing(paint):
    assert found(painted(paint)) == []


def test_noise_of_a_scanner_is_no_writing():
    rng = np.random.default_rng(1)
    pixels = painted(lambda _: 0).pixels.astype(int)
    noisy = np.clip(pixels + rng.normal(0, 4, pixels.shape[:2])[..., None], 0, 255).astype(np.uint8)
    assert found(PageImage(1, noisy, 200)) == []


def test_a_page_of_another_shape_is_not_compared():
    assert found(PageImage(1, IMAGE.pixels[:500], 200)) == []


def test_a_label_that_is_read_for_certain_is_no_rest_but_a_part_of_the_value_is():
    label, part = (drawn_page([text], tone="grey")[1] for text in ("ID number (b)(6)", "ID number 1101"))
    assert found(IMAGE, label) == []
    assert found(painted(lambda pixels: 0), part) == ["residue"]


def test_the_place_is_given_in_pixels_of_the_page_that_was_looked_at():
    half_size = PageImage(1, np.ascontiguousarray(IMAGE.pixels[::2, ::2]), 100)
    (leak,) = residues(half_size, TEXT, (FOUND,), NOTHING)
    assert leak.box is not None
    assert leak.box.overlaps(Box(PLACE.left // 2, PLACE.top // 2, PLACE.right // 2, PLACE.bottom // 2))


def test_noise_is_measured_whatever_ink_there_is():
    rng = np.random.default_rng(1)
    noisy = np.clip(IMAGE.pixels + rng.normal(0, 3, IMAGE.pixels.shape), 0, 255).astype(np.uint8)
    assert noise(IMAGE.pixels) == 0
    assert 2 < noise(noisy) < 4


def test_a_colour_alone_may_tell():
    pixels = np.zeros((20, 200, 3), np.uint8)
    pixels[:, ::8, 2] = 40
    assert has_writing(pixels, 5.0)
    assert not has_writing(pixels[..., :1].repeat(3, axis=2), 5.0)


@pytest.mark.parametrize(
    "paint",
    [lambda pixels: pixels // 10, lambda pixels: np.minimum(pixels, 26), lambda pixels: 225 + pixels // 16],
    ids=["opacity 0.9", "marker of 90 % grey", "bleached"],
)
def test_faint_ink_is_brought_up_with_the_line_it_stands_in(paint):
    shown = brought_up(painted(paint))
    assert shown is not None
    assert np.ptp(shown.pixels[CUT]) > 200
    assert shown.pixels.shape == IMAGE.pixels.shape
    before, after = IMAGE.pixels[CUT][..., 0].astype(float), shown.pixels[CUT][..., 0].astype(float)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.5
    assert (shown.pixels[500:] == 255).all()


def test_a_page_without_faint_ink_is_not_looked_at_twice():
    rng = np.random.default_rng(1)
    noisy = np.clip(IMAGE.pixels + rng.normal(0, 3, IMAGE.pixels.shape[:2])[..., None], 0, 255).astype(np.uint8)
    assert brought_up(IMAGE) is None
    assert brought_up(painted(lambda pixels: 0)) is None
    assert brought_up(PageImage(1, noisy, 200)) is None
