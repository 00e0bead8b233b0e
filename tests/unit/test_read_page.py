"""How reading a page ends."""

import pytest

from schemas.geometry import upright
from schemas.page import EngineVersion, Line, PageState, PageText
from tests.builders.typed_pages import blank_page, typed_page
from workers.page_image import PageImage
from workers.recognize.read_page import read_page

VERSION = EngineVersion("fake", "1")


class Fake:
    """An engine that always finds the same lines."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.pages_read = 0

    @property
    def version(self) -> EngineVersion:
        return VERSION

    def read(self, image: PageImage) -> PageText:
        self.pages_read += 1
        box = upright(0, 0, 10, 10)
        lines = tuple(Line(text, box, (box,) * len(text)) for text in self.lines)
        return PageText(image.page_number, image.width, image.height, 100.0, 0, lines, VERSION)


class Broken(Fake):
    def read(self, image: PageImage) -> PageText:
        raise RuntimeError(f"out of luck on page {image.page_number}")


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
def test_ink_without_text_is_a_failure_with_its_reason(lines):
    reading = read_page(typed_page(), Fake(*lines))
    assert (reading.state, reading.reason, reading.text) == (PageState.FAILED, "no_text_found", None)


def test_an_engine_that_breaks_is_not_taken_for_a_page_without_text():
    with pytest.raises(RuntimeError):
        read_page(typed_page(), Broken())
