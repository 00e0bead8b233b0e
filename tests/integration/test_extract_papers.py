"""Extraction on generated papers with exact text: what a reader could at best make of them."""

import pytest

from bench.extraction_papers import Tally, generated, tally
from bench.papers.fonts import missing_packages
from workers.extract.extractor import Extractor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_packages()), reason="type faces are missing: run `make fonts`"),
]
ALWAYS_HIDDEN = ("CN_ID18", "CN_MOBILE", "CN_BANK", "CN_PHONE", "MRN", "DOB")


@pytest.fixture(scope="module")
def counts() -> Tally:
    return tally(Extractor(), generated(range(7000, 7004)))


@pytest.mark.parametrize("kind", ALWAYS_HIDDEN)
def test_every_number_that_identifies_is_found(counts, kind):
    assert counts.entities[kind]["hidden"] == counts.entities[kind]["asked"] > 0


def test_nearly_every_name_and_address_is_found(counts):
    for kind, floor in (("CN_NAME", 0.97), ("CN_ADDRESS", 0.95), ("POLICY", 0.95), ("DIAGNOSIS", 0.95)):
        assert counts.entities[kind]["hidden"] >= floor * counts.entities[kind]["asked"]


def test_the_fields_people_search_by_are_right(counts):
    for name in ("insured", "policy_number", "identity_number", "admission_date"):
        assert counts.fields[name]["right"] >= 0.9 * counts.fields[name]["asked"]


def test_the_class_is_right(counts):
    assert counts.classes["right"] >= 0.9 * counts.classes["asked"]
