"""Where the archive stands: which of its parts answer, and whether there is room for more."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

from archive.catalog.database import SCHEMA_VERSION
from archive.errors import ArchiveError, Unavailable
from archive.keys import read_keys
from archive.wiring import Archive

ANSWER_SECONDS = 2.0
"""How long a part is waited for. Each answers in milliseconds; whoever asks for readiness gives up after 5 to 10 s."""
_KEPT_SECONDS = 1.0  # an answer holds so long, so that asking often costs the parts nothing


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part of the archive is: `reason` is a code of `schemas.reasons`, None where the part is well."""

    part: str
    reason: str | None = None
    detail: str = ""
    """What the part said, for whoever runs the archive: ids and names of servers, never values."""

    @property
    def is_well(self) -> bool:
        return self.reason is None


class Examiner:
    """Asks the parts of an archive how they are, side by side, none for longer than *seconds*.

    A part that hangs holds one thread until it answers, and is not asked again before. Safe to use from several threads.
    """

    def __init__(self, archive: Archive, seconds: float = ANSWER_SECONDS) -> None:
        self._archive = archive
        self._seconds = seconds
        self._lock = Lock()
        self._asked: dict[str, Future[Finding]] = {}
        self._kept: tuple[Finding, ...] = ()
        self._kept_until = 0.0

    def examine(self) -> tuple[Finding, ...]:
        """One finding for each part, in the order of `PARTS`."""
        with self._lock:
            if time.monotonic() >= self._kept_until:
                self._kept = self._ask_all()
                self._kept_until = time.monotonic() + _KEPT_SECONDS
            return self._kept

    def _ask_all(self) -> tuple[Finding, ...]:
        for part in PARTS:
            if part not in self._asked or self._asked[part].done():
                self._asked[part] = _asked(part, self._archive)
        wait(self._asked.values(), self._seconds)
        return tuple(self._answer(part) for part in PARTS)

    def _answer(self, part: str) -> Finding:
        asked = self._asked[part]
        return asked.result() if asked.done() else Finding(part, PARTS[part].silent, f"no answer in {self._seconds:g} s")


def free_bytes(home: Path) -> int:
    """Bytes that may still be written to the disk of the archive's folder. Raises Unavailable(store_unavailable)."""
    try:
        return shutil.disk_usage(home).free
    except OSError as error:
        raise Unavailable("store_unavailable", "the archive's folder cannot be asked for its free space") from error


def require_room(archive: Archive) -> None:
    """Raises Unavailable(disk_nearly_full) where the disk has less than `least_free_bytes` left."""
    least, free = archive.settings.limits.least_free_bytes, free_bytes(archive.home)
    if free < least:
        raise Unavailable("disk_nearly_full", f"{free} bytes are free, {least} are kept back")


def has_room(archive: Archive) -> bool:
    """Whether a step of work may be begun. Asks the operating system alone, so that it can be asked before each."""
    try:
        require_room(archive)
    except Unavailable:
        return False
    return True


def require_ready_to_take(archive: Archive) -> None:
    """Raises Unavailable, with the reason, where a file could not be kept: asked before its first byte is read.

    The index and the queue are not needed for that: what they are to be told waits in the catalog.
    """
    require_room(archive)
    _check_catalog(archive)
    archive.store.check()


def _check_catalog(archive: Archive) -> None:
    """Answers, and has the tables of this program: one that is newer may have changed them while this one runs."""
    archive.catalog.check()
    version = archive.catalog.version()
    if version != SCHEMA_VERSION:
        raise Unavailable("schema_differs", f"the catalog has {version}, this program {SCHEMA_VERSION}")


def _check_keys(archive: Archive) -> None:
    """The key files are what was read when the archive was opened; without them it cannot be opened again."""
    try:
        same = read_keys(archive.home / "keys") == archive.keys
    except (ArchiveError, OSError, ValueError) as error:
        raise Unavailable("keys_missing", str(archive.home / "keys")) from error
    if not same:
        raise Unavailable("keys_missing", f"{archive.home / 'keys'} holds other keys than those in use")


@dataclass(frozen=True, slots=True)
class _Part:
    """How a part is asked, and the reason where it says nothing."""

    check: Callable[[Archive], None]
    silent: str


PARTS = {
    "catalog": _Part(_check_catalog, "catalog_unavailable"),
    "store": _Part(lambda archive: archive.store.check(), "store_unavailable"),
    "index": _Part(lambda archive: archive.index.check(), "index_unavailable"),
    "queue": _Part(lambda archive: archive.queue.check(), "queue_unavailable"),
    "keys": _Part(_check_keys, "keys_missing"),
    "disk": _Part(require_room, "store_unavailable"),
}


def _asked(part: str, archive: Archive) -> Future[Finding]:
    """The answer to come, from a thread that nobody need wait for when the process ends."""
    answer: Future[Finding] = Future()
    Thread(target=lambda: answer.set_result(_finding(part, archive)), name=f"check {part}", daemon=True).start()
    return answer


def _finding(part: str, archive: Archive) -> Finding:
    try:
        PARTS[part].check(archive)
    except ArchiveError as error:
        return Finding(part, error.reason, error.detail)
    except Exception as error:  # noqa: BLE001 - whatever it is, the part does not do its work; its message may quote a value
        return Finding(part, PARTS[part].silent, type(error).__name__)
    return Finding(part)
