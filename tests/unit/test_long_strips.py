"""Lines longer than the network reads."""

import numpy as np
import pytest

from workers.recognize.recognition import GAP, LONGEST_PART, StripReading, joined, part_starts
from workers.recognize.strips import Strip, part, quad_points


def strip_of(width: int, *gaps: int) -> Strip:
    """A strip full of ink but for gaps of 30 columns around the given ones."""
    pixels = np.full((48, width, 3), 250, dtype=np.uint8)
    pixels[10:38] = 20
    for gap in gaps:
        pixels[:, gap - 15 : gap + 15] = 250
    return Strip(pixels, np.eye(2, 3))


def test_a_line_of_ordinary_length_is_read_whole():
    assert part_starts(strip_of(LONGEST_PART)) == [0]


def test_a_longer_one_is_cut_in_a_gap_so_that_no_part_is_too_long():
    starts = part_starts(strip_of(5000, 2300, 2700, 3400))
    assert len(starts) == 2
    assert min(abs(starts[1] - gap) for gap in (2300, 2700)) <= 15 - GAP / 2 + 1


@pytest.mark.parametrize("width", [3201, 6400, 6401, 9000, 12_800])
def test_parts_follow_each_other_and_none_is_longer_than_the_network_reads(width: int):
    starts = part_starts(strip_of(width))
    lengths = np.diff([*starts, width])
    assert (lengths > 0).all()
    assert (lengths <= LONGEST_PART).all()


def test_a_part_lies_on_the_page_where_it_was_cut():
    cut = part(strip_of(400), 100, 250)
    assert (cut.width, quad_points(cut, 0, cut.width)[1].tolist()) == (150, [250, 0])


def test_readings_of_parts_are_joined_with_their_places():
    one = StripReading("保单", (0.9, 0.8), ("", "単"), ((0.0, 30.0), (30.0, 60.0)), (5.0, 40.0))
    two = StripReading("号", (0.7,), ("",), ((4.0, 34.0),), (6.0, 42.0))
    assert joined([one, two], [0, 100]) == StripReading(
        "保单号", (0.9, 0.8, 0.7), ("", "単", ""), ((0.0, 30.0), (30.0, 60.0), (104.0, 134.0)), (5.0, 42.0)
    )
