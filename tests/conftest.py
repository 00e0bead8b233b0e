"""What every test may use. Real documents lie beside the project; where they are absent, tests on them skip."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"

settings.register_profile("any_machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any_machine")
"""How long an example takes says something about the machine, and nothing about the code."""


@pytest.fixture(autouse=True)
def _logs_as_ever() -> Iterator[None]:
    """A command that a test calls sets the level of logs for its process, in which other tests run too."""
    yield
    structlog.reset_defaults()


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
