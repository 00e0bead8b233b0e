"""Values that are kept of a document: packed now, and written plainly by archives of before."""

import io

import pytest

from archive.holdings import Holding
from archive.wiring import Archive
from schemas.codec import to_json
from schemas.geometry import Box
from schemas.redaction import Audience, RedactedText, VisibleLine
from tests.builders.archives import make_archive
from tests.builders.planned_documents import Claim, plan_document

LINES = tuple(VisibleLine("门诊病历", Box(0, row, 9, row + 1)) for row in range(99))
TEXT = RedactedText(1, Audience.PUBLIC, "default/1", LINES)
AS_JSON = to_json(RedactedText, TEXT)


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def holding(archive: Archive) -> Holding:
    return archive.holding(plan_document(archive, Claim("PZAT20190000417")))


def test_a_value_is_kept_in_a_quarter_of_its_length_and_comes_back_the_same(holding):
    key = holding.add_value("reading", RedactedText, TEXT)
    with holding.open("reading", key) as stream:
        assert len(stream.read()) < len(AS_JSON) / 4
    assert holding.read_value("reading", key, RedactedText) == TEXT


def test_the_same_result_is_kept_once(holding):
    key = holding.put_result("reading", "page 1", RedactedText, TEXT)
    assert holding.put_result("reading", "page 1", RedactedText, TEXT) == key
    assert holding.result("reading", "page 1", RedactedText) == TEXT
    assert holding.result("reading", "page 2", RedactedText) is None


def test_what_an_older_archive_kept_plainly_is_read_as_well(holding):
    key = holding.add("reading", io.BytesIO(AS_JSON))
    assert holding.read_value("reading", key, RedactedText) == TEXT
