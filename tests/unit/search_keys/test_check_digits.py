"""Which slips the check digits of a number would put right."""

import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from archive.search_keys.check_digits import put_right
from archive.search_keys.numbers import ask_number, tokens_of_number

IDENTITY, USCC, CARD = "11010519491231002X", "91110000600037341L", "6222021234567890128"


def test_the_numbers_of_these_tests_are_right():
    assert ric.is_valid(IDENTITY)
    assert uscc.is_valid(USCC)
    assert luhn.is_valid(CARD)


@pytest.mark.parametrize("number", [IDENTITY, USCC, CARD, "PDAA201933010200011220", "R123456789", "", "X"])
def test_what_is_right_or_has_no_check_digit_is_left_alone(number):
    assert put_right(number) == ()


@pytest.mark.parametrize("number", [IDENTITY, USCC, CARD])
def test_a_number_is_among_what_puts_its_slips_right(number):
    wrong = number[:7] + ("3" if number[7] != "3" else "8") + number[8:]
    missing, extra = number[:7] + number[8:], number[:7] + "5" + number[7:]
    place = next(at for at in range(9, 16) if number[at] != number[at + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    for slip in (wrong, missing, extra, swapped):
        assert number in put_right(slip)
        assert len(put_right(slip)) < 90


def test_of_two_numbers_as_near_the_one_whose_check_digit_is_right_comes_first(key, meet):
    typed = "11010519491231072X"
    right, not_right = IDENTITY, "11010519491231071X"
    asked = ask_number(key, typed)
    assert meet(tokens_of_number(key, right), asked) == ("possible", "checked")
    assert meet(tokens_of_number(key, not_right), asked) == ("possible", "differs")
    told = [token.form for token in asked]
    assert told.index("checked") < told.index("differs")


def test_a_question_of_a_number_with_a_check_digit_stays_small(key):
    assert len(ask_number(key, IDENTITY[:-1] + "1")) < 500
