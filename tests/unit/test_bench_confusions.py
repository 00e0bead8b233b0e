"""What counts as a character taken for another."""

import random
from argparse import Namespace
from itertools import islice

import pytest

from archive.search_keys.han import is_han
from archive.search_keys.misread import FILE, Misreading
from bench.confusions import Tally, _comparable, _file, name_characters, pairs
from bench.papers.damage import invent_severe_damage
from bench.papers.name_pages import _drawn, name_pages


def tally(*values: tuple[str, str, list[str]]) -> Tally:
    counted = Tally()
    for value in values:
        counted.add(*value)
    return counted


def test_a_misread_character_counts_as_one_and_a_runner_up_as_a_tenth():
    counted = tally(*[("王佳青", "王佳育", ["", "", "青"])] * 3, *[("王佳青", "王佳青", ["", "住", "胃"])] * 27)
    assert pairs(counted) == (
        Misreading("佳", "住", 0.09),
        Misreading("青", "育", 0.1),
        Misreading("青", "胃", 0.09),
    )


def test_what_was_seen_seldom_is_left_out():
    assert pairs(tally(("王青", "王育", ["", ""]), *[("王青", "王青", ["", "胃"])] * 19)) == ()


def test_what_was_printed_is_no_confusion_where_it_is_the_runner_up():
    counted = tally(*[("王青", "王育", ["", "青"])] * 2)
    assert [pair.read for pair in pairs(counted)] == ["育"]
    assert counted.runners_up == counted.runners_up_right == 2


def test_a_chinese_character_is_confused_with_chinese_ones_only():
    assert pairs(tally(*[("王一", "王-", ["", "1"])] * 30)) == ()
    assert [pair.read for pair in pairs(tally(*[("10", "l0", ["", ""])] * 30))] == ["l"]


@pytest.mark.parametrize(
    ("printed", "read", "expected"),
    [
        ("王佳青", "王佳育", True),
        ("王佳青", "王住育", False),
        ("王佳青", "王佳", False),
        ("王佳", "王住", False),
        ("123456", "723456", True),
    ],
)
def test_values_are_compared_that_are_as_long_and_mostly_right(printed, read, expected):
    assert _comparable(printed, read) is expected


def test_every_character_of_a_name_is_drawn_before_any_again():
    characters = name_characters()
    drawn = list(islice(_drawn(random.Random(1), characters), 2 * len(characters)))
    assert sorted(drawn[: len(characters)]) == sorted(drawn[len(characters) :]) == list(characters)
    assert all(map(is_han, characters))


def test_pages_of_names_are_of_one_seed():
    once, again = (next(name_pages(7, tuple("王佳青李明"))) for _ in range(2))
    assert once.truth.entities == again.truth.entities
    assert once.image.tobytes() == again.image.tobytes()
    assert {len(name.text) for name in once.truth.entities} == {3}


def test_severe_damage_leaves_no_page_clean():
    damages = [invent_severe_damage(random.Random(seed)) for seed in range(50)]
    assert all(damage.blur and damage.noise and damage.turn == 0 for damage in damages)


def test_the_kept_file_says_which_command_makes_it():
    head = FILE.read_text(encoding="utf-8").splitlines()[1]
    assert head.startswith("# Made by: python -m bench.confusions --pages ")


def test_the_file_has_one_pair_a_line():
    lines = _file([Misreading("青", "育", 0.1)], Namespace(pages=5, seed=9)).splitlines()
    assert lines[1:] == ["# Made by: python -m bench.confusions --pages 5 --seed 9 --write", "青\t育\t0.100"]
