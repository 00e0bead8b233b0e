"""Tables that are damaged, huge, locked, odd or meant to harm; and redacted tables that were tampered with."""

import io
import struct
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.redaction import Audience
from schemas.tables import CSV, XLSX
from tests.builders.table_files import (
    HANDLER,
    HEADS,
    NAME,
    NUMBER,
    PUBLIC,
    part,
    register,
    row,
    saved,
    tools,
    values,
    with_parts,
    workbook,
)
from workers.paginate import TableDocument, open_document
from workers.steps.build import build_table, text_beside
from workers.steps.hide_table import hide_table_page, is_shown
from workers.steps.plan import make_plan
from workers.verify.cell_view import unseen_cells
from workers.verify.package_parts import parts
from workers.verify.secrets import Secrets, SecretSearch
from workers.verify.tabular import verify_table

SHEET = "xl/worksheets/sheet1.xml"


def opened(data, media_type=XLSX, limits=None):
    document = open_document(io.BytesIO(data), media_type, limits or Limits())
    assert isinstance(document, TableDocument)
    return document


def cells(data, media_type=XLSX):
    with opened(data, media_type) as document:
        return [
            (cell.cell.row, cell.cell.column, cell.line) for page in document.pages() if page.is_shown for cell in page.cells
        ]


def refused(data, media_type=XLSX, limits=None):
    with pytest.raises(Rejected) as caught, opened(data, media_type, limits) as document:
        assert document.page_count
    return caught.value.reason


def locked(package):
    """*package* with the flag of encryption on every part."""
    data = bytearray(package)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 and nothing more", "damaged_document"),
        (register()[:-600], "damaged_document"),
        (with_parts(register(), {SHEET: b"<worksheet><sheetData><row"}), "damaged_document"),
        (with_parts(register(), {"xl/workbook.xml": b"<workbook/>"}), "no_pages"),
        (with_parts(register(), {SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'}), "damaged_document"),
        (locked(register()), "encrypted_document"),
        (workbook([]), "no_pages"),
        (workbook([["", " "]]), "no_pages"),
    ],
    ids=["no-zip", "cut", "bad-xml", "no-sheets", "doctype", "locked", "empty", "blank"],
)
def test_workbooks_that_cannot_be_read_are_refused(data, reason):
    assert refused(data) == reason


def test_a_bomb_is_refused_before_it_is_inflated():
    bomb = with_parts(register(), {"xl/media/image1.bin": bytes(80_000_000)})
    assert len(bomb) < 200_000
    assert refused(bomb) == "expands_too_much"


def test_a_package_of_too_many_parts_is_refused():
    assert refused(register(), limits=Limits(max_members=5)) == "too_many_members"


def test_a_part_longer_than_the_directory_says_is_refused():
    data = bytearray(register())
    place = data.find(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(SHEET)] != SHEET.encode():
        place = data.find(b"PK\x01\x02", place + 4)
    struct.pack_into("<I", data, place + 24, 100)
    assert refused(bytes(data)) == "damaged_document"


def test_a_table_of_too_many_pages_is_refused():
    assert refused(register(200), limits=Limits(max_pages=7)) == "too_many_pages"
    with opened(register(199), limits=Limits(max_pages=8)) as document:
        assert document.page_count == 8


def test_a_missing_quotation_mark_does_not_swallow_a_file():
    assert refused(b'a,b\n1,2\n3,"' + b"x,y\n" * 60_000, CSV) == "damaged_document"


def test_a_text_in_an_encoding_that_nobody_can_tell_is_refused():
    assert refused("Name,Ort\r\nJosé,Zürich\r\nMüller,Köln\r\n".encode("cp1252"), CSV) == "unclear_encoding"


def test_traditional_characters_are_read_as_they_are():
    assert cells("姓名,身份證號\r\n陳美玲,A123456789\r\n".encode("big5"), CSV)[2] == (2, 1, "姓名: 陳美玲")


def test_what_does_not_decode_is_replaced_and_the_rest_is_read():
    data = ("姓名,身份证号\r\n" + "张三,1\r\n" * 9000).encode() + b"\xff\xfe,2\r\n"
    assert cells(data, CSV)[-1] == (9002, 2, "身份证号: 2")


def test_a_value_of_merged_cells_stands_once_and_heads_all_their_columns():
    def change(sheet):
        sheet.merge_cells("A1:B1")

    assert cells(workbook([["被保险人姓名", None, "身份证号"], ["张三", "李四", "1"]], change)) == [
        (1, 1, "被保险人姓名"),
        (1, 3, "身份证号"),
        (2, 1, "被保险人姓名: 张三"),
        (2, 2, "被保险人姓名: 李四"),
        (2, 3, "身份证号: 1"),
    ]


def sheet(rows, behind=""):
    """A workbook whose sheet has these bytes for rows, and these behind them."""
    return with_parts(register(), {SHEET: f"<worksheet><sheetData>{rows}</sheetData>{behind}</worksheet>".encode()})


def number(place, value=1):
    return f'<c r="{place}"><v>{value}</v></c>'


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="0">{number("A0")}</row>',
        f'<row r="-1">{number("A1")}</row>',
        f'<row r="1048577">{number("A1048577")}</row>',
        f'<row r="1"/><row r="1">{number("A1")}</row>',
        f'<row r="2"/><row r="1">{number("A1")}</row>',
        f'<row r="one">{number("A1")}</row>',
        f'<row r="1">{number("A0")}</row>',
        f'<row r="1">{number("A2")}</row>',
        f'<row r="1">{number("XFE1")}</row>',
        f'<row r="1">{number("1")}</row>',
        f'<row r="1">{number("")}</row>',
        f'<row r="1">{number("A1:B1")}</row>',
        f'<row r="1">{number("B1")}{number("A1")}</row>',
        f'<row r="1">{number("A1")}{number("A1")}</row>',
        f'<row r="1">{number("XFD1")}<c><v>1</v></c></row>',
    ],
)
def test_a_cell_at_a_place_that_there_is_not_is_damage(rows):
    assert refused(sheet(rows)) == "damaged_document"


