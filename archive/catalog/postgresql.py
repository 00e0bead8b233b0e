"""The catalog on PostgreSQL 15 or newer, over psycopg 3.

Write transactions take one lock of the whole database first, so that they exclude each other as they do in SQLite: the ledger
has one head, what a transaction reads it may act on, and none can wait for another that waits for it. Leases are taken beside
them, row by row.
"""

import ipaddress
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Engine, create_engine, event, text

from archive.catalog.database import SCHEMA_VERSION, Beginning, Beginnings, Catalog, unstorable
from archive.errors import ArchiveError, Refused, Rejected, Unavailable

_ONE_WRITER = 0x636C61696D6B6570  # "claimkep"; any number would do that no other program uses in the same database
_BEGINNINGS = Beginnings(
    read=Beginning(options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}),
    write=Beginning(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})"),
    leasing=Beginning(),
)
_POOLED, _MORE = 4, 12  # connections that a process keeps, and that it may open beside them: the API answers in threads
_SILENCE = 1.2  # of the time for a statement: the server gives it up by itself, and where it does not it is gone
_KEEPALIVE_PROBES = 3
_OLDEST = 150000
_SERVER_TIME = text("SELECT clock_timestamp()")
_FULL = "53100"
_MOVED = "CK001"  # what archive.copying.closing has a closed catalog say
_FORBIDDEN = "42501"
# What begins the SQLSTATE (PostgreSQL's appendix A) where the server is at fault and not the statement: connection and sign-in,
# read-only, idle too long, deadlock, resources, lock not given, operator, system, damage. A missing right is the server's too:
# somebody must grant it, and then it works.
_AWAY = ("08", "28", "25006", "25P03", "40", "53", "55P03", "57", "58", "XX", _FORBIDDEN)
_BY_BYTES = ("C", "POSIX")

T = TypeVar("T")


def open_postgresql(
    host: str,
    port: int,
    database: str,
    user: str,
    password: str,
    *,
    tls: bool,
    ca_file: Path | None,
    timeout_seconds: float,
) -> Catalog:
    """The catalog in *database*, its tables made or brought up to date.

    A statement that takes longer than *timeout_seconds* is given up, and so is a server that is silent for as long. With *tls*
    the server must prove its name by a certificate that *ca_file* vouches for, or, without one, this machine's authorities.
    Raises Rejected(bad_settings) for a server on another machine without *tls* and for a database that cannot hold a catalog,
    Unavailable(catalog_unavailable) where the server does not answer.
    """
    if not tls and not _is_loopback(host):
        raise Rejected("bad_settings", f"{host} is another machine: the catalog is reached with tls only")
    server = {
        "host": host,
        "port": port,
        "dbname": database,
        "user": user,
        "application_name": "claimkeep",
        "client_encoding": "utf8",
        "gssencmode": "disable",
        **_security(tls, ca_file),
        **_patience(timeout_seconds),
    }
    catalog = Catalog(_engine(server, password, timeout_seconds), _BEGINNINGS, _fault)
    try:
        _check_database(catalog)
        if catalog.version() != SCHEMA_VERSION:
            _migrate(server, password)
    except BaseException:
        catalog.close()
        raise
    return catalog


def server_time(catalog: Catalog) -> datetime:
    """What the server's clock says. Raises Unavailable."""
    with catalog.read() as connection:
        now: datetime = connection.execute(_SERVER_TIME).scalar_one()
    return now.astimezone(UTC)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _security(tls: bool, ca_file: Path | None) -> dict[str, object]:  # noqa: FBT001 - private
    if not tls:
        return {"sslmode": "disable"}
    return {"sslmode": "verify-full", "sslrootcert": "system" if ca_file is None else str(ca_file)}


def _patience(seconds: float) -> dict[str, object]:
    milliseconds = round(seconds * 1000)
    probe_seconds = max(1, round(seconds / (_KEEPALIVE_PROBES + 1)))
    limits = {
        "statement_timeout": milliseconds,  # waiting for the lock is part of it
        "idle_in_transaction_session_timeout": milliseconds,  # nobody who is gone holds the lock for longer
        "tcp_keepalives_idle": probe_seconds,
        "tcp_keepalives_interval": probe_seconds,
        "tcp_keepalives_count": _KEEPALIVE_PROBES,
    }
    return {
        "connect_timeout": max(2, round(seconds)),
        "keepalives_idle": probe_seconds,
        "keepalives_interval": probe_seconds,
        "keepalives_count": _KEEPALIVE_PROBES,
        "tcp_user_timeout": milliseconds,
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }


