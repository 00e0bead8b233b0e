"""Which way round a line faces, told from how surely it is read."""

import numpy as np
import pytest

from schemas.geometry import upright
from workers.recognize.facing import best_of, is_mirrored, may_face_otherwise, other_ways
from workers.recognize.recognition import StripReading
from workers.recognize.strips import Strip, cut


def read(text: str, confidence: float) -> StripReading:
    count = len(text)
    return StripReading(text, (confidence,) * count, ("",) * count, tuple((8.0 * at, 8.0 * at + 8) for at in range(count)))


def strip() -> tuple[np.ndarray, Strip]:
    """A page of one line, whose shades tell every place apart."""
    page = np.zeros((80, 240, 3), np.uint8)
    page[16:64, 20:220, 0] = np.arange(20, 220)
    page[16:64, 20:220, 1] = np.arange(16, 64)[:, None]
    return page, cut(page, np.array(upright(20, 16, 220, 64)))


def test_only_what_was_read_with_doubt_is_read_otherwise():
    assert [may_face_otherwise(read("1200.00", each)) for each in (0.99, 0.93, 0.91, 0.2)] == [False, False, True, True]
    assert may_face_otherwise(read("", 0.0))
    assert may_face_otherwise(read("（）：", 0.97))


def test_a_line_is_cut_in_a_mirror_upside_down_and_both():
    page, own = strip()
    mirrored, turned, both = (each.pixels.astype(int) for each in other_ways(page, own))
    for ours, other in ((own.pixels[:, ::-1], mirrored), (own.pixels[::-1, ::-1], turned), (own.pixels[::-1], both)):
        assert np.abs(ours.astype(int) - other).max() <= 2


def test_places_in_a_mirrored_line_lie_where_they_are_on_the_page():
    page, own = strip()
    mirrored = other_ways(page, own)[0]
    assert np.allclose(mirrored.to_page @ np.array([0, 0, 1]), (220, 16))
    assert np.allclose(mirrored.to_page @ np.array([mirrored.width, 48, 1]), (20, 64))


@pytest.mark.parametrize(
    ("said", "others", "best"),
    [
        (read("00.00S1:", 0.88), (read("1200.00", 1.0), read("IS00", 0.75)), 0),
        (read("", 0.0), (read("", 0.0), read("手机号码", 0.99)), 1),
        (read("(高)(高", 0.74), (read("3()", 0.916), read("高血压病3级", 1.0)), 1),
        (read("诊断：", 0.85), (read("谜", 0.49), read("", 0.0)), None),
        (read("金额(元)", 0.91), (read("(元)金", 0.93), read("", 0.0)), None),
        (read("姓名：", 0.88), (read("佑", 0.99), read("名姓", 0.92)), None),
        (read("姓名", 0.4), (read("名姓", 0.96), read("", 0.0)), 0),
        (read("（）：", 0.97), (read("", 0.0), read("诊断：高血压", 0.955)), 1),
        (read("|", 0.3), (read("——", 0.99), read("1", 0.99)), None),
    ],
)
def test_a_line_faces_the_way_that_it_is_read_almost_surely(said, others, best):
    assert best_of(said, others) == best


def test_corners_tell_a_mirror():
    a, b, c, d = upright(10, 10, 90, 30)
    assert [is_mirrored(quad) for quad in ((a, b, c, d), (c, d, a, b), (b, a, d, c), (d, c, b, a))] == [
        False,
        False,
        True,
        True,
    ]
