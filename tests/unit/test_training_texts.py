"""Texts that models learn from."""

import random
from itertools import islice

import pytest

from training import chinese, english, open_sets
from training.marked import Marked, Slot, exchanged, fill, normalised


def test_a_slot_is_marked_where_its_value_stands():
    slots = {"name": Slot("PER", lambda rng: "钟楚"), "word": Slot("", lambda rng: "昨天")}
    assert fill("{word}{name}来", slots, random.Random(1)) == Marked("昨天钟楚来", (("PER", 2, 4),))


def test_marks_move_with_the_text_they_are_on():
    assert normalised(Marked("姓名：　　钟楚", (("PER", 5, 7),))) == Marked("姓名: 钟楚", (("PER", 4, 6),))


def test_other_names_are_put_in_and_the_marks_after_them_move():
    marked = Marked("钟楚在青山遇见陆地", (("PER", 0, 2), ("LOC", 3, 5)))
    changed = exchanged(marked, {"PER": lambda rng: "欧阳钟楚"}, random.Random(1), 1.0)
    assert changed == Marked("欧阳钟楚在青山遇见陆地", (("PER", 0, 4), ("LOC", 5, 7)))


@pytest.mark.parametrize("maker", [chinese, english])
def test_generated_texts_are_the_same_for_a_seed_and_marked_within_bounds(maker):
    texts = list(islice(maker.generated(random.Random(5)), 60))
    assert texts == list(islice(maker.generated(random.Random(5)), 60))
    ends = [(marked, start, end) for marked in texts for _, start, end in marked.spans]
    assert ends
    assert all(0 <= start < end <= len(marked.text) for marked, start, end in ends)


def test_texts_of_one_pattern_with_other_names_are_on_the_same_side():
    one = open_sets.fifth("My name is Ann.", (("PERSON", 11, 14),))
    other = open_sets.fifth("My name is Roberto!", (("PERSON", 11, 18),))
    assert one == other


@pytest.mark.parametrize("name", ["uner-zh-gsdsimp-300", "cEHRNER-60", "presidio-synth-en-200"])
def test_nothing_held_out_is_learnt_from(name):
    learnt = {record.text for record in open_sets.to_learn_from(name)}
    held_out = {record.text for record in open_sets.to_learn_from(name, held_out=True)}
    assert held_out
    assert not learnt & held_out
    assert learnt | held_out == {record.text for record, _ in open_sets.records(name)}


def test_the_parts_of_one_address_are_one_address():
    address = "86 Rua Nova 16, Porto"
    [record] = [
        open_sets._relabelled(Marked(f"at {address}", (("STREET_ADDRESS", 3, 5), ("STREET_ADDRESS", 6, 17), ("GPE", 19, 24))))
    ]
    assert record.spans == (("ADDRESS", 3, 24),)
