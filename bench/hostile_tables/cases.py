"""Every hostile way, one function each; CASES lists them in the order in which they are written."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, PngImagePlugin

from bench.hostile_tables.register import (
    CARD,
    EMAIL,
    HEADS,
    IDENTITY,
    NAME,
    PHONE,
    SAID,
    TOKENS,
    VALUES,
    book,
    part,
    redacted,
    replaced,
    text,
    truth,
    with_parts,
    xml,
)

SHEET = "xl/worksheets/sheet1.xml"
RELATION_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def in_the_clear() -> bytes:
    return truth()


def hidden_sheet() -> bytes:
    return book(lambda sheet: _second_sheet(sheet, "hidden"))


def very_hidden_sheet() -> bytes:
    return book(lambda sheet: _second_sheet(sheet, "veryHidden"))


def hidden_row() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.append([2, *VALUES, 1])
        sheet.row_dimensions[3].hidden = True

    return book(change)


def row_without_height() -> bytes:
    package = book(lambda sheet: sheet.append([2, *VALUES, 1]))
    return replaced(package, SHEET, '<row r="3"', '<row r="3" ht="0" customHeight="1"')


def hidden_columns() -> bytes:
    def change(sheet: Worksheet) -> None:
        for column, value in zip("JKLMN", VALUES, strict=True):
            sheet[f"{column}2"] = value
            sheet.column_dimensions[column].hidden = True

    return book(change)


def columns_too_narrow() -> bytes:
    def change(sheet: Worksheet) -> None:
        for column, value in zip("JKLMN", VALUES, strict=True):
            sheet[f"{column}2"] = value
            sheet.column_dimensions[column].width = 0.2

    return book(change)


def under_merged_cells() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet["A5"] = "备注"
        sheet.merge_cells("A5:F5")

    hidden = (f'<c r="{column}5" t="inlineStr"><is><t>{value}</t></is></c>' for column, value in _beside())
    package = book(change)
    data = part(package, SHEET).decode()
    for column in "BCDEF":
        data = data.replace(f'<c r="{column}5" />', "")
    first, _, rest = data.partition('<c r="A5"')
    inside, _, rest = rest.partition("</row>")
    return with_parts(package, {SHEET: f'{first}<c r="A5"{inside}{"".join(hidden)}</row>{rest}'.encode()})


def white_on_white() -> bytes:
    return book(lambda sheet: _fill_row(sheet, font=Font(color="FFFFFFFF")))


def white_of_the_theme() -> bytes:
    from openpyxl.styles.colors import Color

    return book(lambda sheet: _fill_row(sheet, font=Font(color=Color(theme=0))))


def black_on_black() -> bytes:
    return book(lambda sheet: _fill_row(sheet, fill=PatternFill("solid", fgColor="FF000000")))


def format_that_shows_nothing() -> bytes:
    return book(lambda sheet: _fill_row(sheet, number_format=";;;"))


def comment() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment(SAID, NAME)

    return book(change)


def threaded_comment() -> bytes:
    said = xml(f'<threadedComment ref="B2" id="{{1}}"><text>{SAID}</text></threadedComment>', "ThreadedComments")
    person = xml(f'<person displayName="{NAME}" id="{{2}}" userId="{EMAIL}"/>', "personList")
    return with_parts(redacted(), {"xl/threadedComments/threadedComment1.xml": said, "xl/persons/person.xml": person})


def defined_names() -> bytes:
    def change(sheet: Worksheet) -> None:
        for at, value in enumerate(VALUES):
            assert sheet.parent is not None
            sheet.parent.defined_names[f"n{at}"] = DefinedName(f"n{at}", attr_text=f'"{value}"')

    return book(change)


def values_that_formulas_had() -> bytes:
    """The formula shows a token once it is calculated; what it last showed is kept beside it."""
    cells = "".join(f'<c r="{column}3" t="str"><f>"[***]"</f><v>{value}</v></c>' for column, value in _beside())
    return _with_row(f'<row r="3">{cells}</row>')


def constants_in_formulas() -> bytes:
    cells = "".join(f'<c r="{column}3" t="str"><f>IF(TRUE,"***","{value}")</f><v>***</v></c>' for column, value in _beside())
    return _with_row(f'<row r="3">{cells}</row>')


def strings_left_over() -> bytes:
    items = "".join(f"<si><t>{value}</t></si>" for value in VALUES)
    relation = f'<Relationship Id="rId99" Type="{RELATION_TYPES}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    package = replaced(redacted(), "xl/_rels/workbook.xml.rels", "</Relationships>", relation)
    return with_parts(package, {"xl/sharedStrings.xml": xml(items, "sst")})


def string_in_pieces() -> bytes:
    runs = "".join(f"<r><rPr><b/></rPr><t>{piece}</t></r>" for value in VALUES for piece in (value[:3], f"{value[3:]} "))
    return _with_row(f'<row r="3"><c r="B3" t="inlineStr"><is>{runs}</is></c></row>')


def readings_of_a_string() -> bytes:
    hint = "".join(f'<rPh sb="0" eb="1"><t>{value}</t></rPh>' for value in VALUES)
    return _with_row(f'<row r="3"><c r="B3" t="inlineStr"><is><t>[姓名]</t>{hint}</is></c></row>')


def header_and_footer() -> bytes:
    def change(sheet: Worksheet) -> None:
        assert sheet.oddHeader is not None
        assert sheet.oddFooter is not None
        assert sheet.oddHeader.center is not None
        assert sheet.oddFooter.left is not None
        sheet.oddHeader.center.text, sheet.oddFooter.left.text = f"{NAME} {IDENTITY}", f"{PHONE} {CARD} {EMAIL}"

    return book(change)


def properties() -> bytes:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        told = sheet.parent.properties
        told.title, told.subject, told.keywords, told.description = f"{NAME} {IDENTITY}", PHONE, CARD, EMAIL

    return book(change)


def properties_of_ones_own() -> bytes:
    inside = "".join(f'<property name="p"><vt:lpwstr xmlns:vt="urn:v">{value}</vt:lpwstr></property>' for value in VALUES)
    return with_parts(redacted(), {"docProps/custom.xml": xml(inside, "Properties")})


def pivot_cache() -> bytes:
    items = "".join(f'<s v="{value}"/>' for value in VALUES)
    cached = f'<cacheFields><cacheField name="姓名"><sharedItems>{items}</sharedItems></cacheField></cacheFields>'
    parts = {"Definition": xml(cached, "pivotCacheDefinition"), "Records": xml(f"<r>{items}</r>", "pivotCacheRecords")}
    return with_parts(redacted(), {f"xl/pivotCache/pivotCache{name}1.xml": data for name, data in parts.items()})


def cache_of_another_workbook() -> bytes:
    cells = "".join(f'<cell r="A1" t="str"><v>{value}</v></cell>' for value in VALUES)
    inside = (
        f'<externalBook><sheetDataSet><sheetData sheetId="0"><row r="1">{cells}</row></sheetData></sheetDataSet></externalBook>'
    )
    return with_parts(redacted(), {"xl/externalLinks/externalLink1.xml": xml(inside, "externalLink")})


def workbook_inside() -> bytes:
    return with_parts(redacted(), {"xl/embeddings/Microsoft_Excel_Worksheet.xlsx": truth()})


def object_inside() -> bytes:
    return with_parts(redacted(), {"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + bytes(500) + SAID.encode("utf-16-le")})


def picture_that_says_it() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_itxt("Comment", SAID)
    out = io.BytesIO()
    Image.new("L", (8, 8), 255).save(out, "PNG", pnginfo=said)
    return with_parts(redacted(), {"xl/media/image1.png": out.getvalue()})


def xml_of_ones_own() -> bytes:
    return with_parts(redacted(), {"customXml/item1.xml": xml(f"<note>{SAID}</note>", "data", "urn:x")})


def list_of_allowed_values() -> bytes:
    def change(sheet: Worksheet) -> None:
        rule = DataValidation(type="list", formula1=f'"{",".join(VALUES)}"')
        rule.add("B2")
        sheet.add_data_validation(rule)

    return book(change)


def prompt_at_a_cell() -> bytes:
    def change(sheet: Worksheet) -> None:
        rule = DataValidation(
            type="whole", formula1="1", promptTitle=NAME, prompt=f"{IDENTITY} {PHONE}", error=f"{CARD} {EMAIL}"
        )
        rule.add("B2")
        sheet.add_data_validation(rule)

    return book(change)


def conditional_format() -> bytes:
    def change(sheet: Worksheet) -> None:
        for value in VALUES:
            sheet.conditional_formatting.add("B2", Rule(type="expression", formula=[f'$B$2="{value}"']))

    return book(change)


def number_format_that_says_it() -> bytes:
    def change(sheet: Worksheet) -> None:
        for column, value in _beside():
            sheet[f"{column}3"] = 1
            sheet[f"{column}3"].number_format = f'"{value}"'

    return book(change)


def links() -> bytes:
    def change(sheet: Worksheet) -> None:
        for column, value in _beside():
            sheet[f"{column}2"].hyperlink = f"https://example.com/{value}"

    return book(change)


def sheet_title() -> bytes:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.title = f"{NAME} {IDENTITY}"
        for value in (PHONE, CARD, EMAIL):
            sheet.parent.create_sheet(value).append(["空白"])

    return book(change)


def table_columns() -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet.add_table(Table(displayName="t1", ref="A1:G2"))

    package = book(change)
    return replaced(package, "xl/tables/table1.xml", "</table>", f"<!--{SAID}--></table>")


def cache_of_a_chart() -> bytes:
    def change(sheet: Worksheet) -> None:
        chart = BarChart()
        chart.title = f"{NAME} {IDENTITY}"
        chart.add_data(Reference(sheet, min_col=7, min_row=1, max_row=2), titles_from_data=True)
        sheet.add_chart(chart, "A9")

    package = book(change)
    points = "".join(f'<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>' for at, value in enumerate((PHONE, CARD, EMAIL)))
    chart = part(package, "xl/charts/chart1.xml").decode()
    root = "</chartSpace>" if "</chartSpace>" in chart else "</c:chartSpace>"
    cache = f'<c:strCache xmlns:c="urn:c">{points}</c:strCache>{root}'
    return replaced(package, "xl/charts/chart1.xml", root, cache)


def text_box() -> bytes:
    paragraphs = "".join(f"<a:p><a:r><a:t>{value}</a:t></a:r></a:p>" for value in VALUES)
    drawing = xml(f'<sp xmlns:a="urn:a"><txBody>{paragraphs}</txBody></sp>', "wsDr")
    return with_parts(redacted(), {"xl/drawings/drawing1.xml": drawing})


def macro() -> bytes:
    """Macro source is packed in its own way; names of modules and of forms lie open."""
    return with_parts(redacted(), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(200) + SAID.encode("gbk")})


def log_of_revisions() -> bytes:
    inside = "".join(f"<rcc><nc><is><t>{value}</t></is></nc></rcc>" for value in VALUES)
    return with_parts(redacted(), {"xl/revisions/revisionLog1.xml": xml(inside, "revisions")})


def part_that_nothing_names() -> bytes:
    return with_parts(redacted(), {"xl/worksheets/old.xml": part(truth(), SHEET), "xl/old/strings.txt": SAID.encode("gbk")})


def remark_in_the_xml() -> bytes:
    return replaced(redacted(), SHEET, "</sheetData>", f"<!-- {SAID} --></sheetData>")


def bytes_behind_the_package() -> bytes:
    return redacted() + SAID.encode()


def comment_of_the_package() -> bytes:
    import zipfile

    out = io.BytesIO(redacted())
    with zipfile.ZipFile(out, "a") as package:
        package.comment = SAID.encode()
    return out.getvalue()


def numbers_that_lost_digits() -> bytes:
    return book(values=(TOKENS[0], 1.10105194912310e17, 13800138000, 6.22202123456789e18, TOKENS[4]))


def identity_as_a_number_far_below() -> bytes:
    def change(sheet: Worksheet) -> None:
        for column, value in _beside():
            sheet[f"{column}60000"] = value

    return book(change)


def second_table_on_the_sheet() -> bytes:
    def change(sheet: Worksheet) -> None:
        for row in ((), (), ("受益人", "证件号码", "联系电话", "账号", "电子邮箱"), VALUES):
            sheet.append(row)

    return book(change)


def heads_over_two_rows() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["理赔清单"])
    sheet.append(["被保险人", None, "联系方式", None, "领款账户"])
    sheet.append(["姓名", "身份证号", "手机号", "邮箱", "银行卡号"])
    sheet.append([NAME, IDENTITY, PHONE, EMAIL, CARD])
    for merged in ("A1:E1", "A2:B2", "C2:D2"):
        sheet.merge_cells(merged)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def form_with_labels_at_the_left() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    for label, value in zip(HEADS[1:6], VALUES, strict=True):
        sheet.append([label, value])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def text_in_gb18030() -> bytes:
    return text((HEADS, (1, *VALUES, 1)), "gb18030")


def text_in_utf_16() -> bytes:
    return text((HEADS, (1, *VALUES, 1)), "utf-16", "\t")


def text_with_line_breaks_in_values() -> bytes:
    broken = tuple(f"{value[:6]}\n{value[6:]}" if value.isdigit() else value for value in VALUES)
    return text((HEADS, (1, *broken, 1)))


def text_with_nuls() -> bytes:
    return (text((HEADS, (1, *VALUES, 1))).decode() * 10 + "2,\0,,,,,\n").encode()


def text_with_formulas() -> bytes:
    return text((HEADS, (1, *(f'="{value}"' for value in VALUES), "=1+1")), "utf-8-sig", ";")


def text_without_heads() -> bytes:
    """Nothing says what the values are but their shapes; so the name is left out."""
    return text(((1, IDENTITY, PHONE, CARD, EMAIL), (2, IDENTITY, PHONE, CARD, EMAIL)))


def _beside() -> Iterator[tuple[str, str]]:
    """The columns from B to F, each with a value."""
    return zip("BCDEF", VALUES, strict=True)


def _second_sheet(sheet: Worksheet, state: str) -> None:
    assert sheet.parent is not None
    other = sheet.parent.create_sheet("底稿")
    other.append(HEADS)
    other.append([1, *VALUES, 1])
    other.sheet_state = state


def _fill_row(sheet: Worksheet, **look: object) -> None:
    for column, value in _beside():
        sheet[f"{column}3"] = value
        for name, each in look.items():
            setattr(sheet[f"{column}3"], name, each)


def _with_row(row: str) -> bytes:
    return replaced(redacted(), SHEET, "</sheetData>", f"{row}</sheetData>")


@dataclass(frozen=True, slots=True)
class Case:
    """One way of hiding badly."""

    make: Callable[[], bytes] = field(repr=False)

    @property
    def name(self) -> str:
        return self.make.__name__

    @property
    def suffix(self) -> str:
        return "csv" if self.name.startswith("text_") and self.name != "text_box" else "xlsx"


CASES = tuple(
    Case(each)
    for name, each in list(globals().items())
    if not name.startswith("_") and getattr(each, "__module__", "") == __name__ and each is not Case
)
