"""Cutting lines from the page and grouping them into batches."""

import numpy as np
import pytest

from workers.recognize.page_view import apply
from workers.recognize.strips import Strip, batches, cut, network_input, padded, quad_points, reversed_strip


def gradient_page(width: int = 400, height: int = 300) -> np.ndarray:
    """Red tells the column, green the row."""
    page = np.zeros((height, width, 3), dtype=np.uint8)
    page[:, :, 0] = np.arange(width) * 255 // (width - 1)
    page[:, :, 1] = (np.arange(height) * 255 // (height - 1))[:, None]
    return page


def upright(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float)


def test_an_upright_box_of_48_pixels_is_copied_as_it_is():
    page = gradient_page()
    strip = cut(page, upright(100, 50, 220, 98))
    assert (strip.pixels == page[50:98, 100:220]).all()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_strip_shows_the_page_where_it_says_whatever_way_it_runs(turns: int):
    page = gradient_page()
    strip = cut(page, np.roll(upright(100, 50, 220, 110), turns, axis=0))
    for column, row in [(5, 5), (strip.width - 5, 5), (strip.width // 2, 40)]:
        x, y = apply(strip.to_page, np.array([[column + 0.5, row + 0.5]]))[0]
        assert strip.pixels[row, column, :2].astype(int) == pytest.approx([x * 255 / 399, y * 255 / 299], abs=3)


def test_large_print_is_averaged_not_sampled():
    page = np.zeros((600, 600, 3), dtype=np.uint8)
    page[:, ::2] = 255
    strip = cut(page, upright(100, 100, 500, 500))
    assert 100 < strip.pixels[10:-10, 10:-10].mean() < 155
    assert strip.pixels[10:-10, 10:-10].std() < 40


def test_what_reaches_beyond_the_page_is_white():
    strip = cut(np.zeros((100, 200, 3), dtype=np.uint8), upright(-50, 20, 150, 68))
    assert (strip.pixels[:, :40] == 255).all()
    assert (strip.pixels[:, 60:] == 0).all()


def test_a_degenerate_box_still_gives_a_strip():
    assert cut(gradient_page(), upright(10, 10, 10, 10)).width == 16


def test_a_reversed_strip_is_the_same_place_upside_down():
    strip = cut(gradient_page(), upright(100, 50, 220, 98))
    back = reversed_strip(strip)
    assert (back.pixels[0, 0] == strip.pixels[-1, -1]).all()
    assert quad_points(back, 0, back.width)[0] == pytest.approx((220, 98))


def test_a_part_of_a_strip_is_placed_on_the_page():
    strip = cut(gradient_page(), upright(100, 50, 220, 98))
    assert quad_points(strip, 12, 24).tolist() == [[112, 50], [124, 50], [124, 98], [112, 98]]


def test_batches_hold_every_strip_once_and_stay_within_the_area():
    widths = [700, 40, 41, 39, 1500, 64, 5000, 300, 310]
    grouped = list(batches(widths, area=1600, step=32))
    assert sorted(index for batch in grouped for index in batch) == list(range(len(widths)))
    assert all(len(batch) == 1 or len(batch) * padded(max(widths[i] for i in batch), 32) <= 1600 for batch in grouped)


def test_batches_group_strips_of_like_width():
    assert list(batches([900, 30, 880, 33], area=2000, step=32)) == [[1, 3], [2, 0]]


def test_no_strips_make_no_batches():
    assert list(batches([], area=1600, step=32)) == []


def test_the_network_gets_blue_first_and_zero_beyond_the_strip():
    pixels = np.zeros((48, 20, 3), dtype=np.uint8)
    pixels[:, :, 0] = 255
    batch = network_input([Strip(pixels, np.eye(2, 3))], 32)
    assert batch.shape == (1, 3, 48, 32)
    assert batch[0, :, 0, 0].tolist() == [-1.0, -1.0, 1.0]
    assert (batch[0, :, :, 20:] == 0).all()
