"""Repeated digits that the recogniser drops from a narrow strip come back at a second look."""

import numpy as np
import pytest

from schemas.geometry import Box
from tests.builders.drawn_pages import drawn_page
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.recognition import Recogniser
from workers.recognize.second_look import SeenLine, second_look
from workers.recognize.strips import Strip, cut

NUMBERS = ("620077733344455512", "201900000111122229", "P555500007777111188", "110198196666111122")
SQUEEZED = 0.6
"""Of its width, as in a box that is far higher than its text."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return PpOcrEngine()._recogniser


def strips(numbers: tuple[str, ...]) -> tuple[np.ndarray, list[Strip]]:
    image, page = drawn_page(numbers, tone="grey", height=30)
    boxes = [Box.around([line.box]) for line in page.lines]
    corners = [np.array(Box(box.left - 8, box.top - 2, box.right + 8, box.bottom + 2).quad()) for box in boxes]
    return image.pixels, [cut(image.pixels, quad, SQUEEZED) for quad in corners]


def test_dropped_digits_come_back(recogniser):
    page, narrow = strips(NUMBERS)
    first = recogniser.read(narrow)
    assert any(len(reading.text) < len(number) for reading, number in zip(first, NUMBERS, strict=True))
    again = second_look(page, [SeenLine(*seen) for seen in zip(narrow, first, strict=True)], recogniser)
    assert [line.reading.text for line in again] == list(NUMBERS)
