"""Putting an archive's parts together from its settings; the only place that knows which adapters there are."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from archive.catalog import documents
from archive.catalog.database import Catalog, open_sqlite
from archive.clock import Clock, utc_now
from archive.errors import Refused
from archive.holdings import Holding
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from archive.keys import Keyring, make_keys, read_keys
from archive.ledger import Ledger
from archive.queue.local import LocalQueue
from archive.queue.port import WorkQueue
from archive.search_keys.key import SearchKey
from archive.settings import SETTINGS_FILE, Settings, read_settings
from archive.store.filesystem import FilesystemStore
from archive.store.sealed import SealedStore

_FIRST_SETTINGS = """\
# Settings of this archive. All of them, with their defaults and meaning: docs/settings.md.
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive, open. Close it when done; a process forked from this one must open its own."""

    home: Path
    settings: Settings
    keys: Keyring = field(repr=False)
    catalog: Catalog
    store: SealedStore
    index: SearchIndex
    queue: WorkQueue
    ledger: Ledger
    clock: Clock

    @property
    def search_key(self) -> SearchKey:
        return SearchKey(self.keys.search_key)

    def holding(self, document_id: str) -> Holding:
        """Raises NotFound where there is no such document or its key is destroyed."""
        with self.catalog.read() as connection:
            document = documents.get(connection, document_id)
        return Holding.of(document, self.store, self.keys)

    def close(self) -> None:
        self.index.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def create_archive(home: Path, clock: Clock = utc_now) -> Archive:
    """Make a new archive in the folder *home*; Refused(archive_exists) where there is one."""
    if (home / SETTINGS_FILE).exists():
        raise Refused("archive_exists", str(home))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_keys(home / "keys")
    (home / SETTINGS_FILE).write_text(_FIRST_SETTINGS, encoding="utf-8")
    archive = open_archive(home, clock)
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "archive.created")
    return archive


def open_archive(home: Path, clock: Clock = utc_now) -> Archive:
    """Open the archive in *home*; NotFound(no_archive) where there is none."""
    settings = read_settings(home)
    keys = read_keys(home / "keys")
    catalog = open_sqlite(home / "catalog.db")
    return Archive(
        home=home,
        settings=settings,
        keys=keys,
        catalog=catalog,
        store=SealedStore(FilesystemStore(home / "objects")),
        index=SqliteIndex(home / "index.db"),
        queue=LocalQueue(catalog, clock, settings.limits),
        ledger=Ledger(keys.ledger_key(), clock),
        clock=clock,
    )
