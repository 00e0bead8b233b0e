"""Putting an archive's parts together from its settings; the only place that knows which adapters there are.

An adapter of a server is imported only where the settings name it: an embedded archive need not wait for its library.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, assert_never

from archive.catalog import documents
from archive.catalog.database import Catalog, open_sqlite
from archive.clock import Clock, SharedClock, utc_now
from archive.errors import Refused
from archive.holdings import Holding
from archive.index.keyed import KeyedIndex
from archive.index.labelled import LabelledIndex
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from archive.keys import Keyring, make_keys, read_keys
from archive.labels import labels_from
from archive.ledger import Ledger
from archive.queue.local import LocalQueue
from archive.queue.port import WorkQueue
from archive.search_keys.key import SearchKey
from archive.settings import (
    SETTINGS_FILE,
    CatalogSettings,
    CeleryQueueSettings,
    ElasticsearchIndexSettings,
    FilesystemStoreSettings,
    IndexSettings,
    LocalQueueSettings,
    PostgresqlCatalogSettings,
    QueueSettings,
    S3StoreSettings,
    Settings,
    SqliteCatalogSettings,
    SqliteIndexSettings,
    StoreSettings,
    parse_settings,
    read_secret,
    read_settings,
)
from archive.store.filesystem import FilesystemStore
from archive.store.port import ObjectStore
from archive.store.sealed import SealedStore
from archive.token_keys import token_keys_from
from schemas.limits import Limits

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
        self.queue.close()
        self.index.close()
        self.catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def create_archive(home: Path, clock: Clock | None = None, settings: str = _FIRST_SETTINGS) -> Archive:
    """Make a new archive in the folder *home*, with *settings* as its claimkeep.toml.

    Where *home* has keys but no settings yet, these keys stay: so a making that was cut short is taken up again, and so a
    further machine joins an archive whose parts are on servers. Raises Refused(archive_exists) where there is an archive in
    *home*, or where the catalog belongs to other keys; Unavailable where a part that the settings name does not answer.
    """
    if (home / SETTINGS_FILE).exists():
        raise Refused("archive_exists", str(home))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    chosen = parse_settings(settings, home / SETTINGS_FILE)
    keys = read_keys(home / "keys") if (home / "keys").exists() else make_keys(home / "keys")
    archive = open_parts(home, chosen, keys, clock)
    try:
        _begin_ledger(archive)
        (home / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    except BaseException:
        archive.close()
        raise
    return archive


def _begin_ledger(archive: Archive) -> None:
    with archive.catalog.write() as connection:
        if not archive.ledger.has_begun(connection):
            archive.ledger.append(connection, "archive.created")
        elif not archive.ledger.is_ours(connection):
            raise Refused("archive_exists", "the catalog belongs to an archive of other keys")


def open_archive(home: Path, clock: Clock | None = None) -> Archive:
    """Open the archive in *home*; NotFound(no_archive) where there is none, Unavailable where a part does not answer.

    Without *clock* it has the time from where its catalog is: this machine, or the catalog's server.
    """
    return open_parts(home, read_settings(home), read_keys(home / "keys"), clock)


def open_parts(home: Path, settings: Settings, keys: Keyring, clock: Clock | None = None) -> Archive:
    """The archive of the parts that *settings* name, whatever the claimkeep.toml in *home* says; errors as `open_archive`."""
    with ExitStack() as opened:
        catalog = _open_catalog(home, settings.catalog)
        opened.callback(catalog.close)
        clock = clock or _clock_of(catalog, settings.catalog)
        keyed = KeyedIndex(_open_index(home, settings.index), token_keys_from(catalog, keys))
        index = LabelledIndex(keyed, labels_from(catalog, keys))
        opened.callback(index.close)
        archive = Archive(
            home=home,
            settings=settings,
            keys=keys,
            catalog=catalog,
            store=SealedStore(open_store(home, settings.store)),
            index=index,
            queue=_open_queue(home, settings.queue, catalog, clock, settings.limits),
            ledger=Ledger(keys.ledger_key(), clock),
            clock=clock,
        )
        opened.pop_all()  # from here on whoever asked closes it
    return archive


def _open_catalog(home: Path, settings: CatalogSettings) -> Catalog:
    match settings:
        case SqliteCatalogSettings():
            return open_sqlite(home / "catalog.db")
        case PostgresqlCatalogSettings():
            from archive.catalog.postgresql import open_postgresql

            return open_postgresql(
                settings.host,
                settings.port,
                settings.database,
                settings.user,
                read_secret(home / settings.password_file),
                tls=settings.tls,
                ca_file=_beside(home, settings.ca_file),
                timeout_seconds=settings.timeout_seconds,
            )
        case _:
            assert_never(settings)


def _clock_of(catalog: Catalog, settings: CatalogSettings) -> Clock:
    match settings:
        case SqliteCatalogSettings():
            return utc_now
        case PostgresqlCatalogSettings():
            from archive.catalog.postgresql import server_time

            return SharedClock(lambda: server_time(catalog))
        case _:
            assert_never(settings)


def open_store(home: Path, settings: StoreSettings) -> ObjectStore:
    """The store alone, of objects as they are sealed."""
    match settings:
        case FilesystemStoreSettings():
            return FilesystemStore(home / "objects")
        case S3StoreSettings():
            from archive.store.s3 import ObjectLock, open_s3

            return open_s3(
                settings.endpoint,
                settings.bucket,
                settings.access_key,
                read_secret(home / settings.secret_key_file),
                region=settings.region,
                tls=settings.tls,
                ca_file=_beside(home, settings.ca_file),
                lock=ObjectLock(settings.retention_days, settings.legal_hold),
                timeout_seconds=settings.timeout_seconds,
            )
        case _:
            assert_never(settings)


def _open_index(home: Path, settings: IndexSettings) -> SearchIndex:
    match settings:
        case SqliteIndexSettings():
            return SqliteIndex(home / "index.db")
        case ElasticsearchIndexSettings():
            from archive.index.elasticsearch import open_elasticsearch

            return open_elasticsearch(
                settings.url,
                settings.name,
                settings.user,
                read_secret(home / settings.password_file),
                ca_file=_beside(home, settings.ca_file),
                shards=settings.shards,
                replicas=settings.replicas,
                timeout_seconds=settings.timeout_seconds,
            )
        case _:
            assert_never(settings)


def _open_queue(home: Path, settings: QueueSettings, catalog: Catalog, clock: Clock, limits: Limits) -> WorkQueue:
    match settings:
        case LocalQueueSettings():
            return LocalQueue(catalog, clock, limits)
        case CeleryQueueSettings():
            from archive.queue.celery import Broker, CeleryQueue

            broker = Broker(
                settings.host,
                settings.port,
                settings.virtual_host,
                settings.user,
                read_secret(home / settings.password_file),
                tls=settings.tls,
                ca_file=_beside(home, settings.ca_file),
                longest=settings.longest,
                deliveries=settings.deliveries,
                timeout_seconds=settings.timeout_seconds,
            )
            return CeleryQueue(catalog, clock, limits, broker)
        case _:
            assert_never(settings)


def _beside(home: Path, path: Path | None) -> Path | None:
    """A path of the settings is meant from the archive's folder."""
    return None if path is None else home / path
