"""Which of two readings stands where stamps lie over text."""

import numpy as np

from workers.recognize.ink import StampInk, stamp_inks
from workers.recognize.under_stamps import Choice, Seen, chosen, in_same_place, overlap, worth_reading


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float)


def seen(place: np.ndarray, *confidences: float) -> Seen:
    return Seen(place, confidences)


def stamped_view() -> StampInk:
    """Black text in the row from 100 to 120, a red stamp's own text in the row from 60 to 80, its frame over both."""
    view = np.full((200, 400, 3), 255, dtype=np.uint8)
    view[60:80, 210:290:5] = (205, 40, 48)
    view[50:140, 200:204] = (205, 40, 48)
    view[50:140, 296:300] = (205, 40, 48)
    view[100:120, 20:280:4] = (20, 20, 22)
    (ink,) = stamp_inks(view)
    return ink


TEXT, STAMP = box(20, 98, 310, 122), box(205, 58, 295, 82)


def test_the_surer_reading_stands_and_knows_what_it_beat():
    ink = stamped_view()
    ordinary, bare = [seen(TEXT, 0.9, 0.6, 0.9)], [seen(TEXT, 0.99, 0.98, 0.99)]
    assert chosen(ordinary, bare, ink) == [Choice(is_bare=True, at=0, beaten=(0,))]
    assert chosen(bare, ordinary, ink) == [Choice(is_bare=False, at=0, beaten=(0,))]


def test_more_characters_as_sure_weigh_more():
    ink = stamped_view()
    assert chosen([seen(TEXT, 1.0, 1.0)], [seen(TEXT, *[0.98] * 12)], ink)[0].is_bare


def test_a_stamps_own_text_stands_beside_the_text_under_it():
    ink = stamped_view()
    choices = chosen([seen(STAMP, 1.0, 1.0), seen(TEXT, 0.5)], [seen(TEXT, 0.99)], ink)
    assert {(choice.is_bare, choice.at) for choice in choices} == {(False, 0), (True, 0)}


def test_what_is_left_of_a_stamps_own_text_is_not_read_as_text():
    ink = stamped_view()
    part = box(215, 58, 260, 82)
    assert chosen([seen(STAMP, *[0.99] * 6)], [seen(part, 0.95, 0.95)], ink) == [Choice(is_bare=False, at=0)]


def test_a_line_found_only_without_the_stamp_is_added_if_it_is_likely():
    ink = stamped_view()
    assert chosen([], [seen(TEXT, 0.9)], ink) == [Choice(is_bare=True, at=0)]
    assert chosen([], [seen(TEXT, 0.4)], ink) == []


def test_lines_far_from_the_stamp_stand_as_they_are():
    ink = stamped_view()
    far = box(20, 150, 180, 170)
    assert chosen([seen(far, 0.7)], [seen(TEXT, 0.9)], ink) == [
        Choice(is_bare=False, at=0),
        Choice(is_bare=True, at=0),
    ]


def test_label_and_value_are_weighed_together_with_the_one_line_that_holds_both():
    ink = stamped_view()
    label, value = box(20, 98, 100, 122), box(110, 98, 300, 122)
    choices = chosen([seen(label, 1.0, 1.0), seen(value, 0.7, 0.6)], [seen(TEXT, *[0.95] * 5)], ink)
    assert choices == [Choice(is_bare=True, at=0, beaten=(0, 1))]


def test_only_boxes_under_the_stamp_are_read_again():
    assert worth_reading([TEXT, box(20, 150, 180, 170)], [], stamped_view()) == [TEXT]


def test_a_box_that_was_read_without_doubt_is_not_read_again():
    ink = stamped_view()
    assert worth_reading([TEXT], [seen(TEXT + 1.0, 0.99, 0.95)], ink) == []
    assert worth_reading([TEXT], [seen(TEXT + 1.0, 0.99, 0.85)], ink) == [TEXT]
    assert worth_reading([TEXT], [seen(box(20, 98, 160, 122), 0.99, 0.95)], ink) == [TEXT]


def test_overlap_is_shared_over_covered():
    assert overlap(box(0, 0, 10, 10), box(5, 0, 15, 10)) == 1 / 3
    assert overlap(box(0, 0, 10, 10), box(20, 0, 30, 10)) == 0.0


def test_boxes_share_a_place_by_half_of_the_smaller_one():
    assert in_same_place(box(0, 0, 100, 20), box(60, 5, 90, 25))
    assert not in_same_place(box(0, 0, 100, 20), box(0, 12, 100, 32))
    assert not in_same_place(box(0, 0, 100, 20), box(80, 0, 180, 20))
