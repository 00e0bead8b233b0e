"""What is not text, on damaged scans whose truth is known and on other people's forms. Everybody on the papers is invented."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

from ingest.sniff import HEAD_BYTES, sniff
from schemas.geometry import Box
from schemas.limits import Limits
from schemas.page import EngineVersion, Line, PageText
from schemas.redaction import Audience
from schemas.region import Region
from workers.not_text.find import find_not_text
from workers.page_image import PageImage
from workers.paginate import open_document
from workers.recognize.ppocr import PpOcrEngine
from workers.redact.policy import default_policy
from workers.verify.not_text import CHECKS, still_shown
from workers.verify.secrets import Secrets

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ROOT / "samples" / "papers"
SHARED = ROOT.parent / "shared" / "samples"
LINES = TypeAdapter(tuple[Line, ...])
NOTHING_KNOWN = Secrets(frozenset(), default_policy(), Audience.PUBLIC)


def papers() -> Iterator[tuple[PageImage, PageText, list[tuple[str, Box]]]]:
    """Each page that can be rendered, its text as printed, and the marks on it."""
    for truth in sorted((PAPERS / "truth").glob("*.json")):
        told = json.loads(truth.read_text("utf-8"))
        with (PAPERS / told["file"]).open("rb") as stream:
            media_type = sniff(stream.read(HEAD_BYTES))
            stream.seek(0)
            with open_document(stream, media_type, Limits()) as opened:
                for page in told["pages"]:
                    image = opened.render(page["page_number"])
                    yield image, _text(page, image), [(mark["kind"], Box.around([mark["box"]])) for mark in page["marks"]]


def _text(page, image: PageImage) -> PageText:
    lines = LINES.validate_python([{key: line[key] for key in ("text", "box", "char_boxes")} for line in page["lines"]])
    size = (image.width, image.height, page["dpi"], page["rotation"])
    return PageText(page["page_number"], *size, lines, EngineVersion("truth", "1"))


def covered(place: Box, regions: tuple[Region, ...]) -> float:
    black = np.zeros((place.height, place.width), bool)
    for region in regions:
        box = Box(*(max(edge - start, 0) for edge, start in zip(_edges(region.box), (place.left, place.top) * 2, strict=True)))
        black[box.top : box.bottom, box.left : box.right] = True
    return float(black.mean())


def _edges(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, max(box.right, box.left), max(box.bottom, box.top)


@pytest.fixture(scope="module")
def on_papers():
    return [(marks, find_not_text(image, text).regions, _is_in_colour(image)) for image, text, marks in papers()]


def _is_in_colour(image: PageImage) -> bool:
    return bool(np.ptp(image.pixels[::8, ::8].astype(np.int16), axis=2).max() >= 60)


def shares(on_papers, kind: str, *, in_colour: bool = False) -> list[float]:
    return [
        covered(place, regions)
        for marks, regions, has_colour in on_papers
        for mark, place in marks
        if mark == kind and (has_colour or not in_colour)
    ]


def test_every_code_and_portrait_is_covered_on_damaged_scans(on_papers):
    assert min(shares(on_papers, "qr")) > 0.95
    assert min(shares(on_papers, "photo")) > 0.95


def test_red_seals_and_thumbs_are_covered_where_a_scan_has_colour(on_papers):
    assert min(shares(on_papers, "personal_seal", in_colour=True)) > 0.9
    assert min(shares(on_papers, "thumbprint", in_colour=True)) > 0.9


def test_nineteen_in_twenty_signatures_with_a_label_are_covered(on_papers):
    found = [share > 0.7 for share in shares(on_papers, "signature")]
    assert sum(found) >= 0.95 * (len(found) - 2)  # two names were written on copies of cards, without a label


def test_nothing_is_found_where_the_papers_have_nothing(on_papers):
    alone = [
        region.kind
        for marks, regions, _ in on_papers
        for region in regions
        if not any(region.box.overlaps(place) for _, place in marks)
    ]
    assert alone == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["C_zh_1.jpg", "C_zh_3.jpg"])
def test_the_signatures_of_two_reports_are_found_behind_and_before_their_label(name):
    folder = SHARED / "nc" / "medical-zh-multipriv" / "images"
    if not folder.exists():
        pytest.skip("the shared samples are not here")
    with Image.open(folder / name) as picture:
        image = PageImage(1, np.asarray(picture.convert("RGB")).copy())
    (found,) = find_not_text(image, PpOcrEngine().read(image)).regions
    assert found.kind == "SIGNATURE"
    assert found.box.width > 100


def pictures(folder: Path) -> list[Path]:
    return sorted(each for each in folder.glob("*") if each.suffix in {".jpg", ".png"})


@pytest.mark.parametrize("folder", [SHARED / "nc" / "forms-zh-xfund" / "images", SHARED / "open" / "claims-en"])
def test_forms_without_pictures_give_no_false_alarm(folder):
    if not folder.exists():
        pytest.skip("the shared samples are not here")
    for path in pictures(folder):
        with Image.open(path) as picture:
            image = PageImage(1, np.asarray(picture.convert("RGB")).copy())
        assert [region.kind for region in find_not_text(image, None).regions] == [], path.name
        assert [leak.check for leak in still_shown(np.ascontiguousarray(image.pixels[..., 1]), 1, NOTHING_KNOWN)] == [], CHECKS
