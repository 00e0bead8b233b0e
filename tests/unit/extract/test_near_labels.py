"""Labels that OCR misread announce what they would have announced."""

import pytest

from workers.extract.extractor import Extractor


@pytest.fixture(scope="module")
def extractor():
    return Extractor()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("7. Policy nunber: 2021-46072-105", "POLICY", "202146072105"),
        ("12. Admissin: 12/16/2009", "DATE_ADMISSION", "2009-12-16"),
        ("身份证号玛：11010519491231002X", "CN_ID18", "11010519491231002X"),
        ("联系电活：13800138000", "CN_MOBILE", "13800138000"),
    ],
)
def test_a_label_with_a_character_in_six_misread_is_one(extractor, text, kind, value):
    assert (kind, value) in [(each.kind, each.canonical) for each in extractor.entities_in_text(text)]


@pytest.mark.parametrize("text", ["受托人（签名）：韩田", "委托人(签字): 程珍"])
def test_a_label_ends_behind_its_bracket(extractor, text):
    assert [each.kind for each in extractor.entities_in_text(text)] == ["CN_NAME"]


@pytest.mark.parametrize("text", ["患者自述症状好转。", "The patient was discharged home.", "特此证明。", "方责任。"])
def test_words_that_are_no_label_announce_nothing(extractor, text):
    assert extractor.entities_in_text(text) == ()
