"""The real engine on real pages: what it reads, and on which way up. Thresholds leave room for another build of the runtime."""

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from bench.reading.matching import character_error_rate
from bench.reading.pages import load_page
from schemas.page import PageState
from tests.builders.typed_pages import turned, typed_lines, typed_page
from workers.page_image import PageImage
from workers.recognize.ppocr import PpOcrEngine
from workers.recognize.read_page import read_page

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
PAGES = SAMPLES / "open" / "ocr-pages"
FORMS = SAMPLES / "nc" / "forms-zh-xfund"


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


def sample(path: Path) -> PageImage:
    if not path.exists():
        pytest.skip("the samples are not beside this checkout")
    return load_page(path)


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def values(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from values(child)
    elif node is not None:
        yield folded(str(node))


@pytest.mark.parametrize(
    ("page", "truth", "allowed"),
    [
        ("phototest.tif", "phototest.gold.txt", 0.005),
        ("phototest-rotated-R.png", "phototest.gold.txt", 0.005),
        ("eurotext.tif", "eurotext.txt", 0.02),
        ("8087_054.3B.tif", "8087_054.3B.txt", 0.04),  # two columns around a picture with its caption
        ("zh_exif_orientation.jpg", "zh_exif_orientation.gt.txt", 0.02),
    ],
)
def test_few_characters_are_read_wrong(engine: PpOcrEngine, page: str, truth: str, allowed: float) -> None:
    text = engine.read(sample(PAGES / page)).text
    assert character_error_rate((PAGES / truth).read_text(encoding="utf-8"), text) <= allowed


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_reads_as_well_as_upright(engine: PpOcrEngine, turn: int) -> None:
    upright = sample(PAGES / "eurotext.tif")
    page = engine.read(PageImage(1, turned(upright.pixels, turn), upright.dpi))
    truth = (PAGES / "eurotext.txt").read_text(encoding="utf-8")
    assert page.rotation == 360 - turn
    assert character_error_rate(truth, page.text) <= 0.02


@pytest.mark.parametrize("form", [22, 31, 42])
def test_the_values_on_chinese_forms_are_found(engine: PpOcrEngine, form: int) -> None:
    text = folded(engine.read(sample(FORMS / "images" / f"zh_val_{form}.jpg")).text)
    truth = json.loads((FORMS / "gt" / f"zh_val_{form}.json").read_text(encoding="utf-8"))
    expected = [value for value in values(truth["key_values"]) if len(value) >= 2]
    assert sum(value in text for value in expected) >= 0.9 * len(expected)


@pytest.mark.parametrize("skew", [-10, -3, 2, 7])
def test_a_skewed_page_is_read_and_its_characters_are_placed(engine: PpOcrEngine, skew: int) -> None:
    straight = typed_page()
    about_the_middle = cv2.getRotationMatrix2D((450, 600), -skew, 1.0)
    pixels = cv2.warpAffine(straight.pixels, about_the_middle, (900, 1200), borderValue=(255, 255, 255))
    page = engine.read(PageImage(1, np.asarray(pixels, dtype=np.uint8), 110.0))
    assert [line.text for line in page.lines] == [line.text for line in typed_lines()]
    for line, typed in zip(page.lines, typed_lines(), strict=True):
        for quad, box in zip(line.char_boxes, typed.char_boxes, strict=True):
            x, y = about_the_middle @ ((box.left + box.right) / 2, (box.top + box.bottom) / 2, 1.0)
            middle = np.mean(quad, axis=0)
            assert np.hypot(*(middle - (x, y))) <= 20


def test_a_very_large_page_is_read_in_little_memory(engine: PpOcrEngine) -> None:
    pixels = np.full((12_000, 9_000, 3), 255, dtype=np.uint8)
    small = typed_page().pixels  # 8 point type at 300 dpi
    pixels[200:1400, 300:1200] = small
    pixels[10_500:11_700, 7_900:8_800] = small
    before = psutil.Process().memory_info().rss
    page = engine.read(PageImage(1, pixels, 300.0))
    assert [line.text for line in page.lines] == 2 * [line.text for line in typed_lines()]
    assert psutil.Process().memory_info().rss - before < 400 * 2**20


def test_a_picture_without_text_fails_with_its_reason(engine: PpOcrEngine) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (24, 18, 3), dtype=np.uint8)
    picture = cv2.resize(noise, (900, 1200), interpolation=cv2.INTER_CUBIC)
    reading = read_page(PageImage(1, np.asarray(picture, dtype=np.uint8)), engine)
    assert (reading.state, reading.reason) == (PageState.FAILED, "not_a_document")


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (31, 33)])
def test_pages_of_odd_shapes_are_read_without_error(engine: PpOcrEngine, shape: tuple[int, int]) -> None:
    page = engine.read(PageImage(1, np.zeros((*shape, 3), dtype=np.uint8)))
    assert (page.height, page.width) == shape
