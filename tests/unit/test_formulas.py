"""Text that spreadsheets would take for a formula."""

import pytest

from schemas.formulas import neutral


@pytest.mark.parametrize("text", ["=1", "+1+1|cmd", "-2+3", "@SUM(A1)", "\tx", "\n=1", "  =1", "＝1", "\u200b=1", "−1+x"])
def test_what_begins_as_a_formula_has_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "欧阳若澜", "-12.50", "+86", "1=1", "a@b", "'=1", "-1,234.5%"])
def test_what_is_none_stays(text):
    assert neutral(text) == text
