"""Views know where their points lie on the page."""

import numpy as np
import pytest

from workers.recognize.page_view import PageView, apply, reduced, straightened, turned

RNG = np.random.default_rng(20260101)


def page_of(width: int, height: int) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_each_pixel_of_a_turned_view_shows_the_page_where_the_view_says(degrees: int):
    page = page_of(7, 4)
    view = turned(reduced(page, 7, 4), degrees)
    for row in range(view.height):
        for column in range(view.width):
            x, y = apply(view.to_page, np.array([[column + 0.5, row + 0.5]]))[0]
            assert (view.pixels[row, column] == page[int(y), int(x)]).all()


def test_a_clockwise_turn_takes_the_left_edge_to_the_top():
    view = turned(reduced(page_of(7, 4), 7, 4), 90)
    assert apply(view.to_page, np.array([[0.0, 0.0]])).tolist() == [[0.0, 4.0]]


def test_the_corners_of_a_reduced_view_are_the_corners_of_the_page():
    view = reduced(page_of(700, 401), 96, 64)
    assert apply(view.to_page, np.array([[0, 0], [96, 64]])).tolist() == [[0, 0], [700, 401]]


@pytest.mark.parametrize("skew", [-12.0, -1.5, 3.0, 15.0])
def test_a_straightened_view_lays_skewed_lines_level(skew: float):
    view = PageView(page_of(300, 200), np.array([[2.0, 0, 0], [0, 2.0, 0]]))
    straight = straightened(view, skew)
    across = apply(straight.to_page, np.array([[0.0, 50.0], [100.0, 50.0]]))
    dx, dy = across[1] - across[0]
    assert np.degrees(np.arctan2(dy, dx)) == pytest.approx(skew)
    assert np.hypot(dx, dy) == pytest.approx(200.0)


def test_a_straightened_view_holds_all_of_the_page():
    straight = straightened(reduced(page_of(300, 200), 300, 200), 10.0)
    linear, shift = straight.to_page[:, :2], straight.to_page[:, 2]
    corners = np.array([[0, 0], [300, 0], [300, 200], [0, 200]], dtype=float)
    inside = (corners - shift) @ np.linalg.inv(linear).T
    assert (inside >= -1e-6).all()
    assert (inside <= np.array([straight.width, straight.height]) + 1e-6).all()
