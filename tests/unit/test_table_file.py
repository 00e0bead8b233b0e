"""What is written into a redacted table: values that stay values, text that is never a formula, formats that say nothing."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, time

import openpyxl
import pytest

from schemas.formulas import neutral
from schemas.tables import CSV, XLSX
from workers.redact.table_file import ShownCell, ShownSheet, harmless_format, write_table

MOMENT = datetime(2019, 3, 5, 8, 30, tzinfo=UTC).replace(tzinfo=None)


def written(media_type, *sheets):
    out = io.BytesIO()
    write_table(media_type, sheets, out)
    return out.getvalue()


def cells(data):
    return [[*sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1+1|cmd", "'+1+1|cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("﹦1", "'﹦1"),
        ("−2+3", "'−2+3"),
        ("\n=1", "'\n=1"),
        ("\nx", "'\nx"),
        ("\t \r\n+1+1", "'\t \r\n+1+1"),
        ("\u3000=1", "'\u3000=1"),
        ("\xa0@x", "'\xa0@x"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200b\u2060-1+1", "'\u200b\u2060-1+1"),
        ("\x00=1", "'\x00=1"),
        ("\ufe0f=1", "'\ufe0f=1"),
        ("\u3000张三", "\u3000张三"),
        ("-12.50", "-12.50"),
        ("+8613800138000", "+8613800138000"),
        ("-1,234.5%", "-1,234.5%"),
        ("张三", "张三"),
        ("", ""),
    ],
)
def test_no_field_begins_a_formula(text, expected):
    assert neutral(text) == expected


@pytest.mark.parametrize(
    "code", ["General", "0.00", "#,##0.00", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "hh:mm:ss", "0.00E+00", "@"]
)
def test_formats_of_signs_alone_are_kept(code):
    assert harmless_format(code) == code


@pytest.mark.parametrize("code", ["", ";;;", '"张三"', '0"110105"', "[$张三-804]", "000001", "[=1]张;General", "ouyang"])
def test_formats_that_say_or_show_something_else_are_not(code):
    assert harmless_format(code) == ""


def test_colours_and_conditions_are_taken_out_of_a_format():
    assert harmless_format("[Red][<100]0.00;[$李四-804]0") == "0.00;0"


def test_values_keep_their_types_and_places():
    rows = {2: {1: ShownCell("=1+1"), 3: ShownCell(1234.5, "0.00")}, 1_048_576: {2: ShownCell(MOMENT, "yyyy-mm-dd")}}
    book = openpyxl.load_workbook(io.BytesIO(written(XLSX, ShownSheet("赔付", rows))))
    sheet = book["赔付"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["C2"].value, sheet["C2"].number_format) == (1234.5, "0.00")
    assert sheet["B1048576"].value == MOMENT
    assert sheet.max_row == 1_048_576


def test_titles_are_made_such_as_a_workbook_may_have():
    titles = ["[姓名]/2019", "a" * 40, "A" * 40, "", "a" * 31]
    book = openpyxl.load_workbook(io.BytesIO(written(XLSX, *(ShownSheet(title, {}) for title in titles))))
    assert book.sheetnames == ["姓名 2019", "a" * 31, "A" * 24 + " (3)", "Sheet4", "a" * 24 + " (5)"]


def test_a_workbook_of_nothing_has_one_empty_sheet():
    assert cells(written(XLSX)) == [[]]


def test_characters_that_xml_cannot_hold_become_blanks():
    assert cells(written(XLSX, ShownSheet("1", {1: {1: ShownCell("a\x01b\nc")}}))) == [[("a b\nc",)]]


def test_a_delimited_text_is_utf_8_with_a_mark_and_quotes_every_field():
    rows = {1: {1: ShownCell('a "b", c\nd'), 3: ShownCell(-0.5)}, 3: {2: ShownCell(True), 3: ShownCell(time(8, 30))}}
    data = written(CSV, ShownSheet("", rows))
    assert data.startswith(b'\xef\xbb\xbf"a ""b"", c\nd","","-0.5"\r\n')
    fields = [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert fields == [['a "b", c\nd', "", "-0.5"], [], ["", "TRUE", "08:30:00"]]


def test_no_time_of_writing_is_written():
    data = written(XLSX, ShownSheet("赔付", {1: {1: ShownCell("张三"), 2: ShownCell(1234.5, "0.00")}}))
    assert data == written(XLSX, ShownSheet("赔付", {1: {1: ShownCell("张三"), 2: ShownCell(1234.5, "0.00")}}))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(entry.create_system, entry.external_attr) for entry in package.infolist()} == {(0, 0o600 << 16)}
        days = re.findall(rb"\d{4}-\d\d-\d\d", b"".join(map(package.read, package.namelist())))
        assert {*days} == {b"1980-01-01"}
