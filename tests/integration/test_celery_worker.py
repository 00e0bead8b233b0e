"""Celery workers on a real broker: what goes wrong with a page stays with that page, and nothing that was begun is lost."""

import io
import json
import os
import signal
import threading
import time
from collections import Counter

import psutil
import pytest

from archive.catalog import documents, work
from archive.custody import Custody, open_batch
from archive.queue.messages import DEAD_LETTERS, TASK, queue_of
from archive.wiring import create_archive, open_archive
from ingest.intake import take
from schemas.work import Job, Stage
from tests.builders.brokers import own_place, put_raw, raw_messages, shared_place
from tests.fakes import faulty
from workers.running.celery_pool import CeleryPool
from workers.running.pools import make_pool

pytestmark = [pytest.mark.service, pytest.mark.slow]

SETTINGS = """
[work]
retry_seconds = 0.05
tries = 2
[limits]
page_seconds = {seconds}
worker_memory_bytes = 1000000000
"""


@pytest.fixture
def place():
    with shared_place() as place:
        yield place


@pytest.fixture
def home(tmp_path, place):
    return new_home(tmp_path / "home", place)


def new_home(home, place, seconds=120, **queue):
    create_archive(home, settings=SETTINGS.format(seconds=seconds) + place.settings(**queue)).close()
    return home


