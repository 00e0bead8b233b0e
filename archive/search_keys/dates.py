"""Dates: of the loss, the report, admission, discharge, birth.

A date is stored by its day, month and year, each with which date it is, so that an answer can tell. A range of days is
looked for as the fewest whole years, months and days that make it up. What is written as 05/03/2019 is stored both ways round,
as `either`, and so is a day that a page may mean which OCR could not read; they are never more than `likely`. Ranges look for
them without asking which date it is, which is a seventh of the tokens.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from archive.search_keys.forms import EXACT, LIKELY, POSSIBLE, Form, asked_tokens, stored_tokens
from archive.search_keys.key import SearchKey
from archive.search_keys.typed_date import FIRST_YEAR, LAST_YEAR, DateSpan, Precision, parse_date, span_of
from schemas.query import MatchTier
from schemas.record import SearchToken

__all__ = ["DATE_KINDS", "DateSpan", "Precision", "ask_date", "ask_date_range", "parse_date", "tokens_of_date"]

KEY = "date"
DATE_KINDS = ("loss", "report", "admission", "discharge", "birth", "other")
"""Which date of a claim; the first that answers is told."""
SLACK = timedelta(days=31)
"""A date that is off by up to a month is a `possible` one."""


def tokens_of_date(secret: SearchKey, value: str, kind: str) -> tuple[SearchToken, ...]:
    """What is stored of *value*: an ISO 8601 day, month or year, or anything that `parse_date` reads. *kind* is of
    DATE_KINDS, else `other`. Raises Rejected(unreadable_date)."""
    which = kind if kind in DATE_KINDS else "other"
    span = parse_date(value)
    forms = _stored_forms(span, which) if span.otherwise is None else _either_forms(span, which)
    return stored_tokens(secret, KEY, forms)


def tokens_of_other_day(secret: SearchKey, value: str, kind: str) -> tuple[SearchToken, ...]:
    """What is stored of the day *value*, ISO 8601, that a date of *kind* may mean. Raises Rejected(unreadable_date)."""
    forms = _either_of(parse_date(value), kind if kind in DATE_KINDS else "other")
    return stored_tokens(secret, KEY, forms)


def loss_years(secret: SearchKey) -> dict[str, str]:
    """The digest that is stored of a loss in each year, and the year."""
    years = [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    return {secret.token(KEY, "year:loss", year): year for year in years}


def ask_date(secret: SearchKey, typed: str, *, near_misses: bool = True) -> tuple[SearchToken, ...]:
    """What to look for, best first; where day and month can be either, both are `likely`. Raises Rejected(unreadable_date)."""
    span = parse_date(typed)
    tier = EXACT if span.otherwise is None else LIKELY
    forms = [form for reading in span.readings for form in _asked_forms(reading, tier)]
    return asked_tokens(secret, KEY, forms, near_misses=near_misses)


def ask_date_range(secret: SearchKey, typed_from: str | None, typed_to: str | None) -> tuple[SearchToken, ...]:
    """What to look for in a range, both ends included, either end left open; none where it ends before it begins. Raises
    Rejected(unreadable_date)."""
    first = min(span.first for span in parse_date(typed_from).readings) if typed_from else date(FIRST_YEAR, 1, 1)
    last = max(span.last for span in parse_date(typed_to).readings) if typed_to else date(LAST_YEAR, 12, 31)
    if last < first:
        return ()
    return asked_tokens(secret, KEY, [*_each_kind(_cover(first, last), EXACT, "within"), *_vague(first, last)])


def _stored_forms(span: DateSpan, which: str) -> Iterator[Form]:
    day, month, year = _names(span.first)
    yield Form(f"year:{which}", EXACT, year)
    if span.precision is Precision.YEAR:
        yield Form(f"year_only:{which}", POSSIBLE, year)
        return
    yield Form(f"month:{which}", EXACT, month)
    if span.precision is Precision.MONTH:
        yield Form(f"month_only:{which}", POSSIBLE, month)
    else:
        yield Form(f"day:{which}", EXACT, day)


def _either_forms(span: DateSpan, which: str) -> Iterator[Form]:
    """Of a date that has several readings: the year for certain where all have the same."""
    years = {reading.first.year for reading in span.readings}
    if len(years) == 1:
        yield Form(f"year:{which}", EXACT, f"{years.pop()}")
    for reading in span.readings:
        yield from _either_of(reading, which)


def _either_of(reading: DateSpan, which: str) -> Iterator[Form]:
    for precision, name in zip(Precision, _names(reading.first), strict=True):
        yield Form(f"either_{precision}:{which}", LIKELY, name)
        yield Form(f"either_{precision}", LIKELY, name)


def _names(day: date) -> tuple[str, str, str]:
    return day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"


def _asked_forms(span: DateSpan, tier: MatchTier) -> Iterator[Form]:
    name = dict(zip(Precision, _names(span.first), strict=True))[span.precision]
    yield from _each_kind([(span.precision, name)], tier, "")
    for which in DATE_KINDS:
        yield Form(f"either_{span.precision}:{which}", LIKELY, name, f"either:{which}")
    if span.precision is Precision.YEAR:
        return
    yield from _vague(span.first, span.last)
    yield from _each_kind(_cover(span.first - SLACK, span.last + SLACK), POSSIBLE, "near")


def _each_kind(parts: list[tuple[Precision, str]], tier: MatchTier, told: str) -> Iterator[Form]:
    """*told* says how a range holds the date; of a date that may be either way round it holds one reading."""
    for precision, name in parts if told else ():
        yield Form(f"either_{precision}", LIKELY if tier is EXACT else tier, name, f"either_{told}")
    for which in DATE_KINDS:
        for precision, name in parts:
            yield Form(f"{precision}:{which}", tier, name, f"{told}:{which}" if told else "")


def _vague(first: date, last: date) -> Iterator[Form]:
    """Dates known only by the month or year into which the range falls in part."""
    for which in DATE_KINDS:
        yield from (Form(f"month_only:{which}", POSSIBLE, f"{end:%Y-%m}") for end in (first, last))
        yield from (Form(f"year_only:{which}", POSSIBLE, f"{end:%Y}") for end in (first, last))


def _cover(first: date, last: date) -> list[tuple[Precision, str]]:
    """The fewest years, months and days that make up the days from *first* to *last*."""
    parts: list[tuple[Precision, str]] = []
    day = first
    while day <= last:
        span = _longest_from(day, last)
        parts.append((span.precision, dict(zip(Precision, _names(day), strict=True))[span.precision]))
        day = span.last + timedelta(days=1)
    return parts


def _longest_from(day: date, last: date) -> DateSpan:
    whole = ((day.year,), (day.year, day.month))
    for span in (span_of(*parts) for parts in whole):
        if span.first == day and span.last <= last:
            return span
    return span_of(day.year, day.month, day.day)
