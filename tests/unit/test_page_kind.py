"""What pages are on which nothing was read that can be trusted."""

import cv2
import numpy as np
import pytest

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageText
from tests.builders.typed_pages import typed_page
from workers.page_image import PageImage
from workers.recognize.page_kind import is_mostly_unread, is_trusted, reason

RNG = np.random.default_rng(3)
PRINT = typed_page(tuple(f"An invented line of print, number {n}" for n in range(20)), size=22, width=1000, height=1414).pixels


def read(*lines: tuple[str, float | None], height: float = 30) -> PageText:
    found = tuple(Line(text, box, (box,) * len(text), sure) for text, sure in lines for box in [upright(0, 0, 300, height)])
    return PageText(1, 1000, 1414, 120.0, 0, found, EngineVersion("fake", "1"))


def clouds(cells: int) -> np.ndarray:
    return cv2.resize(RNG.integers(0, 256, (cells, cells, 3), dtype=np.uint8), (1000, 1414), interpolation=cv2.INTER_CUBIC)


def drawing() -> np.ndarray:
    page = np.full((1414, 1000, 3), 255, np.uint8)
    for radius in range(60, 400, 40):
        cv2.ellipse(page, (500, 700), (radius, 2 * radius), radius, 0, 250, (40, 40, 40), 3, cv2.LINE_AA)
    return page


def logo() -> np.ndarray:
    page = cv2.circle(np.full((1414, 1000, 3), 255, np.uint8), (500, 600), 180, (180, 40, 40), cv2.FILLED, cv2.LINE_AA)
    return cv2.rectangle(page, (440, 540), (560, 660), (255, 255, 255), cv2.FILLED)


PICTURES = {"soft shapes": clouds(6), "foliage": clouds(200), "a drawing": drawing(), "a logo": logo()}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_not_a_document(name: str) -> None:
    assert reason(PageImage(1, PICTURES[name]), read(("I", 0.6), ("ON", 0.6))) == "not_a_document"


@pytest.mark.parametrize(
    ("pixels", "why"),
    [
        (cv2.GaussianBlur(PRINT, (0, 0), 4), "page_too_blurred"),
        (240 - (255 - PRINT) // 10, "page_too_faint"),
        (PRINT // 6, "page_too_dark"),
        (cv2.resize(PRINT, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA), "resolution_too_low"),
        (PRINT, "page_unreadable"),
    ],
)
def test_text_that_is_not_read_has_the_likely_cause(pixels: np.ndarray, why: str) -> None:
    assert reason(PageImage(1, pixels), read()) == why


def test_doubtful_lines_of_text_are_text_wherever_they_stand() -> None:
    doubtful = read(*[("abcdefg", 0.55)] * 3, height=9)
    assert reason(PageImage(1, PICTURES["a drawing"]), doubtful) == "resolution_too_low"


@pytest.mark.parametrize(
    ("lines", "trusted"),
    [
        ([("a good line of text", 0.98)], True),
        ([("12", 0.99)], True),
        ([("①", 0.84)], False),
        ([("xq", 0.77), ("wjk", 0.75), ("mmmmm", 0.79)], False),
        ([("a heading", 0.97), ("under a stain of ink", 0.55)], True),
        ([("ab", 0.95), ("forty characters that nobody could read..", 0.75)], False),
        ([("three of four characters are right", 0.86)], True),
        ([("confidence unknown", None)], True),
        ([], False),
        ([("  ", 0.99)], False),
    ],
)
def test_text_is_trusted_by_how_many_of_its_characters_are_right(lines, trusted: bool) -> None:
    assert is_trusted(read(*lines)) is trusted


def test_a_heading_alone_on_a_page_full_of_lines_is_not_its_text() -> None:
    page = PageImage(1, PRINT)
    assert is_mostly_unread(page, read(("A heading", 0.99)))
    assert not is_mostly_unread(page, read(*[("A line of it", 0.99)] * 20))


def test_a_page_with_little_on_it_was_read_with_that() -> None:
    assert not is_mostly_unread(typed_page(("see over",)), read(("see over", 0.99)))
