"""What PaddleOCR answers, in this project's values; its networks are played by fakes."""

import numpy as np
import pytest

from workers.recognize.paddle_predictors import BATCH, PaddleDetector, PaddleReading, PaddleRecogniser
from workers.recognize.page_view import reduced
from workers.recognize.strips import STRIP_HEIGHT, Strip

STEP = 8
"""Columns of a strip that one of its time steps covers."""


def strip(width: int, shade: int = 255) -> Strip:
    return Strip(np.full((STRIP_HEIGHT, width, 3), shade, dtype=np.uint8), np.eye(2, 3))


def answer(width: int, *words: tuple[str, tuple[int, ...]], score: float = 0.9) -> dict[str, object]:
    """What PaddleOCR says of a strip when asked for word boxes."""
    text = "".join(word for word, _ in words)
    letters = [list(word) for word, _ in words]
    return {"rec_text": (text, [width / STEP, letters, [list(steps) for _, steps in words], []]), "rec_score": score}


class Answering:
    """Answers with what it was made with, and keeps what it was asked."""

    def __init__(self, *answers: dict[str, object]) -> None:
        self.answers = answers
        self.asked: list[object] = []
        self.settings: dict[str, object] = {}

    def predict(self, pixels, **settings):
        self.asked.extend(pixels if isinstance(pixels, list) else [pixels])
        self.settings = settings
        return self.answers


class Echoing(Answering):
    """Reads the width of each strip on it."""

    def predict(self, pixels, **settings):
        super().predict(pixels, **settings)
        return [answer(each.shape[1], (str(each.shape[1]), tuple(range(len(str(each.shape[1])))))) for each in pixels]


def read(width: int, *words: tuple[str, tuple[int, ...]], score: float = 0.9) -> PaddleReading:
    (reading,) = PaddleRecogniser(Answering(answer(width, *words, score=score))).read([strip(width)])
    return reading


def test_characters_stand_in_the_middle_of_their_time_steps():
    reading = read(80, ("AB", (1, 4)), ("保", (8,)))
    assert reading == PaddleReading("AB保", 0.9, (12.0, 36.0, 68.0))


def test_spaces_at_the_ends_are_left_away_and_those_between_are_kept():
    assert read(80, (" ", (0,)), ("A", (2,)), (" ", (4,)), ("B", (6,)), (" ", (9,))) == PaddleReading(
        "A B", 0.9, (20.0, 36.0, 52.0)
    )


def test_what_the_padding_beside_a_strip_seemed_to_hold_is_left_away():
    assert read(40, ("AB", (1, 6))).text == "A"


def test_a_strip_on_which_nothing_is_read_has_no_text():
    assert read(80, score=0.0) == PaddleReading("", 0.0, ())


def test_a_score_over_one_by_rounding_is_one():
    assert read(80, ("A", (1,)), score=1.0000001).confidence == 1.0


def test_strips_are_read_by_width_and_answered_in_their_own_order():
    predictor = Echoing()
    readings = PaddleRecogniser(predictor).read([strip(160), strip(80), strip(120)])
    assert [pixels.shape[1] for pixels in predictor.asked] == [80, 120, 160]
    assert [reading.text for reading in readings] == ["160", "80", "120"]
    assert predictor.settings == {"batch_size": BATCH, "return_word_box": True}


def test_a_strip_longer_than_the_network_reads_is_read_in_parts_that_are_joined():
    page = strip(5000)
    page.pixels[:, ::8] = 0
    page.pixels[:, 2400:2440] = 255  # the widest gap near the middle
    first, second = 2420, 2580
    predictor = Answering(answer(first, ("AB", (1, 4)), score=0.9), answer(second, ("C", (2,)), score=0.6))
    (reading,) = PaddleRecogniser(predictor).read([page])
    widths = [pixels.shape[1] for pixels in predictor.asked]
    assert sum(widths) == 5000
    assert widths[0] == pytest.approx(2420, abs=25)
    assert reading.text == "ABC"
    assert reading.confidence == pytest.approx(0.8)
    assert reading.centres[:2] == pytest.approx((12.0 * widths[0] / first, 36.0 * widths[0] / first))
    assert reading.centres[2] == pytest.approx(widths[0] + 20.0 * widths[1] / second)


def test_no_strips_are_not_asked_about():
    predictor = Answering()
    assert PaddleRecogniser(predictor).read([]) == []
    assert predictor.asked == []


def test_pictures_are_given_blue_first():
    red = np.zeros((32, 64, 3), dtype=np.uint8)
    red[:, :, 0] = 200
    predictor = Answering({"dt_polys": np.zeros((0, 4, 2))})
    assert PaddleDetector(predictor).find(reduced(red, 64, 32)) == []
    assert predictor.asked[0][0, 0].tolist() == [0, 0, 200]


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_boxes_come_as_numbers_that_can_be_halved(kind):
    corners = np.array([[[1, 2], [31, 2], [31, 12], [1, 12]]], dtype=kind)
    (box,) = PaddleDetector(Answering({"dt_polys": corners})).find(reduced(np.zeros((32, 64, 3), dtype=np.uint8), 64, 32))
    assert (box / 2).tolist() == [[0.5, 1.0], [15.5, 1.0], [15.5, 6.0], [0.5, 6.0]]
