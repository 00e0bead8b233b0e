"""Worker processes: what goes wrong with a page stays with that page, and nothing that was begun is lost."""

import io
import multiprocessing
import os
import signal
import threading
import time

import psutil
import pytest

from archive.catalog import documents, work
from archive.catalog.page_filter import parse_filter
from archive.custody import Custody, open_batch
from archive.wiring import open_archive
from ingest.intake import take
from tests.builders.archives import make_archive
from tests.builders.read_documents import files_of, page_of, scan, versions_of
from tests.fakes import faulty, two_engines
from workers.anew import again, reread
from workers.running.pool import Pool

SETTINGS = """
[work]
retry_seconds = 0.05
tries = 2
[limits]
page_seconds = {seconds}
worker_memory_bytes = 1000000000
"""


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text(SETTINGS.format(seconds=120))
    return home


def tiff(*corners: tuple[int, int, int]) -> bytes:
    first, *others = [faulty.page(corner) for corner in corners]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    return out.getvalue()


def ingest(archive, data: bytes) -> str:
    batch = open_batch(archive, Custody("disk", "1", "op"))
    (receipt,) = take(archive, batch, "scan.tif", io.BytesIO(data))
    assert receipt.document_id is not None
    return receipt.document_id


def states(archive, document_id):
    with archive.catalog.read() as connection:
        return [(page.state.value, page.reason) for page in documents.pages_of(connection, document_id)]


def state(archive, document_id):
    with archive.catalog.read() as connection:
        row = documents.get(connection, document_id)
    return row.state, row.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("corner", "reason"),
    [
        (faulty.HANG, "page_timeout"),
        (faulty.CRASH, "page_crash"),
        (faulty.DEVOUR, "page_memory"),
        (faulty.RAISE, "page_error"),
    ],
)
def test_a_bad_page_fails_alone_with_its_reason(home, corner, reason, capfd):
    if corner == faulty.HANG:
        (home / "claimkeep.toml").write_text(SETTINGS.format(seconds=5))
    with open_archive(home) as archive:
        document_id = ingest(archive, tiff(faulty.SOUND, corner, faulty.SOUND))
        assert Pool(archive, 2, load=faulty.load).run()
        assert states(archive, document_id) == [("read", None), ("failed", reason), ("read", None)]
        assert state(archive, document_id)[0] == "partial"
        with archive.catalog.read() as connection:
            assert archive.ledger.verify(connection).intact
    assert faulty.TEXT not in capfd.readouterr().err


@pytest.mark.slow
def test_a_failed_page_is_done_again_when_asked_and_not_before(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, tiff(faulty.SOUND, faulty.RAISE))
        Pool(archive, 1, load=faulty.load).run()
        assert again.retry(archive, document_id, "page_crash").pages == 0
        assert again.retry(archive, document_id, None).pages == 1
        assert states(archive, document_id)[1] == ("waiting", None)
        Pool(archive, 1, load=faulty.load).run()
        assert states(archive, document_id)[1] == ("failed", "page_error")
        assert state(archive, document_id)[0] == "partial"


@pytest.mark.slow
def test_workers_that_are_killed_from_outside_lose_and_double_nothing(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, tiff(*[faulty.SLOW] * 12))
        killed: list[int | None] = []

        def kill_one_now_and_then() -> None:
            workers = [each.pid for each in multiprocessing.active_children() if each.pid not in killed]
            if len(killed) < 4 and workers and psutil.Process(workers[0]).create_time() + 3.5 < time.time():
                killed.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)

        assert Pool(archive, 2, kill_one_now_and_then, load=faulty.load).run()
        assert killed
        assert states(archive, document_id) == [("read", None)] * 12
        with archive.catalog.read() as connection:
            assert archive.ledger.verify(connection).intact
            events = [row.kind for row in connection.exec_driver_sql("SELECT kind FROM events")]
        assert events.count("page.read") == 12


@pytest.mark.slow
def test_work_that_is_stopped_goes_on_where_it_was(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, tiff(*[faulty.SLOW] * 6))
        pool = Pool(archive, 1, load=faulty.load)
        threading.Timer(2.5, pool.stop).start()
        pool.run()
        with archive.catalog.read() as connection:
            assert not any(stage_state == "leased" for _, stage_state in work.counts(connection))
        assert Pool(archive, 1, load=faulty.load).run()
        assert states(archive, document_id) == [("read", None)] * 6


def read_again_by_paddle(archive):
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", two_engines.PADDLE.key()), low)


@pytest.mark.slow
def test_an_engine_that_takes_its_process_with_it_costs_one_try_and_no_older_reading(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(two_engines.POOR, two_engines.CRASHES))
        Pool(archive, 2, load=two_engines.load).run()
        read_again_by_paddle(archive)
        assert Pool(archive, 2, load=two_engines.load).run()
        assert [page_of(archive, document_id, number).version for number in (1, 2)] == [2, 1]
        assert versions_of(archive, document_id)[-1] == (2, 2, "failed", "page_crash")
        assert files_of(archive, document_id) == [("handler", 2, "ready")]


@pytest.mark.slow
def test_rereading_that_is_stopped_goes_on_in_whatever_worker_runs_next(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, scan(*[two_engines.SLOW] * 6))
        Pool(archive, 2, load=two_engines.load).run()
        read_again_by_paddle(archive)
        pool = Pool(archive, 1, load=two_engines.load)
        pool.on_tick = lambda: pool.stop() if page_of(archive, document_id, 2).version == 2 else None
        assert not pool.run()
        assert Pool(archive, 2, load=two_engines.load).run()
        assert [page_of(archive, document_id, number).engine for number in range(1, 7)] == [two_engines.PADDLE.key()] * 6
        assert len(versions_of(archive, document_id)) == 12
        assert files_of(archive, document_id) == [("handler", 2, "ready")]
