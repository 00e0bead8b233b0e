"""The real engine agrees with true layers and not with false ones, on real documents."""

from pathlib import Path

import pytest

from schemas.limits import Limits
from workers.paginate import open_document
from workers.recognize.ppocr import PpOcrEngine
from workers.steps.text_layer import trusted_text_layer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine() -> PpOcrEngine:
    return PpOcrEngine()


@pytest.mark.parametrize(
    ("path", "is_trusted"),
    [
        ("hard/corruptionOneByteMissing.pdf", True),
        ("hard/zh-font-not-embedded.pdf", True),
        ("claims-long-pdf/multihop_012_001_crosspage.pdf", True),
        ("redaction/rectangles_no.pdf", True),
        ("redaction/rectangles_yes.pdf", False),  # words under black boxes
        ("redaction/hidden_text_on_visible_text.pdf", False),  # an annotation drawn over words
        ("hard/zh-embedded-font-XiaoBiaoSong.pdf", False),  # GBK bytes read as Latin letters
        ("hard/invisible_text_layer.pdf", False),
        ("hard/type3_font_nomapping.pdf", False),
        ("hard/malformed-from-issue-932.pdf", False),  # a picture with text beside text
        ("hard/skew.pdf", False),  # no layer
    ],
)
def test_a_layer_is_trusted_if_it_is_what_is_seen(open_samples: Path, engine: PpOcrEngine, path: str, is_trusted: bool) -> None:
    with (open_samples / path).open("rb") as stream, open_document(stream, "application/pdf", Limits()) as document:
        layer = trusted_text_layer(document, 1, engine, None)
    assert (layer is not None) is is_trusted


@pytest.mark.parametrize("page_number", [1, 2])
def test_a_turned_page_of_a_real_document_is_trusted(open_samples: Path, engine: PpOcrEngine, page_number: int) -> None:
    with (
        (open_samples / "hard/rotation.pdf").open("rb") as stream,
        open_document(stream, "application/pdf", Limits()) as document,
    ):
        layer = trusted_text_layer(document, page_number, engine, None)
    assert layer is not None
