import hashlib
import hmac

import pytest

from archive.search_keys.key import SearchKey

SECRET = b"sixteen bytes or more"


def test_a_token_is_the_first_half_of_the_hmac_of_key_form_and_value():
    expected = hmac.new(SECRET, b"number\0same\0P123", hashlib.sha256).hexdigest()[:32]
    assert SearchKey(SECRET).token("number", "same", "P123") == expected


def test_another_secret_gives_another_token():
    assert SearchKey(SECRET).token("name", "same", "x") != SearchKey(SECRET + b"!").token("name", "same", "x")


def test_the_same_value_in_another_form_gives_another_token():
    key = SearchKey(SECRET)
    assert len({key.token(which, form, "x") for which in ("name", "number") for form in ("same", "gap")}) == 4


def test_a_short_secret_is_not_taken():
    with pytest.raises(ValueError, match="at least 16 bytes"):
        SearchKey(b"short")


def test_the_secret_is_not_shown():
    assert "sixteen" not in repr(SearchKey(SECRET))
