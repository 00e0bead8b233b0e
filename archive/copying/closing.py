"""Closing a catalog to writers, for good or until it is opened again; whoever reads goes on.

Triggers do it, so that processes that had the catalog open before are stopped too. A statement that would change a row fails
with an error that the catalog knows as Refused(archive_moved).
"""

from sqlalchemy import Connection, text, update

from archive.catalog.tables import metadata, work

PG_MOVED = "CK001"
"""The SQLSTATE that a closed catalog on PostgreSQL answers with; of no class that the server uses itself."""

_TABLES = tuple(table.name for table in metadata.sorted_tables)
_CHANGES = ("INSERT", "UPDATE", "DELETE")
_PG_REFUSES = f"""
    CREATE OR REPLACE FUNCTION claimkeep_moved() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION USING MESSAGE = ''archive_moved'', ERRCODE = ''{PG_MOVED}''; END'"""


def close(connection: Connection) -> None:
    """Let nobody write any more. Steps in hand wait again: what comes of them cannot be taken from here on."""
    if is_closed(connection):
        return
    if not _is_sqlite(connection.dialect.name):
        connection.exec_driver_sql("LOCK TABLE work IN EXCLUSIVE MODE")  # leases are taken beside other transactions there
    connection.execute(
        update(work)
        .where(work.c.state == "leased")
        .values(state="waiting", lease_owner=None, lease_until=None, lease_token=work.c.lease_token + 1)
    )
    for statement in _closing(connection.dialect.name):
        connection.exec_driver_sql(statement)


def reopen(connection: Connection) -> None:
    """Let writers write again; nothing happens where the catalog is open."""
    for statement in _reopening(connection.dialect.name):
        connection.exec_driver_sql(statement)


def is_closed(connection: Connection) -> bool:
    in_sqlite = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'moved_%'"
    elsewhere = "SELECT count(*) FROM pg_trigger WHERE tgname = 'moved' AND tgrelid = to_regclass('work')"
    return bool(connection.execute(text(in_sqlite if _is_sqlite(connection.dialect.name) else elsewhere)).scalar())


def _is_sqlite(dialect: str) -> bool:
    return dialect == "sqlite"


def _closing(dialect: str) -> tuple[str, ...]:
    if _is_sqlite(dialect):
        return tuple(
            f"CREATE TRIGGER moved_{change}_{table} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, 'archive_moved'); END"
            for table in _TABLES
            for change in _CHANGES
        )
    return (
        _PG_REFUSES,
        *(
            f"CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION claimkeep_moved()"
            for table in _TABLES
        ),
    )


def _reopening(dialect: str) -> tuple[str, ...]:
    if _is_sqlite(dialect):
        return tuple(f"DROP TRIGGER IF EXISTS moved_{change}_{table}" for table in _TABLES for change in _CHANGES)
    return tuple(f"DROP TRIGGER IF EXISTS moved ON {table}" for table in _TABLES)
