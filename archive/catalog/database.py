"""The catalog: its transactions, whichever database holds it, and its opening in a file."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

from archive import sqlite
from archive.errors import ArchiveError, NotFound, Refused, Rejected, Unavailable

SCHEMA_VERSION = "0009"
"""The newest migration; a catalog of an older version is brought here when it is opened."""

_VERSION = text("SELECT version_num FROM alembic_version")


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a kind of transaction begins: with which options of the connection, and with which statement."""

    statement: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """How the transactions of `Catalog` begin in one kind of database."""

    read: Beginning
    write: Beginning
    leasing: Beginning


class Catalog:
    """One catalog, in whichever database. Every method but `close` raises Unavailable(catalog_unavailable | catalog_full)."""

    def __init__(
        self, engine: Engine, beginnings: Beginnings, fault_of: Callable[[BaseException], ArchiveError | None]
    ) -> None:
        """*fault_of* tells what a driver's error means to the archive; None where it is none of the archive's errors."""
        self._engine = engine
        self._beginnings = beginnings

        def translate(context: ExceptionContext) -> BaseException | None:
            # A connection of the pool that fails when it is tried is replaced, which is nobody's fault.
            return None if context.is_pre_ping else fault_of(context.original_exception)

        event.listen(engine, "handle_error", translate)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One state of the catalog, from the first statement to the last."""
        with self._begun(self._beginnings.read) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing. Excludes other writers from its beginning on, so what it reads it may act on.

        The state of leases is the exception: jobs may be leased beside it.
        """
        with self._begun(self._beginnings.write) as connection:
            yield connection
            connection.commit()

    @contextmanager
    def leasing(self) -> Iterator[Connection]:
        """A transaction in which leases are taken and nothing else is done; many run beside each other where they can."""
        with self._begun(self._beginnings.leasing) as connection:
            yield connection
            connection.commit()

    def check(self) -> None:
        """Raises Unavailable where the catalog does not answer; cheap."""
        with self.read() as connection:
            connection.execute(_VERSION).one()

    def version(self) -> str | None:
        """The migration that the tables are at; None where there are none yet."""
        with self.read() as connection:
            if not self._engine.dialect.has_table(connection, "alembic_version"):
                return None
            return connection.execute(_VERSION).scalar()

    def migrate(self) -> None:
        """Bring the tables to SCHEMA_VERSION, wholly or not at all; whoever comes second finds nothing left to do.

        Raises Rejected(bad_settings) where the tables are of a newer program.
        """
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        try:
            with self.write() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise Rejected("bad_settings", "the catalog was made by a newer program: update this one") from error
        except DBAPIError as error:
            raise Unavailable("catalog_unavailable", "the catalog's tables cannot be brought up to date") from error

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _begun(self, beginning: Beginning) -> Iterator[Connection]:
        try:
            connection = self._engine.connect()
        except NoneFree as error:
            raise Unavailable("catalog_unavailable", "every connection to the catalog is in use") from error
        with connection:  # what is not committed is rolled back, however it ends
            connection.execution_options(**beginning.options)
            if beginning.statement is not None:
                connection.exec_driver_sql(beginning.statement)
            yield connection


def open_sqlite(path: Path) -> Catalog:
    """The catalog in the file *path*; raises NotFound(no_archive) where its folder is not there."""
    if not path.parent.is_dir():
        raise NotFound("no_archive", str(path.parent))
    engine = sqlite.open_engine(
        path,
        "synchronous = FULL",  # an acknowledgement outlives a power cut
        "foreign_keys = ON",
    )
    # One writer at a time is all there is: a lease is taken as anything else is written.
    exclusive = Beginning("BEGIN IMMEDIATE")
    catalog = Catalog(engine, Beginnings(Beginning("BEGIN"), exclusive, exclusive), _sqlite_fault)
    if catalog.version() != SCHEMA_VERSION:
        catalog.migrate()
    return catalog


def unstorable(error: BaseException) -> Rejected:
    """What becomes of text or numbers that no database can hold, such as half a surrogate pair; the value is not told."""
    return Rejected("invalid_request", f"the catalog cannot hold a value: {type(error).__name__}")


def _sqlite_fault(error: BaseException) -> ArchiveError | None:
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return unstorable(error)
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_TRIGGER:  # only archive.copying.closing has any
        return Refused("archive_moved", "the catalog is closed")
    match sqlite.fault_of(error):
        case sqlite.Fault.FULL:
            return Unavailable("catalog_full", "the disk of the catalog is full")
        case sqlite.Fault.DAMAGED:
            return Unavailable("catalog_unavailable", "the catalog is damaged")
        case sqlite.Fault.AWAY:
            return Unavailable("catalog_unavailable", "the catalog does not answer")
        case None:
            return None
