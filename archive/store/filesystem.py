"""Objects as files in a folder."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.errors import NotFound, Refused, Unavailable
from archive.store.object_key import check_key

_UNFINISHED = ".unfinished"
_COPY_BYTES = 1024 * 1024
_PROBE_BYTES = 4096  # a block: an empty file can be made on a full disk
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class FilesystemStore:
    """An `ObjectStore` under *root*. A file is written aside, synced, and only then given its name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / _UNFINISHED).mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, key: str, source: BinaryIO) -> None:
        path = self._path(key)
        aside = self._root / _UNFINISHED / secrets.token_hex(16)
        try:
            with aside.open("xb") as file:
                shutil.copyfileobj(source, file, _COPY_BYTES)
                file.flush()
                os.fsync(file.fileno())
            self._name(aside, path, key)
        except OSError as error:
            raise _away(error, key) from error
        finally:
            aside.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NotFound("not_found", key) from error
        except OSError as error:
            raise _away(error, key) from error

    def move(self, key: str, target: str) -> None:
        source = self._path(key)
        try:
            self._name(source, self._path(target), target)
            source.unlink()
        except FileNotFoundError as error:
            raise NotFound("not_found", key) from error
        except OSError as error:
            raise _away(error, key) from error

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise _away(error, key) from error

    def keys(self, prefix: str = "") -> Iterator[str]:
        found = (path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if path.is_file())
        return iter(sorted(key for key in found if key.startswith(prefix) and not key.startswith(_UNFINISHED)))

    def check(self) -> None:
        aside = self._root / _UNFINISHED / secrets.token_hex(16)
        try:
            try:
                aside.write_bytes(bytes(_PROBE_BYTES))
            finally:
                aside.unlink(missing_ok=True)
        except OSError as error:
            raise _away(error, "the folder cannot be written to") from error

    def clear_unfinished(self, before: datetime) -> int:
        cleared = 0
        for aside in (self._root / _UNFINISHED).iterdir():
            try:
                if aside.stat().st_mtime < before.timestamp():
                    aside.unlink()
                    cleared += 1
            except FileNotFoundError:  # its writer has just finished
                continue
            except OSError as error:
                raise _away(error, _UNFINISHED) from error
        return cleared

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @staticmethod
    def _name(aside: Path, path: Path, key: str) -> None:
        """Give *aside* its name in one step that fails where the name is taken, and make the name durable."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(aside, path)
        except FileExistsError as error:
            raise Refused("object_exists", key) from error
        for folder in (path.parent, path.parent.parent):
            _sync_folder(folder)


def _away(error: OSError, what: str) -> Unavailable:
    return Unavailable("store_full" if error.errno in _NO_ROOM else "store_unavailable", what)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
