import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.normalise import compact, fold_digits, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("身份证号：１１０１０５", "身份证号:110105"),
        ("⼈⺠币", "人民币"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("姓　名\t张三", "姓 名 张三"),
        ("a\u200bb", "ab"),
        ("1101\u202d0519\u200e49\ufe0f", "1101051949"),
        ("010—12345678", "010-12345678"),
        ("Insured’s", "Insured's"),
        ("二〇一九", "二〇一九"),
        ("①13800138000", "①13800138000"),
        ("第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_characters_get_one_spelling(written, normal):
    assert normalise(written).text == normal


def test_a_span_leads_back_over_dropped_and_joined_characters():
    original = "号：  １\u200b２３ 。"
    normal = normalise(original)
    place = normal.text.index("123")
    start, end = normal.original_span(place, place + 3)
    assert original[start:end] == "１\u200b２３"


@given(st.text(max_size=80))
def test_every_normal_character_comes_from_its_own_place_in_order(text):
    normal = normalise(text)
    assert all(0 <= start < end <= len(text) for start, end in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)


@given(st.text(max_size=80))
def test_folding_keeps_the_length_so_one_map_serves_both(text):
    normal = normalise(text)
    assert len(normal.folded) == len(normal.text)


@pytest.mark.parametrize(
    ("read", "folded"),
    [
        ("11O1O5194912", "110105194912"),
        ("l38OO1380O0", "13800138000"),
        ("SOS", "SOS"),
        ("BOOGIE", "BOOGIE"),
        ("E12345678", "E12345678"),
        ("2O19年", "2019年"),
    ],
)
def test_look_alikes_fold_in_numeric_runs_only(read, folded):
    assert normalise(read).folded == folded


def test_separators_drop_out_of_numbers():
    assert compact("6222-0200 0000\n0005") == "6222020000000005"
    assert fold_digits("OoDQIl|!ZSbGBgq〇") == "0000111125668990"
