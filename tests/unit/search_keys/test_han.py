from collections import Counter

from archive.search_keys import sounds
from archive.search_keys.han import LOOKALIKES, is_han, lookalike, simplified


def test_no_character_has_two_groups_of_look_alikes():
    counts = Counter("".join(LOOKALIKES))
    assert [character for character, count in counts.items() if count > 1] == []


def test_look_alikes_are_simplified_characters():
    assert [group for group in LOOKALIKES if simplified(group) != group] == []


def test_each_group_becomes_one_character():
    assert {len(set(lookalike(group))) for group in LOOKALIKES} == {1}


def test_a_part_of_a_name_is_simplified_like_the_whole():
    name = "歐陽乾徵"
    assert simplified(name) == "".join(simplified(character) for character in name)


def test_ideographs_are_told_from_other_signs():
    assert [is_han(character) for character in "刘𠀀A〇·ア"] == [True, True, False, False, False, False]


def test_a_surname_is_first_read_as_a_surname():
    assert [sounds.readings(name)[0] for name in ("单雄", "仇英", "区华", "朴正", "尉迟恭", "万俟卨")] == [
        "shanxiong", "qiuying", "ouhua", "piaozheng", "yuchigong", "moqixie",
    ]  # fmt: skip


def test_readings_are_limited():
    assert len(sounds.readings("乐行重长朝调都还会")) == sounds.MOST_READINGS


def test_marks_and_numbers_of_tones_are_dropped():
    assert [sounds.spelt(typed) for typed in ("Lǚ Bù", "lü3 bu4", "lu:bu")] == ["lvbu", "lvbu", "lvbu"]
