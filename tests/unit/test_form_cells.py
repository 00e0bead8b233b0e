"""The ruled cells of a form."""

import cv2
import numpy as np
import pytest

from workers.recognize.cells import cell_of, cells
from workers.recognize.detection import corners


def form(shade: int = 60, thickness: int = 1, broken: int = 0) -> np.ndarray:
    """Two rows of two cells between x 100, 300, 600 and y 200, 260, 320 on a page of 700 by 900."""
    page = np.full((900, 700, 3), 250, dtype=np.uint8)
    for y in (200, 260, 320):
        cv2.line(page, (100, y), (600, y), (shade,) * 3, thickness)
    for x in (100, 300, 600):
        cv2.line(page, (x, 200), (x, 320), (shade,) * 3, thickness)
    if broken:
        page[:, 150 : 150 + broken] = 250
    return page


def line(left: float, top: float, right: float, bottom: float):
    return corners(((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top), 0.0)


@pytest.mark.parametrize(
    "page", [form(), form(shade=190), form(thickness=3), form(broken=3)], ids=["black", "grey", "thick", "broken"]
)
def test_rules_enclose_cells(page: np.ndarray):
    found = sorted((cell.left // 10, cell.top // 10) for cell in cells(page))
    assert found == [(10, 20), (10, 26), (30, 20), (30, 26)]


def test_lines_of_one_cell_have_its_number_and_others_another():
    found = cells(form())
    first, second = cell_of(line(110, 205, 280, 225), found), cell_of(line(110, 230, 200, 250), found)
    beside = cell_of(line(310, 205, 500, 225), found)
    assert first == second > 0
    assert beside not in {0, first}


def test_a_line_outside_or_across_cells_stands_in_none():
    found = cells(form())
    assert cell_of(line(110, 400, 280, 420), found) == 0
    assert cell_of(line(110, 205, 590, 225), found) == 0


def test_the_smallest_cell_counts_where_one_lies_in_another():
    page = form()
    cv2.rectangle(page, (60, 150), (640, 500), (60, 60, 60), 1)
    inner = cell_of(line(110, 205, 280, 225), cells(page))
    outer = cell_of(line(110, 400, 280, 420), cells(page))
    assert inner not in {0, outer}
    assert outer > 0


def test_a_page_without_rules_has_no_cells():
    page = np.full((900, 700, 3), 250, dtype=np.uint8)
    cv2.putText(page, "plain words without any rules", (60, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 1, cv2.LINE_AA)
    assert cell_of(line(60, 280, 400, 310), cells(page)) == 0
