"""Names in other characters."""

import pytest

from workers.extract.alike import Alike


def places(text, name):
    return [start for _, start in Alike([name]).places_in(text)]


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


def test_many_names_are_looked_for_at_once_each_at_its_own_places():
    names = ["李小明", "张伟", "黎晓敏", "季明"]
    text = "季小明与李晓明、黎小铭、张炜、李明"
    each = [(at, start) for at, name in enumerate(names) for start in places(text, name)]
    assert Alike(names).places_in(text) == each
    assert {at for at, _ in each} == {0, 2, 3}


def test_a_character_of_several_readings_is_known_by_each():
    assert places("单晓明", "善晓明") == [0]
    assert places("丹晓明", "单晓明") == [0]
