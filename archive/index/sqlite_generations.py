"""Generations of one index in SQLite files, so that it can be rebuilt while other processes search it and write to it.

The first is the file PATH itself. Later ones are files of their own, and PATH is a link to the one in service; SQLite names
its log after the file and not after the link, so that two generations never share one. A second link, PATH.building, names
the one that is being built. To bring it into service is to rename the second link to the first, which is one step.

Whoever writes holds a lock from before it looks at the links until it has written, so that no link changes meanwhile. Readers
hold none: they look at the link, and what they have opened stays whole for them even when its name is gone.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from archive.errors import Refused, Unavailable
from archive.index.port import check_public
from archive.index.sqlite_file import IndexFile, insert_record, number_of, remove_document
from schemas.record import IndexRecord

RECORDS_IN_A_TRANSACTION = 500
_DIGITS = 6


class Generations:
    """The files of the index at *path*."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self._building = self._path.with_name(f"{path.name}.building")
        self._lock = self._path.with_name(f"{path.name}.lock")

    def in_service(self) -> Path:
        return self._path.resolve()

    def being_built(self) -> Path | None:
        return self._building.resolve() if self._building.is_symlink() else None

    def open(self, path: Path) -> IndexFile:
        """Only the first generation is made by opening it; where another one is lost, an empty one would look like it."""
        return IndexFile(path, make=path == self._path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and no link changes."""
        try:
            lock = self._lock.open("w")
        except OSError as error:
            raise Unavailable("index_unavailable", "the folder of the search index cannot be written to") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def begin(self) -> "SqliteGeneration":
        with self.held():
            path = self._path.with_name(f"{self._path.stem}-{self._next_number():0{_DIGITS}}{self._path.suffix}")
            self._remove_all_but(self.in_service())
            file = IndexFile(path, make=True)
            with file.write():
                pass  # its tables are made
            link = self._building.with_name(f"{self._building.name}.new")
            link.unlink(missing_ok=True)
            link.symlink_to(path.name)
            link.replace(self._building)
        return SqliteGeneration(self, file)

    def serve(self, path: Path) -> None:
        with self.held():
            self.check_is_built(path)
            former = self.in_service()
            self._building.replace(self._path)
            _sync(self._path.parent)
            if former != self._path:  # else the link has taken the file's name
                former.unlink(missing_ok=True)
            _remove_logs(former)

    def abandon(self, path: Path) -> None:
        with self.held():
            if self.being_built() == path:
                self._building.unlink()
            if self.in_service() != path:
                _remove(path)

    def check_is_built(self, path: Path) -> None:
        if self.being_built() != path:
            raise Refused("rebuild_superseded", "another rebuild began, or this generation was removed")

    def _remove_all_but(self, kept: Path) -> None:
        self._building.unlink(missing_ok=True)
        for path in self._files():
            if path != kept:
                _remove(path)

    def _next_number(self) -> int:
        return 1 + max((int(path.stem[-_DIGITS:]) for path in self._files()), default=0)

    def _files(self) -> list[Path]:
        """Of all generations but the first."""
        named = re.compile(rf"{re.escape(self._path.stem)}-\d{{{_DIGITS}}}{re.escape(self._path.suffix)}")
        return [path for path in self._path.parent.iterdir() if named.fullmatch(path.name)]


class SqliteGeneration:
    """A `Generation`: a file that nobody searches yet."""

    def __init__(self, generations: Generations, file: IndexFile) -> None:
        self._generations = generations
        self._file = file

    def add_all(self, records: Iterable[IndexRecord]) -> None:
        rest = iter(records)
        while part := list(islice(rest, RECORDS_IN_A_TRANSACTION)):
            for record in part:
                check_public(record)
            with self._held(), self._file.write() as connection:
                for record in part:
                    if number_of(connection, record.document_id) is None:
                        insert_record(connection, record)

    def remove_all(self, document_ids: Iterable[str]) -> None:
        with self._held(), self._file.write() as connection:
            for document_id in document_ids:
                remove_document(connection, document_id)

    def document_ids(self) -> Iterator[str]:
        with self._file.read() as connection:
            yield from connection.execute(text("SELECT document_id FROM documents ORDER BY document_id")).scalars()

    def serve(self) -> None:
        self._file.close()
        self._generations.serve(self._file.path)

    def abandon(self) -> None:
        self._file.close()
        self._generations.abandon(self._file.path)

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._generations.held():
            self._generations.check_is_built(self._file.path)
            yield


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_logs(path)


def _remove_logs(path: Path) -> None:
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """A renamed link outlives a power cut once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
