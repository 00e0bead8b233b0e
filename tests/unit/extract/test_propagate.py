import pytest

from schemas.entity import Tier
from schemas.page import PageText
from tests.unit.extract.pages import page
from workers.extract import propagate
from workers.extract.extractor import Extractor
from workers.extract.normalise import normalise
from workers.extract.passage import Candidate


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def places(extractor: Extractor, *pages: PageText) -> list[tuple[int, str, str]]:
    return [(one.page_number, one.kind, one.text) for one in extractor.extract(pages).entities]


def test_a_name_read_with_a_label_is_found_on_every_page(extractor):
    first, second = page((100, 100, "被保险人：张晓慧")), page((100, 100, "兹证明张 晓 慧系我处居民"), number=2)
    assert places(extractor, first, second) == [(1, "CN_NAME", "张晓慧"), (2, "CN_NAME", "张 晓 慧")]


def test_a_number_is_found_again_in_another_form(extractor):
    first = page((100, 100, "保单号：AB-12345678"))
    second = page((100, 100, "附件AB 1234 5678页"), number=2)
    assert (2, "POLICY", "AB 1234 5678") in places(extractor, first, second)


def test_look_alikes_do_not_hide_a_number(extractor):
    first = page((100, 100, "住院号：00123450"))
    second = page((100, 100, "床旁OO12345O号"), number=2)
    assert (2, "MRN", "OO12345O") in places(extractor, first, second)


def test_part_of_a_longer_number_is_another_number(extractor):
    first, second = page((100, 100, "住院号：12345")), page((100, 100, "编码912345"), number=2)
    assert [one for one in places(extractor, first, second) if one[0] == 2] == []


def test_sums_and_days_are_not_sought_elsewhere(extractor):
    first, second = page((100, 100, "合计金额：20.00")), page((100, 100, "第20.00条"), number=2)
    assert [one for one in places(extractor, first, second) if one[0] == 2] == []


def test_a_labelled_name_is_found_where_it_is_misread_or_misheard(extractor):
    first = page((100, 100, "被保险人：李晓慧"))
    second = page((100, 100, "兹证明季晓慧住院，黎小惠签收"), number=2)
    assert [one[2] for one in places(extractor, first, second) if one[0] == 2] == ["季晓慧", "黎小惠"]


def test_a_page_is_searched_for_the_values_that_it_holds_and_not_for_all_of_a_register(monkeypatch):
    names = [f"张{first}{last}" for first in "一二三四五六七八" for last in "上中下左右"]
    pages = {number: normalise(f"{name} PZAT2019{number:07}") for number, name in enumerate(names, start=1)}
    found = {
        number: (Candidate("CN_NAME", Tier.C, 0, 3, name), Candidate("POLICY", Tier.C, 4, 19, f"PZAT2019{number:07}"))
        for number, name in enumerate(names, start=1)
    }
    searched, search = [], propagate._instances_of
    monkeypatch.setattr(propagate, "_instances_of", lambda page, value: searched.append(value) or search(page, value))
    assert [len(each) for each in propagate.propagate(pages, found).values()] == [2] * len(names)
    assert len(searched) == 2 * len(names)


def test_the_same_instances_are_found_in_the_same_order_however_many_values_there_are():
    texts = {
        1: "张小明 13800138000",
        2: "与张 小明 和 138-0013-8000，章晓明，PZAT20190000417",
        3: "PZAT2019 0000417 张小明张小明",
    }
    pages = {number: normalise(text) for number, text in texts.items()}
    known = {
        1: (Candidate("CN_NAME", Tier.C, 0, 3, "张小明"), Candidate("CN_MOBILE", Tier.B, 4, 15, "13800138000")),
        2: (Candidate("POLICY", Tier.C, texts[2].index("PZAT"), len(texts[2]), "PZAT20190000417"),),
    }
    found = propagate.propagate(pages, known)
    assert [(one.kind, one.tier, pages[2].text[one.start : one.end]) for one in found[2]] == [
        ("CN_NAME", Tier.C, "张 小明"),
        ("CN_MOBILE", Tier.C, "138-0013-8000"),
        ("CN_NAME", Tier.D, "章晓明"),
        ("POLICY", Tier.C, "PZAT20190000417"),
    ]
    assert [pages[3].text[one.start : one.end] for one in found[3]] == ["PZAT2019 0000417", "张小明", "张小明"]
