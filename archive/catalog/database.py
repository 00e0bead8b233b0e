"""Opening the catalog, and its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.errors import NotFound, Unavailable

SCHEMA_VERSION = "0002"
"""The newest migration; a catalog of another version is brought here when it is opened."""


class Catalog:
    """One catalog. A `write` transaction excludes other writers from its beginning on, so what it reads it may act on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with _translated(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def migrate(self) -> None:
        """Bring the tables to SCHEMA_VERSION, wholly or not at all; does nothing where they are."""
        if self._version() == SCHEMA_VERSION:
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as connection:  # whoever comes second finds nothing left to do
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self._engine.dispose()

    def _version(self) -> str | None:
        with _translated(), self._engine.connect() as connection:
            if not self._engine.dialect.has_table(connection, "alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable("store_unavailable", "the catalog does not answer") from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise Unavailable("store_unavailable", "the catalog is damaged") from error
        raise


def open_sqlite(path: Path) -> Catalog:
    """The catalog in the file *path*; raises NotFound(no_archive) where its folder is not there."""
    if not path.parent.is_dir():
        raise NotFound("no_archive", str(path.parent))
    # hide_parameters: a failing statement must not carry values into a traceback or log.
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    catalog = Catalog(engine)
    catalog.migrate()
    return catalog


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
    # Autocommit in the driver, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # an acknowledgement outlives a power cut
        "foreign_keys = ON",
        "busy_timeout = 60000",
        "secure_delete = ON",  # what is removed leaves no bytes behind
    ):
        connection.execute(f"PRAGMA {pragma}")
