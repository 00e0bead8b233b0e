"""How reading a page ends."""

import numpy as np
import pytest

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageState, PageText
from tests.builders.typed_pages import blank_page, typed_page
from workers.page_image import PageImage
from workers.recognize.read_page import read_page

VERSION = EngineVersion("fake", "1")


class Fake:
    """An engine that always finds the same lines."""

    def __init__(self, *lines: str, confidence: float | None = None) -> None:
        self.lines = lines
        self.confidence = confidence
        self.pages_read = 0

    @property
    def version(self) -> EngineVersion:
        return VERSION

    def read(self, image: PageImage) -> PageText:
        self.pages_read += 1
        box = upright(0, 0, 10, 10)
        lines = tuple(Line(text, box, (box,) * len(text), self.confidence) for text in self.lines)
        return PageText(image.page_number, image.width, image.height, 100.0, 0, lines, VERSION)


class Broken(Fake):
    def read(self, image: PageImage) -> PageText:
        raise RuntimeError(f"out of luck on page {image.page_number}")


class ReadsInAMirror(Fake):
    """Finds text on every second page that it is given."""

    def read(self, image: PageImage) -> PageText:
        self.lines = ("the other side",) if self.pages_read else ()
        return super().read(image)


class ReadsMirrored(Fake):
    """Reads print in a mirror as what it says, and tells by the corners that it is one."""

    def read(self, image: PageImage) -> PageText:
        self.pages_read += 1
        (left, top), (right, _), (_, foot), _ = upright(0, 0, 10, 10)
        box = ((right, top), (left, top), (left, foot), (right, foot))
        lines = tuple(Line(text, box, (box,) * len(text), 0.99) for text in self.lines)
        return PageText(image.page_number, image.width, image.height, 100.0, 0, lines, VERSION)


MANY_LINES = tuple(f"An invented line of print, number {number}" for number in range(14))


def faint() -> PageImage:
    """Print of twelve levels of 255."""
    print_ = typed_page(MANY_LINES, size=20).pixels.astype(int)
    return PageImage(1, (243 + (print_ - 255) * 12 // 255).astype(np.uint8), 110.0)


def test_a_page_with_text_is_read():
    reading = read_page(typed_page(page_number=3), Fake("some text"))
    assert (reading.page_number, reading.state, reading.reason) == (3, PageState.READ, None)
    assert reading.text is not None
    assert reading.text.text == "some text"


def test_a_blank_page_is_blank_and_costs_no_reading():
    engine = Fake("ghosts")
    assert read_page(blank_page(), engine).state is PageState.BLANK
    assert engine.pages_read == 0


@pytest.mark.parametrize("lines", [(), ("  ",)])
def test_print_that_was_not_read_is_a_failure_and_no_blank_page(lines):
    reading = read_page(typed_page(MANY_LINES, size=20), Fake(*lines))
    assert (reading.state, reading.reason, reading.text) == (PageState.FAILED, "page_unreadable", None)


def test_text_of_which_most_is_wrong_is_not_kept():
    reading = read_page(typed_page(MANY_LINES, size=20), Fake("xqj wv", "bb7k", confidence=0.5))
    assert (reading.state, reading.reason, reading.text) == (PageState.FAILED, "page_unreadable", None)


@pytest.mark.parametrize("confidence", [0.97, 0.88, None])
def test_text_of_which_most_is_right_or_nothing_is_known_is_kept(confidence):
    assert read_page(typed_page(), Fake("some text", confidence=confidence)).state is PageState.READ


def test_print_that_reads_only_in_a_mirror_is_that_of_the_other_side():
    engine = ReadsInAMirror()
    assert read_page(faint(), engine).state is PageState.BLANK
    assert engine.pages_read == 2


def test_faint_print_that_was_read_in_a_mirror_is_that_of_the_other_side_and_clear_print_is_the_page():
    engine = ReadsMirrored(*MANY_LINES)
    assert read_page(faint(), engine).state is PageState.BLANK
    assert engine.pages_read == 1
    assert read_page(typed_page(MANY_LINES, size=20), engine).state is PageState.READ


def test_faint_print_that_cannot_be_read_either_way_is_a_failure():
    reading = read_page(faint(), Fake())
    assert (reading.state, reading.reason) == (PageState.FAILED, "page_too_faint")


def test_faint_print_that_is_read_well_is_kept_and_not_read_twice():
    engine = Fake(*MANY_LINES)
    assert read_page(faint(), engine).state is PageState.READ
    assert engine.pages_read == 1


def test_faint_print_that_reads_no_better_in_a_mirror_is_kept():
    assert read_page(faint(), Fake(*MANY_LINES, confidence=0.9)).state is PageState.READ


def test_an_engine_that_breaks_is_not_taken_for_a_page_without_text():
    with pytest.raises(RuntimeError):
        read_page(typed_page(), Broken())
