"""Time, as something that is handed in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from archive.errors import Unavailable

Clock = Callable[[], datetime]
"""Gives the present moment with its time zone."""


def utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the clock that others take


class SharedClock:
    """The clock of a server, for all who use it: machines whose own clocks are wrong agree on when a lease has run out.

    *ask* is asked when the clock is made, which passes on its Unavailable, and again after *seconds*; in between, and while it
    is away, time is counted on, by a clock that nobody sets. Safe to use from several threads.
    """

    def __init__(self, ask: Clock, seconds: float = 300.0) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = Lock()
        self._known = ask(), _uptime()
        self._next = _uptime() + seconds

    def __call__(self) -> datetime:
        if _uptime() >= self._next and self._lock.acquire(blocking=False):
            try:
                self._set()
            finally:
                self._lock.release()
        then, at = self._known
        return then + timedelta(seconds=_uptime() - at)

    def _set(self) -> None:
        self._next = _uptime() + self._seconds
        try:
            self._known = self._ask(), _uptime()
        except Unavailable:
            return  # counted on; it is asked again after as long


def _uptime() -> float:
    """Seconds since the machine started, those that it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
