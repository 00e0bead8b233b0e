import pytest

from schemas.page import PageText
from tests.unit.extract.pages import page
from workers.extract.extractor import Extractor


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
    first, second = page((100, 100, "住院号：12345")), page((100, 100, "编码9123456"), number=2)
    assert [one for one in places(extractor, first, second) if one[0] == 2] == []


def test_sums_and_days_are_not_sought_elsewhere(extractor):
    first, second = page((100, 100, "合计金额：20.00")), page((100, 100, "第20.00条"), number=2)
    assert [one for one in places(extractor, first, second) if one[0] == 2] == []


def test_a_labelled_name_is_found_where_it_is_misread_or_misheard(extractor):
    first = page((100, 100, "被保险人：李晓慧"))
    second = page((100, 100, "兹证明季晓慧住院，黎小惠签收"), number=2)
    assert [one[2] for one in places(extractor, first, second) if one[0] == 2] == ["季晓慧", "黎小惠"]
