from decimal import Decimal

import pytest

from workers.extract.dates import dates_in, iso
from workers.extract.numerals import han_amount, han_number


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2019年3月5日", "2019-03-05"),
        ("2019 年 3 月 5 日", "2019-03-05"),
        ("2019.3.5", "2019-03-05"),
        ("2019/03/05", "2019-03-05"),
        ("2019.03,05", "2019-03-05"),
        ("2019.03-05", None),
        ("2019年3月", "2019-03"),
        ("98年3月5日", "1998-03-05"),
        ("二〇一九年三月五日", "2019-03-05"),
        ("二O一九年十二月三十一日", "2019-12-31"),
        ("二零零九年廿月", None),
        ("民国三十八年", None),
        ("民国38年12月", "1949-12"),
        ("06/12/65", "1965-06-12"),
        ("13/12/2019", "2019-12-13"),
        ("April 1, 2022", "2022-04-01"),
        ("07-Sep-2020", "2020-09-07"),
        ("3rd of March, 2019", "2019-03-03"),
        ("March 2019", "2019-03"),
        ("Mar 5,2019", "2019-03-05"),
        ("Mar5, 2019", "2019-03-05"),
        ("5Mar2019", "2019-03-05"),
        ("5 Mar 19", "2019-03-05"),
        ("5Mar19", None),
        ("Mar 52019", None),
        ("2019年2月30日", None),
        ("2019-13-01", None),
        ("20190305", None),
        ("010-12345678", None),
        ("2013-12-157时18分", "2013-12-15"),
        ("2010-08-1913时05分", "2010-08-19"),
        ("2013.03.05-2023.03.05", "2013-03-05"),
    ],
)
def test_dates_keep_the_precision_they_were_written_with(text, canonical):
    assert next((found.canonical for found in dates_in(text)), None) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("20190305", "2019-03-05"),
        ("1997.12", "1997-12"),
        ("2019", "2019"),
        ("2019 3 5", "2019-03-05"),
        ("03052019", "2019-03-05"),
        ("0305 2019", "2019-03-05"),
    ],
)
def test_a_label_makes_dates_of_bare_numbers(text, canonical):
    assert [found.canonical for found in dates_in(text, labelled=True)] == [canonical]


@pytest.mark.parametrize(
    ("text", "canonical"), [("1C 08 2014", "2014-10-08"), ("C7C42022", "2022-07-04"), ("07/l6/2022", "2022-07-16")]
)
def test_a_label_makes_digits_of_letters_that_look_like_them(text, canonical):
    assert [found.canonical for found in dates_in(text, labelled=True)] == [canonical]


def test_only_real_days_are_dates():
    assert iso(2019, 2, 29) is None
    assert iso(2020, 2, 29) == "2020-02-29"
    assert iso(1066) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("二〇一九", 2019), ("三十一", 31), ("廿五", 25), ("十", 10), ("一百零二", 102), ("", None), ("甲", None)],
)
def test_chinese_numerals_are_numbers(text, number):
    assert han_number(text) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹万贰仟叁佰肆拾伍元陆角柒分", "12345.67"),
        ("人民币壹佰万元整", "1000000"),
        ("伍拾圆零伍分", "50.05"),
        ("叁角", "0.3"),
        ("壹亿零贰万元", "100020000"),
        ("整", None),
        ("元整", None),
    ],
)
def test_spelled_amounts_are_sums(text, value):
    assert han_amount(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2018.9-2020.6", ["2018-09", "2020-06"]),
        ("2014.10至2018.06", ["2014-10", "2018-06"]),
        ("2018.9至今", ["2018-09"]),
        ("2018.9", []),
        ("2018.95-2020.61", []),
        ("12018.9-2020.6", ["2020-06"]),
    ],
)
def test_months_of_a_term_are_dates(text, months):
    assert [found.canonical for found in dates_in(text)] == months
