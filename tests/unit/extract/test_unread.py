"""Half a secret number behind its label is a secret number."""

import pytest

from tests.unit.extract.pages import page
from workers.extract.concepts import DATES, NUMBERS
from workers.extract.extractor import Extractor
from workers.extract.gazetteer import label_phrases


@pytest.fixture(scope="module")
def extractor():
    return Extractor()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("6. Social security numbav -65-4350", "US_SSN", "65-4350"),
        ("身份证号：1101**1949 已收", "CN_ID18", "1101**1949"),
        ("银行账号：6217 00", "CN_BANK", "6217 00"),
        ("住院号：A-0 12 3", "MRN", "A-0 12 3"),
    ],
)
def test_what_is_left_of_a_number_under_a_stamp_is_found(extractor, text, kind, value):
    assert any(each.kind == kind and value in each.text for each in extractor.entities_in_text(text))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Social security number: 987-6\n                        5-43\n                        58", "US_SSN", "987-6 5-43 58"),
        ("赔案号：RCAA2023\n        04047457\n        383915", "CLAIM", "RCAA2023 04047457 383915"),
        ("身份证号：110105194\n          91231\n          002X", "CN_ID18", "110105194 91231 002X"),
        ("身份证号：11010\n          51949\n          123", "CN_ID18", "11010 51949 123"),
    ],
)
def test_a_number_that_a_narrow_cell_folds_over_three_lines_is_found_whole(extractor, text, kind, value):
    found = [" ".join(each.text.split()) for each in extractor.entities_in_text(text) if each.kind == kind]
    assert value in found


def test_a_number_written_one_digit_to_a_box_is_one_number(extractor):
    boxes = ("32 0", "10", "61", "9", "9 7 1", "2 1 8", "5", "11", "3")
    cells = [(190.0, 330.0, "身份证号"), *((370.0 + 80 * at, 330.0, box) for at, box in enumerate(boxes))]
    (number,) = (each for each in extractor.entities_on_page(page(*cells)) if each.kind == "CN_ID18")
    assert number.canonical == "320106199712185113"
    assert len(number.boxes) == len(boxes)


def test_a_date_in_three_boxes_is_hidden_with_each_of_them(extractor):
    cells = [(100.0, 100.0, "Date of birth"), (300.0, 100.0, "06"), (360.0, 100.0, "12"), (420.0, 100.0, "65")]
    found = [each for each in extractor.entities_on_page(page(*cells)) if each.kind == "DOB"]
    assert {quad[0][0] for each in found for quad in each.boxes} >= {300.0, 360.0, 420.0}


def test_a_whole_number_does_not_go_on_in_the_next_line(extractor):
    found = [each.text for each in extractor.entities_in_text("手机：13800138000\n      20230501") if each.kind == "CN_MOBILE"]
    assert found == ["13800138000"]


@pytest.mark.parametrize("text", ["14. Diagnosis (ICD-10): K<35.8C", "诊断编码：K35.8O", "ICD-10: K'2l.0"])
def test_a_code_of_a_diagnosis_with_stray_strokes_is_one(extractor, text):
    assert any(
        each.kind == "DIAGNOSIS" and each.text == text.split()[-1].split("：")[-1] for each in extractor.entities_in_text(text)
    )


@pytest.mark.parametrize("text", ["身份证号：", "身份证号：见附件", "银行账号：同上 第2页"])
def test_a_label_without_a_number_announces_none(extractor, text):
    assert not {each.kind for each in extractor.entities_in_text(text)} & set(NUMBERS.values())


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Date: 73C2022", "DATE_OTHER"), ("出险日期：9-33-14", "DATE_ACCIDENT"), ("Admission: 07 lb 2022", "DATE_ADMISSION")],
)
def test_a_date_that_nobody_can_read_is_one_without_a_normal_form(extractor, text, kind):
    assert [(each.kind, each.canonical) for each in extractor.entities_in_text(text)] == [(kind, "")]


@pytest.mark.parametrize("text", ["入院时间：3天", "有效期：长期", "日期：年 月 日"])
def test_a_label_of_a_date_without_digits_announces_none(extractor, text):
    assert not {each.kind for each in extractor.entities_in_text(text)} & set(DATES.values())


def test_a_number_that_was_read_is_not_taken_twice(extractor):
    found = [each.text for each in extractor.entities_in_text("身份证号：11010519491231002X") if each.kind == "CN_ID18"]
    assert found == ["11010519491231002X"]


def test_every_concept_is_in_the_label_list():
    assert {*DATES, *NUMBERS} <= {phrase.concept for phrase in label_phrases()}
