from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Rejected
from archive.search_keys.dates import ask_date, ask_date_range, parse_date, tokens_of_date, tokens_of_other_day
from archive.search_keys.key import SearchKey
from archive.search_keys.typed_date import Precision

FIFTH_OF_MARCH = [
    "2019-03-05", "2019.3.5", "2019/3/5", "2019 3 5", "2019年3月5日", "2019年3月5号", "2019 年 3 月 5 日", "２０１９年３月５日",
    "二〇一九年三月五日", "二零一九年三月五日", "二○一九年03月05日", "民国108年3月5日", "民國一百零八年三月五日",
    "中華民國108.3.5", "20190305", "19.3.5", "19-03-05", "19年3月5日", "2019-03-05T10:20:00",
    "2019-03-05 10:20", "2019年3月5日10时20分",
    "March 5, 2019", "5 Mar 2019", "5th March 2019", "Mar. 5 2019",
]  # fmt: skip


@pytest.mark.parametrize("typed", FIFTH_OF_MARCH)
def test_one_day_is_read_however_it_is_written(typed):
    span = parse_date(typed)
    assert (span.first, span.last, span.precision) == (date(2019, 3, 5), date(2019, 3, 5), Precision.DAY)
    assert span.otherwise is None


@pytest.mark.parametrize("typed", ["2019-02", "2019年2月", "二〇一九年二月", "民国108年2月", "02/2019", "Feb 2019", "201902"])
def test_a_month_is_its_first_to_its_last_day(typed):
    span = parse_date(typed)
    assert (span.first, span.last, span.precision) == (date(2019, 2, 1), date(2019, 2, 28), Precision.MONTH)


@pytest.mark.parametrize("typed", ["2019", "2019年", "二〇一九年", "民国108年"])
def test_a_year_is_its_first_to_its_last_day(typed):
    span = parse_date(typed)
    assert (span.first, span.last, span.precision) == (date(2019, 1, 1), date(2019, 12, 31), Precision.YEAR)


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("05/03/2019", ["2019-05-03", "2019-03-05"]),
        ("5.3.2019", ["2019-05-03", "2019-03-05"]),
        ("13/03/2019", ["2019-03-13"]),
        ("03/13/2019", ["2019-03-13"]),
        ("05/05/2019", ["2019-05-05"]),
        ("3/15/19", ["2019-03-15"]),
        ("19/03/25", ["2019-03-25", "2025-03-19"]),
        ("05/03/19", ["2005-03-19", "2019-05-03", "2019-03-05"]),
        ("98.12.31", ["1998-12-31"]),
    ],
)
def test_where_the_order_is_open_every_reading_is_kept(typed, readings):
    assert [span.first.isoformat() for span in parse_date(typed).readings] == readings


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "今天",
        "2019-13-01",
        "2019-02-30",
        "20191301",
        "12",
        "1",
        "三月五日",
        "99/99/9999",
        "1234-01-01",
        "2019-03-05-01",
        "百",
        "十十年",
    ],
)
def test_what_is_no_date_is_rejected(typed):
    with pytest.raises(Rejected) as rejected:
        parse_date(typed)
    assert rejected.value.reason == "unreadable_date"
    assert str(rejected.value) == "unreadable_date"


@given(st.text(alphabet="0123456789年月日号-./ 一二三十百廿〇民国jan,t:", max_size=14))
def test_anything_typed_is_a_date_or_rejected(typed):
    try:
        span = parse_date(typed)
    except Rejected:
        return
    assert span.first <= span.last


def test_which_date_it_is_is_told(key, meet):
    stored = tokens_of_date(key, "2019-03-05", "loss") + tokens_of_date(key, "1980-07-01", "birth")
    assert meet(stored, ask_date(key, "2019年3月5日")) == ("exact", "day:loss")
    assert meet(stored, ask_date(key, "1980-07-01")) == ("exact", "day:birth")
    assert meet(stored, ask_date(key, "1980-07")) == ("exact", "month:birth")
    assert meet(stored, ask_date(key, "1980")) == ("exact", "year:birth")


def test_an_unknown_kind_of_date_is_another_date(key, meet):
    assert meet(tokens_of_date(key, "2019-03-05", "death"), ask_date(key, "2019-03-05")) == ("exact", "day:other")


