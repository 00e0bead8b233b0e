"""Which day a date may mean that cannot be read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from workers.extract.extractor import Extractor
from workers.extract.other_dates import MOST, days_in, days_like, years_in


@pytest.mark.parametrize(
    ("read", "years", "meant"),
    [
        pytest.param("Aus 1, 1989", (2022,), "1989-08-01", id="a letter of the month"),
        pytest.param("Sep V6, 2022", (2022,), "2022-09-26", id="a 2 read as V"),
        pytest.param("1 5un 20l", (2011,), "2011-06-01", id="a J read as 5, a digit lost"),
        pytest.param("5u28,2022", (2022,), "2022-07-28", id="a letter lost and no blank"),
        pytest.param("28 Sep 2CU", (2021,), "2021-09-28", id="21 read as U"),
        pytest.param("29 Sep WU", (2021,), "2021-09-29", id="20 read as W, 21 as U"),
        pytest.param("UC13.12.II", (2013,), "2013-12-11", id="Chinese order, in points"),
        pytest.param("UCII-IC-UI", (2011,), "2011-10-21", id="no digit left"),
        pytest.param("3082013", (2013,), "2013-03-08", id="American order, no blanks, a 0 lost"),
        pytest.param("2019年10月311", (2019,), "2019-10-31", id="a sign read as a digit"),
        pytest.param("01 26\n2015", (2015,), "2015-01-26", id="broken over two lines"),
        pytest.param("219/9294时50分许", (2019,), "2019-09-29", id="with an hour right behind it"),
        pytest.param("6 Sep WO3", (2015,), "2003-09-06", id="a year that stands nowhere else"),
    ],
)
def test_the_day_is_among_the_likeliest(read, years, meant):
    assert meant in days_like([read], years)


def test_years_of_the_document_are_likelier():
    assert days_like(["1 5un 20l"], {2011})[0] == "2011-06-01"
    assert days_like(["1 5un 20l"], {2015})[0] == "2015-06-01"


def test_one_reading_may_tell_what_another_does_not():
    assert days_like(["2013.", "203.8.19"], {2013})[0] == "2013-08-19"


@pytest.mark.parametrize("read", ["张三", "see above", "", "1", "2" * 40, "///", "至今"])
def test_what_is_like_no_date_may_mean_none(read):
    assert days_like([read], {2011}) == ()


@given(st.text("0123456789CUWLVIl年月日./- JanSep", max_size=30))
def test_whatever_was_read_there_are_few_days_and_each_is_one(read):
    days = days_like([read], {2011})
    assert len(days) <= MOST
    assert days == tuple(dict.fromkeys(days))
    assert all(time.strptime(day, "%Y-%m-%d") for day in days)


def test_other_readings_of_a_date_that_was_read_are_taken_as_they_are():
    assert days_in(["2011-10-12", "2011-1C-1", "2011-10-12"]) == ("2011-10-12", "2011-10-01")
    assert days_in(["2011年10月", "姓名"]) == ()


def test_years_are_those_written_out():
    assert years_in(["Aug 1, 1989", "2013年", "120130", "20134"]) == {1989, 2013}


def page(*texts: str, alternatives: tuple[str, ...] = ()) -> PageText:
    lines = []
    for row, text in enumerate(texts):
        cells = tuple(upright(at * 10, row * 40, at * 10 + 10, row * 40 + 20) for at in range(len(text)))
        box = upright(0, row * 40, len(text) * 10, row * 40 + 20)
        lines.append(Line(text, box, cells, 0.9, alternatives=alternatives if row == 0 else ()))
    return PageText(1, 1000, 400, 200, 0, tuple(lines), EngineVersion("drawn", "1"))


def test_a_date_that_cannot_be_read_has_the_days_it_may_mean():
    found = Extractor().entities_on_page(page("Date of birth: Aus 1, 1989", "Admission: Sep 23, 2022"))
    assert [(each.kind, each.canonical, each.days) for each in found] == [
        ("DOB", "", ("1989-08-01", "1989-08-11", "1989-08-17")),
        ("DATE_ADMISSION", "2022-09-23", ()),
    ]


def test_a_date_that_was_read_has_those_of_other_readings():
    found = Extractor().entities_on_page(page("日期：2011-10-1", alternatives=("日期：2011-10-12",)))
    assert [(each.canonical, each.days) for each in found] == [("2011-10-01", ("2011-10-12",))]


def test_a_month_that_was_read_means_no_day():
    found = Extractor().entities_on_page(page("毕业时间：2019年6月"))
    assert [(each.canonical, each.days) for each in found] == [("2019-06", ())]
