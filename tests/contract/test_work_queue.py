"""One suite for every work queue, and for the leases that decide."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import documents, work
from archive.catalog.documents import Document
from archive.errors import Refused
from schemas.work import Job, Stage
from tests.builders.archives import Clock, make_archive

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ_ONE, READ_TWO, OPEN = Job(Stage.READ, "D-1", 1), Job(Stage.READ, "D-1", 2), Job(Stage.OPEN, "D-1")


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def archive(tmp_path, clock):
    with make_archive(tmp_path / "home", clock) as made:
        with made.catalog.write() as connection:
            documents.add(connection, document("D-1"))
        yield made


def document(document_id):
    return Document(
        document_id, "ab" * 32, 1, "image/png", "originals/x", b"", "waiting", None, None, (), None, None, None, "2026", None
    )


def put(archive, *jobs):
    with archive.catalog.write() as connection:
        work.put(connection, jobs, archive.clock())
    archive.queue.announce(jobs)


def end(archive, lease):
    with archive.catalog.write() as connection:
        work.complete(connection, lease)


def test_a_job_is_taken_once(archive):
    put(archive, READ_ONE)
    assert archive.queue.take("one").job == READ_ONE
    assert archive.queue.take("two") is None


def test_a_job_that_is_put_twice_is_there_once(archive):
    put(archive, READ_ONE)
    put(archive, READ_ONE)
    archive.queue.take("one")
    assert archive.queue.take("two") is None


def test_documents_are_opened_before_pages_are_read(archive):
    put(archive, READ_ONE, OPEN)
    assert archive.queue.take("one").job == OPEN


def test_a_finished_job_is_not_taken_again(archive):
    put(archive, READ_ONE)
    end(archive, archive.queue.take("one"))
    assert archive.queue.take("one") is None
    with archive.catalog.read() as connection:
        assert work.is_idle(connection)


def test_a_lease_that_ran_out_is_lost_and_its_late_result_refused(archive, clock):
    put(archive, READ_ONE)
    late = archive.queue.take("slow")
    clock.advance(timedelta(days=1))
    with archive.catalog.write() as connection:
        (lost,) = work.lost(connection, clock(), is_alive=lambda owner: True)
        work.interrupt(connection, lost)
    newer = archive.queue.take("quick")
    assert newer.token > late.token
    with pytest.raises(Refused, match="lease_lost"):
        end(archive, late)
    end(archive, newer)


def test_a_lease_whose_owner_died_is_lost_at_once(archive, clock):
    put(archive, READ_ONE)
    archive.queue.take("dead")
    with archive.catalog.read() as connection:
        assert [each.owner for each in work.lost(connection, clock(), is_alive=lambda owner: owner != "dead")] == ["dead"]


def test_an_interruption_is_not_counted_as_a_failure(archive):
    put(archive, READ_ONE)
    lease = archive.queue.take("one")
    with archive.catalog.write() as connection:
        assert work.interrupt(connection, lease) == 1
        assert work.failures(connection, lease) == 0


def test_a_failed_try_waits_and_the_last_one_ends_the_job(archive, clock):
    put(archive, READ_ONE)
    for final in (False, False, True):
        lease = archive.queue.take("one")
        with archive.catalog.write() as connection:
            assert work.fail(connection, lease, "page_crash", 3, clock() + timedelta(seconds=5)) is final
        assert archive.queue.take("one") is None
        clock.advance(timedelta(seconds=6))
    assert archive.queue.take("one") is None


def test_a_job_that_is_put_again_is_done_anew_and_leases_that_are_out_are_worth_nothing(archive, clock):
    put(archive, READ_ONE)
    former = archive.queue.take("one")
    with archive.catalog.write() as connection:
        work.put_again(connection, READ_ONE, clock())
    with pytest.raises(Refused):
        end(archive, former)
    end(archive, archive.queue.take("two"))


def test_a_postponed_job_counts_nothing_and_comes_back(archive, clock):
    put(archive, READ_ONE)
    lease = archive.queue.take("one")
    with archive.catalog.write() as connection:
        work.postpone(connection, lease, clock() + timedelta(seconds=10))
    assert archive.queue.take("one") is None
    clock.advance(timedelta(seconds=11))
    again = archive.queue.take("one")
    with archive.catalog.read() as connection:
        assert work.failures(connection, again) == 0
