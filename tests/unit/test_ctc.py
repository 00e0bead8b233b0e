"""Time steps to characters."""

import numpy as np
import pytest

from workers.recognize.ctc import Alphabet, decode

ALPHABET = Alphabet.of_metadata("5\n7\n6\nO\n0")
"""Classes: 0 blank, 1 "5", 2 "7", 3 "6", 4 "O", 5 "0", 6 space."""


def steps(*choices: tuple[int, float], second: tuple[int, float] = (0, 0.0)):
    """Best class and probability per step, with the same second choice everywhere."""
    probabilities = np.array([[p, second[1]] for _, p in choices], dtype=np.float32)
    classes = np.array([[c, second[0]] for c, _ in choices], dtype=np.int64)
    return probabilities, classes


def text(*classes: int) -> str:
    return "".join(c.character for c in decode(*steps(*((c, 0.9) for c in classes)), ALPHABET))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        pytest.param((1, 2, 3), "576", id="one step each"),
        pytest.param((0, 1, 1, 0, 2, 2, 2, 0), "57", id="repeated steps are one character"),
        pytest.param((2, 0, 2), "77", id="a blank parts equal characters"),
        pytest.param((1, 6, 2), "5 7", id="the last class is a space"),
        pytest.param((0, 0, 0), "", id="only blanks"),
    ],
)
def test_the_best_path_is_read(classes, expected):
    assert text(*classes) == expected


def test_a_character_is_as_sure_as_its_best_step():
    (character,) = decode(*steps((1, 0.4), (1, 0.8), (1, 0.6)), ALPHABET)
    assert character.probability == pytest.approx(0.8)


def test_a_character_stands_where_its_probability_does():
    (character,) = decode(*steps((0, 0.9), (1, 0.5), (1, 0.5), (0, 0.9)), ALPHABET)
    assert character.centre == pytest.approx(2.0)
    (late,) = decode(*steps((1, 0.1), (1, 0.9)), ALPHABET)
    assert late.centre == pytest.approx(1.4)


def test_runners_up_are_kept_where_they_are_likely_and_no_blank():
    assert decode(*steps((4, 0.6), second=(5, 0.3)), ALPHABET)[0].runners_up == "0"
    assert decode(*steps((4, 0.9), second=(5, 0.001)), ALPHABET)[0].runners_up == ""
    assert decode(*steps((4, 0.6), second=(0, 0.3)), ALPHABET)[0].runners_up == ""


def test_characters_do_not_show_in_a_representation():
    (character,) = decode(*steps((4, 0.6), second=(5, 0.3)), ALPHABET)
    assert "O" not in repr(character).replace("ReadCharacter", "")
