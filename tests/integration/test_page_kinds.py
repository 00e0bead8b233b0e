"""Pages that cannot be read, read to their end with the real engine."""

import cv2
import numpy as np
import pytest

from bench.papers import Damage, generate
from schemas.page import PageState
from workers.page_image import PageImage
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.read_page import read_page

pytestmark = pytest.mark.slow

SEED = 58_001


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


@pytest.fixture(scope="module")
def paper() -> np.ndarray:
    return np.asarray(generate(SEED, "discharge_summary", Damage(seals=0.0)).pages[0].image.convert("RGB"))


def ended(pixels: np.ndarray, engine: PpOcrEngine) -> str:
    reading = read_page(PageImage(1, np.ascontiguousarray(pixels)), engine)
    return reading.reason or reading.state.value


def test_print_that_shows_through_is_a_blank_page_and_the_same_print_faint_is_read(paper, engine) -> None:
    faint = 250 - (255 - cv2.GaussianBlur(paper, (0, 0), 1)) // 14
    assert ended(faint[:, ::-1], engine) == PageState.BLANK.value
    assert ended(faint, engine) == PageState.READ.value


def test_a_page_out_of_focus_says_so(paper, engine) -> None:
    assert ended(cv2.GaussianBlur(paper, (0, 0), 9), engine) == "page_too_blurred"


def test_a_thumbnail_of_a_page_says_that_it_is_too_small(paper, engine) -> None:
    assert ended(cv2.resize(paper, None, fx=0.11, fy=0.11, interpolation=cv2.INTER_AREA), engine) == "resolution_too_low"


def test_shapes_without_text_are_no_document(engine) -> None:
    rng = np.random.default_rng(4)
    scene = cv2.resize(rng.integers(60, 200, (5, 4, 3), dtype=np.uint8), (1000, 1400), interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        middle = (int(rng.integers(0, 1000)), int(rng.integers(0, 1400)))
        colour = tuple(int(value) for value in rng.integers(20, 240, 3))
        cv2.circle(scene, middle, int(rng.integers(40, 180)), colour, cv2.FILLED, cv2.LINE_AA)
    assert ended(scene, engine) == "not_a_document"


def test_a_page_with_one_word_is_read(engine) -> None:
    page = np.full((1754, 1240, 3), 250, np.uint8)
    cv2.putText(page, "see over", (500, 900), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (30, 30, 30), 2, cv2.LINE_AA)
    assert ended(page, engine) == PageState.READ.value
