"""What reaches Prometheus of real worker processes, those that die among them; and that they wait while the disk is full."""

import time

import pytest
from prometheus_client import CollectorRegistry

from archive.wiring import open_archive
from tests.builders.archives import make_archive
from tests.builders.read_documents import ingest, scan
from tests.fakes import faulty, two_engines
from tests.integration.test_pool import SETTINGS, states, tiff
from tests.integration.test_pool import ingest as ingest_faulty
from workers.running.measure import Measures
from workers.running.pool import Pool


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text(SETTINGS.format(seconds=120))
    return home


@pytest.mark.slow
def test_steps_times_and_deaths_of_worker_processes_are_counted_by_whoever_watches(home):
    registry = CollectorRegistry()
    with open_archive(home) as archive:
        document_id = ingest_faulty(archive, tiff(faulty.SOUND, faulty.CRASH, faulty.RAISE))
        assert Pool(archive, 2, load=faulty.load, measures=Measures(registry, 2)).run()
        assert [state for state, _ in states(archive, document_id)] == ["read", "failed", "failed"]
    tries = {
        outcome: registry.get_sample_value("claimkeep_steps_ended_total", {"stage": "read", "outcome": outcome})
        for outcome in ("done", "failed", "given_up")
    }
    assert tries == {"done": 1, "failed": 1, "given_up": 1}
    assert registry.get_sample_value("claimkeep_worker_ends_total", {"cause": "crash"}) == 2
    assert registry.get_sample_value("claimkeep_step_seconds_count", {"stage": "read"}) == 3
    assert registry.get_sample_value("claimkeep_pages_final_total") == 2
    assert registry.get_sample_value("claimkeep_steps_ended_total", {"stage": "finish", "outcome": "done"}) == 1


@pytest.mark.slow
def test_workers_wait_while_the_disk_is_full_and_fail_nothing(home, capfd):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.GOOD, two_engines.POOR))
    (home / "claimkeep.toml").write_text("[limits]\nleast_free_bytes = 1_000_000_000_000_000_000\n")
    with open_archive(home) as archive:
        said, until = [], time.monotonic() + 60

        def stop_when_it_waits() -> None:
            said.append(capfd.readouterr().err)
            if "disk_nearly_full" in "".join(said) or time.monotonic() > until:
                pool.stop()

        pool = Pool(archive, 1, stop_when_it_waits, load=two_engines.load)
        assert not pool.run()
        with archive.catalog.read() as connection:
            rows = connection.exec_driver_sql("SELECT stage, state, failures, interruptions FROM work").all()
    assert [tuple(row) for row in rows] == [("open", "waiting", 0, 0)]
    assert '"reason": "disk_nearly_full"' in "".join(said)
    (home / "claimkeep.toml").write_text("")
    with open_archive(home) as archive:
        assert Pool(archive, 1, load=two_engines.load).run()
        assert states(archive, document_id) == [("read", None), ("read", None)]
