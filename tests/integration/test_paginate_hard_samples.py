"""Real broken, encrypted, turned and odd files end as their `expectations.json` says, each with its pages or its reason."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from archive.errors import Rejected
from ingest.sniff import sniff
from schemas.limits import Limits
from workers.paginate import open_document


@dataclass(frozen=True)
class Opens:
    """Every page renders; `says` are words of the first page's text layer, None where there is none."""

    pages: int
    says: str | None = None
    remarks: tuple[str, ...] = ()
    password: str | None = None


REPAIRED = ("repaired",)

EXPECTED: dict[str, Opens | str] = {
    "bad-xref.pdf": Opens(1, "Potato", REPAIRED),
    "bad1.pdf": "unsupported_type",
    "pages-loop.pdf": Opens(1, "Potato", REPAIRED),
    "xref-errors.pdf": Opens(1, "Potato"),
    "fuzz-16214.pdf": "unsupported_type",  # it does not even begin as a PDF
    "encrypted-rc4-128-user-view.pdf": Opens(30, "Potato 0", password="view"),
    "encrypted-aes-256-user-view.pdf": Opens(30, "Potato 0", password="master"),
    "helloworld-bad.pdf": Opens(1, "Hello, world!", REPAIRED),
    "GHOSTSCRIPT-698804-1-fuzzed.pdf": Opens(1, remarks=REPAIRED),
    "poppler-85140-0.pdf": "page_too_large",
    "zh-embedded-font-XiaoBiaoSong.pdf": Opens(1, ""),  # bytes of GBK without a mapping: not trusted, and read by OCR
    "zh-font-not-embedded.pdf": Opens(1, "あいうえお"),
    "rotation.pdf": Opens(2, "This is my first page"),
    "javascript-js-authors.pdf": Opens(1, remarks=("has_javascript",)),
    "invalid.pdf": "damaged_document",
    "no_contents.pdf": Opens(1),
    "skew.pdf": Opens(1),
    "cardinal.pdf": Opens(4),
    "ccitt.pdf": Opens(1),
    "jbig2.pdf": Opens(1),
    "type3_font_nomapping.pdf": Opens(1, ""),
    "evil-xobjects.pdf": Opens(1, "Hello world", REPAIRED),
    "empty.pdf": "unsupported_type",  # the intake calls it `empty_file` before it is sniffed
    "malformed-from-issue-932.pdf": Opens(1, "2021"),
    "password-example.pdf": Opens(4, "backup", password="test"),
    "signed.pdf": Opens(1, "digitally", ("signed",)),
    "multi-page-images.tiff": Opens(3),
    "simple.heic": Opens(1),
    "invisible_text_layer.pdf": Opens(1, "Visible heading"),
    "javascript.pdf": Opens(1, "JavaScript", ("has_javascript",)),
    "fileAttachment.pdf": Opens(1, "test document", ("has_attachments", "has_javascript")),
    "corruptionOneByteMissing.pdf": Opens(1, "test document", REPAIRED),
    "baiona_cmyk.jpg": Opens(1),
    "hopper_orientation_6.jpg": Opens(1),
    "broken.png": "damaged_document",
}


@pytest.fixture(params=sorted(EXPECTED))
def hard_file(request: pytest.FixtureRequest, open_samples: Path) -> Path:
    return open_samples / "hard" / request.param


def _outcome(path: Path, password: str | None) -> Opens | str:
    media_type = sniff(path.read_bytes()[:4096])
    if media_type is None:
        return "unsupported_type"
    try:
        with path.open("rb") as stream, open_document(stream, media_type, Limits(), password) as document:
            for number in range(1, document.page_count + 1):
                page = document.render(number)
                assert page.pixels.shape == (page.height, page.width, 3)
            layer = document.text_layer(1)
            return Opens(document.page_count, None if layer is None else layer.text, document.remarks, password)
    except Rejected as error:
        return error.reason


def test_a_hard_file_ends_as_expected(hard_file: Path) -> None:
    expected = EXPECTED[hard_file.name]
    outcome = _outcome(hard_file, expected.password if isinstance(expected, Opens) else None)
    if isinstance(expected, str):
        assert outcome == expected
        return
    assert isinstance(outcome, Opens)
    assert (outcome.pages, outcome.remarks) == (expected.pages, expected.remarks)
    assert (outcome.says is None) == (expected.says is None)
    assert (expected.says or "") in (outcome.says or "")


def test_every_hard_file_has_an_expectation(open_samples: Path) -> None:
    there = {path.name for path in (open_samples / "hard").iterdir()} - {"expectations.json"}
    assert there == set(EXPECTED)


@pytest.mark.parametrize(
    "name", [name for name, expected in EXPECTED.items() if isinstance(expected, Opens) and expected.password]
)
def test_an_encrypted_file_says_so_without_its_password(open_samples: Path, name: str) -> None:
    assert _outcome(open_samples / "hard" / name, None) == "encrypted_document"


def test_a_cmyk_photograph_keeps_its_paper_white(open_samples: Path) -> None:
    with (
        (open_samples / "hard" / "baiona_cmyk.jpg").open("rb") as stream,
        open_document(stream, "image/jpeg", Limits()) as document,
    ):
        assert np.median(document.render(1).pixels) > 240


def test_a_photograph_is_turned_by_its_exif_tag(open_samples: Path) -> None:
    path = open_samples / "ocr-pages" / "zh_exif_orientation.jpg"
    with path.open("rb") as stream, open_document(stream, "image/jpeg", Limits()) as document:
        page = document.render(1)
    assert page.width > page.height  # one line of Chinese, stored standing on its side