@pytest.mark.parametrize("reference", ["A0:B1", "A1:XFE1", "B1:A1", "A2:A1", "A1:B1048577", "A1:B", "", "A1:B1:C1"])
def test_merged_cells_at_a_place_that_there_is_not_are_damage(reference):
    assert refused(sheet(f"<row>{number('A1')}</row>", f'<mergeCell ref="{reference}"/>')) == "damaged_document"


def test_rows_and_cells_without_a_place_follow_those_before():
    rows = '<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    assert cells(sheet(rows)) == [(3, 2, "1"), (3, 3, "2"), (4, 1, "3")]


def test_merged_ranges_are_elements_however_they_are_written():
    rows = "".join(f'<row r="{at}">{number(f"A{at}", at)}{number(f"B{at}", at)}</row>' for at in (1, 2, 3))
    behind = f"<!--<mergeCell ref=\"A3:B3\"/>--><x:mergeCell xmlns:x='x' {' ' * 5000} ref = 'A1:B1'/><mergeCell ref='A2'/>"
    assert cells(sheet(rows, behind)) == [(1, 1, "1"), (2, 1, "2"), (2, 2, "2"), (3, 1, "3"), (3, 2, "3")]


def test_a_sheet_of_more_merged_cells_than_are_read_is_refused():
    ranges = "".join(f'<mergeCell ref="A{at}:XFD{at}"/>' for at in range(1, 18))
    assert refused(sheet(f"<row>{number('A1')}</row>", ranges)) == "too_many_merges"


def test_beginnings_of_merged_ranges_without_an_end_are_gone_through_once(monkeypatch):
    inflated, read = [0], zipfile.ZipExtFile.read

    def counted(self, size=-1):
        data = read(self, size)
        inflated[0] += len(data)
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    hostile = ("<!--" + "<mergeCell " * 90_000 + "-->") * 10  # of 10 MB: a pattern that looks on to the end takes hours
    with opened(sheet(f"<row>{number('A1')}</row>", hostile)) as document:
        assert document.page_count == 1
    assert inflated[0] < 3 * len(hostile)


@pytest.mark.parametrize("hostile", ["<!--" + "a" * 1_200_000 + "-->", '<x a="' + "a" * 1_200_000 + '"/>'])
def test_a_tag_that_would_be_gone_through_again_and_again_is_damage(hostile):
    assert refused(sheet(f"<row>{number('A1')}</row>", hostile)) == "damaged_document"


