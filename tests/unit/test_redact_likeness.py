import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.redact import likeness
from workers.redact.likeness import Haystack, Needles, find, needle


def places(value: str, text: str) -> list[str]:
    sought = needle(value)
    assert sought is not None
    return [text[start:end] for start, end in find(sought, Haystack(text))]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("110105194912310021", "110105 19491231 0021"),
        ("110105194912310021", "１１０１０５１９４９１２３１００２１"),
        ("110105194912310021", "1IO1O519491231OO2l"),
        ("110105194912310021", "1101051949123\n10021"),
        ("110105194912310021", "11010519491231002"),
        ("110105194912310021", "110105194912310027"),
        ("110105194912310021", "11010519491231002 2019年"),
        ("110105194912310021", "1101051949123100211"),
        ("13800138000", "138-0013-8000"),
        ("PDAA202600000000000001", "pdaa2026 0000 0000 0000 01"),
        ("张小三", "张 小 三"),
        ("张小三", "张\u200b小\u200e三"),
        ("110105194912310021", "1101\u202d05194912310021"),
        ("买买提·艾力", "买买提•艾力"),
        ("已末", "己未"),
        ("John Doe", "JOHN  DOE"),
        ("li@example.com", "Ii@examp1e.com"),
        ("北京市朝阳区某路17号", "北京市 朝阳区某路 17号"),
        ("北京市朝阳区某某路17号院3单元", "北京市朝阳区某其路17号院3单元"),
    ],
)
def test_the_same_value_is_found_however_it_is_written(value, written):
    assert places(value, f"甲 {written} 乙")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("110105194912310021", "110105194912310133"),
        ("13800138000", "13800130001"),
        ("张小三", "张小王"),
        ("张三", "张\n三"),
        ("I10", "110.00"),
        ("12", "2012.5"),
        ("345", "12,345"),
        ("123456", "991234567"),
        ("Li", "Client"),
    ],
)
def test_other_values_are_not(value, text):
    assert places(value, text) == []


@pytest.mark.parametrize("value", ["", " ", "张", "7"])
def test_a_single_character_is_not_looked_for(value):
    assert needle(value) is None


@given(
    value=st.text("0123456789", min_size=8, max_size=22),
    at=st.integers(0, 21),
    edit=st.sampled_from(["wrong", "missing", "more"]),
    char=st.sampled_from("0123456789"),
)
def test_a_long_number_is_found_after_any_one_edit(value, at, edit, char):
    at = at % len(value)
    rest = {"wrong": char + value[at + 1 :], "missing": value[at + 1 :], "more": char + value[at:]}[edit]
    assert places(value, f"编号 {value[:at] + rest} 。")


@given(st.text(max_size=60), st.text(max_size=30))
def test_spans_lie_inside_the_text(text, value):
    sought = needle(value)
    if sought is not None:
        assert all(0 <= start < end <= len(text) for start, end in find(sought, Haystack(text)))
        assert sought.near or not sought.embedded or places(value, value)


@given(
    st.lists(st.text("0123456789张三李O l", max_size=14), max_size=8),
    st.text("0123456789张三李O l\n.", max_size=60),
    st.booleans(),
)
def test_many_values_are_found_where_each_is(values, text, may_be_near):
    needles = [(at, sought) for at, value in enumerate(values) if (sought := needle(value, may_be_near=may_be_near))]
    each = [(at, span) for at, sought in needles for span in find(sought, Haystack(text))]
    assert [*Needles(needles).find_in(Haystack(text))] == each


@pytest.mark.parametrize(
    "values",
    [
        [f"{surname}{given}" for surname in "赵钱孙李周吴郑王" for given in ("明", "小红", "国强")],
        [f"PZAT2019{number:07}" for number in range(1000, 1050)],
        [f"{number:04}" for number in range(1000, 1050)],
    ],
    ids=["names", "numbers that begin alike", "short numbers"],
)
def test_a_text_is_searched_for_the_values_that_it_may_hold_and_not_for_all(values, monkeypatch):
    needles = [(value, needle(value, may_be_near=False)) for value in values]
    searched, search = [], likeness.find
    monkeypatch.setattr(likeness, "find", lambda sought, haystack: searched.append(sought) or search(sought, haystack))
    assert [label for label, _ in Needles(needles).find_in(Haystack(f"甲 {values[7]} 乙"))] == [values[7]]
    assert len(searched) == 1
