"""Values that stayed in sight on generated pages, each with the way in which it was written or read."""

import pytest

from workers.extract.extractor import Extractor

EXTRACTOR = Extractor()


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.text) for entity in EXTRACTOR.extract_text(text).entities]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("姓名：周一建", "周一建", id="begins like a word, behind a sign"),
        pytest.param("姓名 周一建 性别 男", "周一建", id="in a cell"),
        pytest.param("受托人：万一刚", "万一刚", id="behind a role"),
        pytest.param("兹有我辖区居民文书福，男，住天津市", "文书福", id="before somebody's sex"),
        pytest.param("兹有我辖区居民文琳.女.身份证号码", "文琳", id="a comma read as a full stop"),
    ],
)
def test_a_name_that_begins_like_a_word_is_one_where_nothing_else_can_stand(text, name):
    assert ("CN_NAME", name) in found(text)


@pytest.mark.parametrize("text", ["姓名 周一", "申请人应当于周一前提交", "被保险人周期性发作", "被保险人：周一到院"])
def test_words_are_no_names(text):
    assert not [kind for kind, _ in found(text) if kind == "CN_NAME"]


@pytest.mark.parametrize("code", ["85bebb", "ecfac3", "A42BAD", "abcdef"])
def test_a_check_code_may_have_few_digits_or_none(code):
    assert found(f"校验码：{code}") == [("MED_BILL", code)]


def test_no_check_code_is_none():
    assert found("校验码\n无") == []


def test_a_tax_number_with_a_letter_for_a_digit_is_one():
    assert ("US_EIN", "75-117655C") in found("16. Federal tax\nI.D.\n75-117655C")


def test_a_box_whose_number_was_misread_still_has_its_label():
    assert ("US_MEMBER", "NM871685309") in found("la. Insured's I.D.\nnumber\nNM871685309\n2. Patient's name\nMaria")


def test_a_diagnosis_goes_on_in_the_next_line():
    assert ("DIAGNOSIS", "闭合性颅脑损伤") in found("随后被送往医院救治，诊断为\n闭合性颅脑损伤。以上情况属实")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("就被保险人江金建于C|1年|月1亿日发生的保险事故", "C|1年|月1亿日"),
        ("吐尔逊于年7月5日在家中卫生间不慎滑倒", "年7月5日"),
        ("宝音于UCII-C9-IC上班途中步行", "UCII-C9-IC"),
        ("就被保险人李世珠于C3年7月日发生的保险事故", "C3年7月日"),
        ("该同志于17年(8月31日在家中", "17年(8月31日"),
        ("Date: OV/CI/WW", "OV/CI/WW"),
        ("C1/V8/W15 80053", "C1/V8/W15"),
    ],
)
def test_what_is_left_of_a_date_is_one(text, date):
    assert ("DATE_OTHER", date) in found(text)


@pytest.mark.parametrize("text", ["申请日期：  年  月  日", "年 月 日 3号楼", "NO/CO/US", "w/o II/III"])
def test_a_date_that_nobody_wrote_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [("姓名：Robert whitlow", "Robert whitlow"), ("4. Insured's name: Anita CastERVED", "Anita CastERVED")],
)
def test_the_rest_of_a_cell_belongs_to_its_latin_name(text, name):
    assert ("CN_NAME", name) in found(text)


@pytest.mark.parametrize(
    ("text", "hospital"),
    [
        pytest.param("收款单位（章）上海市第二十七人民医院", "上海市第二十七人民医院", id="behind a place for a seal"),
        pytest.param("泉州市惠民中醫院", "泉州市惠民中醫院", id="a traditional character"),
        pytest.param("15. Facility\nRiverbendClinic", "RiverbendClinic", id="without its blank"),
    ],
)
def test_a_hospital_is_one_however_it_is_written(text, hospital):
    assert ("HOSPITAL", hospital) in found(text)


