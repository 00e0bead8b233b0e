"""Text that spreadsheets would take for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.formulas import neutral
from workers.redact import table_file


@pytest.mark.parametrize("text", ["=1", "+1+1|cmd", "-2+3", "@SUM(A1)", "\tx", "\n=1", "  =1", "＝1", "\u200b=1", "−1+x"])
def test_what_begins_as_a_formula_has_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "欧阳若澜", "-12.50", "+86", "1=1", "a@b", "'=1", "-1,234.5%"])
def test_what_is_none_stays(text):
    assert neutral(text) == text


@given(st.text(st.sampled_from("=+-@−＝ \t\n\u200b\u00ad1.x"), max_size=6))
def test_tables_that_are_redacted_do_the_same(text):
    assert neutral(text) == table_file.neutral(text)
