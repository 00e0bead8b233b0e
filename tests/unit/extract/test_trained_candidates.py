"""Which findings of a model are worth a mask."""

import pytest

from schemas.entity import Tier
from workers.extract.trained.candidates import fitting
from workers.extract.trained.model import Named


def kinds(text, value, label, language="zh"):
    start = text.index(value)
    found = list(fitting([Named(label, start, start + len(value), value)], text, language))
    assert all(one.tier is Tier.D and (one.start, one.end) == (start, start + len(value)) for one in found)
    return [one.kind for one in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("项目 钟楚红 合计", "钟楚红"),
        ("买买提·艾力", "买买提·艾力"),
        ("乐章长二十五分钟,为贝多菲最长的乐章之一。", "贝多菲"),
        ("该厂厂长 钟 楚 红", "钟 楚 红"),
    ],
)
def test_chinese_names(text, value):
    assert kinds(text, value, "PER") == ["CN_NAME"]


@pytest.mark.parametrize(
    ("text", "value"), [("项目 德克菲 合计", "德克菲"), ("以上情况属实", "情况"), ("申请 高血压 赔付", "高血压")]
)
def test_on_a_form_a_chinese_name_begins_with_a_surname_and_is_no_common_word(text, value):
    assert kinds(text, value, "PER") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("John Tomcik", "John Tomcik"), ("the keys were given to Tomcik by them", "Tomcik"), ("DOE, JOHN Q", "DOE, JOHN Q")],
)
def test_english_names(text, value):
    assert kinds(text, value, "PER", "en") == ["CN_NAME"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Group Number 12", "Group Number"),
        ("Rapid Wonder", "Rapid Wonder"),
        ("Tel: Tomcik 12", "Tomcik"),
        ("the lives of all of them", "lives"),
    ],
)
def test_labels_and_common_words_are_no_english_names(text, value):
    assert kinds(text, value, "PER", "en") == []


def test_an_address_says_more_than_a_place():
    assert kinds("寄往青山镇石湾村3组", "青山镇石湾村3组", "ADDRESS") == ["CN_ADDRESS"]
    assert kinds("寄往青山镇", "青山镇", "ADDRESS") == []
    assert kinds("to 12 Rue Lepic, Paris", "12 Rue Lepic, Paris", "ADDRESS", "en") == ["US_ADDRESS"]
    assert kinds("to Paris, France", "Paris, France", "ADDRESS", "en") == []


def test_medical_words_are_hidden_and_bare_headings_are_not():
    assert kinds("予洛铂治疗", "洛铂", "DRUG") == ["MEDICATION"]
    assert kinds("行胃癌根治术", "胃癌根治术", "OPERATION") == ["PROCEDURE"]
    assert kinds("行手术治疗", "手术", "OPERATION") == []


def test_places_and_organisations_are_not_hidden():
    assert kinds("在青山镇开会", "青山镇", "LOC") == []
