"""Lists of questions: told by content, columns by their headings, and rows that cannot be read beside others that can."""

import io
import zipfile
from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Rejected
from archive.settings import ListSettings
from schemas.query import Query
from schemas.tables import CSV
from search_api.lists.cells import Row, text_of
from search_api.lists.columns import parse_named
from search_api.lists.reading import AskedList, HowToRead, open_list
from tests.builders.lists import delimited, read
from tests.builders.table_files import part, saved, with_parts, workbook

LIMITS = ListSettings()
MOMENT = datetime(2019, 3, 5, 8, 30, tzinfo=UTC).replace(tzinfo=None)
HEADINGS = ("序号", "被保险人姓名", "保单号", "出险日期", "备注")
ROWS = (("1", "欧阳若澜", "PZAT20190000417", "2019-03-05", "左臂"), ("2", "司徒望舒", "", "2019年3月", ""))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5hkscs")


def opened(data: bytes, *columns: str, limits: ListSettings = LIMITS, **how: object) -> AskedList:
    return open_list(data, limits, HowToRead(columns, **how))


def refused(data: bytes, *columns: str, limits: ListSettings = LIMITS, **how: object) -> str:
    with pytest.raises(Rejected) as fault:
        opened(data, *columns, limits=limits, **how)
    assert fault.value.__cause__ is None or "欧阳" not in str(fault.value.__cause__)
    return fault.value.reason


def questions(asked: AskedList) -> list[Query | str]:
    return [asked.columns.query(row, limit=3, wide=False) for row in asked.rows()]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_text_is_read_in_any_encoding_and_with_any_delimiter(encoding, delimiter):
    rows = [HEADINGS, *ROWS]
    if encoding == "big5hkscs":
        rows = [("被保險人", "保單號", "出險日期", "備註"), ("歐陽若瀾", "PZAT20190000417", "2019-03-05", "左臂骨折")]
    asked = opened(delimited(rows, encoding, delimiter))
    assert [row.values for row in asked.rows()] == [tuple(row[: len(row) - (row[-1] == "")]) for row in rows[1:]]
    assert asked.columns.headings == rows[0]
    assert asked.count == len(rows) - 1
    assert sorted(asked.columns.of) == ["date", "name", "number"]


def test_a_workbook_is_told_by_its_content_and_its_values_are_text():
    rows = [HEADINGS, (1, "欧阳若澜", 20190000417, date(2019, 3, 5), 12.5), (2, "司徒望舒", None, "2019年3月", True)]
    asked = opened(workbook(rows))
    assert [row.values for row in asked.rows()] == [
        ("1", "欧阳若澜", "20190000417", "2019-03-05", "12.5"),
        ("2", "司徒望舒", "", "2019年3月", "TRUE"),
    ]
    assert questions(asked) == [
        Query(name="欧阳若澜", number="20190000417", date="2019-03-05", limit=3),
        Query(name="司徒望舒", date="2019年3月", limit=3),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (417.0, "417"),
        (0.1, "0.1"),
        (110105194912310020, "110105194912310020"),
        (1.1010519491231e17, "1.1010519491231E+17"),
        (MOMENT.replace(hour=0, minute=0), "2019-03-05"),
        (MOMENT.replace(microsecond=400), "2019-03-05 08:30:00"),
        (time(8, 30), "08:30:00"),
        (False, "FALSE"),
        ("_x0031_1", "11"),
    ],
)
def test_what_a_cell_says(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("headings", "of"),
    [
        (("姓名", "号码"), {"name": (0,), "number": (1,)}),
        (("Insured Name", "Policy No.", "Date of Loss"), {"name": (0,), "number": (1,), "date": (2,)}),
        (("報案號", "被保險人", "出險日期"), {"number": (0,), "name": (1,), "date": (2,)}),
        (("报案号", "保单号（必填）", "出生日期", "出险日期"), {"number": (1, 0), "date": (3, 2)}),
        ((" policy_number ", "CLAIM no", "Ｎａｍｅ："), {"number": (0, 1), "name": (2,)}),
        (("姓名", "date from", "TO"), {"name": (0,), "from": (1,), "to": (2,)}),
        (("No.", "编号", "姓名"), {"name": (2,)}),
    ],
)
def test_columns_are_told_by_their_headings(headings, of):
    assert opened(delimited([headings, ("x",) * len(headings)])).columns.of == of


