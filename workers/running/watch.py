"""Watching over workers, of whichever kind: takes back lost leases, announces what nobody was told of, and stops when asked.

A part of the archive that is away stops nothing here: it is asked again, more and more rarely, until it answers.
"""

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

import structlog

from archive.catalog import work
from archive.copying.closing import is_closed
from archive.errors import Refused, Unavailable
from archive.wiring import Archive
from workers.running.deaths import Deaths, Patience, is_alive, reclaim
from workers.running.measure import Measures

TICK_SECONDS = 0.25
STOP_SECONDS = 30.0  # for the page in hand, when asked to stop; after that it is interrupted
_CATCH_UP_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Crew(Protocol):
    """The workers that are watched."""

    def tend(self) -> None:
        """See that they run and keep their limits; takes up to TICK_SECONDS."""
        ...

    def has(self, owner: str) -> bool:
        """Whether *owner*, as it stands in a lease, is one of them, alive or not yet missed."""
        ...

    def end(self) -> None:
        """Let them finish what they have in hand, STOP_SECONDS long; return when none runs."""
        ...


@dataclass(slots=True)
class Watch:
    """Over one crew, once."""

    archive: Archive
    measures: Measures = field(default_factory=Measures)
    deaths: Deaths = field(init=False)
    _asked_to_stop: bool = False
    _catalog: "_Turn" = field(init=False)
    _queue: "_Turn" = field(init=False)

    def __post_init__(self) -> None:
        self.deaths = Deaths(self.archive, self.measures)
        self._catalog = _Turn(every=0.0)
        self._queue = _Turn(every=_CATCH_UP_SECONDS)

    def run(self, crew: Crew, on_tick: Callable[[], None], *, until_idle: bool) -> bool:
        """Until nothing waits, or for ever. False when it was asked to stop before that."""
        with self._signals():
            try:
                while not self._asked_to_stop and not (self._look(crew) and until_idle):
                    self._queue.take(self.archive.queue.catch_up)
                    crew.tend()
                    with suppress(Unavailable):  # what is shown is not worth stopping for
                        on_tick()
            finally:
                crew.end()
                self._look_back(crew)
        return not self._asked_to_stop

    def stop(self) -> None:
        """Have `run` end after the pages in hand."""
        self._asked_to_stop = True

    def _look(self, crew: Crew) -> bool:
        """See what the catalog says; True where nothing is left to do."""
        return bool(self._catalog.take(lambda: self._settle(crew)))

    def _settle(self, crew: Crew) -> bool:
        self.deaths.record()
        reclaim(self.archive, lambda owner: crew.has(owner) or self.deaths.names(owner) or is_alive(owner))
        with self.archive.catalog.read() as connection:
            if is_closed(connection):
                raise Refused("archive_moved", str(self.archive.home))
            return work.is_idle(connection)

    def _look_back(self, crew: Crew) -> None:
        try:
            self._settle(crew)
        except (Refused, Unavailable) as error:
            log.error("work.not_settled", reason=error.reason)  # whoever watches next takes the leases back

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM ask to stop; only the main thread can be asked so."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        try:
            former = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:
            former = {}  # not the main thread: whoever started it calls `stop`
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


class _Turn:
    """Something that is done every now and then, and more rarely while a part of the archive is away."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._patience = Patience()
        self._next = 0.0

    def take(self, do: Callable[[], int]) -> int:
        """What *do* gives, when it is time; 0 when it is not, or a part is away."""
        if time.monotonic() < self._next:
            return 0
        try:
            done = do()
        except Unavailable as error:
            self._next = time.monotonic() + self._patience.after(error)
            return 0
        self._patience.is_over()
        # Several machines watch: the first that finds an empty queue fills it, and the others find it filled.
        self._next = time.monotonic() + self._every * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        return done
