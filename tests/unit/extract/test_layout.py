"""Labels travel: the value stands beside its label, in the next cell, or below it in its column."""

import pytest

from tests.unit.extract.pages import page, slanted, turned
from workers.extract.extractor import Extractor

VALID = "11010519491231002X"


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def values(extractor, source):
    return [(one.kind, one.text, one.role) for one in extractor.extract([source]).entities]


FORM = page(
    (500, 40, "理赔申请书"),
    (100, 200, "被保险人"),
    (300, 202, "张三"),
    (600, 200, "证件号码"),
    (800, 199, VALID),
    (100, 260, "投保人姓名"),
    (300, 260, "李小明"),
    (600, 260, "联系电话"),
    (800, 260, "13800138000"),
)
FORM_VALUES = [
    ("CN_NAME", "张三", "insured"),
    ("CN_ID18", VALID, "insured"),
    ("CN_NAME", "李小明", "policyholder"),
    ("CN_MOBILE", "13800138000", "policyholder"),
]


def test_a_label_alone_in_its_cell_takes_the_cell_to_its_right(extractor):
    assert values(extractor, FORM) == FORM_VALUES


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_reads_the_same(extractor, rotation):
    assert values(extractor, turned(FORM, rotation)) == FORM_VALUES


@pytest.mark.parametrize("slope", [0.05, -0.05])
def test_a_slanted_page_reads_the_same(extractor, slope):
    assert values(extractor, slanted(FORM, slope)) == FORM_VALUES


def test_a_column_head_names_every_cell_below_it(extractor):
    table = page(
        (100, 400, "受益人姓名"),
        (400, 400, "与被保险人关系"),
        (700, 400, "身份证号"),
        (100, 440, "王芳"),
        (400, 440, "配偶"),
        (680, 440, "110105194912310021"),
        (100, 480, "王小虎"),
        (400, 480, "父子"),
        (680, 480, VALID),
    )
    assert values(extractor, table) == [
        ("CN_NAME", "王芳", "beneficiary"),
        ("CN_ID18", "110105194912310021", "beneficiary"),
        ("CN_NAME", "王小虎", "beneficiary"),
        ("CN_ID18", VALID, "beneficiary"),
    ]


def test_the_head_of_the_next_column_is_no_date(extractor):
    table = page(
        (60, 100, "Date of service"), (360, 100, "CPT"), (560, 100, "Charges"), (60, 150, "07062022"), (60, 200, "07072022")
    )
    found = [each.canonical for each in extractor.entities_on_page(table) if each.kind == "DATE_OTHER"]
    assert found == ["2022-07-06", "2022-07-07"]


def test_an_address_goes_on_in_the_next_line_of_running_text(extractor):
    text = page((140, 100, "兹有我辖区居民范雨素，女，住福建省泉州", 20), (100, 150, "市晋江市清水湾5号楼4单元503室。", 20))
    found = [each.text for each in extractor.entities_on_page(text) if each.kind == "CN_ADDRESS"]
    assert found == ["福建省泉州\n市晋江市清水湾5号楼4单元503室"]


def test_a_value_goes_on_in_the_line_below(extractor):
    form = page((100, 100, "家庭住址"), (300, 100, "北京市朝阳区某某路一百二十号"), (300, 125, "3号楼2单元402室"))
    (address,) = extractor.extract([form]).entities
    assert address.text == "北京市朝阳区某某路一百二十号\n3号楼2单元402室"
    assert len(address.boxes) == 2


def test_a_label_broken_over_two_lines_of_its_cell_is_one_label(extractor):
    form = page((100, 100, "出生"), (100, 124, "日期"), (220, 112, "1997年12月17日"))
    assert values(extractor, form) == [("DOB", "1997年12月17日", None)]


def test_a_hint_in_brackets_below_a_label_is_part_of_it(extractor):
    form = page((100, 100, "姓名"), (100, 124, "(拼音)"), (220, 112, "（岳欣欣)"))
    assert values(extractor, form) == [("CN_NAME", "岳欣欣", None)]


def test_dates_below_a_head_that_is_wider_than_they_are(extractor):
    table = page(
        (240, 100, "取证时间"), (540, 100, "证书名称"), (215, 140, "2017.9"), (215, 180, "2019.9"), (540, 140, "计算机等级")
    )
    assert [one.canonical for one in extractor.entities_on_page(table)] == ["2017-09", "2019-09"]


@pytest.mark.parametrize(
    ("upper", "lower", "day"),
    [
        ("2026年8", "月14日", "2026-08-14"),
        ("2026年8月", "14日", "2026-08-14"),
        ("2026年", "8月14日", "2026-08-14"),
        ("2026-08-", "14", "2026-08-14"),
        ("2026.", "8.14", "2026-08-14"),
    ],
)
def test_a_date_that_a_narrow_cell_breaks_is_whole(extractor, upper, lower, day):
    form = page((100, 112, "出资时间"), (220, 100, upper), (220, 124, lower))
    (found,) = extractor.entities_on_page(form)
    assert (found.kind, found.canonical, found.text) == ("DATE_OTHER", day, f"{upper}\n{lower}")


def test_a_year_above_other_numbers_is_no_part_of_them(extractor):
    form = page((100, 100, "2026年"), (100, 124, "1400元"), (100, 160, "共2019年"), (500, 184, "3月5日"))
    assert [one.canonical for one in extractor.entities_on_page(form) if one.kind == "DATE_OTHER"] == []