def test_of_several_columns_of_a_key_the_first_that_holds_something_is_asked():
    data = delimited([("报案号", "保单号", "姓名"), ("R1000001", "", "欧阳若澜"), ("R1000002", "PZAT2019", "")])
    assert questions(opened(data)) == [Query(name="欧阳若澜", number="R1000001", limit=3), Query(number="PZAT2019", limit=3)]


def test_headings_may_stand_below_a_title():
    data = delimited([("2019年理赔名单", "", ""), ("制表", "程守拙", ""), HEADINGS[:3], ROWS[0][:3]])
    (row,) = read(opened(data))
    assert (row.number, row.values) == (4, ROWS[0][:3])


@pytest.mark.parametrize("named", [("name=联系人", "number=B"), ("name=A", "number=b"), ("number=B", "name= 联系人 ")])
def test_columns_may_be_named_by_heading_or_letter(named):
    data = delimited([("联系人", "凭证"), ("欧阳若澜", "PZAT2019")])
    assert questions(opened(data, *named)) == [Query(name="欧阳若澜", number="PZAT2019", limit=3)]


def test_a_column_that_is_named_counts_in_place_of_the_headings_and_the_others_stay():
    data = delimited([("姓名", "联系人", "保单号"), ("欧阳若澜", "司徒望舒", "PZAT2019")])
    assert questions(opened(data, "name=联系人")) == [Query(name="司徒望舒", number="PZAT2019", limit=3)]


def test_a_list_without_headings_is_asked_from_its_first_row():
    asked = opened(delimited([("欧阳若澜", "x", "PZAT2019"), ("司徒望舒", "y", "", "z")]), "name=A", "number=C", headings=False)
    assert questions(asked) == [Query(name="欧阳若澜", number="PZAT2019", limit=3), Query(name="司徒望舒", limit=3)]
    assert asked.columns.headings == ("A", "B", "C", "D")


@pytest.mark.parametrize("encoding", ENCODINGS[:4])
def test_a_list_of_names_alone_has_one_column(encoding):
    data = "被保险人姓名\n欧阳若澜\n司徒望舒\n端木晴川\n公孙远山\n令狐知秋".encode(encoding)
    assert [query.name for query in questions(opened(data))] == ["欧阳若澜", "司徒望舒", "端木晴川", "公孙远山", "令狐知秋"]


@pytest.mark.parametrize("spec", ["name", "name=", "who=A", "=A", ""])
def test_what_names_no_column_is_refused(spec):
    with pytest.raises(Rejected, match="no_such_column"):
        parse_named([spec])
    with pytest.raises(Rejected, match="no_such_column"):
        parse_named(["name=A", "name=B"])


TABLE = delimited([HEADINGS, *ROWS])


