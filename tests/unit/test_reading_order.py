"""Lines in the order a person reads them."""

import random

import pytest

from workers.recognize.reading_order import Extent, reading_order


def ordered(named: dict[str, Extent]) -> list[str]:
    names = list(named)
    random.Random(3).shuffle(names)
    return [names[index] for index in reading_order([named[name] for name in names])]


def column(name: str, left: float, right: float, lines: int, top: float = 100, last: float | None = None) -> dict[str, Extent]:
    """Running text: *lines* lines 30 apart; the last one may be short."""
    found = {f"{name}{i}": Extent(left, top + 30 * i, right, top + 30 * i + 22) for i in range(lines)}
    if last is not None:
        found[f"{name}{lines - 1}"] = Extent(left, top + 30 * (lines - 1), last, top + 30 * (lines - 1) + 22)
    return found


def test_rows_are_read_from_the_top_and_each_from_the_left():
    cells = {
        "d": Extent(300, 62, 400, 84),
        "a": Extent(10, 12, 90, 32),
        "c": Extent(10, 60, 80, 82),
        "b": Extent(300, 8, 380, 30),
    }
    assert ordered(cells) == ["a", "b", "c", "d"]


def test_lines_on_a_slant_keep_their_order():
    cells = {f"{i}": Extent(100 * i, 11 * i, 100 * i + 80, 11 * i + 20) for i in range(5)}
    assert ordered(cells) == ["0", "1", "2", "3", "4"]
    below = {"z": Extent(0, 30, 80, 50), "a": Extent(0, 0, 80, 20), "b": Extent(100, 9, 180, 29), "c": Extent(200, 18, 280, 38)}
    assert ordered(below) == ["a", "b", "c", "z"]


def test_running_text_is_read_by_columns():
    page = column("l", 0, 400, 10, last=150) | column("r", 440, 840, 10)
    assert ordered(page) == [f"l{i}" for i in range(10)] + [f"r{i}" for i in range(10)]


def test_headings_across_both_columns_stay_where_they_stand():
    page = {"head": Extent(100, 40, 700, 80)} | column("l", 0, 400, 8) | column("r", 440, 840, 8)
    page |= {"mid": Extent(50, 345, 800, 380)} | column("m", 0, 400, 8, top=400) | column("s", 440, 840, 8, top=400)
    expected = ["head", *(f"l{i}" for i in range(8)), *(f"r{i}" for i in range(8))]
    expected += ["mid", *(f"m{i}" for i in range(8)), *(f"s{i}" for i in range(8))]
    assert ordered(page) == expected


def test_a_caption_between_the_columns_does_not_break_them():
    page = column("l", 0, 400, 12) | column("r", 440, 840, 12)
    for i in (5, 6):
        page[f"l{i}"] = Extent(0, 100 + 30 * i, 330, 122 + 30 * i)
        page[f"r{i}"] = Extent(510, 100 + 30 * i, 840, 122 + 30 * i)
        page[f"caption{i}"] = Extent(350, 100 + 30 * i, 490, 122 + 30 * i)
    read = ordered(page)
    assert [name for name in read if not name.startswith("caption")] == [f"l{i}" for i in range(12)] + [
        f"r{i}" for i in range(12)
    ]
    assert read[-2:] == ["caption5", "caption6"]


def test_the_cells_of_a_form_are_read_by_rows():
    form = {}
    for row in range(10):
        form[f"{row}-label"] = Extent(0, 100 + 30 * row, 80, 122 + 30 * row)
        form[f"{row}-value"] = Extent(200, 100 + 30 * row, 200 + 40 * (1 + row % 3), 122 + 30 * row)
    assert ordered(form) == [name for row in range(10) for name in (f"{row}-label", f"{row}-value")]


def test_a_tall_label_is_read_before_the_rows_beside_it():
    form = {"label": Extent(0, 100, 30, 300)}
    for row in range(4):
        form |= {
            f"{row}-name": Extent(60, 100 + 50 * row, 140, 122 + 50 * row),
            f"{row}-sum": Extent(300, 103 + 50 * row, 340, 124 + 50 * row),
        }
    assert ordered(form) == ["label", *(name for row in range(4) for name in (f"{row}-name", f"{row}-sum"))]


def test_the_lines_of_a_cell_stay_together():
    left = [Extent(0, 100 + 30 * i, 180, 122 + 30 * i) for i in range(3)]
    right = [Extent(220, 100 + 30 * i, 400, 122 + 30 * i) for i in range(3)]
    assert reading_order(left + right) == [0, 3, 1, 4, 2, 5]
    assert reading_order(left + right, [1, 1, 1, 2, 2, 2]) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("count", [0, 1])
def test_pages_of_few_lines_are_ordered_too(count: int):
    assert reading_order([Extent(0, 0, 10, 10)] * count) == list(range(count))


def test_every_line_is_kept_even_where_boxes_coincide():
    assert sorted(reading_order([Extent(0, 0, 10, 10)] * 9)) == list(range(9))
