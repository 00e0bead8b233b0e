import io

import numpy as np
import pytest
from PIL import Image

from tests.builders.drawn_pages import drawn_page
from workers.redact.burn import FALLBACK_DPI, encode_page, placeholder_page
from workers.redact.glyphless import advance_of, font_file


def decoded(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("tone", "media_type", "mode"),
    [("bilevel", "image/png", "1"), ("grey", "image/jpeg", "L"), ("colour", "image/jpeg", "RGB")],
)
def test_the_encoding_follows_the_picture(tone, media_type, mode):
    image, _ = drawn_page(["some words"], tone=tone)
    page = encode_page(image.pixels, 1, 300.0)
    picture = decoded(page.data)
    assert (page.media_type, picture.mode, picture.size, page.dpi) == (media_type, mode, (image.width, image.height), 300.0)
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "comment", "dpi"} & set(picture.info)


def test_black_and_white_loses_nothing():
    image, _ = drawn_page(["some words"])
    page = encode_page(image.pixels, 1, None)
    assert (np.asarray(decoded(page.data).convert("RGB")) == image.pixels).all()
    assert page.dpi == FALLBACK_DPI


def test_a_budget_lowers_the_quality_and_no_further_than_45():
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    sizes = [len(encode_page(noise, 1, 200.0, budget).data) for budget in (None, 90_000, 1)]
    assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize(("tone", "mode"), [("grey", "L"), ("colour", "RGB")])
def test_an_even_page_over_its_budget_loses_nothing(tone, mode):
    pixels = drawn_page(["some words"] * 6, tone=tone)[0].pixels
    pixels[::10] = 0
    as_jpeg = encode_page(pixels, 1, 200.0)
    page = encode_page(pixels, 1, 200.0, budget=len(as_jpeg.data) - 1)
    assert (as_jpeg.media_type, page.media_type, decoded(page.data).mode) == ("image/jpeg", "image/png", mode)
    assert (np.asarray(decoded(page.data).convert("RGB")) == pixels).all()


def test_several_scans_come_before_a_lower_quality():
    noise = np.random.default_rng(1).integers(100, 200, (400, 400, 3), np.uint8)
    at_once = encode_page(noise, 1, 200.0)
    in_scans = encode_page(noise, 1, 200.0, budget=len(at_once.data) - 1)
    first, second = decoded(at_once.data), decoded(in_scans.data)
    assert (first.info.get("progressive"), second.info.get("progressive")) == (None, 1)
    assert (np.asarray(first) == np.asarray(second)).all()


def test_a_placeholder_has_the_size_of_the_page_and_words_on_it():
    page = placeholder_page(7, 1240, 1754, "page_timeout")
    assert (page.page_number, page.width, page.height) == (7, 1240, 1754)
    assert 0 in np.asarray(decoded(page.data).convert("L"))


def test_the_font_is_the_same_every_time_and_wide_characters_are_wide():
    assert font_file() == font_file()
    assert [advance_of(char) for char in "a1中，"] == [500, 500, 1000, 1000]