def test_a_label_over_two_lines_stands_beside_the_value_of_either_line(extractor):
    form = page(
        (100, 100, "10. Claim"), (110, 126, "number"), (240, 96, "2016893950808"),
        (460, 100, "11. Date of"), (430, 126, "accident or illness"), (640, 98, "06 15 2016"),
        (860, 96, "12."), (800, 126, "Admission"), (960, 124, "06 16 2016"),
    )  # fmt: skip
    assert [(one.kind, one.canonical) for one in extractor.entities_on_page(form)] == [
        ("CLAIM", "2016893950808"),
        ("DATE_ACCIDENT", "2016-06-15"),
        ("DATE_ADMISSION", "2016-06-16"),
    ]


def test_a_number_that_its_cell_breaks_may_be_both_parts(extractor):
    form = page((100, 100, "10. Claim number:"), (300, 100, "20168386155094"), (302, 124, "02"), (700, 124, "77"))
    (claim,) = (one for one in extractor.entities_on_page(form) if one.kind == "CLAIM")
    assert "2016838615509402" in claim.alternatives


def test_the_rows_of_a_column_are_no_parts_of_one_number(extractor):
    table = page((100, 100, "NPI"), (100, 140, "1687961973"), (100, 164, "1687941977"))
    assert not [other for one in extractor.entities_on_page(table) for other in one.alternatives if len(other) > 10]


def test_a_date_that_its_cell_breaks_may_be_both_parts(extractor):
    form = page((100, 100, "11. Date of accident or illness:"), (460, 100, "Jun 19,"), (462, 124, "2010"))
    assert "2010-06-19" in [day for one in extractor.entities_on_page(form) for day in (one.canonical, *one.days)]


def test_a_month_behind_a_marred_day_may_be_that_day(extractor):
    form = page((100, 100, "3. Patient's birth date"), (400, 100, "U1 Dec 1984"))
    (born,) = extractor.entities_on_page(form)
    assert (born.canonical, "1984-12-21" in born.days) == ("1984-12", True)


def test_groups_of_digits_where_a_date_is_due_are_no_telephone_number(extractor):
    form = page((100, 100, "13. Discharge"), (300, 100, "06 23 201"), (100, 160, "Date: 06 26 2016"))
    discharge, _ = extractor.entities_on_page(form)
    assert (discharge.kind, discharge.canonical, "2016-06-23" in discharge.days) == ("DATE_DISCHARGE", "", True)


def test_the_name_of_a_field_is_not_the_value_of_the_one_before(extractor):
    form = page((100, 100, "投保人"), (300, 100, "被保险人"), (500, 100, "张三"))
    assert values(extractor, form) == [("CN_NAME", "张三", "insured")]


def test_a_heading_says_whose_the_fields_below_are(extractor):
    form = page(
        (100, 100, "投保人信息"), (100, 140, "姓名"), (200, 140, "李小明"), (100, 180, "手机"), (200, 180, "13800138000")
    )
    assert values(extractor, form) == [("CN_NAME", "李小明", "policyholder"), ("CN_MOBILE", "13800138000", "policyholder")]


def test_columns_of_plain_text_are_columns_too(extractor):
    found = extractor.entities_in_text("姓名    性别  身份证号\n李四    男    110105194912310021")
    assert [(one.kind, one.tier.value, one.text) for one in found] == [
        ("CN_NAME", "C", "李四"),
        ("CN_ID18", "C", "110105194912310021"),
    ]


def test_captions_of_a_numbered_form_are_not_values(extractor):
    form = page(
        (100, 100, "2. PATIENT'S NAME (Last Name, First Name, Middle Initial)"),
        (900, 100, "3. PATIENT'S BIRTH DATE"),
        (120, 140, "Doe, John"),
    )
    assert values(extractor, form) == [("CN_NAME", "Doe, John", "patient")]


def test_a_value_stands_under_the_number_of_its_item(extractor):
    form = page(
        (100, 100, "3. Patient's birth date"),
        (100, 140, "12 28 1979"),
        (100, 200, "12. Admission"),
        (100, 240, "09 01 2017"),
        (100, 300, "13. Insured's name"),
        (100, 340, "Robert Marchbank"),
    )
    assert [(one.kind, one.canonical) for one in extractor.entities_on_page(form)] == [
        ("DOB", "1979-12-28"),
        ("DATE_ADMISSION", "2017-09-01"),
        ("CN_NAME", "Robert Marchbank"),
    ]


def test_the_term_below_a_number_is_two_dates(extractor):
    card = page((100, 100, "公民身份号码"), (100, 140, VALID), (100, 180, "有效期限 2013.03.05-2023.03.05"))
    assert [(one.kind, one.canonical) for one in extractor.entities_on_page(card)] == [
        ("CN_ID18", VALID),
        ("DATE_OTHER", "2013-03-05"),
        ("DATE_OTHER", "2023-03-05"),
    ]


def test_a_label_that_running_text_parts_is_one(extractor):
    text = page(
        (140, 100, "就被保险人发生的保险事故，委托受托人办理保险合", 20),
        (100, 150, "同号2008548720610257591202项下的理赔申请。", 20),
    )
    assert ("POLICY", "2008548720610257591202") in [(each.kind, each.canonical) for each in extractor.entities_on_page(text)]


def test_what_a_laboratory_found_is_health_text(extractor):
    table = page(
        (60, 100, "项目"), (360, 100, "结果"), (560, 100, "提示"), (760, 100, "参考值"),
        (60, 150, "血小板计数"), (360, 150, "322.27"), (760, 150, "125.0-350.0"),
        (60, 200, "乙肝表面抗原"), (360, 200, "阳性"), (760, 200, "阴性"),
    )  # fmt: skip
    assert [each.text for each in extractor.entities_on_page(table) if each.kind == "HEALTH_TEXT"] == ["322.27", "阳性"]
