"""PaddleOCR itself. `make test` runs this in an environment that has the extra `paddle`; without it, it fails."""

import cv2
import numpy as np
import pytest

from bench.papers import generate
from schemas.geometry import Box
from schemas.page import PageText
from tests.builders.typed_pages import typed_lines, typed_page
from workers.page_image import PageImage
from workers.recognize.engines import load_engine
from workers.recognize.port import OcrEngine

pytestmark = pytest.mark.paddle


@pytest.fixture(scope="module")
def engine() -> OcrEngine:
    return load_engine("paddle")


def skewed(image: PageImage, degrees: float) -> PageImage:
    turn = cv2.getRotationMatrix2D((image.width / 2, image.height / 2), -degrees, 1.0)
    pixels = cv2.warpAffine(image.pixels, turn, (image.width, image.height), borderValue=(255, 255, 255))
    return PageImage(image.page_number, np.asarray(pixels, dtype=np.uint8), image.dpi)


@pytest.mark.parametrize("degrees", [-7.0, 3.0])
def test_a_skewed_page_is_read_in_order(engine: OcrEngine, degrees: float):
    page = engine.read(skewed(typed_page(), degrees))
    assert [line.text for line in page.lines] == [line.text for line in typed_lines()]


def test_a_chinese_form_is_read_and_its_values_stand_where_they_were_printed(engine: OcrEngine):
    paper = generate(11, "claim_application")
    truth = paper.pages[0].truth
    page = engine.read(PageImage(1, np.asarray(paper.pages[0].image.convert("RGB")), paper.dpi))
    printed = [entity for entity in truth.entities if not entity.by_hand and len(entity.places) == 1]
    read = [entity for entity in printed if places(page, entity.text)]
    assert len(printed) >= 5
    assert len(read) >= 0.9 * len(printed)
    for entity in read:
        assert any(box.overlaps(Box.around(entity.boxes)) for box in places(page, entity.text))


def places(page: PageText, value: str) -> list[Box]:
    """Where *value* was read."""
    starts = [start for start in range(len(page.text)) if page.text.startswith(value, start)]
    return [Box.around(page.boxes_of(start, start + len(value))) for start in starts]


def test_a_plan_in_a0_is_read(engine: OcrEngine):
    page = typed_page(size=120, left=900, top=2000, width=9933, height=7016)
    assert [line.text for line in engine.read(page).lines] == [line.text for line in typed_lines()]
