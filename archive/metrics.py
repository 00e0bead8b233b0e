"""Figures for Prometheus: counts and times, never an id or a value.

They are given at an address of their own (`[metrics]`) and not by the API. The API is published through a proxy, and how much
an archive holds and where it fails is nobody's business outside; a scrape must be answered while the API is busy; and
Prometheus needs no credential that would open anything else.

A scrape reads what was counted last. Counting goes on beside it, never twice at once and for a twentieth of the time at most,
so that ten million pages cost the catalog no more than ten thousand.
"""

import errno
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from archive.errors import ArchiveError, Rejected
from archive.figures import Figures, count_catalog
from archive.queue.dead_letters import KeepsDeadLetters
from archive.settings import MetricsSettings
from archive.standing import Examiner, free_bytes
from archive.wiring import Archive
from schemas.work import Stage

_LEAST_AGE_SECONDS = 10.0  # Prometheus asks every 15 s
_SHARE = 20  # counting may take one part in so many of the time
_PATIENCE_SECONDS = 3.0  # for the first figures; Prometheus gives up after 10 s

_UNMASKINGS = ("asked", "granted", "refused", "failed", "ended")

T = TypeVar("T")
_Values = Iterable[tuple[tuple[str, ...], float]]
"""Values of a metric, by its labels."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted at one time. None where a part did not answer."""

    figures: Figures | None
    indexed: int | None
    queued: Mapping[Stage, int] | None
    dead: int | None


class Kept(Generic[T]):
    """A value that is costly to make: made in a thread of its own, and given as it was made last."""

    def __init__(self, make: Callable[[], T], least_age_seconds: float = _LEAST_AGE_SECONDS) -> None:
        self._make = make
        self._least_age = least_age_seconds
        self._lock = Lock()
        self._is_there = Event()
        self._value: T | None = None
        self._made_at = self._due_at = 0.0
        self._making = False

    def get(self, patience_seconds: float = _PATIENCE_SECONDS) -> tuple[T | None, float]:
        """The value and its age in seconds. The first one is waited for; None where it takes longer than that."""
        with self._lock:
            if not self._making and time.monotonic() >= self._due_at:
                self._making = True
                Thread(target=self._renew, name="figures", daemon=True).start()
        self._is_there.wait(patience_seconds)
        return self._value, time.monotonic() - self._made_at if self._is_there.is_set() else 0.0

    def _renew(self) -> None:
        began = time.monotonic()
        try:
            self._value = self._make()
        finally:
            ended = time.monotonic()
            with self._lock:
                self._made_at, self._making = ended, False
                self._due_at = ended + max(self._least_age, _SHARE * (ended - began))
            self._is_there.set()


class ArchiveCollector(Collector):
    """What the archive knows of itself, as metrics."""

    def __init__(self, archive: Archive, examiner: Examiner | None = None) -> None:
        self._archive = archive
        self._examiner = examiner or Examiner(archive)
        self._kept = Kept(lambda: _count(archive))

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the archive."""
        return ()

    def collect(self) -> Iterator[Metric]:
        yield _gauge("part_up", "Whether a part of the archive answers.", ("part",), self._parts())
        yield from self._disk()
        counted, age = self._kept.get()
        if counted is not None:
            yield _number("figures_age_seconds", "How long ago the figures of the archive were counted.", age)
            yield from _metrics_of(counted)

    def _parts(self) -> _Values:
        return [((finding.part,), float(finding.is_well)) for finding in self._examiner.examine()]

    def _disk(self) -> Iterator[Metric]:
        try:
            free = free_bytes(self._archive.home)
        except ArchiveError:
            return  # `part_up` says so
        least = self._archive.settings.limits.least_free_bytes
        yield _number("disk_free_bytes", "Free bytes of the archive's disk.", free)
        yield _number("disk_least_free_bytes", "Free bytes below which nothing is taken in and work waits.", least)


def _metrics_of(counted: Counted) -> Iterator[Metric]:
    if counted.figures is not None:
        yield from _of_catalog(counted.figures)
    if counted.indexed is not None:
        yield _number("index_documents", "Documents that the index holds.", counted.indexed)
    if counted.figures is not None and counted.indexed is not None:
        lag = max(0, counted.figures.described - counted.indexed)
        yield _number("index_lag_documents", "Documents that are described and not in the index.", lag)
    if counted.queued is not None:
        by_stage = [((stage.value,), count) for stage, count in counted.queued.items()]
        yield _gauge("queue_messages", "Messages about steps that lie in the queue, ready to be taken.", ("stage",), by_stage)
    if counted.dead is not None:
        yield _number("dead_letters", "Messages that no worker could take; the local queue has none.", counted.dead)


def _of_catalog(figures: Figures) -> Iterator[Metric]:
    yield _gauge("pages", "Pages by state and reason.", ("state", "reason"), figures.pages.items())
    yield _gauge("documents", "Documents by state and reason.", ("state", "reason"), figures.documents.items())
    yield _gauge("steps", "Steps of work that are not done.", ("stage", "state"), _every_step(figures))
    waited = [((stage.value,), seconds) for stage, seconds in figures.oldest_waiting.items()]
    yield _gauge("oldest_waiting_seconds", "For how long the oldest step has been due.", ("stage",), waited)
    yield _number("derivatives_withheld", "Files that are withheld: reading them back found something.", figures.withheld)
    yield _number("derivatives_awaiting", "Files that wait for somebody to approve them.", figures.awaiting)
    asked = [((state,), figures.unmaskings.get(state, 0)) for state in _UNMASKINGS]
    yield _gauge("unmaskings", "Requests to see a page unmasked, by state; ever.", ("state",), asked)
    alarms = figures.unmaskings["alarmed"]
    yield _number("unmasking_alarms", "Requests to see a page unmasked that were one too many within an hour; ever.", alarms)
    yield _number("access_alarms", "Alarms about people who saw very many within an hour; ever.", figures.access_alarms)
    yield _number("ledger_entries", "Entries of the ledger.", figures.ledger_entries)


def _every_step(figures: Figures) -> _Values:
    """With a zero for what there is none of: a series that is missing alarms nobody."""
    states = ("waiting", "leased")
    return [((stage.value, state), figures.steps.get((stage, state), 0)) for stage in Stage for state in states]


def _gauge(name: str, meaning: str, labels: tuple[str, ...], values: _Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"claimkeep_{name}", meaning, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family


def _number(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"claimkeep_{name}", meaning, value)


def _count(archive: Archive) -> Counted:
    return Counted(
        figures=_unless_away(lambda: count_catalog(archive)),
        indexed=_unless_away(archive.index.count),
        queued=_unless_away(archive.queue.depths),
        dead=_unless_away(lambda: _dead(archive)),
    )


def _dead(archive: Archive) -> int:
    return archive.queue.count_dead() if isinstance(archive.queue, KeepsDeadLetters) else 0


def _unless_away(count: Callable[[], T]) -> T | None:
    try:
        return count()
    except ArchiveError as error:
        log.warning("metrics.not_counted", reason=error.reason)
        return None


@contextmanager
def serving_metrics(settings: MetricsSettings, registry: CollectorRegistry) -> Iterator[None]:
    """Give the metrics of *registry* at the address of *settings*, if there is one, until the end of the block.

    Raises Rejected(bad_settings) where the address is taken: each process that gives metrics has a port of its own.
    """
    if not settings.port:
        yield
        return
    try:
        server, thread = start_http_server(settings.port, settings.host, registry)
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, "unknown")
        raise Rejected("bad_settings", f"metrics cannot be given at {settings.host} port {settings.port} ({why})") from error
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
