"""What the index is told of a document: never a line of which any reading found that it must not be seen."""

from dataclasses import replace

import pytest

from archive.catalog import derivatives
from archive.finding import find
from archive.wiring import open_archive
from schemas.geometry import Box
from schemas.query import Query
from schemas.redaction import Mask
from tests.builders.archives import make_archive
from tests.builders.planned_documents import Claim, plan_document
from tests.builders.read_documents import ingest, scan, work_off
from tests.fakes import two_engines
from tests.fakes.two_engines import GOOD
from workers.anew.rebuild import rebuild

WORDS = Query(text="左臂骨折")
HEADING = Query(text="理赔申请书")
HEADING_BOX = Box(40, 56, 362, 82)


@pytest.fixture
def archive(tmp_path):
    make_archive(tmp_path / "home").close()
    with open_archive(tmp_path / "home") as opened:
        yield opened


def found(archive, query):
    rebuild(archive)
    return find(archive.index, archive.search_key, query).total


def test_the_words_of_a_page_are_found(archive):
    plan_document(archive, Claim("PIC20190301"))
    assert found(archive, WORDS) == 1


def test_a_line_of_the_plan_that_holds_a_hidden_value_is_left_out(archive):
    plan_document(archive, Claim("PIC20190301", words="左臂骨折 欧阳 若澜"))
    assert found(archive, WORDS) == 0
    assert found(archive, Query(name="欧阳若澜")) == 1


@pytest.mark.parametrize("audience", ["handler", "public"])
def test_a_line_that_only_the_second_reading_hid_is_left_out(archive, audience):
    document_id = ingest(archive, scan(GOOD))
    work_off(archive, two_engines.load())
    assert found(archive, HEADING) == 1
    with archive.catalog.write() as connection:
        (page,) = derivatives.pages_of(connection, document_id, "handler")
        more = Mask("CN_NAME", 1, HEADING_BOX, "second_reading")
        derivatives.put_page(connection, replace(page, audience=audience, masks=(*page.masks, more)))
    assert found(archive, HEADING) == 0
