"""References to the cells of a workbook, and which cells lie in an area."""

import random

import pytest

from schemas.cell_places import Area, Covered, Marked, area_of, place_of, row_number


@pytest.mark.parametrize(
    ("reference", "place"), [("A1", (1, 1)), ("Z9", (26, 9)), ("AA10", (27, 10)), ("XFD1048576", (16_384, 1_048_576))]
)
def test_a_reference_names_a_column_and_a_row(reference, place):
    assert place_of(reference) == place


@pytest.mark.parametrize(
    "reference", ["", "A", "1", "A0", "a1", "$A$1", "A01", "A-1", "XFE1", "AAAA1", "A1048577", "A1 ", "A１"]
)
def test_there_is_no_such_cell(reference):
    with pytest.raises(ValueError, match="no sheet"):
        place_of(reference)


@pytest.mark.parametrize("written", ["", "0", "-1", "1.0", " 1", "1_0", "１", "1048577", "99999999"])
def test_there_is_no_such_row(written):
    with pytest.raises(ValueError, match="no sheet"):
        row_number(written)


def test_an_area_is_of_two_places_in_order_or_of_one():
    assert area_of("B2:C4") == Area(2, 2, 3, 4)
    assert area_of("B2") == Area(2, 2, 2, 2)
    for reference in ("C4:B2", "B4:C2", "B2:", ":B2", "A1:B2:C3"):
        with pytest.raises(ValueError, match="no sheet"):
            area_of(reference)


def test_a_cell_is_covered_where_it_lies_in_any_area():
    rolled = random.Random(7)
    areas = [
        Area(left, top, left + rolled.randrange(4), top + rolled.randrange(6))
        for left, top in ((rolled.randint(1, 12), rolled.randint(1, 30)) for _ in range(20))
    ]
    covered = Covered(areas)
    for column in range(1, 18):
        for row in range(1, 40):
            lies_in_one = any(each.left <= column <= each.right and each.top <= row <= each.bottom for each in areas)
            assert ((column, row) in covered) == lies_in_one


def test_nothing_is_covered_by_no_area():
    assert (1, 1) not in Covered([])


def test_columns_are_marked_as_far_as_a_sheet_reaches():
    marked = Marked()
    for first, last in ((3, 4), (-5, 1), (16_384, 99_999), (9, 8), (20_000, 30_000)):
        marked.mark(first, last)
    assert [column for column in range(1, 16_385) if column in marked] == [1, 3, 4, 16_384]
