"""Names in other characters."""

import pytest

from workers.extract.alike import heard


def places(text, name):
    return list(heard(text).places_of(heard(name)))


@pytest.mark.parametrize("other", ["季小明", "李晓明", "黎小铭", "李曉明"])
def test_a_name_is_known_by_look_and_by_sound(other):
    assert places(f"交与{other}收", "李小明") == [2]


def test_the_name_itself_is_another_matter():
    assert places("交与李小明收", "李小明") == []


def test_two_syllables_are_known_by_look_alone():
    assert places("交与季明收", "李明") == [2]
    assert places("交与黎铭收", "李明") == []


def test_one_character_that_only_looks_and_one_that_only_sounds_alike_make_no_name():
    assert places("交与季大明收", "李小明") == []