def test_a_document_type_is_refused_however_late_it_comes():
    late = b"<!--" + b" " * 5000 + b'--><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    assert refused(with_parts(register(), {SHEET: late})) == "damaged_document"


@pytest.mark.parametrize("is_of_1904", [False, True])
def test_dates_are_days_of_the_calendar_that_the_workbook_counts_by(is_of_1904):
    book = openpyxl.Workbook()
    if is_of_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append([date(2019, 3, 5), datetime(2019, 3, 5, 8, 30)])  # noqa: DTZ001 - as a spreadsheet has it
    assert [line for _, _, line in cells(saved(book))] == ["2019-03-05", "2019-03-05 08:30:00"]


def test_moments_of_every_kind_keep_their_type_in_a_copy():
    moments = [time(8, 30), time(8, 30, 15, 500_000), datetime(2019, 3, 5, 8, 30, 59, 700_000)]  # noqa: DTZ001
    days = [datetime(1900, 1, 31), datetime(1900, 3, 1), datetime(9999, 12, 31)]  # noqa: DTZ001
    ((_, rows),) = values(copy(workbook([["医院", "备注", "金额"], moments, days]), HANDLER)).items()
    assert [*rows[1], *rows[2]] == [*moments, *days]


def test_every_format_that_is_kept_passes_the_check_of_the_file():
    codes = [
        "0.00",
        "#,##0.00",
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日"',
        "0.00E+00",
        "@",
        "¥#,##0.00;-¥#,##0.00",
        "General_)",
        "mm:ss",
    ]

    def change(sheet):
        for column, code in enumerate(codes, start=1):
            sheet.cell(2, column).number_format = code

    package = copy(workbook([["医院", "备注", "金额"], [1.5] * len(codes)], change), HANDLER)
    (written,) = openpyxl.load_workbook(io.BytesIO(package)).worksheets
    assert [cell.number_format for cell in written[2]] == codes


def test_a_date_that_there_is_not_stays_a_number():
    assert "4000000" in cells(workbook([[4_000_000]], lambda sheet: setattr(sheet["A1"], "number_format", "yyyy-mm-dd")))[0][2]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("1.10105194912310E+17", "110105194912310000"),
        ("0.1", "0.1"),
        ("1E+25", "1e+25"),
        ("110105194912310021", "110105194912310021"),
    ],
)
def test_a_number_is_written_out_to_its_last_digit(stored, text):
    sheet = f'<worksheet><sheetData><row r="1"><c r="A1"><v>{stored}</v></c></row></sheetData></worksheet>'
    assert cells(with_parts(register(), {SHEET: sheet.encode()})) == [(1, 1, text)]


def test_leading_noughts_of_text_are_kept():
    assert cells(b"a,b\n007,08\n", CSV)[2:] == [(2, 1, "007"), (2, 2, "08")]


def test_an_identity_number_that_lost_its_digits_is_still_hidden(tmp_path):
    for number in (1.10105194912310e17, 110105194912310021):
        ((_, rows),) = values(copy(workbook([HEADS, row(身份证号=number)]), HANDLER)).items()
        assert rows[1][2] == "[身份证号]"


def test_columns_of_one_name_and_heads_that_come_late():
    rows = [["2019年度"], [], ["姓名", "身份证号", "姓名"], ["张三", "1", "李四"], [], ["医院", "电话"], ["华山", "2"]]
    assert [line for _, _, line in cells(workbook(rows))] == [
        *("2019年度", "姓名", "身份证号", "姓名", "姓名: 张三", "身份证号: 1", "姓名: 李四"),
        *("医院", "电话", "医院: 华山", "电话: 2"),
    ]