@pytest.mark.parametrize(
    ("stored", "typed", "tier", "told"),
    [
        ("2019-03-05", "2019-03-28", "possible", "near:loss"),
        ("2019-03-05", "2019-04-05", "possible", "near:loss"),
        ("2019-03-05", "2019-04-06", None, None),
        ("2019-03-05", "2019-04", "possible", "near:loss"),
        ("2019-03", "2019-03-28", "possible", "month_only:loss"),
        ("2019", "2019-03-28", "possible", "year_only:loss"),
        ("2019", "2019-03", "possible", "year_only:loss"),
        ("2019-03-05", "2020", None, None),
        ("2019-03-05", "05/03/2019", "likely", "day:loss"),
        ("2019-05-03", "05/03/2019", "likely", "day:loss"),
        ("05/03/2019", "2019-05-03", "likely", "either:loss"),
        ("05/03/2019", "2019-03-05", "likely", "either:loss"),
        ("05/03/2019", "05/03/2019", "likely", "either:loss"),
        ("05/03/2019", "2019-03", "likely", "either:loss"),
        ("05/03/2019", "2019", "exact", "year:loss"),
        ("05/03/2019", "2019-05-20", "possible", "either_near"),
        ("05/03/2019", "2019-08-03", None, None),
        ("13/03/2019", "2019-03-13", "exact", "day:loss"),
        ("05/05/2019", "2019-05-05", "exact", "day:loss"),
        ("09/03/05", "2005", "likely", "either:loss"),
    ],
)
def test_a_date_that_is_off_or_vague_is_possible(key, meet, stored, typed, tier, told):
    found = meet(tokens_of_date(key, stored, "loss"), ask_date(key, typed))
    assert found == ((tier, told) if tier else None)


@pytest.mark.parametrize(
    ("first", "last", "tier"),
    [
        ("2019-03-05", "2019-03-05", "exact"),
        ("2019-03", "2019-03", "exact"),
        ("2018-12-30", "2019-03-05", "exact"),
        ("2010", "2020", "exact"),
        (None, "2019-03-05", "exact"),
        ("2019-03-05", None, "exact"),
        ("2019-03-06", None, None),
        (None, "2019-03-04", None),
        ("2019-04", "2019-03", None),
    ],
)
def test_a_range_holds_its_ends(key, meet, first, last, tier):
    found = meet(tokens_of_date(key, "2019-03-05", "loss"), ask_date_range(key, first, last))
    assert found == ((tier, "within:loss") if tier else None)


def test_a_date_known_by_its_month_may_lie_in_a_range_that_cuts_the_month(key, meet):
    stored = tokens_of_date(key, "2019-03", "loss")
    assert meet(stored, ask_date_range(key, "2019-03-10", "2019-05-20")) == ("possible", "month_only:loss")
    assert meet(stored, ask_date_range(key, "2019-02-10", "2019-05-20")) == ("exact", "within:loss")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2019-03-01", "2019-03-31", ("likely", "either_within")),
        ("2019-05-03", "2019-05-03", ("likely", "either_within")),
        ("2019-01-01", "2019-12-31", ("exact", "within:loss")),
        ("2019-04-01", "2019-04-30", None),
    ],
)
def test_a_date_whose_day_and_month_could_be_swapped_lies_in_a_range_likely(key, meet, first, last, expected):
    assert meet(tokens_of_date(key, "05/03/2019", "loss"), ask_date_range(key, first, last)) == expected


DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_a_day_is_in_a_range_exactly_when_it_lies_between_its_ends(first, last, day):
    key = SearchKey(b"a search key for tests only")
    asked = {token.digest for token in ask_date_range(key, first.isoformat(), last.isoformat()) if token.tier == "exact"}
    stored = {token.digest for token in tokens_of_date(key, day.isoformat(), "loss")}
    assert bool(asked & stored) == (first <= day <= last)


def test_a_range_is_covered_by_few_tokens(key):
    """At most 30 + 11 parts at either end and the years between, for each of six dates and for those either way round."""
    assert len(ask_date_range(key, "1950-01-02", "2049-12-30")) < 7 * (2 * 41 + 98) + 30


def test_a_date_that_cannot_be_read_is_rejected_in_a_question(key):
    for ask in (lambda: ask_date(key, "?"), lambda: ask_date_range(key, "?", None), lambda: tokens_of_date(key, "?", "loss")):
        with pytest.raises(Rejected):
            ask()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2019-03-05", ("likely", "either:birth")),
        ("2019-03", ("likely", "either:birth")),
        ("2019", ("likely", "either:birth")),
        ("2019-03-25", ("possible", "either_near")),
        ("2020-03-05", None),
    ],
)
def test_a_day_that_a_page_may_mean_is_never_certain(key, meet, typed, expected):
    assert meet(tokens_of_other_day(key, "2019-03-05", "birth"), ask_date(key, typed)) == expected


def test_what_the_page_says_is_a_better_match_than_what_it_may_mean(key, meet):
    stored = tokens_of_date(key, "2019-03-05", "loss") + tokens_of_other_day(key, "2019-03-08", "loss")
    assert meet(stored, ask_date(key, "2019-03-05")) == ("exact", "day:loss")
    assert meet(stored, ask_date(key, "2019-03-08")) == ("likely", "either:loss")
