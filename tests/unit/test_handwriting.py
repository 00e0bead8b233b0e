"""Which lines look written by hand."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from workers.recognize.handwriting import hand_of, written_by_hand

TEXT = "3141592653"
STEP = 30


@dataclass(frozen=True)
class Read:
    text: str
    columns: tuple[tuple[float, float], ...]


def line(wander: float = 0.0, thickness: int = 3, seed: int = 1, text: str = TEXT) -> tuple[np.ndarray, Read]:
    """A line of noughts that stray from it by *wander* rows, whatever *text* says; strokes are *thickness* half pixels wide."""
    rng = np.random.default_rng(seed)
    large = np.full((96, 2 * STEP * len(text), 3), 250, np.uint8)
    for at in range(len(text)):
        middle = 2 * STEP * at + STEP, round(48 + 2 * wander * rng.normal())
        axes = 20, round(32 + wander * rng.normal())
        cv2.ellipse(large, middle, axes, 0, 0, 360, (40, 40, 60), thickness, cv2.LINE_AA)
    strip = cv2.resize(large, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return strip, Read(text, tuple((STEP * at + 0.0, STEP * (at + 1) + 0.0) for at in range(len(text))))


def test_lines_that_wander_are_marked_and_printed_lines_beside_them_are_not() -> None:
    page = [line(3.0, seed=seed) for seed in range(5)] + [line() for _ in range(5)]
    marked = written_by_hand(page)
    assert sum(marked[:5]) >= 3
    assert not any(marked[5:])


def test_one_uneven_line_makes_no_page_written_by_hand() -> None:
    assert not any(written_by_hand([line(2.2), *(line() for _ in range(9))]))


def test_short_lines_are_not_judged() -> None:
    assert hand_of(*line(2.2, text="314")) is None


def test_bold_type_is_no_pen() -> None:
    hand = hand_of(*line(2.2, thickness=14))
    assert hand is not None
    assert not hand.looks_written


@pytest.mark.parametrize("shade", [0, 255])
def test_a_strip_without_ink_is_not_judged(shade: int) -> None:
    _, reading = line()
    assert hand_of(np.full((48, 320, 3), shade, np.uint8), reading) is None


def test_rules_under_print_do_not_make_it_uneven() -> None:
    strip, reading = line()
    strip[43:45] = 60
    hand = hand_of(strip, reading)
    assert hand is not None
    assert not hand.looks_written


def test_a_page_without_lines_has_none_by_hand() -> None:
    assert written_by_hand([]) == ()
