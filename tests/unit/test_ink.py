"""Stamp ink: where it is seen, and that it goes while text stays."""

import cv2
import numpy as np
import pytest

from workers.recognize.ink import Hue, stamp_inks, without_ink

RED, BLUE, VIOLET = (205, 40, 48), (40, 60, 150), (96, 52, 140)
BLACK, BLUE_PEN, GREEN_FORM = (20, 20, 22), (22, 30, 92), (0, 70, 50)


def paper(height: int = 300, width: int = 400, shade: tuple[int, int, int] = (255, 255, 255)) -> np.ndarray:
    return np.full((height, width, 3), shade, dtype=np.uint8)


def pressed(page: np.ndarray, colour: tuple[int, int, int], rows: slice, columns: slice, strength: float = 0.85) -> np.ndarray:
    """*page* with a patch of transparent ink."""
    stamped = page.astype(np.float64)
    stamped[rows, columns] *= 1 - strength * (1 - np.array(colour) / 255)
    return stamped.round().astype(np.uint8)


def through_jpeg(page: np.ndarray, quality: int = 60) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", page[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)[:, :, ::-1]


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float)


def hues(page: np.ndarray) -> list[Hue]:
    return [ink.hue for ink in stamp_inks(page)]


@pytest.mark.parametrize(("colour", "hue"), [(RED, Hue.RED), (BLUE, Hue.BLUE), (VIOLET, Hue.BLUE)])
@pytest.mark.parametrize("shade", [(255, 255, 255), (244, 232, 200), (150, 146, 140)], ids=["white", "yellowed", "in shadow"])
def test_a_stamp_is_seen_by_its_hue_on_any_paper(colour, hue, shade):
    assert hues(pressed(paper(shade=shade), colour, slice(100, 160), slice(50, 200))) == [hue]


def test_black_print_has_no_stamp_ink_even_after_jpeg():
    page = paper()
    cv2.putText(page, "Policy 2016265419", (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.0, BLACK, 2)
    assert hues(through_jpeg(page, 40)) == []


def test_grey_scans_yellowed_paper_and_shadow_have_none():
    slope = np.linspace(255, 120, 400)[None, :, None] * np.array([1.0, 0.95, 0.82])
    page = np.broadcast_to(slope, (300, 400, 3)).astype(np.uint8)
    assert hues(page) == []
    assert hues(np.repeat(page[:, :, :1], 3, axis=2)) == []


def test_green_print_is_no_stamp():
    assert hues(pressed(paper(), GREEN_FORM, slice(100, 160), slice(50, 200), 1.0)) == []


def test_a_tick_in_red_is_too_little_to_look_twice():
    assert hues(pressed(paper(), RED, slice(100, 104), slice(50, 60))) == []


def test_coloured_fringes_along_black_strokes_are_no_stamp():
    page = paper(600, 400)
    for column in range(20, 380, 12):
        page[40:560, column : column + 3] = BLACK
        page[40:560, column - 1] = (255, 190, 190)
        page[40:560, column + 3] = (190, 190, 255)
    assert hues(page) == []


@pytest.mark.parametrize(("colour", "hue"), [(RED, Hue.RED), (BLUE, Hue.BLUE), (VIOLET, Hue.BLUE)])
def test_the_stamp_goes_and_black_text_under_it_stays(colour, hue):
    page = paper(48, 300)
    page[18:30, 40:260:9] = BLACK
    bare = without_ink(pressed(page, colour, slice(0, 48), slice(60, 120)), hue)
    text = (page == BLACK).all(axis=2)
    assert bare[text].max() < 70
    assert bare[~text].min() > 215


def test_blue_writing_stays_under_a_red_stamp():
    page = paper(48, 300)
    page[18:30, 40:260:9] = BLUE_PEN
    bare = without_ink(pressed(page, RED, slice(0, 48), slice(60, 120)), Hue.RED)
    text = (page == BLUE_PEN).all(axis=2)
    assert bare[text].max() < 90
    assert bare[~text].min() > 215


def test_a_strip_without_the_hue_only_turns_grey():
    page = paper(48, 300)
    page[18:30, 40:260:9] = BLACK
    bare = without_ink(page, Hue.RED)
    assert np.abs(bare.astype(int) - page.mean(axis=2, keepdims=True)).max() <= 3


def test_shares_of_a_box_tell_stamp_from_text():
    page = paper()
    page[200:220, 50:350:8] = BLACK
    page = pressed(page, RED, slice(60, 100), slice(50, 130))
    page = pressed(page, RED, slice(190, 230), slice(50, 120))
    (ink,) = stamp_inks(page)
    stamp, text_under_stamp, text = box(50, 60, 130, 100), box(45, 195, 125, 225), box(200, 195, 350, 225)
    assert ink.share(stamp) == pytest.approx(1.0)
    assert ink.share(text) == 0.0
    assert 0.5 < ink.share(text_under_stamp) < 1.0
    assert ink.left(box(40, 50, 140, 110)) < 0.1
    assert ink.left(text) > 0.95
    assert ink.left(box(130, 240, 200, 260)) == 1.0


def test_boxes_beyond_the_view_are_cut_to_it():
    (ink,) = stamp_inks(pressed(paper(), RED, slice(0, 40), slice(0, 400)))
    assert ink.share(box(-30, -20, 420, 40)) == pytest.approx(1.0)
    assert ink.share(box(-30, 290, 420, 330)) == 0.0
