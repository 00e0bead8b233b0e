"""An engine in a process of its own, as the benchmark drives it."""

import sys
from pathlib import Path

import pytest

from bench.reading.crew import Arrangement, PeerFailed, Surroundings, at_work
from bench.reading.matching import spaced
from tests.builders.typed_pages import typed_lines, typed_page

HERE = Surroundings(Path(sys.executable))


@pytest.mark.slow
def test_two_processes_take_turns_and_readings_come_in_the_order_of_pages() -> None:
    page = typed_page()
    expected = [spaced(line.text) for line in typed_lines()]
    with at_work(Arrangement("ours_2x1", "ours", processes=2, threads=1), HERE) as crew:
        first = crew.read_first(page)
        timed = crew.read([page, page, page])
        memory = crew.peak_memory_mb
    assert crew.version.startswith("ppocr")
    assert 0 < crew.ready_seconds < first
    assert [[spaced(line) for line in reading.text.splitlines()] for reading in timed.readings] == 3 * [expected]
    assert all(reading.processor_seconds > 0 for reading in timed.readings)
    assert len(memory) == 2
    assert min(memory) > 50


def test_an_engine_that_is_not_installed_fails_with_what_it_said(tmp_path: Path) -> None:
    empty = Surroundings(Path(sys.executable), tmp_path)
    with (
        pytest.raises(PeerFailed, match="invalid choice"),
        at_work(Arrangement("nothing", "no_such_engine", processes=1, threads=1), empty),
    ):
        pass
