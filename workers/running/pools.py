"""Which workers do the work: those that the archive's queue calls for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from archive.errors import Refused
from archive.settings import CeleryQueueSettings
from archive.wiring import Archive
from schemas.work import Stage
from workers.running.celery_pool import CeleryPool
from workers.running.measure import Measures
from workers.running.pool import Pool

if TYPE_CHECKING:
    from workers.tools import Tools


def make_pool(
    archive: Archive,
    processes: int,
    on_tick: Callable[[], None] = lambda: None,
    load: "Callable[[], Tools] | None" = None,
    stages: tuple[Stage, ...] = tuple(Stage),
    measures: Measures | None = None,
) -> Pool | CeleryPool:
    """Workers for *archive* on this machine, *processes* of them. What they do is counted in *measures*.

    Only Celery's can be held to some *stages*: Refused(no_messages) for others.
    """
    if isinstance(archive.settings.queue, CeleryQueueSettings):
        return CeleryPool(archive, processes, on_tick, load, stages, measures or Measures())
    if len(stages) < len(Stage):
        raise Refused("no_messages")
    return Pool(archive, processes, on_tick, load, measures or Measures())
