"""Every row of docs/identifiers.md behind its label: left of the value, above it and as a column head; whole and damaged."""

import re
from pathlib import Path

import pytest

from bench.identifiers.values import ROWS, Row
from bench.recall import measure_planted
from schemas.region import REGION_KINDS
from workers.extract.extractor import Extractor
from workers.extract.resolve import KIND_ORDER

CATALOGUE = Path(__file__).parents[3] / "docs" / "identifiers.md"
SHORT = {"CN_NAME", "DOCTOR", "US_ADDRESS", "EMAIL"}
"""Kinds of which a damaged value may be missed in one form of twenty; all others are hidden in every form."""


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.language}-{row.labels[0]}")
def test_a_value_is_hidden_behind_its_label_whatever_ocr_made_of_it(extractor: Extractor, row: Row):
    tallies = measure_planted(extractor, row, rounds=1, misses=[])["labelled"]
    missed = {damage for damage, tally in tallies.items() if tally.share("found") < 1}
    assert not missed or row.kind in SHORT
    assert all(tally.share("touched") == 1 for tally in tallies.values())


def test_every_kind_of_the_catalogue_is_recognised():
    rows = re.findall(r"^\| (`[A-Z].*?) \|", CATALOGUE.read_text("utf-8"), re.MULTILINE)
    codes = {code for row in rows for code in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    not_text = {"BIOMETRIC", *REGION_KINDS}
    assert codes - not_text - {"US_CLAIM"} <= set(KIND_ORDER)  # American claims are CLAIM
    assert codes >= set(REGION_KINDS)
    assert {"CERTIFICATE", "DEVICE", "MEDICATION", "AGE", "OCCUPATION"} <= codes
