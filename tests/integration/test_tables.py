"""Workbooks and delimited texts, the whole way of a document: taken in, found, redacted, verified, certified."""

import csv
import io
import json
from datetime import datetime

import pytest
from click.testing import CliRunner

from archive.certificates.checking import check
from archive.certificates.kept import kept_certificate, signer
from archive.custody import Custody, open_batch
from archive.errors import Rejected
from archive.finding import find
from archive.review import deciding, editing
from archive.review.editing import Asked, PageFor
from archive.wiring import open_archive
from claimkeep import try_out
from claimkeep.cli import main
from claimkeep.try_out import redacted_copy
from ingest.intake import take
from schemas.geometry import Box
from schemas.limits import Limits
from schemas.query import Query
from schemas.review import EditAction
from schemas.tables import CSV, XLSX
from tests.builders.api import service
from tests.builders.archives import make_archive
from tests.builders.read_documents import document_of, events_of, files_of, work_off
from tests.builders.reviewed_documents import add_reviewers, masks_of, version_of
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
    workbook,
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


def box_of(data, value):
    """Where the cell with *value* stands on the first page."""
    with open_document(io.BytesIO(data), XLSX, Limits()) as opened:
        (line,) = (line for line in opened.reading(1).text.lines if value in line.text)
    return Box.around((line.box,))


def cells_of(data):
    return {cell for rows in values(data).values() for row in rows for cell in row}


def edited_by(archive, person, document_id, action, box, kind=None):
    editing.edit_mask(archive, person, PageFor(document_id, "handler", 1), Asked(action, box, "seen by eye", kind=kind))


def test_a_person_can_hide_a_cell_that_is_shown_and_show_it_again(archive):
    add_reviewers(archive, "lin", "zhao")
    document_id = made(archive, register())
    box = box_of(register(), NAME)
    edited_by(archive, "lin", document_id, EditAction.ADD, box, "CN_NAME")
    editing.submit(archive, "lin", document_id, "handler")
    work_off(archive, tools())
    deciding.approve(archive, "zhao", version_of(archive, document_id, "handler"))
    assert NAME not in cells_of(kept_file(archive, document_id, "handler"))
    (put,) = (mask for mask in masks_of(archive, document_id, "handler") if mask.reason == "review")
    edited_by(archive, "zhao", document_id, EditAction.REMOVE, put.box)
    editing.submit(archive, "zhao", document_id, "handler")
    work_off(archive, tools())
    deciding.approve(archive, "lin", version_of(archive, document_id, "handler"))
    assert NAME in cells_of(kept_file(archive, document_id, "handler"))


def test_what_the_program_hides_in_a_table_stays_hidden(archive):
    add_reviewers(archive, "lin")
    document_id = made(archive, register())
    mask = next(each for each in masks_of(archive, document_id, "handler") if each.kind == "CN_ID18")
    with pytest.raises(Rejected, match="mask_of_a_table"):
        edited_by(archive, "lin", document_id, EditAction.REMOVE, mask.box)


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


def test_two_runs_over_one_table_give_the_same_bytes(tmp_path):
    assert redacted(tmp_path, register(3)) == redacted(tmp_path, register(3))


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


@pytest.mark.parametrize("front", ["\n", "\t", "\r\n", "\u3000", "\ufeff", "\u200b", ""])
def test_no_cell_of_a_copy_begins_a_formula_behind_what_leaves_no_trace(tmp_path, front):
    written = f'医院,备注\r\n华山,"{front}=1+1"\r\n'.encode("utf-8-sig")
    assert rows_of(redacted(tmp_path, written))[1] == ["华山", f"'{front}=1+1"]


def test_names_in_big5_are_found_and_hidden(tmp_path):
    rows = [("姓名", "身份證號", "聯絡電話"), ("陳美玲", "A123456789", "0912345678")]
    written = "".join(",".join(each) + "\r\n" for each in rows).encode("big5")
    assert rows_of(redacted(tmp_path, written))[1][0] == "[姓名]"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("姓", "名", "身份证号", "备注"), ("张", "若澜", NUMBER, "张若澜已签收，张若谰未到")],
            ["[姓名]", "[姓名]", "[身份证号]", "[姓名]已签收，[姓名]未到"],
        ),
        (
            [("Last name", "First name", "ID", "Remarks"), ("Li", "Xi", "4", "a call from Xi Li (LI, XI)")],
            ["[name]", "[name]", "4", "a call from [name] ([name], [name])"],
        ),
    ],
)
def test_a_name_in_two_columns_is_hidden_in_both_and_whole_elsewhere(tmp_path, rows, expected):
    written = "".join(",".join(f'"{field}"' for field in row) + "\r\n" for row in rows).encode()
    assert rows_of(redacted(tmp_path, written))[1] == expected


