import pytest

from tests.unit.extract.passages import passage


def labels(text):
    return [(one.concept, one.role) for one in passage(text).labels]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被保险人身份证号码：", [("identity", "insured")]),
        ("被 保 险 人 姓 名：", [("name", "insured")]),
        ("被保険人姓名：", [("name", "insured")]),
        ("被保险入姓名：", [("name", "insured")]),
        ("身份證號碼：", [("identity", None)]),
        ("姓名（投保人）：", [("name", "policyholder")]),
        ("与被保险人关系：", [("other", None)]),
        ("PatientName:", [("name", "patient")]),
        ("PATIENT’S NAME", [("name", "patient")]),
        ("PATIENTS NAME:", [("name", "patient")]),
        ("username:", []),
        ("the patient was named after him", []),
        ("继续治疗一周后出院", []),
        ("治疗：抗感染", [("health", None)]),
    ],
)
def test_labels_are_known_with_whose_value_they_announce(text, expected):
    assert labels(text) == expected


def test_numbers_after_a_person_are_that_persons():
    roles = [(one.concept, one.role) for one in passage("被保险人：张三 身份证号：无\n经办人：李四 电话：无").labels]
    assert roles == [("name", "insured"), ("identity", "insured"), ("name", "handler"), ("phone", "insured")]


@pytest.mark.parametrize("text", ["【主诉】\n双下肢水肿", "【主诉】双下肢水肿", "（主诉）：双下肢水肿"])
def test_a_heading_in_brackets_is_a_label(text):
    assert labels(text) == [("health", None)]


@pytest.mark.parametrize("text", ["好转后（治疗）继续", "好转\n予对症处理（处理）后"])
def test_a_word_in_brackets_within_a_line_is_none(text):
    assert labels(text) == []