@pytest.mark.parametrize(
    ("data", "columns", "how", "reason"),
    [
        (b"", (), {}, "no_known_columns"),
        (delimited([("甲", "乙"), ("丙丁", "戊")]), (), {}, "no_known_columns"),
        (TABLE, ("name=联系人",), {}, "no_such_column"),
        (TABLE, ("name=ZZ",), {}, "no_such_column"),
        (TABLE, ("name=K",), {}, "no_such_column"),
        (TABLE, (), {"headings": False}, "no_such_column"),
        (TABLE, ("name=姓名",), {"headings": False}, "no_such_column"),
        (TABLE, (), {"sheet": 2}, "no_such_sheet"),
        (workbook([HEADINGS, *ROWS]), (), {"sheet": 2}, "no_such_sheet"),
        (b"%PDF-1.7 \n1 0 obj", (), {}, "not_a_list"),
        (b"<html><table><tr><td>\xe5\xa7\x93</td></tr></table>", (), {}, "not_a_list"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, (), {}, "not_a_list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), (), {}, "unsupported_office_file"),
        ("姓名,号\n".encode() + "裬藛,1\n".encode("gb18030") * 3, (), {}, "unclear_encoding"),
        (delimited([("姓名", *("x",) * 100), ("欧阳若澜",)]), (), {}, "list_too_wide"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(data, columns, how, reason):
    assert refused(data, *columns, **how) == reason


def test_a_list_that_is_too_long_is_refused_and_one_that_is_not_is_read():
    limits = ListSettings(max_rows=2)
    assert opened(TABLE + b"\n\n,,,\n", limits=limits).count == 2
    assert refused(TABLE + "3,端木晴川,,,\n".encode(), limits=limits) == "list_too_long"
    assert refused(TABLE, limits=ListSettings(max_bytes=len(TABLE) - 1)) == "too_large"


def test_rows_that_cannot_be_asked_have_their_reason_and_the_others_are_asked():
    data = delimited(
        [
            HEADINGS,
            ("1", "", "", "", "左臂"),
            ("2", "欧阳若澜", "x" * 201, "", ""),
            ("3", "欧阳若澜", "1.10105E+17", "", ""),
            ("4", "欧阳若澜", "PZAT2019", "2019-03-05", "a", "b"),
            ("5", "欧阳若澜", "PZAT2019", "2019-03-05", "x" * 40_000),
            (),
            ("7", "司徒望舒", "", "", ""),
        ]
    )
    assert questions(opened(data)) == [
        "row_empty",
        "value_too_long",
        "number_rounded",
        "row_misaligned",
        "row_unreadable",
        "row_empty",
        Query(name="司徒望舒", limit=3),
    ]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only():
    rows = ['"欧阳若澜,PZAT1', "司徒望舒,PZAT2", '"端木', '晴川",PZAT3', '公孙"远山,PZAT4', '"甲"乙,PZAT5', '"令狐知秋,PZAT6']
    found = read(opened("\n".join(["姓名,保单号", *rows, *["甲乙,PZAT7"] * 80]).encode()))
    assert [(row.number, row.fault or row.values) for row in found[:6]] == [
        (2, "row_unreadable"),
        (3, ("司徒望舒", "PZAT2")),
        (4, ("端木\n晴川", "PZAT3")),
        (5, ('公孙"远山', "PZAT4")),
        (6, ("甲乙", "PZAT5")),
        (7, "row_unreadable"),
    ]
    assert [row.values for row in found[6:]] == [("甲乙", "PZAT7")] * 80


def test_a_cell_may_have_line_breaks():
    (row,) = read(opened('姓名,备注\n欧阳若澜,"a\r\nb"\r\n'.encode()))
    assert row.values == ("欧阳若澜", "a\r\nb")


def test_a_line_without_end_is_one_row_that_cannot_be_read():
    rows = read(opened(b"name,number\n" + b"x," * 200_000 + b"\nliu,PZAT2019\n"))
    assert [(row.fault, row.values) for row in rows] == [("row_unreadable", ()), (None, ("liu", "PZAT2019"))]


def test_blank_rows_between_are_rows_and_those_at_the_end_are_none():
    def blanks(sheet):
        sheet["B5"] = "端木晴川"
        sheet["B900"].number_format = "@"

    rows = read(opened(workbook([HEADINGS, *ROWS], blanks)))
    assert [(row.number, row.is_blank) for row in rows] == [(2, False), (3, False), (4, True), (5, False)]


def test_the_first_sheet_that_is_shown_is_read_unless_another_is_named():
    def more(sheet):
        sheet.sheet_state = "hidden"
        for title, name in (("二", "司徒望舒"), ("三", "端木晴川")):
            other = sheet.parent.create_sheet(title)
            other.append(("姓名",))
            other.append((name,))

    data = workbook([HEADINGS, *ROWS], more)
    assert [opened(data, sheet=sheet).columns.headings for sheet in (None, 1)] == [("姓名",), HEADINGS]
    assert [row.values for row in opened(data, sheet=3).rows()] == [("端木晴川",)]


def test_columns_without_a_heading_come_back_where_cells_have_places():
    asked = opened(workbook([("姓名", "保单号"), ("欧阳若澜", "PZAT2019", None, "见附件")]))
    assert asked.columns.headings == ("姓名", "保单号", "", "")
    assert [row.values for row in asked.rows()] == [("欧阳若澜", "PZAT2019", "", "见附件")]


def test_a_formula_is_its_last_value():
    data = with_cell('<c r="A2" t="str"><f>"欧阳"&amp;"若澜"</f><v>欧阳若澜</v></c>')
    assert [query.name for query in questions(opened(data))] == ["欧阳若澜"]


NAMED = workbook([("姓名", "保单号"), ("欧阳若澜", "PZAT2019")])
SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "欧阳若澜">]>'


def with_rows(rows: str) -> bytes:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    sheet = f"<worksheet {MAIN}><sheetData>{head}{rows}</sheetData></worksheet>"
    return with_parts(NAMED, {SHEET: sheet.encode()})


def with_cell(cell: str) -> bytes:
    return with_rows(f'<row r="2">{cell}</row>')


def with_doctype(name: str) -> bytes:
    text = part(NAMED, name).decode()
    head, sep, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    return with_parts(NAMED, {name: f"{head}{sep}{ENTITIES}{rest}".encode()})


def encrypted() -> bytes:
    package = bytearray(NAMED)
    at = package.index(b"PK\x01\x02")
    package[at + 8] |= 1
    return bytes(package)


HOSTILE = {
    "entities in a sheet": (lambda: with_doctype(SHEET), "damaged_document"),
    "entities in the styles": (lambda: with_doctype(STYLES), "damaged_document"),
    "entities in the workbook": (lambda: with_doctype("xl/workbook.xml"), "damaged_document"),
    "entities in the contents": (lambda: with_doctype("[Content_Types].xml"), "damaged_document"),
    "a password": (encrypted, "encrypted_document"),
    "many noughts": (lambda: with_parts(NAMED, {"xl/media/a.bin": bytes(65 << 20)}), "expands_too_much"),
    "many formats": (lambda: with_parts(NAMED, {STYLES: FORMATS.encode()}), "expands_too_much"),
    "many elements": (lambda: with_rows("<row/>" * 4_000_001), "expands_too_much"),
    "a long tag": (lambda: with_parts(NAMED, {SHEET: LONG_TAG.encode()}), "damaged_document"),
    "many parts": (lambda: with_parts(NAMED, {f"a{number}": b"" for number in range(2_001)}), "expands_too_much"),
    "a string that there is not": (lambda: with_cell('<c r="A2" t="s"><v>99999</v></c>'), "damaged_document"),
    "no number": (lambda: with_cell('<c r="A2"><v>x</v></c>'), "damaged_document"),
    "no place": (lambda: with_cell('<c r="0"><v>1</v></c>'), "damaged_document"),
    "no row": (lambda: with_rows('<row r="x"/>'), "damaged_document"),
    "a row far away": (lambda: with_rows(f'<row r="999999999999999">{A_NAME}</row>'), "list_too_long"),
    "no XML": (lambda: with_parts(NAMED, {SHEET: b"<worksheet"}), "damaged_document"),
    "no contents": (lambda: with_parts(NAMED, {"[Content_Types].xml": b"<Types/>"}), "damaged_document"),
    "half of it": (lambda: NAMED[: len(NAMED) // 2], "damaged_document"),
    "no package": (lambda: b"PK\x03\x04 and nothing of a package", "damaged_document"),
}
FORMATS = f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 200_001}</cellXfs></styleSheet>"
LONG_TAG = f'<worksheet {MAIN} a="{"x" * (2 << 20)}"/>'
A_NAME = '<c t="inlineStr"><is><t>欧阳</t></is></c>'


@pytest.mark.parametrize("made", HOSTILE)
def test_a_hostile_or_damaged_workbook_is_refused(made):
    make, reason = HOSTILE[made]
    assert refused(make()) == reason


def test_a_package_of_another_kind_is_no_list():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert refused(out.getvalue()) == "not_a_list"


def test_what_a_sheet_says_of_its_size_is_not_believed():
    plain = with_rows(f"<row>{A_NAME}</row>")
    sheet = part(plain, SHEET).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    assert [row.values for row in opened(with_parts(plain, {SHEET: sheet})).rows()] == [("欧阳",)]


def test_strings_that_cells_share_are_read():
    """As Excel writes them; the library that makes workbooks here does not."""
    name, of_type = "xl/sharedStrings.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = part(NAMED, "[Content_Types].xml").replace(
        b"</Types>", f'<Override PartName="/{name}" ContentType="{of_type}"/></Types>'.encode()
    )
    rich = '<r><t>司徒</t></r><r><t>望舒</t></r><rPh sb="0" eb="1"><t>x</t></rPh>'
    strings = f"<sst {MAIN}><si><t>欧阳若澜</t></si><si>{rich}</si></sst>"
    rows = '<row r="2"><c r="A2" t="s"><v>0</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c></row>'
    data = with_parts(with_rows(rows), {name: strings.encode(), "[Content_Types].xml": types})
    assert [row.values for row in opened(data).rows()] == [("欧阳若澜",), ("司徒望舒",)]


def readable(data: bytes) -> str | None:
    """The reason code where it is refused; anything but that is an error."""
    try:
        read(opened(data))
    except Rejected as fault:
        return fault.reason
    return None


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@given(st.data())
def test_a_workbook_of_which_bytes_are_wrong_is_read_or_refused(data):
    package = bytearray(NAMED)
    for at in data.draw(st.lists(st.integers(0, len(NAMED) - 1), min_size=1, max_size=6)):
        package[at] = data.draw(st.integers(0, 255))
    assert readable(bytes(package)) != ""


PARTS = (SHEET, STYLES, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels")


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@given(st.sampled_from(PARTS), st.data())
def test_a_workbook_of_which_a_part_is_wrong_is_read_or_refused(name, data):
    text = part(NAMED, name).decode()
    begin = data.draw(st.integers(0, len(text)))
    changed = text[:begin] + data.draw(st.sampled_from(("", "<a/>", '"', "0", "-1", "姓", "r=", "x"))) + text[begin + 1 :]
    assert readable(with_parts(NAMED, {name: changed.encode()})) != ""


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_refused(data):
    assert readable(b"name,number\n" + data) in {None, "not_a_list", "unclear_encoding", "no_known_columns", "list_too_wide"}


values = st.text(st.characters(exclude_characters=";|", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.lists(values, min_size=2, max_size=4).filter(lambda row: any(map(str.strip, row))), max_size=6))
def test_every_row_that_is_written_is_read_again(rows):
    table = [("姓名", "保单号", "b", "c"), *([*row, *[""] * (4 - len(row))] for row in rows)]
    assert [row.fault for row in read(opened(delimited(table, "utf-8-sig")))] == [None] * len(rows)


def test_rows_and_values_do_not_show_in_tracebacks():
    assert "欧阳" not in repr(Row(1, ("欧阳若澜",)))
    assert "欧阳" not in repr(opened(TABLE))


def test_a_workbook_with_formats_of_dates_of_1904_is_read():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(("姓名", "出险日期"))
    book.active.append(("欧阳若澜", date(2019, 3, 5)))
    assert questions(opened(saved(book))) == [Query(name="欧阳若澜", date="2019-03-05", limit=3)]
    assert CSV == "text/csv"
