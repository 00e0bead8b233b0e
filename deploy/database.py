"""Accounts and grants at PostgreSQL, by a connection that may everything. Used after a native start and in a container."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.accounts import Role

MIGHTY = "postgres"
"""The account that may everything; it makes the others, and nothing else uses it."""
_GRANTS = Path(__file__).resolve().parent / "postgresql" / "grants.sql"


def connect(host: str, port: int, database: str, user: str, password: str, ca: Path) -> psycopg.Connection:
    """A connection over TLS, to a server that *ca* vouches for, that commits each statement. Raises psycopg.Error."""
    return psycopg.connect(
        host=host,
        port=port,
        dbname=database,
        user=user,
        password=password,
        sslmode="verify-full",
        sslrootcert=str(ca),
        connect_timeout=5,
        autocommit=True,
    )


def make_accounts(connection: psycopg.Connection, passwords: Mapping[Role, str]) -> None:
    """The server is told verifiers (SCRAM-SHA-256, RFC 7677), so that no password can reach its log."""
    for role, password in passwords.items():
        there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role.account,)).fetchone()
        verifier = connection.pgconn.encrypt_password(password.encode(), role.account.encode(), b"scram-sha-256")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}").format(
                sql.SQL("ALTER" if there else "CREATE"),
                sql.Identifier(role.account),
                sql.SQL("CREATEDB" if role is Role.ADMIN else "NOCREATEDB"),
                sql.Literal(verifier.decode()),
            )
        )


def make_database(connection: psycopg.Connection, name: str) -> None:
    """A database of encoding UTF8 and collation C, of the administrator's. One that is there stays."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0").format(
            sql.Identifier(name), sql.Identifier(Role.ADMIN.account)
        )
    )


def remove_database(connection: psycopg.Connection, name: str) -> None:
    """Delete a database of the connection's account, and end that account's connections to it. Raises psycopg.Error.

    `DROP DATABASE ... WITH (FORCE)` would refuse while the server itself cleans up in the database (autovacuum), whose worker
    the account may not end; without FORCE the server ends its own worker.
    """
    connection.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
        (name,),
    )
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def grant(connection: psycopg.Connection) -> None:
    """Say who may do what in the connection's database, for tables that are there and those that will be.

    To be run again after a migration.
    """
    connection.execute(_GRANTS.read_text(encoding="utf-8").encode())
