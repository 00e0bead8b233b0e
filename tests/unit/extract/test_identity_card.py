import pytest

from tests.unit.extract.passages import brief, found
from workers.extract.recognizers.identity_card import check_character, find, is_valid

# The specimen of GB 11643-1999 and numbers made from it; none was issued to anybody.
VALID, WRONG = "11010519491231002X", "110105194912310021"


def test_the_check_character_follows_the_standard():
    assert check_character("11010519491231002") == "X"


@pytest.mark.parametrize(
    ("number", "valid"),
    [(VALID, True), (WRONG, False), ("110105194913310024", False), ("11010519491231002", False), ("810000199408230021", True)],
)
def test_a_number_is_valid_with_a_real_date_and_its_check_character(number, valid):
    assert is_valid(number) is valid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"身份证号码：{VALID}", ("CN_ID18", "A", VALID)),
        (f"身份证号码：{WRONG}", ("CN_ID18", "C", WRONG)),
        (f"持有{VALID}的人", ("CN_ID18", "B", VALID)),
        (f"持有{WRONG}的人", ("CN_ID18", "D", WRONG)),
        ("身份证号 110105 1949 1231 002X", ("CN_ID18", "A", VALID)),
        ("身份证号：１１０１０５１９４９１２３１００２ｘ", ("CN_ID18", "A", VALID)),
        ("身份证号：11O1O519491231OO2X", ("CN_ID18", "A", VALID)),
        ("身份证号：110105194912\n31002X", ("CN_ID18", "A", VALID)),
        ("身份证号：1101051949123102X", ("CN_ID18", "C", "1101051949123102X")),
        ("身份证号：110105194912331002X", ("CN_ID18", "C", "110105194912331002X")),
        ("公民身份号码 110105491231002", ("CN_ID15", "C", VALID)),
        ("号110105491231002的", ("CN_ID15", "D", VALID)),
        ("证件号码：810000199408230021", ("CN_RESIDENCE_HMT", "A", "810000199408230021")),
        ("证件号码：911124198108030024", ("CN_FPR2023", "A", "911124198108030024")),
        ("身 份 证 号 码 110105194912310021", ("CN_ID18", "C", WRONG)),
        ("身份証號碼:110105194912310021", ("CN_ID18", "C", WRONG)),
    ],
)
def test_identity_numbers_are_found_whatever_their_check_says(text, expected):
    assert brief(find, text) == [expected]


@pytest.mark.parametrize(
    "text", ["编号110105493231002", "1234567890123456789012", "电话13800138000", "金额 110105.00", "共110105页"]
)
def test_near_misses_are_left_alone(text):
    assert brief(find, text) == []


@pytest.mark.parametrize("row", [f"1 {VALID} 13800138000", f"12 {VALID} 51", f"3-{VALID}"])
def test_the_number_of_a_row_does_not_begin_the_one_behind_it(row):
    assert ("CN_ID18", "B", VALID) in brief(find, row)


def test_the_role_before_the_label_is_kept():
    assert [one.role for one in found(find, f"投保人证件号码：{VALID}")] == ["policyholder"]
