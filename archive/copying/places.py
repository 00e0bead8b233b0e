"""The two places of a move: where the archive is, and where its settings-to-be say that it goes."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.clock import Clock
from archive.copying.objects import sync_folder
from archive.errors import NotFound, Refused, Rejected
from archive.keys import Keyring, read_keys
from archive.settings import SETTINGS_FILE, FilesystemStoreSettings, Settings, SqliteCatalogSettings, parse_settings
from archive.standing import require_room
from archive.store.port import ObjectStore
from archive.wiring import Archive, open_parts, open_store

FOLDER = "copying"
"""Of the archive's folder: what a copy in hand keeps."""
_LEFT = "moved"
"""A file of FOLDER that says that the archive is in another folder for good."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of the two. `sealed` gives the objects of `archive` as they lie, encrypted."""

    archive: Archive
    sealed: ObjectStore

    def require_room(self) -> None:
        """Raises Unavailable(disk_nearly_full) where objects lie on a disk of this machine that has too little left."""
        if isinstance(self.archive.settings.store, FilesystemStoreSettings):
            require_room(self.archive)


@dataclass(frozen=True, slots=True)
class Move:
    """From where to where. `written` is what the new settings say, `switches` whether they are meant for the same folder."""

    source: Place
    target: Place
    written: str = field(repr=False)
    switches: bool

    @property
    def home(self) -> Path:
        return self.source.archive.home

    @property
    def journal(self) -> Path:
        """Where the journal of objects is kept; each target has one of its own."""
        store = self.target.archive.settings.store.model_dump_json()
        name = hashlib.sha256(f"{self.target.archive.home.resolve()} {store}".encode()).hexdigest()[:16]
        return self.home / FOLDER / f"{name}.objects"


@contextmanager
def opened(home: Path, settings_file: Path, clock: Clock | None = None) -> Iterator[Move]:
    """Both places, every part of them asked whether it answers.

    A file named claimkeep.toml in another folder is the settings of an archive there, which has its keys beside it; any other
    file has the settings that the archive in *home* is to have, and paths in it are meant from *home*.

    Raises NotFound(no_archive), Rejected(bad_settings), Refused(copy_other_keys | copy_same_place), Unavailable.
    """
    with ExitStack() as both:
        source = _open_place(home, _read(home / SETTINGS_FILE), read_keys(home / "keys"), clock)
        both.enter_context(source.archive)
        folder = _folder_of(home, settings_file)
        _require_same_keys(source.archive, folder)
        written = _read(settings_file)
        _require_other_place(source.archive, folder, parse_settings(written, settings_file))
        target = _open_place(folder, written, source.archive.keys, clock)
        both.enter_context(target.archive)
        yield Move(source, target, written, switches=folder == home)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Raises Refused(copy_running) where another process copies the archive in *home*."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("copy_running", str(home)) from error
        yield


def is_switched(home: Path, settings_file: Path) -> bool:
    """Whether the archive has come to the place of *settings_file* already."""
    if _folder_of(home, settings_file) != home:
        return has_left(home)
    return _read(home / SETTINGS_FILE) == _read(settings_file)


def switch(move: Move) -> Path | None:
    """Give the archive its new settings in one step; gives where the old ones are kept.

    None where the new place is another folder: this one only notes that the archive has left.
    """
    if not move.switches:
        (move.home / FOLDER / _LEFT).touch()
        return None
    current = move.home / SETTINGS_FILE
    kept = _kept_beside(current)
    aside = move.home / f"{SETTINGS_FILE}.new"
    with aside.open("w", encoding="utf-8") as file:
        file.write(move.written)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(current)
    sync_folder(move.home)
    return kept


def has_left(home: Path) -> bool:
    """Whether the archive that was in *home* is in another folder now."""
    return (home / FOLDER / _LEFT).exists()


def _kept_beside(current: Path) -> Path:
    """A second name for the settings file as it is; the same one where an earlier run got this far."""
    number = 1
    while (kept := current.with_name(f"{current.name}.before-copy-{number}")).exists():
        if kept.samefile(current):
            return kept
        number += 1
    kept.hardlink_to(current)
    return kept


def _open_place(home: Path, written: str, keys: Keyring, clock: Clock | None) -> Place:
    settings = parse_settings(written, home / SETTINGS_FILE)
    return Place(open_parts(home, settings, keys, clock), open_store(home, settings.store))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound("no_archive", str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected("bad_settings", f"{path} cannot be read") from error


def _folder_of(home: Path, settings_file: Path) -> Path:
    """The folder of the archive that has, or is to have, the settings of *settings_file*."""
    elsewhere = settings_file.name == SETTINGS_FILE and settings_file.parent.resolve() != home.resolve()
    return settings_file.parent if elsewhere else home


def _require_same_keys(source: Archive, folder: Path) -> None:
    try:
        same = read_keys(folder / "keys") == source.keys
    except NotFound:
        same = False
    if not same:
        raise Refused("copy_other_keys", f"put the keys of {source.home} into {folder / 'keys'}")


def _require_other_place(source: Archive, folder: Path, settings: Settings) -> None:
    """Objects and rows are moved together: a catalog that is left behind could not be closed."""
    for part in ("store", "catalog"):
        if _where(source.home, source.settings, part) == _where(folder, settings, part):
            raise Refused("copy_same_place", part)


def _where(home: Path, settings: Settings, part: str) -> tuple[object, ...]:
    chosen = getattr(settings, part)
    if isinstance(chosen, FilesystemStoreSettings | SqliteCatalogSettings):
        return (home.resolve(),)
    names = ("endpoint", "bucket") if part == "store" else ("host", "port", "database")
    return tuple(getattr(chosen, name) for name in names)
