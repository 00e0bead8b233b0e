"""What a child process of a Celery worker does with a message: lease the step that it names, and do it as any worker would."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from celery import Celery
from celery.exceptions import Reject
from celery.signals import worker_process_init

from archive.errors import Unavailable
from archive.queue.broker import CeleryDriven
from archive.queue.messages import TASK, job_of
from archive.standing import require_room
from archive.wiring import Archive, open_archive
from schemas.work import Job, Lease
from workers.running.deaths import Patience, own_name

if TYPE_CHECKING:
    from workers.tools import Tools

_WAIT_SECONDS = 20.0  # for a part that is away, with a message in hand; then the message is let go, and is announced again
_BROKEN_SECONDS = 5.0  # until the next try of a process that cannot load its tools

log = structlog.get_logger(__name__)


def register(app: Celery, home: Path, load: "Callable[[], Tools]", report: int) -> None:
    """Add the one task there is to *app*. Call it in the process that the children are forked from.

    How each step ended is told on the file descriptor *report*.
    """
    hand = Hand(home, f"{own_name()}/", load, report)
    worker_process_init.connect(hand.begin, weak=False)

    @app.task(name=TASK, typing=False)  # type: ignore[untyped-decorator]
    def step(*arguments: object) -> None:
        hand.do(arguments)


class Hand:
    """One child process: its archive and its tools, which are opened in it and never shared."""

    def __init__(self, home: Path, family: str, load: "Callable[[], Tools]", report: int) -> None:
        self._home = home
        self._family = family
        self._load = load
        self._report = report
        self._archive: Archive | None = None
        self._tools: Tools | None = None

    def begin(self, **_signal: object) -> None:
        """Make ready before the first message comes. What is away now is waited for when it comes."""
        try:
            self._ready()
        except Unavailable as error:
            log.error("work.waits", reason=error.reason, detail=error.detail)

    def do(self, arguments: tuple[object, ...]) -> None:
        """Do the step of one message. Nothing is raised but `Reject`, for a message that says nothing of the kind."""
        try:
            job = job_of(list(arguments))
        except ValueError as error:
            raise Reject("not a step", requeue=False) from error
        leased = self._leased(job)
        if leased is not None:
            from workers.running import child

            os.write(self._report, child.do(*leased).to_line())

    def _leased(self, job: Job) -> "tuple[Archive, Tools, Lease] | None":
        """None where there is nothing to do: somebody else has the step, or it is done or not due; or a part stays away."""
        patience, until = Patience(), time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                archive, tools = self._ready()
                require_room(archive)
                lease = _queue(archive).lease(f"{self._family}{os.getpid()}", job)
            except Unavailable as error:
                if time.monotonic() > until:
                    log.warning("queue.let_go", reason=error.reason)
                    return None
                time.sleep(patience.after(error))
            else:
                return (archive, tools, lease) if lease else None

    def _ready(self) -> "tuple[Archive, Tools]":
        """Raises Unavailable. What else goes wrong here would go wrong with every message: the process ends, without haste."""
        if self._archive is None:
            self._archive = open_archive(self._home)
        if self._tools is None:
            try:
                self._tools = self._load()
            except Exception as error:  # noqa: BLE001 - whatever a broken installation may raise
                log.error("worker.cannot_load", error=type(error).__name__)
                time.sleep(_BROKEN_SECONDS)
                os._exit(1)
        return self._archive, self._tools


def _queue(archive: Archive) -> CeleryDriven:
    if not isinstance(archive.queue, CeleryDriven):
        raise TypeError("the settings name another queue than the one this worker was started for")
    return archive.queue
