"""One suite for every work queue, and for the leases that decide."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import documents, work
from archive.catalog.documents import Document
from archive.errors import Refused
from archive.queue.celery import CeleryQueue
from schemas.limits import Limits
from schemas.work import Job, Stage
from tests.builders.archives import Clock, make_archive
from tests.builders.brokers import shared_place

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ_ONE, READ_TWO, OPEN = Job(Stage.READ, "D-1", 1), Job(Stage.READ, "D-1", 2), Job(Stage.OPEN, "D-1")


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture(params=[pytest.param("local", id="local"), pytest.param("celery", id="celery", marks=pytest.mark.service)])
def archive(request, tmp_path, clock):
    with make_archive(tmp_path / "home", clock) as made, ExitStack() as stack:
        with made.catalog.write() as connection:
            documents.add(connection, document("D-1"))
        if request.param == "celery":
            place = stack.enter_context(shared_place())
            made = replace(made, queue=CeleryQueue(made.catalog, clock, Limits(), place.broker()))
        stack.callback(made.queue.close)
        yield made


def document(document_id):
    return Document(
        document_id, "ab" * 32, 1, "image/png", "originals/x", b"", "waiting", None, None, (), None, None, None, "2026", None
    )


def put(archive, *jobs):
    with archive.catalog.write() as connection:
        work.put(connection, jobs, archive.clock())
    archive.queue.announce(jobs)


def take_again(archive, owner):
    """As a worker does some time later: whoever watches workers has caught up with the catalog by then."""
    archive.queue.catch_up()
    return archive.queue.take(owner)


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
    assert take_again(archive, "one") is None
    with archive.catalog.read() as connection:
        assert work.is_idle(connection)


def test_a_lease_that_ran_out_is_lost_and_its_late_result_refused(archive, clock):
    put(archive, READ_ONE)
    late = archive.queue.take("slow")
    clock.advance(timedelta(days=1))
    with archive.catalog.write() as connection:
        (lost,) = work.lost(connection, clock(), is_alive=lambda owner: True)
        work.interrupt(connection, lost)
    newer = take_again(archive, "quick")
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
        lease = take_again(archive, "one")
        with archive.catalog.write() as connection:
            assert work.fail(connection, lease, "page_crash", 3, clock() + timedelta(seconds=5)) is final
        assert take_again(archive, "one") is None
        clock.advance(timedelta(seconds=6))
    assert take_again(archive, "one") is None


def test_a_job_that_is_put_again_is_done_anew_and_leases_that_are_out_are_worth_nothing(archive, clock):
    put(archive, READ_ONE)
    former = archive.queue.take("one")
    with archive.catalog.write() as connection:
        work.put_again(connection, READ_ONE, clock())
    with pytest.raises(Refused):
        end(archive, former)
    end(archive, take_again(archive, "two"))


def test_a_postponed_job_counts_nothing_and_comes_back(archive, clock):
    put(archive, READ_ONE)
    lease = archive.queue.take("one")
    with archive.catalog.write() as connection:
        work.postpone(connection, lease, clock() + timedelta(seconds=10))
    assert take_again(archive, "one") is None
    clock.advance(timedelta(seconds=11))
    again = take_again(archive, "one")
    with archive.catalog.read() as connection:
        assert work.failures(connection, again) == 0


def test_what_was_never_announced_is_caught_up_with(archive):
    with archive.catalog.write() as connection:
        work.put(connection, (READ_ONE, READ_TWO), archive.clock())
    taken = {take_again(archive, "one").job, take_again(archive, "two").job}
    assert taken == {READ_ONE, READ_TWO}
    assert take_again(archive, "three") is None


def test_a_job_that_is_announced_often_is_taken_once(archive):
    put(archive, READ_ONE)
    archive.queue.announce((READ_ONE, READ_ONE))
    assert archive.queue.take("one").job == READ_ONE
    assert archive.queue.take("two") is None


def test_a_job_that_is_announced_before_it_is_there_is_not_taken(archive):
    archive.queue.announce((READ_ONE,))
    assert archive.queue.take("one") is None
    put(archive, READ_ONE)
    assert archive.queue.take("one").job == READ_ONE


def test_a_job_is_not_taken_before_its_time_however_often_it_is_announced(archive, clock):
    put(archive, READ_ONE)
    lease = archive.queue.take("one")
    with archive.catalog.write() as connection:
        work.postpone(connection, lease, clock() + timedelta(seconds=10))
    archive.queue.announce((READ_ONE,))
    assert archive.queue.take("two") is None


def test_the_depth_of_each_stage_is_told(archive):
    put(archive, READ_ONE, READ_TWO, OPEN)
    assert archive.queue.depths() == {**dict.fromkeys(Stage, 0), Stage.OPEN: 1, Stage.READ: 2}
    archive.queue.take("one")
    assert archive.queue.depths()[Stage.OPEN] == 0


def test_a_queue_that_answers_passes_its_check_also_after_it_was_closed(archive):
    archive.queue.check()
    archive.queue.close()
    archive.queue.check()


def test_the_names_of_a_job_come_back_as_they_were(archive):
    job = Job(Stage.HIDE, "D-1", 7, "handler", "paddle")
    put(archive, job)
    assert archive.queue.take("one").job == job
