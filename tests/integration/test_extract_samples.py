"""Extraction over whole sets of marked texts. The sets lie beside the project and may be missing."""

from pathlib import Path

import pytest

from bench.identifiers.marked import SAMPLES, read
from bench.recall import measure
from workers.extract.extractor import Extractor

SHARED = Path(__file__).resolve().parents[3] / "shared" / "samples"
FLOORS = {
    "multipriv-zh-300": {
        "ID_NUMBER": 0.99, "PHONE": 0.99, "EMAIL": 0.99, "NAME": 0.95, "ADDRESS": 0.95, "DOCTOR": 0.9, "DIAGNOSIS": 0.9,
    },
    "presidio-synth-en-200": {"EMAIL_ADDRESS": 0.99, "US_SSN": 0.99, "CREDIT_CARD": 0.9},
}  # fmt: skip


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.name in FLOORS], ids=lambda sample: sample.name)
def test_marked_values_are_found(sample):
    if not (SHARED / sample.path).exists():
        pytest.skip("the sample set is not here")
    tallies = measure(Extractor(), sample, read(sample, SHARED), [])
    shares = {name: tallies[name].share("found") for name in FLOORS[sample.name]}
    short = {name: share for name, share in shares.items() if share < FLOORS[sample.name][name]}
    assert short == {}
