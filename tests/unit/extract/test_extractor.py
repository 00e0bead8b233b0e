"""The extractor's promises: exact spans, fields with provenance, nothing lost on odd input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.claim import FIELD_NAMES
from tests.unit.extract.pages import page
from workers.extract.extractor import Extractor
from workers.extract.typed import typed

EXTRACTOR = Extractor()
WORDS = st.sampled_from([
    "被保险人", "姓名", "身份证号：", "110105194912310021", "１３８００１３８０００", "张三", "李 小 明", "\n", " ", "　",
    "保单号", "PDAA202600000000000001", "北京市朝阳区某路1号", "诊断：", "急性阑尾炎", "主诉", "2019年3月5日", "¥12.00",
    "Name:", "Doe, John",
    "(", ")", "：", "·", "li@example.com", "出生", "日期",
    "代理", "人", "周", "号", "医院", "于", "年", "月", "日", "二〇", "十", "12", "1941", "l", "；", "/", "-", ".", "|",
    "1a. ", "Insured's I.D.", "Diagnosis (ICD-10)", "Danie1", "987-65-4386", "OH", "mail2", ".cn",
])  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=6), max_size=30).map("".join))
@settings(max_examples=500, deadline=None)
def test_every_entity_is_exactly_the_text_of_its_span(text):
    for entity in EXTRACTOR.entities_in_text(text):
        start, end = entity.span
        assert 0 <= start < end <= len(text)
        assert entity.text == text[start:end]
        assert entity.text == entity.text.strip()
        assert entity.canonical or entity.kind == "DOB" or entity.kind.startswith("DATE")


def test_fields_say_where_they_were_read():
    form = page(
        (500, 40, "理赔申请书"),
        (100, 100, "被保险人：张三"),
        (100, 140, "保单号：PDAA202600000000000001"),
        (100, 180, "出险日期：2019年3月"),
        (100, 220, "合计金额：¥12,345.67"),
        (100, 260, "出院诊断：急性阑尾炎"),
        (100, 300, "案件状态：已结案"),
    )
    found = EXTRACTOR.extract([form])
    assert found.document_class == "claim_application"
    assert {name: field.value for name, field in found.fields.items()} == {
        "insured": "张三",
        "policy_number": "PDAA202600000000000001",
        "loss_date": "2019-03",
        "diagnosis": "急性阑尾炎",
        "amount": "12345.67",
        "status": "已结案",
    }
    assert set(found.fields) <= set(FIELD_NAMES)
    insured = found.fields["insured"]
    assert insured.page_number == 1
    assert insured.box is not None
    assert insured.box[0] == (200.0, 100.0)


def test_the_insured_is_named_by_label_before_the_patient():
    found = EXTRACTOR.extract([page((100, 100, "Patient Name: John Doe"), (100, 140, "Insured's Name: Doe, Jane"))])
    assert found.fields["insured"].value == "Doe, Jane"


def test_confidence_falls_with_the_reading():
    sure = EXTRACTOR.entities_in_text("手机：13800138000")[0]
    read = EXTRACTOR.extract([page((100, 100, "手机：13800138000"))]).entities[0]
    assert sure.confidence is not None
    assert read.confidence is not None
    assert read.confidence < sure.confidence


@pytest.mark.parametrize("text", ["", "\n", "   ", "\u200b", "：" * 500, "1" * 2000, "(" * 300, "张" * 400, "a@" * 200])
def test_odd_text_ends_without_error(text):
    assert isinstance(EXTRACTOR.entities_in_text(text), tuple)


def test_a_document_without_pages_has_no_fields():
    found = EXTRACTOR.extract([])
    assert (found.document_class, found.fields, found.entities) == ("other", {}, ())


def test_a_value_found_by_shape_and_by_label_stands_once_with_the_label():
    found = EXTRACTOR.entities_in_text("现住址：北京市朝阳区某路1号\n院2号楼3单元402室")
    assert [(one.kind, one.tier.value) for one in found] == [("CN_ADDRESS", "C")]
    (address,) = EXTRACTOR.entities_in_text("Address: 123 Any Street\nAny City, CA 92127")
    assert (address.tier.value, address.text) == ("C", "123 Any Street\nAny City, CA 92127")


def test_a_value_that_a_line_break_folds_is_one_value():
    lines = (
        "兹有我辖区居民陈新洁，女，因交通事故受伤，身份证号码",
        "110105194912310021，住北京市朝阳区东篱里28号楼4单",
        "元1202室，特此证明。",
    )
    found = EXTRACTOR.extract([page(*((100.0, 100.0 + 30 * row, line) for row, line in enumerate(lines)))])
    assert [(one.kind, one.text) for one in found.entities] == [
        ("CN_NAME", "陈新洁"),
        ("CN_ID18", "110105194912310021"),
        ("CN_ADDRESS", "北京市朝阳区东篱里28号楼4单\n元1202室"),
    ]


def test_values_stay_out_of_repr():
    (entity,) = EXTRACTOR.entities_in_text("手机：13800138000")
    assert "13800138000" not in repr(entity)


@pytest.mark.parametrize("text", ["", "\n", "a\n\nb"])
def test_a_page_without_text_has_no_entities(text):
    assert Extractor().entities_on_page(typed(text)) == ()


@pytest.mark.parametrize(("title", "role"), [("医疗住院收费票据", "handler"), ("理赔申请书", "payee")])
def test_who_takes_the_money_on_a_hospitals_bill_is_its_cashier(title, role):
    extraction = Extractor().extract((typed(f"{title}\n收款人：邱晓梦"),))
    assert [(entity.text, entity.role) for entity in extraction.entities if entity.kind == "CN_NAME"] == [("邱晓梦", role)]
