"""Clocks that are set wrong, and right again: work goes on, and nobody takes a living worker's step away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import clock as clocks
from archive.catalog import documents, work
from archive.catalog.documents import Document
from archive.clock import SharedClock
from archive.errors import Unavailable
from archive.wiring import Archive, create_archive
from schemas.work import Job, Stage
from tests.builders.archives import Clock, make_archive
from workers.running import deaths
from workers.steps import results

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPEN = Job(Stage.OPEN, "D-1")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Iterator[Archive]:
    with make_archive(tmp_path / "home", clock) as made:
        with made.catalog.write() as connection:
            documents.add(connection, _document("D-1"))
            work.put(connection, (OPEN,), clock())
        yield made


def _document(document_id: str) -> Document:
    return Document(
        document_id, "ab" * 32, 1, "image/png", "originals/x", b"", "waiting", None, None, (), None, None, None, "2026", None
    )


@pytest.mark.parametrize("hours", [-1, -24 * 365])
def test_a_step_that_waits_is_done_although_the_clock_is_set_back(archive: Archive, clock: Clock, hours: int) -> None:
    clock.advance(timedelta(hours=hours))
    lease = archive.queue.take("one")
    assert lease is not None
    assert lease.job == OPEN


def test_a_step_that_was_put_off_is_done_when_the_clock_is_right_again(archive: Archive, clock: Clock) -> None:
    clock.advance(timedelta(hours=1))
    lease = archive.queue.take("one")
    assert lease is not None
    results.postponed(archive, lease)
    assert archive.queue.take("one") is None
    clock.advance(timedelta(hours=-1))
    assert archive.queue.take("one") is not None


def test_no_wait_is_longer_than_what_is_told_from_a_wrong_clock(tmp_path: Path, clock: Clock) -> None:
    settings = "[work]\nretry_seconds = 1e9\n"
    with _archive(tmp_path / "slow", clock, settings) as archive:
        lease = archive.queue.take("one")
        assert lease is not None
        results.step_failed(archive, lease, "error")
        assert archive.queue.take("one") is None
        clock.advance(work.LONGEST_WAIT)
        assert archive.queue.take("one") is not None


def _archive(home: Path, clock: Clock, settings: str) -> Archive:
    made = create_archive(home, clock, settings)
    with made.catalog.write() as connection:
        documents.add(connection, _document("D-1"))
        work.put(connection, (OPEN,), clock())
    return made


def test_a_program_is_the_same_one_whatever_the_time_of_day_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    name = deaths.own_name()
    monkeypatch.setattr("psutil.boot_time", lambda: 0.0)  # it goes with the clock, and so does what is counted from it
    assert deaths.own_name() == name
    assert deaths.is_alive(f"{name}/17")


def test_a_program_that_ended_is_not_alive_and_neither_is_a_later_one_with_its_number() -> None:
    with subprocess.Popen((sys.executable, "-c", "input()"), stdin=subprocess.PIPE) as program:
        name = deaths.name_of(program.pid)
        assert deaths.is_alive(f"{name}/1")
        program.kill()
    assert not deaths.is_alive(f"{name}/1")
    later = f"{name.rsplit(':', 2)[0]}:{os.getpid()}:{name.rsplit(':', 1)[1]}"
    assert not deaths.is_alive(f"{later}/1")


class _Server:
    """A clock that may be away, and counts how often it is asked."""

    def __init__(self) -> None:
        self.now: datetime | None = NOW
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        if self.now is None:
            raise Unavailable("catalog_unavailable")
        return self.now


@pytest.fixture
def uptime(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [1000.0]
    monkeypatch.setattr(clocks, "_uptime", lambda: seconds[0])
    return seconds


def test_a_shared_clock_tells_the_servers_time_and_asks_seldom(uptime: list[float]) -> None:
    server = _Server()
    clock = SharedClock(server, seconds=60.0)
    uptime[0] += 59.0
    assert clock() == NOW + timedelta(seconds=59)
    assert server.asked == 1
    server.now = NOW + timedelta(hours=1)
    uptime[0] += 1.0
    assert clock() == NOW + timedelta(hours=1)


def test_a_shared_clock_goes_on_while_its_server_is_away(uptime: list[float]) -> None:
    server = _Server()
    clock = SharedClock(server, seconds=60.0)
    server.now = None
    uptime[0] += 90.0
    assert clock() == NOW + timedelta(seconds=90)
    assert clock() == NOW + timedelta(seconds=90)
    assert server.asked == 2


def test_a_shared_clock_cannot_begin_while_its_server_is_away() -> None:
    server = _Server()
    server.now = None
    with pytest.raises(Unavailable):
        SharedClock(server)
