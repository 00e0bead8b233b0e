"""The language that says which pages are to be read again."""

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog.page_filter import FIELDS, Condition, PageFilter, parse_filter
from archive.errors import Rejected
from schemas.claim import DOCUMENT_CLASSES
from schemas.reasons import REASONS

ORDER, SAME = ("<", "<=", ">", ">="), ("=", "!=")
NAMES = st.text(string.ascii_letters + string.digits + "./_-", min_size=1, max_size=30).filter(lambda name: name != "unknown")
IDS = st.builds("{}-{}".format, st.sampled_from("DB"), st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=10))


def condition(field, operators, values):
    return st.builds(Condition, st.just(field), st.sampled_from(operators), values)


def conditions():
    return st.one_of(
        condition("confidence", ORDER, st.floats(0, 1, allow_nan=False).map(abs)),
        condition("engine", SAME, NAMES),
        condition("state", SAME, st.sampled_from(("read", "blank", "failed"))),
        condition("reason", SAME, st.sampled_from(sorted(REASONS))),
        condition("class", SAME, st.sampled_from(DOCUMENT_CLASSES)),
        condition("document", SAME, IDS),
        condition("batch", SAME, IDS),
        condition("version", SAME + ORDER, st.integers(1, 999_999_999)),
        *(condition(field, SAME, st.none()) for field in ("confidence", "engine", "reason", "class")),
    )


def filters():
    return st.lists(conditions(), min_size=1, max_size=5).map(lambda found: PageFilter(tuple(found)))


def fields_of(typed):
    """None where it is refused; any other error than that is one of the program."""
    with suppress(Rejected):
        return {each.field for each in parse_filter(typed).conditions}
    return None


@given(filters())
def test_a_filter_that_is_written_down_is_read_as_the_same(page_filter):
    assert parse_filter(str(page_filter)) == page_filter


@given(st.one_of(st.text(max_size=80), filters().map(str).flatmap(lambda text: st.text(max_size=8).map(text.__add__))))
def test_whatever_is_typed_is_a_filter_or_refused_with_its_reason(typed):
    fields = fields_of(typed)
    assert fields is None or fields <= set(FIELDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("confidence<0.8", (Condition("confidence", "<", 0.8),)),
        ("  confidence  >=  .5 ", (Condition("confidence", ">=", 0.5),)),
        ("confidence=unknown", (Condition("confidence", "=", None),)),
        ("confidence!=unknown AND state=read", (Condition("confidence", "!=", None), Condition("state", "=", "read"))),
        ("engine!=ppocr/3.10\nand version>1", (Condition("engine", "!=", "ppocr/3.10"), Condition("version", ">", 1))),
        ("class=medical_bill", (Condition("class", "=", "medical_bill"),)),
        ("document=D-4T8W2N6C0H and batch!=B-7M3K9Q2MXT",
         (Condition("document", "=", "D-4T8W2N6C0H"), Condition("batch", "!=", "B-7M3K9Q2MXT"))),
        ("engine=brand", (Condition("engine", "=", "brand"),)),
    ],
)  # fmt: skip
def test_filters_that_are_understood(typed, meant):
    assert parse_filter(typed).conditions == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "no condition"),
        ("   ", "no condition"),
        ("confidence", "condition 1 is not a field"),
        ("confidance<0.8", "condition 1 names no field"),
        ("state=read and name=x", "condition 2 names no field"),
        ("confidence=0.8", "confidence takes <"),
        ("confidence<1.1", "from 0 to 1"),
        ("confidence<80", "from 0 to 1"),
        ("confidence<unknown", "from 0 to 1"),
        ("confidence<nan", "from 0 to 1"),
        ("confidence<-0.1", "from 0 to 1"),
        ("confidence<٠.٥", "from 0 to 1"),
        ("confidence<0.8 or state=read", "condition 1 is not a field"),
        ("confidence<0.8 and", "condition 1 is not a field"),
        ("state=waiting", "read, blank, failed"),
        ("state<read", "state takes = or !="),
        ("reason=because", "reason takes"),
        ("class=poem", "claim_application"),
        ("document=D-1'; DROP TABLE pages", "condition 1 is not a field"),
        ("document=' OR 1=1 --", "condition 1 is not a field"),
        ("version=0", "whole number from 1"),
        ("version=unknown", "whole number from 1"),
        ("state==read", "condition 1 is not a field"),
    ],
)
def test_what_is_wrong_is_said_with_the_condition_and_what_it_takes(typed, said):
    with pytest.raises(Rejected) as error:
        parse_filter(typed)
    assert error.value.reason == "bad_filter"
    assert said in error.value.detail


def test_the_sentence_lists_every_field():
    assert all(field in REASONS["bad_filter"].en for field in FIELDS)


def test_a_message_does_not_repeat_what_was_typed():
    with pytest.raises(Rejected) as error:
        parse_filter("insured=欧阳若澜")
    assert "欧阳若澜" not in str(error.value)
