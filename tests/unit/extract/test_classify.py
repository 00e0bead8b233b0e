import pytest

from schemas.claim import DOCUMENT_CLASSES
from tests.unit.extract.pages import page, turned
from workers.extract.classify import classify
from workers.extract.gazetteer import titles


@pytest.mark.parametrize(
    ("title", "document_class"),
    [
        ("理赔申请书", "claim_application"),
        ("理 赔 申 请 书", "claim_application"),
        ("某某人寿保险股份有限公司理赔申请书", "claim_application"),
        ("理赔申清书", "claim_application"),
        ("门诊病历", "outpatient_record"),
        ("出院小结", "discharge_summary"),
        ("出院记录", "discharge_summary"),
        ("某省医疗住院收费票据（电子）", "medical_bill"),
        ("中华人民共和国居民身份证", "identity_card"),
        ("道路交通事故认定书", "accident_certificate"),
        ("授权委托书", "power_of_attorney"),
        ("HEALTH INSURANCE CLAIM FORM", "insurance_claim_form"),
        ("Physician Hospital Discharge Summary", "discharge_summary"),
        ("RECEIPT", "receipt"),
        ("会议通知", "other"),
    ],
)
def test_the_title_says_the_class(title, document_class):
    assert classify([page((300, 40, title, 36.0), (100, 200, "第一条"), (100, 240, "第二条"))]) == document_class


def test_a_title_counts_at_the_top_and_not_in_the_text():
    lines = [(100.0, 100.0 + 30 * row, "说明事项" * 5) for row in range(30)]
    assert classify([page(*lines, (100, 1100, "请携带出院小结、门诊病历及发票到我公司办理有关手续"))]) == "other"


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_the_top_is_that_of_the_upright_page(rotation):
    lines = [(100.0, 300.0 + 30 * row, "说明事项") for row in range(25)]
    assert classify([turned(page((500, 40, "理赔申请书"), *lines), rotation)]) == "claim_application"


def test_no_page_and_no_text_are_other():
    assert classify([]) == "other"
    assert classify([page()]) == "other"


def test_every_class_with_titles_is_a_known_class():
    assert set(titles()) | {"other"} == set(DOCUMENT_CLASSES)
