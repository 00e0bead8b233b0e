"""A share of the finished pages is read by an engine of another kind as well: Tesseract, as Debian has it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.catalog import derivatives
from archive.doctor import doctor
from archive.errors import Rejected
from archive.wiring import open_archive
from schemas.entity import Entity, Tier
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience
from tests.builders.archives import make_archive
from tests.builders.drawn_pages import drawn_page, entity
from tests.builders.read_documents import ingest, scan, work_off
from tests.fakes import two_engines
from tests.fakes.seeing_engine import SeeingEngine
from workers.commands.work import work
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine, TookTooLong
from workers.recognize.tesseract import TesseractEngine, load_tesseract, missing_parts
from workers.redact.burn import burn, encode_page
from workers.redact.masks import plan_masks
from workers.redact.policy import default_policy
from workers.steps.hide_page import hide_page
from workers.tools import Tools
from workers.verify.page import CHECKS, OTHER_ENGINE, verify_page
from workers.verify.secrets import Secrets

NUMBER = "110105194912310021"
LINES = ["Claim form of somebody", "ID number " + NUMBER, "Amount 1200.00"]
IMAGE, TEXT = drawn_page(LINES)
FOUND = entity(TEXT, "CN_ID18", NUMBER)
MASKS = plan_masks([TEXT], [FOUND], default_policy(), Audience.HANDLER)
SECRETS = Secrets.of([FOUND], default_policy(), Audience.HANDLER)


class Blind(SeeingEngine):
    """Sees nothing."""

    def read(self, image: PageImage) -> PageText:
        return PageText(image.page_number, image.width, image.height, 200.0, 0, (), self.version)


class Slow(Blind):
    def read(self, image: PageImage) -> PageText:
        raise TookTooLong("page 1")


def find_numbers(page: PageText) -> tuple[Entity, ...]:
    return tuple(Entity("CN_ID18", Tier.B, 1, m.group(), m.span()) for m in re.finditer(r"(?<!\d)\d{17}[\dX](?!\d)", page.text))


def verify(other: OcrEngine | None, masks=MASKS):
    page = encode_page(burn(IMAGE, masks), 1, 200.0)
    return verify_page(page, IMAGE, masks, SECRETS, Blind([(IMAGE, TEXT)]), find_numbers, other=other)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive in which every page is read by the other engine as well."""
    folder = tmp_path / "home"
    make_archive(folder).close()
    (folder / "claimkeep.toml").write_text("[verify]\nother_engine_share = 1.0\n")
    return folder


@pytest.fixture(scope="module")
def tesseract() -> TesseractEngine:
    return TesseractEngine()


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(tmp_path))
    load_tesseract.cache_clear()
    yield
    load_tesseract.cache_clear()


def test_tesseract_reads_words_with_their_places(tesseract):
    read = tesseract.read(IMAGE)
    assert NUMBER in read.text
    start = read.text.index(NUMBER)
    place = Box.around(read.boxes_of(start, start + len(NUMBER)))
    expected = Box.around(FOUND.boxes)
    assert abs(place.left - expected.left) < 20
    assert abs(place.right - expected.right) < 20
    assert place.overlaps(expected)
    assert all(0 <= line.confidence <= 1 for line in read.lines)
    assert tesseract.version.name == "tesseract"


def test_an_empty_page_has_no_lines(tesseract):
    white = PageImage(1, IMAGE.pixels * 0 + 255, 200.0)
    assert tesseract.read(white).lines == ()


def test_a_page_that_takes_too_long_is_given_up():
    with pytest.raises(TookTooLong):
        TesseractEngine(seconds=0.001).read(IMAGE)


def test_where_it_is_not_installed_it_says_so(without_tesseract):
    assert missing_parts()
    with pytest.raises(Rejected) as refused:
        load_tesseract()
    assert refused.value.reason == "engine_not_installed"


def test_what_the_usual_engine_overlooks_the_other_one_finds(tesseract):
    assert verify(None, masks=()).passed
    verdict = verify(tesseract, masks=())
    assert {leak.check for leak in verdict.leaks} == {OTHER_ENGINE}
    assert all(leak.box.overlaps(Box.around(FOUND.boxes)) for leak in verdict.leaks)
    assert NUMBER not in repr(verdict)


def test_a_well_burnt_page_passes_and_names_the_check(tesseract):
    verdict = verify(tesseract)
    assert verdict.passed
    assert verdict.checks == (*CHECKS, OTHER_ENGINE)


def test_a_check_that_did_not_end_is_not_named():
    verdict = verify(Slow([(IMAGE, TEXT)]))
    assert verdict.passed
    assert verdict.checks == CHECKS


def test_what_the_other_one_finds_is_masked(tesseract):
    tools = Tools(Blind([(IMAGE, TEXT)]), two_engines.load().extractor, default_policy())
    hidden = hide_page(IMAGE, (), SECRETS, tools, other=tesseract)
    assert hidden.verdict.passed
    assert any(mask.reason == OTHER_ENGINE and mask.box.overlaps(Box.around(FOUND.boxes)) for mask in hidden.masks)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_service_has_the_share_of_its_pages_read(home, share):
    (home / "claimkeep.toml").write_text(f"[verify]\nother_engine_share = {share}\n")
    tools = replace(two_engines.load(), load_other=lambda: Blind([(IMAGE, TEXT)]))
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.GOOD))
        work_off(archive, tools)
        with archive.catalog.read() as connection:
            (row,) = derivatives.pages_of(connection, document_id, Audience.HANDLER)
    assert (OTHER_ENGINE in row.checks) == (share == 1.0)
    assert row.state == "verified"


def test_work_does_not_start_without_the_engine_that_the_settings_ask_for(home, without_tesseract):
    done = CliRunner().invoke(work, ["--home", str(home)])
    assert done.exit_code != 0
    assert "tesseract-ocr" in done.output


def test_the_doctor_names_the_missing_engine(home, without_tesseract):
    done = CliRunner().invoke(doctor, ["--home", str(home)])
    assert done.exit_code == 3
    assert "other_engine" in done.output
    assert "tesseract-ocr" in done.output


def test_the_doctor_does_not_ask_for_it_where_no_page_is_to_be_read_by_it(home, without_tesseract):
    (home / "claimkeep.toml").write_text("")
    assert CliRunner().invoke(doctor, ["--home", str(home)]).exit_code == 0
