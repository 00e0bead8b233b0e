"""From a probability map to boxes, and from a large view to tiles."""

import cv2
import numpy as np
import pytest

from workers.recognize.detection import DetectionSettings, Detector, boxes, corners, network_input, tiles, view_size
from workers.recognize.page_view import reduced

SETTINGS = DetectionSettings()


def map_with(*shapes: np.ndarray, size: tuple[int, int] = (400, 300)) -> np.ndarray:
    """A probability map, width by height, with filled polygons at 0.9."""
    drawn = np.zeros((size[1], size[0]), dtype=np.float32)
    for shape in shapes:
        cv2.fillPoly(drawn, [np.round(shape).astype(np.int32)], 0.9)
    return drawn


def test_a_box_is_grown_from_its_core_on_every_side():
    (box,) = boxes(map_with(corners((200, 100), (200, 20), 0.0)), SETTINGS)
    grow = 200 * 20 * SETTINGS.unclip / (2 * (200 + 20))
    assert box[0] == pytest.approx((100 - grow, 90 - grow), abs=2)
    assert box[2] == pytest.approx((300 + grow, 110 + grow), abs=2)


@pytest.mark.parametrize("angle", [-30.0, -8.0, 5.0, 20.0])
def test_a_skewed_line_keeps_its_angle(angle: float):
    (box,) = boxes(map_with(corners((200, 150), (240, 16), angle)), SETTINGS)
    across = box[1] - box[0]
    assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(angle, abs=1)


def test_corners_run_clockwise_from_the_top_left_also_for_a_high_box():
    (box,) = boxes(map_with(corners((200, 150), (18, 160), 0.0)), SETTINGS)
    assert box[0][0] < box[1][0]
    assert box[0][1] < box[3][1]
    assert abs(box[3][1] - box[0][1]) > abs(box[1][0] - box[0][0])


def test_a_lone_character_gets_an_upright_box():
    (box,) = boxes(map_with(np.array([[200, 100], [215, 115], [200, 130], [185, 115]])), SETTINGS)
    assert box[0][1] == box[1][1]
    assert box[1][0] == box[2][0]


def test_specks_and_faint_regions_are_no_text():
    faint = map_with(corners((200, 100), (200, 20), 0.0)) * 0.4
    assert boxes(faint, SETTINGS) == []
    assert boxes(map_with(corners((50, 50), (1, 1), 0.0)), SETTINGS) == []


@pytest.mark.parametrize(("width", "height"), [(100, 80), (1280, 1280), (1281, 700), (3001, 2222), (9000, 400)])
def test_tiles_together_own_every_pixel_once(width: int, height: int):
    owned = np.zeros((height, width), dtype=np.uint8)
    for tile in tiles(width, height, 1280, 96):
        assert 0 <= tile.left < tile.right <= width
        assert 0 <= tile.top < tile.bottom <= height
        assert max(tile.right - tile.left, tile.bottom - tile.top) <= 1280
        assert tile.left <= tile.own[0] <= tile.own[2] <= tile.right
        owned[tile.own_rows, tile.own_columns] += 1
    assert (owned == 1).all()


def test_neighbouring_tiles_see_past_what_they_own():
    first, second = tiles(2000, 100, 1280, 96)
    assert first.right - first.own[2] >= 48
    assert second.own[0] - second.left >= 48


@pytest.mark.parametrize(
    ("page", "dpi", "expected"),
    [
        pytest.param((2480, 3508), 300.0, (672, 960), id="A4 at 300 dpi"),
        pytest.param((1653, 2339), None, (672, 960), id="A4 at 200 dpi, resolution unknown"),
        pytest.param((3508, 2480), 300.0, (960, 672), id="A4 on its side"),
        pytest.param((500, 5000), None, (480, 4800), id="a till receipt"),
        pytest.param((9933, 14043), 300.0, (2368, 3360), id="A0 at 300 dpi"),
        pytest.param((9933, 14043), None, (1984, 2816), id="A0, resolution unknown"),
        pytest.param((60, 30), None, (128, 64), id="a snippet, enlarged no more than twice"),
        pytest.param((3, 2), None, (32, 32), id="next to nothing"),
    ],
)
def test_pages_are_looked_at_in_a_size_that_keeps_text_legible(page, dpi, expected):
    assert view_size(*page, dpi, SETTINGS) == expected


def test_no_view_grows_beyond_the_area_limit():
    width, height = view_size(200_000, 60_000, 300.0, SETTINGS)
    assert width * height <= SETTINGS.max_area * 1.02


def test_the_network_gets_blue_first_normalised_and_white_padding():
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    pixels[0, 0] = (255, 0, 0)
    batch = network_input(pixels)
    assert batch.shape == (1, 3, 32, 32)
    assert batch[0, :, 0, 0] == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, (1 - 0.406) / 0.225], abs=1e-5)
    assert batch[0, :, 31, 31] == pytest.approx([(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225], abs=1e-5)


def test_an_even_shade_is_not_looked_at():
    network = DarkPixels()
    view = reduced(np.full((64, 64, 3), 40, dtype=np.uint8), 64, 64)
    assert Detector(network, SETTINGS).find(view) == []
    assert network.sizes == []


class DarkPixels:
    """A network that takes dark pixels for text and remembers how large its inputs were."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def run(self, batch):
        self.sizes.append(batch.shape[2:])
        return ((batch[:, :1] < 0).astype(np.float32),)


def test_a_line_across_the_border_of_two_tiles_is_found_as_one():
    page = np.full((64, 2400, 3), 255, dtype=np.uint8)
    page[20:40, 900:1600] = 0
    network = DarkPixels()
    found = Detector(network, SETTINGS).find(reduced(page, 2400, 64))
    assert len(found) == 1
    assert len(network.sizes) == 2
    assert found[0][1][0] - found[0][0][0] > 700
