"""What the end of a worker process means for the step that it had in hand, and watching while parts are away."""

import signal
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.catalog import documents, work
from archive.errors import Unavailable
from schemas.work import Job, Stage
from tests.builders.archives import Clock, make_archive
from tests.builders.catalogs import document
from workers.running.deaths import CATALOG_AWAY, NOTHING, Death, Deaths, Patience, is_alive, name_of, own_name, reclaim
from workers.running.watch import Watch

READ = Job(Stage.READ, "D-1", 1)
OWNER = "somewhere:1:1.00/1"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def archive(tmp_path, clock):
    with make_archive(tmp_path / "home", clock) as archive:
        with archive.catalog.write() as connection:
            documents.add(connection, document("D-1"))
            documents.opened(connection, "D-1", 1, ())
            work.put(connection, (READ,), clock())
        yield archive


def row(archive):
    with archive.catalog.read() as connection:
        return tuple(connection.exec_driver_sql("SELECT state, reason, failures, interruptions FROM work").one())


@pytest.mark.parametrize(
    ("exit_code", "cause", "left"),
    [
        pytest.param(-signal.SIGSEGV, None, ("waiting", "page_crash", 1, 0), id="it crashed"),
        pytest.param(3, None, ("waiting", "page_crash", 1, 0), id="it ended by itself"),
        pytest.param(-signal.SIGKILL, None, ("waiting", None, 0, 1), id="somebody killed it"),
        pytest.param(-signal.SIGKILL, "timeout", ("waiting", "page_timeout", 1, 0), id="it took too long"),
        pytest.param(-signal.SIGKILL, "memory", ("waiting", "page_memory", 1, 0), id="it took too much memory"),
        pytest.param(CATALOG_AWAY, None, ("waiting", None, 0, 0), id="it could not record how the step ended"),
    ],
)
def test_a_death_is_counted_against_whom_it_should_be(archive, exit_code, cause, left):
    archive.queue.take(OWNER)
    deaths = Deaths(archive)
    deaths.add(Death(OWNER, exit_code, cause))
    deaths.record()
    assert row(archive) == left


def test_a_process_that_was_ended_for_another_step_than_the_one_it_holds_now_is_interrupted(archive):
    lease = archive.queue.take(OWNER)
    deaths = Deaths(archive)
    for in_hand in (NOTHING, (lease.work_id, lease.token + 1)):
        deaths.add(Death(OWNER, -signal.SIGKILL, "timeout", in_hand))
    deaths.record()
    assert row(archive) == ("waiting", None, 0, 1)


def test_a_death_with_nothing_in_hand_changes_nothing(archive):
    deaths = Deaths(archive)
    deaths.add(Death(OWNER, -signal.SIGSEGV))
    deaths.record()
    assert row(archive) == ("waiting", None, 0, 0)


class Away:
    """A catalog that does not answer."""

    @contextmanager
    def read(self):
        raise Unavailable("catalog_unavailable")
        yield


def test_deaths_wait_while_the_catalog_is_away_and_nobody_else_counts_them(archive):
    archive.queue.take(OWNER)
    deaths = Deaths(replace(archive, catalog=Away()))
    deaths.add(Death(OWNER, -signal.SIGSEGV))
    with pytest.raises(Unavailable):
        deaths.record()
    assert deaths.names(OWNER)
    deaths.archive = archive
    reclaim(archive, deaths.names)
    assert row(archive)[0] == "leased"
    deaths.record()
    assert row(archive) == ("waiting", "page_crash", 1, 0)
    assert not deaths.names(OWNER)


def test_leases_that_ran_out_and_those_of_the_dead_are_taken_back(archive, clock):
    archive.queue.take(OWNER)
    reclaim(archive, lambda owner: True)
    assert row(archive)[0] == "leased"
    reclaim(archive, lambda owner: False)
    assert row(archive) == ("waiting", None, 0, 1)
    archive.queue.take(OWNER)
    clock.advance(timedelta(days=1))
    reclaim(archive, lambda owner: True)
    assert row(archive) == ("waiting", None, 0, 2)


def test_a_process_is_known_by_more_than_its_number():
    assert is_alive(f"{own_name()}/child")
    host, pid, _ = own_name().rsplit(":", 2)
    assert not is_alive(f"{host}:{pid}:0.00/child"), "the number belongs to another process now"
    assert is_alive("elsewhere:1:0.00/child"), "of another machine nobody can know"
    assert name_of(int(pid)) == own_name()


def test_patience_grows_up_to_a_bound_and_begins_anew():
    patience, away = Patience(longest=2.0), Unavailable("catalog_unavailable")
    assert [patience.after(away) for _ in range(6)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    patience.is_over()
    assert patience.after(away) == 0.25


class Crew:
    """Workers that do one step at each tick."""

    def __init__(self, archive, each_tick):
        self.archive, self.each_tick, self.ended = archive, each_tick, False

    def tend(self):
        self.each_tick()

    def has(self, owner):
        return False

    def end(self):
        self.ended = True


def complete_one(archive):
    lease = archive.queue.take("crew")
    with archive.catalog.write() as connection:
        work.complete(connection, lease)


def test_watching_ends_when_nothing_waits(archive):
    crew = Crew(archive, lambda: complete_one(archive))
    assert Watch(archive).run(crew, lambda: None, until_idle=True)
    assert crew.ended


def test_watching_ends_when_it_is_asked_to(archive):
    watch = Watch(archive)
    crew = Crew(archive, watch.stop)
    assert not watch.run(crew, lambda: None, until_idle=False)
    assert crew.ended


def test_watching_outlasts_a_catalog_that_is_away(archive):
    ticks = []
    watch = Watch(replace(archive, catalog=Away()))

    def tick():
        ticks.append(True)
        if len(ticks) == 3:
            watch.archive = archive
            complete_one(archive)

    crew = Crew(archive, tick)
    assert watch.run(crew, lambda: None, until_idle=True)
    assert len(ticks) >= 3