def ingest(archive, *corners):
    batch = open_batch(archive, Custody("disk", "1", "op"))
    first, *others = [faulty.page(corner) for corner in corners]
    scan = io.BytesIO()
    first.save(scan, "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    (receipt,) = take(archive, batch, "scan.tif", io.BytesIO(scan.getvalue()))
    assert receipt.document_id is not None
    return receipt.document_id


def states(archive, document_id):
    with archive.catalog.read() as connection:
        return [(page.state.value, page.reason) for page in documents.pages_of(connection, document_id)]


def assert_whole(archive, document_id, pages):
    """Each page was read once, the document came to its end once, and the ledger tells it so."""
    assert states(archive, document_id) == [("read", None)] * pages
    with archive.catalog.read() as connection:
        assert archive.ledger.verify(connection).intact
        kinds = Counter(row.kind for row in connection.exec_driver_sql("SELECT kind FROM events"))
        assert documents.get(connection, document_id).state == "complete"
        assert work.is_idle(connection)
    assert (kinds["page.read"], kinds["document.planned"], kinds["document.finished"]) == (pages, 1, 1)


def family():
    """The Celery worker program of this test and its child processes; the program comes first."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if "workers.running.celery_worker" in command_line(process)
    ]


def command_line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""  # it has ended


def test_bad_pages_fail_alone_each_with_its_reason(home, place, capfd):
    command_lines = set()
    with open_archive(home) as archive:
        bad = (faulty.CRASH, faulty.DEVOUR, faulty.RAISE)
        document_id = ingest(archive, faulty.SOUND, *bad, faulty.SOUND)
        pool = make_pool(archive, 2, lambda: command_lines.update(map(command_line, family())), faulty.load)
        assert isinstance(pool, CeleryPool)
        assert pool.run()
        assert states(archive, document_id) == [
            ("read", None),
            ("failed", "page_crash"),
            ("failed", "page_memory"),
            ("failed", "page_error"),
            ("read", None),
        ]
        with archive.catalog.read() as connection:
            assert documents.get(connection, document_id).state == "partial"
            assert archive.ledger.verify(connection).intact
        assert set(archive.queue.depths().values()) == {0}
    assert command_lines
    assert not any(place.broker().password in each for each in command_lines)
    said = capfd.readouterr().err
    assert faulty.TEXT not in said
    assert place.broker().password not in said
    assert all(json.loads(line) for line in said.splitlines()), "every line that is logged is JSON"
    assert family() == []


def test_a_page_that_hangs_is_ended_and_fails_alone(tmp_path, place):
    with open_archive(new_home(tmp_path / "home", place, seconds=6)) as archive:
        document_id = ingest(archive, faulty.HANG, faulty.SOUND)
        assert CeleryPool(archive, 1, load=faulty.load).run()
        assert states(archive, document_id) == [("failed", "page_timeout"), ("read", None)]


def test_children_and_the_program_that_are_killed_lose_and_double_nothing(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, *[faulty.SLOW] * 24)
        killed = []

        def kill_now_and_then():
            now = family()
            if len(now) < 3 or time.time() < now[-1].create_time() + 2 or len(killed) >= 3:
                return
            if any(state == "leased" for _, state in counts(archive)):
                victim = now[0] if len(killed) == 1 else now[-1]
                others = [each for each in now if each != victim] if len(killed) == 1 else []
                killed.append(victim.pid)
                os.kill(victim.pid, signal.SIGKILL)
                assert not psutil.wait_procs(others, timeout=5)[1], "children end with the program that they belong to"

        assert CeleryPool(archive, 2, kill_now_and_then, faulty.load).run()
        assert len(killed) == 3
        assert_whole(archive, document_id, 24)


def counts(archive):
    with archive.catalog.read() as connection:
        return work.counts(connection)


def test_messages_that_come_twice_and_out_of_order_change_nothing(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, *[faulty.SOUND] * 4)
        pages = range(1, 5)
        early = (
            Job(Stage.FINISH, document_id),
            Job(Stage.PLAN, document_id),
            *(Job(Stage.HIDE, document_id, number, "handler") for number in pages),
            *(Job(Stage.READ, document_id, number) for number in pages),
            Job(Stage.OPEN, document_id),
            Job(Stage.OPEN, "D-NONESUCH"),
        )
        archive.queue.announce(early)

        def announce_all_again():
            if archive.queue.depths()[Stage.READ] < 20:
                archive.queue.announce(early[::-1])

        assert CeleryPool(archive, 2, announce_all_again, faulty.load).run()
        assert_whole(archive, document_id, 4)


def test_messages_that_nobody_can_read_end_with_the_dead_letters_and_hold_up_nothing(home, place):
    broker = place.broker()
    with open_archive(home) as archive:
        document_id = ingest(archive, faulty.SOUND)
        put_raw(broker, queue_of(Stage.OPEN), b"\xff\xfe", headers={"task": TASK})
        put_raw(broker, queue_of(Stage.READ), b'[[9, "read", "D-1", 1, "", ""], {}, {}]', headers={"task": TASK})
        put_raw(broker, queue_of(Stage.READ), b"cos\nsystem\n(S'id'\ntR.", content_type="application/x-python-serialize")
        put_raw(broker, queue_of(Stage.PLAN), b"{}", content_type="application/json", headers={"task": "os.system", "id": "1"})
        assert CeleryPool(archive, 2, load=faulty.load).run()
        assert_whole(archive, document_id, 1)
        assert sorted(each.queue for each in archive.queue.dead(10)) == [
            *("claimkeep.open", "claimkeep.plan", "claimkeep.read", "claimkeep.read")
        ]
    assert len(raw_messages(broker, DEAD_LETTERS)) == 4


def test_work_that_is_asked_to_stop_ends_the_page_in_hand_and_goes_on_later(home):
    with open_archive(home) as archive:
        document_id = ingest(archive, *[faulty.SLOW] * 12)

        def ask_once_it_works():
            if ("read", None) in states(archive, document_id):
                pool.stop()  # as SIGTERM does (test_services), which is no signal to send to the program that runs the tests

        pool = CeleryPool(archive, 2, ask_once_it_works, faulty.load)
        assert not pool.run()
        assert family() == []
        assert ("waiting", None) in states(archive, document_id)
        assert not any(state == "leased" for _, state in counts(archive))
        with archive.catalog.read() as connection:
            interruptions = connection.exec_driver_sql("SELECT sum(interruptions) FROM work").scalar()
        assert interruptions == 0
        assert CeleryPool(archive, 2, load=faulty.load).run()
        assert_whole(archive, document_id, 12)


def test_a_worker_may_serve_some_stages_and_another_the_rest(home):
    with open_archive(home) as archive, open_archive(home) as also:
        document_id = ingest(archive, *[faulty.SOUND] * 3)
        readers = CeleryPool(also, 1, load=faulty.load, stages=(Stage.READ,))
        thread = threading.Thread(target=readers.run, kwargs={"until_idle": False})
        thread.start()
        rest = CeleryPool(archive, 1, load=faulty.load, stages=(Stage.OPEN, Stage.PLAN, Stage.HIDE, Stage.FINISH))
        assert rest.run()
        readers.stop()
        thread.join()
        assert_whole(archive, document_id, 3)


def test_more_jobs_than_the_queue_takes_are_all_done(tmp_path, place):
    with open_archive(new_home(tmp_path / "home", place, longest=2)) as archive:
        document_id = ingest(archive, *[faulty.SOUND] * 30)
        assert CeleryPool(archive, 2, load=faulty.load).run()
        assert_whole(archive, document_id, 30)


def test_the_work_goes_on_by_itself_when_the_broker_was_killed_and_comes_back(tmp_path):
    with own_place() as place, open_archive(new_home(tmp_path / "home", place)) as archive:
        document_id = ingest(archive, *[faulty.SLOW] * 16)
        fault = []

        def kill_the_broker():
            if not fault and ("read", None) in states(archive, document_id):
                place.stack.kill("rabbitmq")
                fault.append(threading.Timer(3, place.stack.start, ("rabbitmq",)))
                fault[0].start()

        assert CeleryPool(archive, 2, kill_the_broker, faulty.load).run()
        fault[0].join()
        assert_whole(archive, document_id, 16)


def test_the_work_goes_on_when_the_broker_has_forgotten_everything(tmp_path, place, home):
    with open_archive(home) as archive:
        document_id = ingest(archive, *[faulty.SLOW] * 12)
        fault = []

        def remove_all_queues():
            if not fault and ("read", None) in states(archive, document_id):
                place.empty()
                fault.append(True)

        assert CeleryPool(archive, 2, remove_all_queues, faulty.load).run()
        assert fault
        assert_whole(archive, document_id, 12)
