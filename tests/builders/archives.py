"""Archives for tests."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.clock import utc_now
from archive.wiring import Archive, create_archive


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


def make_archive(home: Path, clock=utc_now) -> Archive:
    """A new embedded archive in *home*."""
    return create_archive(home, clock)