class _Connection(psycopg.Connection[Any]):
    """One that gives a silent server up. The server's own limits do not help against one that hangs, or against a cut line."""

    patience_seconds: float | None = None

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:  # noqa: ANN401 - the driver's signature
        return super().wait(self._within_patience(gen), *args, **kwargs)

    def _within_patience(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """Pass on what *gen* waits for; the driver sends a false value when a moment has gone by without an answer."""
        until = None if self.patience_seconds is None else time.monotonic() + self.patience_seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and until is not None and time.monotonic() > until:
                    self.close()
                    raise psycopg.OperationalError("the server has been silent for too long")
                wanted = gen.send(ready)
        except StopIteration as end:
            value: T = end.value
            return value


def _engine(server: dict[str, object], password: str, timeout_seconds: float | None) -> Engine:
    # The address is given at each connecting and is no part of the engine, so that nothing that shows it shows a password.
    engine = create_engine(
        URL.create("postgresql+psycopg"),
        hide_parameters=True,  # a failing statement must not carry values into a traceback or log
        isolation_level="READ COMMITTED",
        pool_size=_POOLED,
        max_overflow=_MORE,
        pool_timeout=timeout_seconds or 0,
        pool_pre_ping=True,
        pool_use_lifo=True,
    )

    def connect(_dialect: object, _record: object, _args: object, parameters: dict[str, Any]) -> _Connection:
        connection = _connect({**parameters, **server, "password": password})
        connection.patience_seconds = None if timeout_seconds is None else timeout_seconds * _SILENCE
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


def _connect(parameters: dict[str, Any]) -> _Connection:
    try:
        return _Connection.connect(**parameters)
    except psycopg.Error as error:
        failed = psycopg.OperationalError(str(error))
    raise failed  # not the driver's own, which carries every parameter of the connection, and not as its consequence


def _check_database(catalog: Catalog) -> None:
    """Ids and times are compared and sorted byte by byte, as in SQLite, and what is acknowledged outlives a power cut."""
    query = text(
        "SELECT current_setting('server_version_num')::int AS version, pg_encoding_to_char(encoding) AS encoding,"
        " datcollate, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous"
        " FROM pg_database WHERE datname = current_database()"
    )
    with catalog.read() as connection:
        found = connection.execute(query).one()
    if found.version < _OLDEST:
        raise Rejected("bad_settings", "the catalog asks for PostgreSQL 15 or newer")
    if found.encoding != "UTF8" or found.datcollate not in _BY_BYTES:
        raise Rejected(
            "bad_settings",
            f"the database is of encoding {found.encoding} and collation {found.datcollate}; make one of UTF8 and C: "
            "CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
        )
    if "off" in {found.fsync, found.synchronous}:
        raise Rejected("bad_settings", "the database may lose what it has acknowledged; set fsync and synchronous_commit on")


def _migrate(server: dict[str, object], password: str) -> None:
    """With all the time it takes: tables may be large, and whoever comes second waits for the first."""
    patient = {name: value for name, value in server.items() if name != "options"}
    catalog = Catalog(_engine(patient, password, None), _BEGINNINGS, _fault)
    try:
        catalog.migrate()
    except Unavailable as error:
        if _state(error.__cause__) != _FORBIDDEN:
            raise
        problem = "the account may not make or change tables; open the archive once with one that may, such as the owner"
        raise Rejected("bad_settings", problem) from error
    finally:
        catalog.close()


def _state(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _fault(error: BaseException) -> ArchiveError | None:
    if isinstance(error, psycopg.DataError | UnicodeEncodeError | OverflowError):
        return unstorable(error)
    state = _state(error)
    if state == _MOVED:
        return Refused("archive_moved", "the catalog is closed")
    if state == _FULL:
        return Unavailable("catalog_full", "the disk of the catalog's server is full")
    if state.startswith(_AWAY) or isinstance(error, psycopg.OperationalError):
        return Unavailable("catalog_unavailable", f"the catalog's server does not answer or says no ({state or 'no code'})")
    return None
