"""The real engine on text with a stamp over it: the text is read, and so is the stamp. Needs `make fonts`."""

import numpy as np
import pytest

from bench.papers import Damage, PaperPage, generate
from bench.papers.fonts import missing_packages
from bench.papers.pressed import Press
from workers.page_image import PageImage
from workers.recognize.ppocr import PpOcrEngine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_packages()), reason="type faces are missing: run `make fonts`"),
]

SCAN = Damage(jpeg=75, seals=0.0)


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


def image(page: PaperPage) -> PageImage:
    return PageImage(1, np.asarray(page.image.convert("RGB")), float(page.truth.dpi))


def covered(page: PaperPage, plain: PaperPage) -> list[str]:
    """Values that lie mostly under the stamps that *plain* does not have."""
    marks = [mark.box for mark in page.truth.marks if mark not in plain.truth.marks]
    return [
        found.text
        for found in page.truth.entities
        for (left, top), _, (right, bottom), _ in found.boxes[:1]
        if any(m[0][0] < (left + right) / 2 < m[2][0] and m[0][1] < (top + bottom) / 2 < m[2][1] for m in marks)
    ]


@pytest.mark.parametrize("stamp", ["received", "personal"])
def test_values_under_a_red_stamp_are_read_and_so_is_the_stamp(engine, stamp):
    plain = generate(61_000, "claim_application", SCAN).pages[0]
    pressed = generate(61_000, "claim_application", SCAN, press=Press(stamp, "red", 61_000)).pages[0]
    values = covered(pressed, plain)
    text = engine.read(image(pressed)).text
    assert values
    assert [value for value in values if value not in text] == []


def test_what_the_reading_with_the_stamp_said_is_kept_as_an_alternative(engine):
    pressed = generate(61_000, "claim_application", SCAN, press=Press("received", "red", 61_000)).pages[0]
    lines = engine.read(image(pressed)).lines
    assert any(line.alternatives for line in lines)
    assert all(line.text not in line.alternatives for line in lines)
