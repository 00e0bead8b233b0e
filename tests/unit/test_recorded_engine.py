"""Readings kept and repeated."""

import numpy as np
import pytest

from tests.builders.typed_pages import typed_page
from tests.unit.test_read_page import Fake
from workers.page_image import PageImage
from workers.recognize.recorded import RecordedEngine, load_recordings, pixel_digest, record, save_recordings

PAGE = typed_page()


def test_a_recorded_page_is_read_as_it_was():
    engine = RecordedEngine(record(Fake("one", "two"), [PAGE]))
    assert engine.read(PAGE).text == "one\ntwo"


def test_an_unknown_page_is_refused_in_words():
    with pytest.raises(LookupError, match=r"record\(\) the page"):
        RecordedEngine({}).read(PAGE)


def test_the_version_says_whose_readings_they_are():
    assert RecordedEngine(record(Fake("one"), [PAGE])).version.key() == "recorded/1/fake/1"


def test_recordings_survive_a_file(tmp_path):
    recordings = record(Fake("报案号 B2024", "two"), [PAGE])
    save_recordings(recordings, tmp_path / "pages.json")
    assert load_recordings(tmp_path / "pages.json") == recordings


def test_a_digest_depends_on_shape_and_pixels_alone():
    tall, wide = (PageImage(1, np.zeros(shape, dtype=np.uint8)) for shape in ((4, 2, 3), (2, 4, 3)))
    assert pixel_digest(tall) != pixel_digest(wide)
    assert pixel_digest(PageImage(9, tall.pixels, 300.0)) == pixel_digest(tall)
    assert pixel_digest(PageImage(1, tall.pixels + np.uint8(1))) != pixel_digest(tall)
    assert pixel_digest(PageImage(1, np.asfortranarray(PAGE.pixels))) == pixel_digest(PAGE)
