"""What every test may use. Real documents lie beside the project; where they are absent, tests on them skip."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any_machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")
"""How long an example takes says something about the machine, and nothing about the code."""

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


@pytest.fixture(scope="session")
def open_samples() -> Path:
    """Real documents under open licences."""
    folder = SAMPLES / "open"
    if not folder.is_dir():
        pytest.skip("the open sample documents are not here")
    return folder


@pytest.fixture(scope="session")
def nc_samples() -> Path:
    """Real documents for non-commercial use only: read from where they lie, never copied."""
    folder = SAMPLES / "nc"
    if not folder.is_dir():
        pytest.skip("the non-commercial sample documents are not here")
    return folder
