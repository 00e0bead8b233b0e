"""Workbooks and delimited texts, the whole way of a document: taken in, found, redacted, verified, certified."""

import csv
import io
from datetime import datetime

import pytest

from archive.certificates.checking import check
from archive.certificates.kept import kept_certificate, signer
from archive.custody import Custody, open_batch
from archive.finding import find
from archive.wiring import open_archive
from claimkeep.try_out import redacted_copy
from ingest.intake import take
from schemas.limits import Limits
from schemas.query import Query
from schemas.tables import CSV, XLSX
from tests.builders.archives import make_archive
from tests.builders.read_documents import document_of, events_of, files_of, work_off
from tests.builders.table_files import (
    HANDLER,
    HEADS,
    NAME,
    NUMBER,
    PHONE,
    POLICY_NUMBER,
    PUBLIC,
    inflated,
    register,
    row,
    tools,
    values,
)
from workers.paginate import TableDocument, open_document

CSV_FILE = "".join(",".join(map(str, each)) + "\r\n" for each in (HEADS, row(1), row(2, 被保险人姓名="程守拙"))).encode(
    "gb18030"
)


@pytest.fixture
def archive(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text('[work]\nretry_seconds = 0\ntries = 2\naudiences = ["handler", "public"]\n')
    with open_archive(home) as opened:
        yield opened


def taken(archive, data, name="register.bin"):
    batch = open_batch(archive, Custody("disk", "1", "op"))
    return [*take(archive, batch, name, io.BytesIO(data))]


def made(archive, data):
    (receipt,) = taken(archive, data)
    assert receipt.outcome == "accepted", receipt.reason
    work_off(archive, tools())
    return receipt.document_id


def kept_file(archive, document_id, audience):
    kept = kept_certificate(archive, document_id, audience)
    with archive.holding(document_id).open("derivative", kept.derivative.object_key) as stream:
        return stream.read()


def redacted(tmp_path, data, audience=PUBLIC):
    file = tmp_path / "table"
    file.write_bytes(data)
    copy = redacted_copy(file, tools(), audience, quiet=True)
    assert copy.leaks == ()
    return copy.pdf


def rows_of(data):
    return [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]


def texts(data, media_type=XLSX):
    with open_document(io.BytesIO(data), media_type, Limits()) as opened:
        assert isinstance(opened, TableDocument)
        return [page.text().text for page in opened.pages()]


@pytest.mark.parametrize(("data", "media_type"), [(register(), XLSX), (CSV_FILE, CSV)], ids=["xlsx", "csv"])
def test_a_table_goes_the_whole_way_of_a_document(archive, data, media_type):
    document_id = made(archive, data)
    assert document_of(archive, document_id).media_type == media_type
    assert document_of(archive, document_id).state == "complete"
    assert files_of(archive, document_id) == [("handler", 1, "ready"), ("public", 1, "ready")]
    for audience in ("handler", "public"):
        kept = kept_certificate(archive, document_id, audience)
        told = check(kept.data, signer(archive).public, io.BytesIO(kept_file(archive, document_id, audience)))
        assert told.is_valid
        assert told.certificate.derivative.media_type == media_type
        assert told.certificate.software.reading_back == "redacted cells/1"
    assert {each.kind for each in told.certificate.totals.kinds} >= {"CN_ID18", "CN_NAME", "CN_MOBILE"}
    assert "derivative.ready" in events_of(archive, document_id)


def test_a_row_of_a_register_is_found_by_name_and_by_number(archive):
    document_id = made(archive, CSV_FILE)
    archive.index.refresh()
    for query in (Query(name="程守拙"), Query(number=POLICY_NUMBER), Query(name="cheng shouzhuo")):
        (hit,) = find(archive.index, archive.search_key, query).hits
        assert hit.document_id == document_id


def test_a_handler_gets_the_values_that_the_policy_shows_with_their_types(tmp_path):
    ((name, sheet),) = values(redacted(tmp_path, register(), HANDLER)).items()
    assert name == "理赔登记表"
    assert sheet == [HEADS, (1, NAME, "[身份证号]", PHONE, datetime(2019, 3, 5), 1234.5, POLICY_NUMBER)]  # noqa: DTZ001 - a cell has no zone


def test_the_public_gets_tokens_and_years(tmp_path):
    ((_, sheet),) = values(redacted(tmp_path, register())).items()
    assert sheet == [HEADS, (1, "[姓名]", "[身份证号]", "[手机号]", "2019年", 1234.5, "[保单号]")]
    left = inflated(redacted(tmp_path, register()))
    assert not [each for each in (NAME, NUMBER, PHONE, POLICY_NUMBER) if each.encode() in left]


def test_a_delimited_text_comes_out_as_one_in_utf_8(tmp_path):
    out = redacted(tmp_path, CSV_FILE)
    assert out.startswith(b"\xef\xbb\xbf")
    assert rows_of(out) == [
        [*HEADS],
        *([str(at), "[姓名]", "[身份证号]", "[手机号]", "2019年", "1234.5", "[保单号]"] for at in (1, 2)),
    ]
