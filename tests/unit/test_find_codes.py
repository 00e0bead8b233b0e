"""Codes are found where they stand, whatever became of them on the way."""

import numpy as np
import pytest

from schemas.geometry import Box
from tests.builders.marked_pages import after_jpeg, blank_sheet, code, image_of, pasted, printed, turned
from workers.not_text.codes import find_codes
from workers.not_text.sheet import sheet_of

VALUE = {"EAN13": "6901234567892", "ITF": "12345678901231", "Codabar": "A1234567890B"}
IDENTITY = "11010519491231002X"


def codes_on(pixels):
    image = image_of(pixels)
    return find_codes(sheet_of(image, 200.0), sheet_of(image, 100.0))


def share_inside(place: Box, found: Box) -> float:
    wide = min(place.right, found.right) - max(place.left, found.left)
    high = min(place.bottom, found.bottom) - max(place.top, found.top)
    return max(wide, 0) * max(high, 0) / (place.width * place.height)


def inked(mark: np.ndarray, place: Box) -> Box:
    """The part of *place* that the modules take."""
    rows, columns = np.nonzero(mark < 128)
    left, top = place.left + int(columns.min()), place.top + int(rows.min())
    return Box(left, top, place.left + int(columns.max()) + 1, place.top + int(rows.max()) + 1)


@pytest.mark.parametrize(
    "symbology",
    ["QRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "Code39", "EAN13", "ITF", "Codabar"],
)
def test_a_code_of_any_common_kind_is_found_with_what_it_says(symbology):
    value = VALUE.get(symbology, IDENTITY)
    pixels, mark = blank_sheet(), code(symbology, value, scale=3 if symbology.startswith("Cod") else 4)
    printed(pixels, lines=6)
    place = inked(mark, pasted(pixels, mark, 100, 760))
    (found,) = codes_on(pixels)
    assert found.value == value
    assert share_inside(place, found.box) > 0.93


@pytest.mark.parametrize("degrees", [4, 30, 90, 180, 263])
@pytest.mark.parametrize("symbology", ["QRCode", "Code128"])
def test_a_turned_code_is_found_whole_after_a_poor_jpeg(symbology, degrees):
    pixels, mark = blank_sheet(), turned(code(symbology, IDENTITY, scale=3), degrees)
    place = inked(mark, pasted(pixels, mark, 200, 300))
    found = codes_on(after_jpeg(pixels, 35))
    assert max(share_inside(place, each.box) for each in found) > 0.75
    assert symbology == "Code128" or found[0].value == IDENTITY


def test_a_torn_qr_code_is_found_by_the_corners_that_are_left():
    pixels, mark = blank_sheet(), code("QRCode", IDENTITY, scale=6)
    place = inked(mark, pasted(pixels, mark, 300, 300))
    pixels[place.top + place.height * 2 // 5 :, place.left : place.right] = 245
    (found,) = codes_on(pixels)
    assert found.value == ""
    assert share_inside(Box(place.left, place.top, place.right, place.top + place.height // 2), found.box) > 0.95


def test_bars_that_nobody_can_decode_are_found_by_how_they_run():
    rng = np.random.default_rng(3)
    pixels, bars = blank_sheet(), np.repeat(rng.choice([20, 240], 110).astype(np.uint8), 4)
    place = pasted(pixels, np.tile(bars, (90, 1)), 250, 400)
    (found,) = codes_on(pixels)
    assert found.value == ""
    assert share_inside(place, found.box) > 0.85


def test_a_code_of_a_rare_kind_is_found_decoded_or_not():
    pixels, mark = blank_sheet(), code("Code93", IDENTITY, scale=3)
    place = inked(mark, pasted(pixels, mark, 100, 760))
    (found,) = codes_on(pixels)
    assert share_inside(place, found.box) > 0.9


def test_print_and_the_rules_of_a_table_are_no_code():
    pixels = blank_sheet()
    printed(pixels)
    assert codes_on(pixels) == ()


def test_what_a_code_says_stays_out_of_its_repr():
    pixels = blank_sheet()
    pasted(pixels, code("QRCode", IDENTITY), 300, 300)
    assert IDENTITY not in repr(codes_on(pixels))


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 2)])
def test_a_page_of_hardly_any_pixels_has_no_code(size):
    assert codes_on(blank_sheet(*size)) == ()