def test_a_verb_that_a_line_divides_announces_a_diagnosis():
    assert ("DIAGNOSIS", "闭合性颅脑损伤") in found("送往当地救治，诊\n断为闭合性颅脑损伤。以上情况属实")


@pytest.mark.parametrize(("label", "code"), [("14. Diagnosis\n(ICD-10)\n", "NIC.1"), ("14. Diagnosis (ICD-10): ", "NIC.I")])
def test_a_code_of_a_diagnosis_may_be_read_as_letters(label, code):
    assert ("DIAGNOSIS", code) in found(f"{label}{code}")


@pytest.mark.parametrize("label", ["1a Insured's'I.D.", "la. Insureds ID numbe", "1a. Insured's I D number"])
def test_signs_in_a_label_do_not_count(label):
    assert ("US_MEMBER", "NM338977657") in found(f"{label}: NM338977657")


@pytest.mark.parametrize("name", ["Danie1 Delacroft", "Car0line De1acroft"])
def test_a_digit_read_for_a_letter_parts_no_name(name):
    assert ("CN_NAME", name) in found(f"当事人：{name}，身份证号532999201810032694")


def test_the_number_of_a_house_is_no_name():
    assert ("CN_NAME", "John") in found("Name: John 12 Street")


def test_a_year_whose_ring_nobody_read_is_a_year():
    assert ("DATE_OTHER", "二一三年四月二日") in found("委托期限：自二一三年四月二日起至上述事项办理完毕止")


@pytest.mark.parametrize(
    ("text", "date"), [("住院时间：20140.9至2014.6.19", "20140.9"), ("住院时间：2021/8/6至20218W6", "20218W6")]
)
def test_what_stands_on_the_other_side_of_a_stay_is_a_date(text, date):
    assert ("DATE_OTHER", date) in found(text)


def test_a_drug_in_traditional_characters_is_hidden_whole():
    assert ("MEDICATION", "葡萄糖註射液") in found("葡萄糖註射液")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("6. Social securffnuan002287-65-4386", "002287-65-4386", id="its label runs into it"),
        pytest.param("病类号1313156", "1313156", id="its label is misread"),
        pytest.param("6222 0212 3456 7891", "6222 0212 3456 7891", id="a card with a wrong check digit"),
    ],
)
def test_a_long_number_of_which_nobody_knows_what_it_is_is_hidden(text, number):
    assert number in [value for _, value in found(text)]


@pytest.mark.parametrize(
    "text", ["¥1234567.00", "1234567.89", "合计 12345678元", "120 80 98 36 18 22", "共3456789万", "9999-12-31"]
)
def test_a_sum_a_row_of_figures_and_the_end_of_days_are_no_long_number(text):
    assert "NUMBER" not in [kind for kind, _ in found(text)]


def test_an_address_behind_its_label_needs_no_sign():
    assert ("EMAIL", "mail22559omail.example.cn") in found("电子邮箱：mail22559omail.example.cn")


def test_a_date_parted_by_any_sign_is_one_behind_its_label():
    assert ("DATE_OTHER", "2022:10.05") in found("开票日期：2022:10.05")


@pytest.mark.parametrize("end", ["OH45011", "OH 8C22", "OH 45011"])
def test_an_american_address_reaches_to_its_code(end):
    assert ("US_ADDRESS", f"601 Juniper Avenue, Fairhaven, {end}") in found(
        f"9. Patient's address: 601 Juniper Avenue, Fairhaven, {end}"
    )


def test_a_year_behind_a_state_is_no_code():
    assert found("born in Fairhaven IN 1980") == []


def test_a_label_that_running_text_parts_needs_no_value():
    text = "兹委托金某（电话：16426832247）作为本人的合法代理\n人。\n就被保险人康立东发生的事故"
    assert ("CN_MOBILE", "16426832247") in found(text)


def test_a_broken_date_begins_with_no_blank():
    assert ("DATE_OTHER", "年月2日") in found("1941( 年月2日")