def test_rows_that_a_filter_leaves_out_for_the_moment_are_rows():
    def change(sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.sheet_properties.filterMode = True

    assert (2, 1, "序号: 1") in cells(workbook([HEADS, row()], change))


def test_a_value_that_was_never_calculated_is_left_out():
    assert cells(workbook([["=1+1", "x"]])) == [(1, 2, "x")]


def test_a_wide_row_goes_on_on_the_next_page():
    with opened(workbook([[f"v{at}" for at in range(70)]])) as document:
        assert [len(page.cells) for page in document.pages()] == [32, 32, 6]


def test_a_page_is_drawn_with_its_cells_at_their_places():
    with opened(register()) as document:
        image, text = document.render(1), document.reading(1).text
        assert text is not None
        assert (image.width, image.height) == (text.width, text.height)
        for line in text.lines:
            (left, top), _, (right, bottom), _ = line.box
            assert (image.pixels[int(top) : int(bottom), int(left) : int(right)] == 0).any()


# Redacted tables, tampered with.


def finished(data, audience=PUBLIC):
    """The redacted table of *data*, and what it was verified against."""
    with opened(data) as document:
        texts = [reading.text for reading in document.readings()]
        plan = make_plan(texts, tools().extractor, tools().policy)
        secrets, own, seen = Secrets.of(plan.entities, tools().policy, audience), plan.of(audience), {}
        for text in texts:
            visible, masks = own.text_of(text.page_number, plan.policy), own.masks_of(text.page_number)
            hidden = hide_table_page(text, visible, masks, SecretSearch(secrets), secrets, tools())
            assert hidden.verdict.passed
            if is_shown(text):
                seen[text.page_number] = text_beside(visible, masks, hidden.masks)
        out, verdict = build_table(XLSX, document.pages(), seen, secrets)
    return out.getvalue(), verdict, secrets, [*seen.values()]


def copy(data, audience=PUBLIC):
    out, verdict, _, _ = finished(data, audience)
    assert verdict.passed, verdict.leaks
    return out


def spoilt(name, old, new):
    """A change of the part *name*, in which *old* must stand."""

    def change(package):
        before = part(package, name)
        assert old.encode() in before, before
        return with_parts(package, {name: before.replace(old.encode(), new.encode(), 1)})

    return change


def with_a_cell(cell):
    return spoilt(SHEET, "</sheetData>", f'<row r="9">{cell}</row></sheetData>')


def text_cell(text):
    return with_a_cell(f'<c r="A9" t="inlineStr"><is><t>{text}</t></is></c>')


SPOILT = {
    "a hidden value in a cell": text_cell(NUMBER),
    "a hidden name in a cell": text_cell(NAME),
    "a value with blanks in between": text_cell(" ".join(NUMBER)),
    "a value as a number": with_a_cell('<c r="A9"><v>13800138000</v></c>'),
    "a text that nobody searched": text_cell("既往有高血压病史"),
    "a number that nobody searched": with_a_cell('<c r="A9"><v>4711</v></c>'),
    "a formula": with_a_cell('<c r="A9"><f>1+1</f><v>1</v></c>'),
    "a hidden row": spoilt(SHEET, '<row r="2"', '<row r="2" hidden="1"'),
    "a hidden sheet": spoilt("xl/workbook.xml", 'state="visible"', 'state="hidden"'),
    "a title": spoilt("xl/workbook.xml", 'name="理赔登记表"', f'name="{NAME}"'),
    "a defined name": spoilt(
        "xl/workbook.xml", "<definedNames", '<definedNames><definedName name="a">1</definedName></definedNames><x'
    ),
    "a part more": lambda package: with_parts(package, {"xl/comments1.xml": b"<comments/>"}),
    "the old strings": lambda package: with_parts(
        package, {"xl/sharedStrings.xml": f"<sst><si><t>{NUMBER}</t></si></sst>".encode()}
    ),
    "a property": spoilt("docProps/core.xml", "claimkeep", NUMBER),
    "a remark": spoilt("xl/styles.xml", "<fonts", f"<!--{NUMBER}--><fonts"),
    "an attribute more": spoilt(SHEET, '<row r="2"', '<row r="2" spans="1:7"'),
    "a text in an attribute": spoilt(SHEET, '<c r="A2"', '<c r="A2" s="高血压"'),
    "a remark that nobody searched": spoilt(SHEET, "<sheetData>", "<!--既往有高血压病史--><sheetData>"),
    "an instruction": spoilt(SHEET, "<sheetData>", "<?a b?><sheetData>"),
    "a text between elements": spoilt("xl/styles.xml", "<fonts", "既往有高血压病史<fonts"),
    "a format that says something": spoilt(
        "xl/styles.xml", '<numFmts count="0"/>', '<numFmts><numFmt numFmtId="164" formatCode="&quot;高血压&quot;"/></numFmts>'
    ),
    "a style that nobody wrote": spoilt("xl/styles.xml", '<color theme="1"', '<color rgb="00FFFFFF"'),
    "a property that nobody wrote": spoilt("docProps/core.xml", "claimkeep", "somebody"),
    "a program that did not write it": spoilt("docProps/app.xml", "Microsoft Excel Compatible", "Somebody"),
    "a theme of its own": spoilt("xl/theme/theme1.xml", "Cambria", "Cumbria"),
    "a relation that leads out": spoilt("_rels/.rels", 'Target="xl/workbook.xml"', 'Target="http://example.org/"'),
    "a type of its own": spoilt("[Content_Types].xml", "application/xml", "text/plain"),
    "bytes in front": lambda package: b"a" + package,
    "bytes behind": lambda package: package + b"a",
    "half of it": lambda package: package[: len(package) // 2],
}


@pytest.fixture(scope="module")
def sound():
    return finished(register())


def test_a_sound_table_passes(sound):
    data, verdict, secrets, seen = sound
    assert verdict.passed
    assert verify_table(data, XLSX, secrets, seen).passed


@pytest.mark.parametrize("name", SPOILT)
def test_a_table_that_was_tampered_with_does_not_pass(sound, name):
    data, _, secrets, seen = sound
    assert not verify_table(SPOILT[name](data), XLSX, secrets, seen).passed


def test_a_delimited_text_with_a_cell_that_nobody_searched_does_not_pass(sound):
    _, _, secrets, seen = sound
    assert verify_table("1,[姓名]\r\n".encode("utf-8-sig"), CSV, secrets, seen).passed
    for added in ("1,高血压\r\n", f"1,{NUMBER}\r\n", "1,'=[姓名]x\r\n"):
        assert not verify_table(added.encode("utf-8-sig"), CSV, secrets, seen).passed
    assert not verify_table(b"\xff\xff", CSV, secrets, seen).passed


def test_a_table_of_another_audience_does_not_pass(sound):
    _, _, secrets, seen = sound
    assert secrets.audience is Audience.PUBLIC
    assert not verify_table(copy(register(), HANDLER), XLSX, secrets, seen).passed


def test_everything_that_is_hidden_in_the_file_is_left_out():
    def change(sheet):
        sheet.column_dimensions["C"].hidden = True
        sheet.row_dimensions[3].hidden = True
        sheet.parent.create_sheet("底稿").append(["底稿内容"])
        sheet.parent["底稿"].sheet_state = "hidden"

    out = copy(workbook([HEADS, row(), row(2)], change), HANDLER)
    ((title, rows),) = values(out).items()
    assert title == "理赔登记表"
    assert [each[0] for each in rows] == ["序号", 1]
    assert [each[2] for each in rows] == [None, None]
    with zipfile.ZipFile(io.BytesIO(out)) as package:
        assert not any("底稿".encode() in package.read(name) for name in package.namelist())


def test_a_workbook_of_hidden_cells_alone_comes_out_empty():
    def change(sheet):
        for column in "ABCDEFG":
            sheet.column_dimensions[column].hidden = True

    assert values(copy(workbook([HEADS, row()], change))) == {"Sheet": []}


def test_the_verifier_counts_cells_that_do_not_say_where_they_are():
    columns = '<cols><col min="2" max="2" hidden="1"/></cols>'
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c/><c><v>4</v></c></row>"
    written = f'<worksheet>{columns}<sheetData>{rows}</sheetData><mergeCell ref="A1:A2"/></worksheet>'
    unseen = unseen_cells([*parts(with_parts(register(), {SHEET: written.encode()}))])
    assert [(each.text, each.how) for each in unseen] == [("2", "a hidden column"), ("3", "under a merged cell")]


def test_the_verifier_refuses_places_that_there_are_not():
    with pytest.raises(Rejected, match="damaged_document"):
        [*unseen_cells([*parts(sheet(f"<row>{number('A0')}</row>"))])]