def test_a_name_in_two_columns_is_found_by_the_whole_of_it(archive):
    document_id = made(archive, f"姓,名,身份证号\r\n程,守拙,{NUMBER}\r\n".encode())
    archive.index.refresh()
    (hit,) = find(archive.index, archive.search_key, Query(name="程守拙")).hits
    assert hit.document_id == document_id


def test_a_page_of_cells_and_the_file_are_given_over_http(tmp_path):
    with service(tmp_path / "home") as running:
        document_id = made(running.archive, register())
        image = running.ask("handler", "GET", f"/api/documents/{document_id}/pages/1/image")
        assert image.headers["content-type"] in {"image/png", "image/jpeg"}
        reply = running.ask("handler", "GET", f"/api/documents/{document_id}/pdf")
        assert reply.headers["content-type"] == XLSX
        assert reply.headers["content-disposition"] == f'attachment; filename="{document_id}-handler.xlsx"'
        assert values(reply.content)["理赔登记表"][1][2] == "[身份证号]"


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(try_out, "load_tools", tools)
    return lambda *words: CliRunner().invoke(main, [*map(str, words), "--json"])


def test_the_commands_redact_a_table_and_judge_it(command, tmp_path):
    original, copy = tmp_path / "register.xlsx", tmp_path / "copy.xlsx"
    original.write_bytes(register())
    done = command("redact", original, "--audience", "public", "--out", copy)
    assert (done.exit_code, json.loads(done.stdout)["verified"]) == (0, True)
    assert not json.loads(command("verify-redaction", original, copy, "--audience", "public").stdout)["leaks"]
    judged = command("verify-redaction", original, original, "--audience", "public")
    assert judged.exit_code == 1
    assert {leak["check"] for leak in json.loads(judged.stdout)["leaks"]} >= {
        "stored_bytes",
        "stored_strings",
        "text_detection",
    }


def test_a_name_in_the_name_of_the_copy_is_refused(command, tmp_path):
    source, out = tmp_path / "register.xlsx", tmp_path / f"{NAME}.xlsx"
    source.write_bytes(register())
    done = command("redact", source, "--out", out, "--audience", "public")
    assert done.exit_code == 1
    assert "file_name" in {leak["check"] for leak in json.loads(done.stdout)["leaks"]}
    assert not out.exists()


def test_marks_that_leave_no_trace_part_no_value(tmp_path):
    at = HEADS[[*row()].index(NUMBER)]
    copy = redacted(tmp_path, workbook([HEADS, row(**{at: f"{NUMBER[:4]}\u202d{NUMBER[4:]}"})]))
    assert NUMBER[6:14] not in inflated(copy).decode("utf-8", "ignore")


def escaped(text):
    return "".join(f"_x{ord(each):04X}_" for each in text)


@pytest.mark.parametrize(
    "written", [escaped(NUMBER), escaped(escaped(NUMBER[:2])) + NUMBER[2:], f"{NUMBER[:6]}_x000D_{NUMBER[6:]}"]
)
def test_a_number_that_a_spreadsheet_shows_of_escapes_is_hidden(command, tmp_path, written):
    at = HEADS[[*row()].index(NUMBER)]
    original = workbook([HEADS, row(**{at: written})])
    copy = redacted(tmp_path, original)
    assert NUMBER[6:14] not in inflated(copy).decode("utf-8", "ignore")
    assert b"_x00" not in inflated(copy)
    table = tmp_path / "register.xlsx"
    table.write_bytes(original)
    judged = json.loads(command("verify-redaction", table, "--audience", "public").stdout)
    assert "CN_ID18" in {leak["kind"] for leak in judged["leaks"]}


def test_a_table_is_judged_without_its_original_and_a_pdf_is_not(command, tmp_path):
    table, paper = tmp_path / "register.csv", tmp_path / "claim.pdf"
    table.write_bytes(CSV_FILE)
    paper.write_bytes(b"%PDF-1.7")
    judged = command("verify-redaction", table, "--audience", "public")
    assert judged.exit_code == 1
    assert {leak["kind"] for leak in json.loads(judged.stdout)["leaks"]} >= {"CN_ID18", "CN_MOBILE", "CN_NAME"}
    assert command("verify-redaction", paper).exit_code == 2


def test_cells_of_a_page_that_could_not_be_read_are_withheld_and_said_to_be(archive, monkeypatch):
    reading = TableDocument.reading

    def failing(self, page_number):
        if page_number == 2:
            raise Rejected("damaged_page")
        return reading(self, page_number)

    monkeypatch.setattr(TableDocument, "reading", failing)
    document_id = made(archive, register(30))
    assert document_of(archive, document_id).state == "partial"
    rows = values(kept_file(archive, document_id, "handler"))["理赔登记表"]
    assert [each[2] for each in rows[1:25]] == ["[身份证号]"] * 24
    assert rows[25][0] == "第2页无法读取，不予提供。Page 2 could not be read and is withheld (damaged_page)."
    assert len(rows) == 26
