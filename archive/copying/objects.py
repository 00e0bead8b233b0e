"""The objects: copied as they lie, sealed, by the difference of keys; each is read back from where it arrived.

An object never changes, so what was copied and read back once need not be looked at again. A journal in the archive's folder
tells which those are, so that a copy that was cut short goes on where it was. It holds keys, sizes and digests of sealed bytes.
"""

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self, cast

from archive.errors import FixityMismatch, NotFound, Refused
from archive.store.port import ObjectStore
from archive.store.source import Measured

_SIDE_BY_SIDE = 4
"""Objects on their way at one time: most are small, and the time goes into waiting for disks and servers to sync."""
_COPY_BYTES = 1024 * 1024
_DONE = re.compile(r"([^\t]+)\t(\d+)\t([0-9a-f]{64})")

OnObject = Callable[[int, int], None]
"""Is told how many objects of how many are done."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What an object is from outside: size in bytes and SHA-256 of its sealed bytes."""

    size: int
    digest: str


class Journal:
    """Which objects are known to have arrived whole (`done`), and which were ever begun (`begun`)."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self.done: dict[str, Sealed] = {}
        self.begun: set[str] = set()
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._read(path)
        self._file = path.open("a", encoding="utf-8")
        self._file.write("\n")  # the last line may have been cut short

    def begin(self, key: str) -> None:
        self.begun.add(key)
        self._write(f"{key}\n")

    def end(self, key: str, sealed: Sealed) -> None:
        self.done[key] = sealed
        self._write(f"{key}\t{sealed.size}\t{sealed.digest}\n")

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _write(self, line: str) -> None:
        with self._lock:  # a line that a power cut takes away costs reading one object again
            self._file.write(line)
            self._file.flush()

    def _read(self, path: Path) -> None:
        if not path.exists():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := _DONE.fullmatch(line):
                self.done[found[1]] = Sealed(int(found[2]), found[3])
            elif "\t" not in line:
                self.begun.add(line)  # half a key at most, which names nothing
        self.begun |= self.done.keys()


def copy_objects(
    source: ObjectStore, target: ObjectStore, journal: Journal, keys: Collection[str], on_object: OnObject
) -> None:
    """Copy the objects *keys* that the journal does not know as done; those that are gone meanwhile are passed over.

    Raises FixityMismatch(object_changed) where other bytes arrived than were sent, Refused(object_exists) where *target* has
    other bytes under a key, Unavailable where a store does not answer.
    """
    wanted = [key for key in keys if key not in journal.done]

    def copy(key: str) -> None:
        journal.begin(key)
        if (sealed := _copy(source, target, key)) is not None:
            journal.end(key, sealed)

    on_object(0, len(wanted))
    for done, _ in enumerate(_side_by_side(copy, wanted), start=1):
        on_object(done, len(wanted))


def digests(store: ObjectStore, keys: Iterable[str], on_object: OnObject) -> dict[str, Sealed]:
    """Every object of *keys* read to its end; those that are gone are left out."""
    wanted = tuple(keys)
    found: dict[str, Sealed] = {}

    def read(key: str) -> None:
        try:
            found[key] = _digest(store, key)
        except NotFound:
            return  # gone since the keys were listed

    for done, _ in enumerate(_side_by_side(read, wanted), start=1):
        on_object(done, len(wanted))
    return found


def is_there(store: ObjectStore, key: str) -> bool:
    try:
        store.open(key).close()
    except NotFound:
        return False
    return True


def remove_others(target: ObjectStore, journal: Journal, keys: Collection[str]) -> int:
    """Take away from *target* what was copied and is not among *keys*; gives how many are held and stay.

    Raises Refused(copy_target_used) where there is something that was never copied.
    """
    held = 0
    for key in [each for each in target.keys() if each not in keys]:  # noqa: SIM118 - a store is no mapping
        if key not in journal.begun:
            raise Refused("copy_target_used", key)
        try:
            target.delete(key)
        except Refused:
            held += 1  # under retention: no row names it, and it goes when its time is over
    return held


def digest_of(objects: dict[str, Sealed]) -> str:
    """One digest for keys, sizes and digests of all."""
    whole = hashlib.sha256()
    for key, each in sorted(objects.items()):
        whole.update(f"{key} {each.size} {each.digest}\n".encode())
    return whole.hexdigest()


def _side_by_side(step: Callable[[str], None], keys: Iterable[str]) -> Iterator[None]:
    """*step* for each of *keys*, a few at a time; one that raises ends it."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        running: set[Future[None]] = set()
        for key in keys:
            if len(running) >= _SIDE_BY_SIDE:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in ended)
            running.add(threads.submit(step, key))
        yield from (each.result() for each in wait(running).done)


def _copy(source: ObjectStore, target: ObjectStore, key: str) -> Sealed | None:
    try:
        sent = _send(source, target, key)
    except NotFound:
        return None  # it was removed since the keys were listed
    arrived = _digest(target, key)
    if arrived != sent:
        raise FixityMismatch("object_changed", f"{key} arrived with other bytes than were sent")
    return sent


def _send(source: ObjectStore, target: ObjectStore, key: str) -> Sealed:
    with source.open(key) as stream:
        passing = Measured(stream)
        try:
            target.put(key, cast("BinaryIO", passing))
        except Refused as error:
            return _sent_before(source, target, key, error)
        return Sealed(passing.size, passing.digest)


def _sent_before(source: ObjectStore, target: ObjectStore, key: str, error: Refused) -> Sealed:
    """An earlier run got this far before it was cut short; anything else under the key is not ours to replace."""
    sealed = _digest(source, key)
    if error.reason != "object_exists" or _digest(target, key) != sealed:
        raise error
    return sealed


def _digest(store: ObjectStore, key: str) -> Sealed:
    with store.open(key) as stream:
        passing = Measured(stream)
        while passing.read(_COPY_BYTES):
            pass
        return Sealed(passing.size, passing.digest)


def sync_folder(folder: Path) -> None:
    """Make names in *folder* outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
