"""Catalogs for tests, in each kind of database. A place can be opened from any process."""

import atexit
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, create_engine

from archive.catalog.database import Catalog, open_sqlite
from archive.catalog.documents import Document
from archive.catalog.postgresql import open_postgresql
from archive.catalog.tables import metadata
from deploy.accounts import Role
from deploy.database import remove_database
from deploy.native.stack import Stack


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A catalog in a file."""

    path: Path

    def open(self, timeout_seconds: float = 30.0) -> Catalog:
        return open_sqlite(self.path)

    def engine(self) -> Engine:
        """What is there, without opening it as a catalog."""
        return create_engine(f"sqlite:///{self.path}")


@dataclass(frozen=True, slots=True)
class PostgresqlPlace:
    """A catalog in a database of a server."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None

    def open(self, timeout_seconds: float = 30.0, **other: object) -> Catalog:
        """*other* replaces arguments of `open_postgresql`."""
        wanted = {name: getattr(self, name) for name in ("host", "port", "database", "user", "password", "ca_file")}
        wanted |= {"tls": self.ca_file is not None, "timeout_seconds": timeout_seconds}
        return open_postgresql(**{**wanted, **other})

    def engine(self) -> Engine:
        """What is there, without opening it as a catalog."""
        return create_engine("postgresql+psycopg://", creator=lambda: self.connect(autocommit=False))

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection:
        """A connection as somebody else has it."""
        security = {"sslmode": "verify-full", "sslrootcert": str(self.ca_file)} if self.ca_file else {"sslmode": "disable"}
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            autocommit=autocommit,
            **security,
        )


Place = SqlitePlace | PostgresqlPlace


@contextmanager
def sqlite_place(folder: Path) -> Iterator[SqlitePlace]:
    yield SqlitePlace(folder / "catalog.db")


@contextmanager
def postgresql_place(_folder: Path) -> Iterator[PostgresqlPlace]:
    """The database of this test run, emptied; its tables are there."""
    place = _of_this_run()
    with place.connect() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
    yield place


@contextmanager
def new_postgresql_place(_folder: Path) -> Iterator[PostgresqlPlace]:
    """A database of its own without tables, which goes when the test ends."""
    with empty_database() as place:
        yield place


@cache
def _of_this_run() -> PostgresqlPlace:
    stack = ExitStack()
    place = stack.enter_context(empty_database())
    atexit.register(stack.close)
    place.open().close()
    return place


@contextmanager
def empty_database(options: str = "ENCODING 'UTF8' LOCALE 'C'") -> Iterator[PostgresqlPlace]:
    """A database made with *options*, of the account that may make databases."""
    server = _server()
    place = replace(server, database=f"catalog_{secrets.token_hex(4)}")
    name = sql.Identifier(place.database)
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 " + options).format(name))
    try:
        yield place
    finally:
        with server.connect() as connection:
            remove_database(connection, place.database)


def _server() -> PostgresqlPlace:
    """The account that makes databases, on the server that `python -m deploy.native up` has started."""
    stack = Stack()
    account, password = stack.account(Role.ADMIN), stack.password(Role.ADMIN, "postgresql")
    return PostgresqlPlace("127.0.0.1", stack.port("postgresql"), "postgres", account, password, stack.ca_file())


def as_api(place: PostgresqlPlace) -> PostgresqlPlace:
    """The same database by an account that owns nothing."""
    stack = Stack()
    return replace(place, user=stack.account(Role.API), password=stack.password(Role.API, "postgresql"))


CATALOGS = [
    pytest.param(sqlite_place, id="sqlite"),
    pytest.param(postgresql_place, id="postgresql", marks=pytest.mark.service),
]
"""For a fixture: each is a function from a folder to a context that gives a place."""

NEW_CATALOGS = [
    pytest.param(sqlite_place, id="sqlite"),
    pytest.param(new_postgresql_place, id="postgresql", marks=pytest.mark.service),
]
"""The same for places without tables; a database of its own takes its time."""


def document(document_id: str, digest: str | None = None, **other: object) -> Document:
    """A document that has just come in."""
    values: dict[str, object] = {
        "document_id": document_id,
        "digest": digest or f"{document_id:0>64}",
        "size": 1,
        "media_type": "image/png",
        "original_key": f"originals/{document_id}",
        "wrapped_key": b"\x00key",
        "state": "waiting",
        "reason": None,
        "page_count": None,
        "remarks": (),
        "document_class": None,
        "plan_key": None,
        "summary": None,
        "received_at": "2026-11-23T12:00:00.000000+00:00",
        "finished_at": None,
    }
    return Document(**{**values, **other})
