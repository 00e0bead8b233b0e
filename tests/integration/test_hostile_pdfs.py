"""The generator of hostile PDFs: a case proves something only if its secrets are really in it, and can be got out."""

import io

import pikepdf
import pypdfium2
import pytest

from bench.hostile.cases import CASES, READERS, Case
from bench.hostile.form import DPI, Form, drawn
from bench.hostile.honest import CONTROLS
from bench.hostile.recover import pixels, shown_in, stored, strings, text
from bench.papers.fonts import missing_packages
from bench.papers.numbers import identity_check

pytestmark = pytest.mark.skipif(bool(missing_packages()), reason="the papers' fonts are not installed")

FORM = Form.of(3)


def case_id(case: Case) -> str:
    return f"{case.group}-{case.name}"


def test_there_are_forty_ways_and_more_each_named_once():
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_planted_values_can_be_got_out(case):
    assert READERS[case.reader](case.make(FORM), FORM) == set(FORM.values)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_every_file_opens_and_has_one_page(case):
    data = case.make(FORM)
    with pikepdf.open(io.BytesIO(data)) as pdf, pypdfium2.PdfDocument(data) as shown:
        assert len(pdf.pages) == len(shown) == 1


@pytest.mark.parametrize("make", CONTROLS, ids=lambda make: make.__name__)
def test_files_that_hide_well_give_nothing_to_any_reader(make):
    data = make(FORM)
    assert {name for name, read in READERS.items() if name != "uncovered" and read(data, FORM)} == set()


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_in_the_clear and case.group != "pixels"], ids=case_id)
def test_what_is_hidden_badly_is_hidden_from_the_eye(case):
    page = drawn(case.make(FORM), DPI)
    if page.size == FORM.picture().size and case.name not in SEEN_THROUGH:
        assert shown_in(page.point(lambda shade: shade // 64 * 64), FORM) == set()


SEEN_THROUGH = {"type3_glyph_that_says_it", "marks_that_are_not_printed"}
"""A viewer that draws only what it must shows these; others hide them."""


def test_the_same_seed_gives_the_same_files():
    unlocked = [case for case in CASES if case.name != "encrypted_without_a_password"][:20]
    assert [case.make(FORM) for case in unlocked] == [case.make(Form.of(3)) for case in unlocked]


def test_another_seed_gives_another_person_whose_numbers_are_sound():
    other = Form.of(4)
    assert not set(other.values[:4]) & set(FORM.values)
    assert all(identity_check(form.values[1][:17]) == form.values[1][17] for form in (FORM, other))


def test_an_open_form_is_read_by_every_simple_reader():
    data = FORM.pdf(FORM.labels() + FORM.shown())
    assert text(data, FORM) == pixels(data, FORM) == set(FORM.values)
    assert strings(data, FORM) == stored(data, FORM) == set()


def test_the_truth_has_a_place_for_every_planted_value():
    page, picture = FORM.truth(), FORM.picture().convert("L")
    for each in FORM.entities():
        (quad,) = each.boxes
        cut = picture.crop((round(quad[0][0]), round(quad[0][1]), round(quad[2][0]), round(quad[2][1])))
        assert page.text[slice(*each.span)] == each.text
        assert cut.getextrema()[0] < 80
