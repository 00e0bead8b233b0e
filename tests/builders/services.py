"""The real servers that tests use. One that cannot be had fails the run: a test that was left out proves nothing."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psycopg

from deploy.accounts import Role
from deploy.database import connect, make_database, remove_database
from deploy.native import rabbitmq
from deploy.native.site import LOCAL, Ports
from deploy.native.stack import NAMES, Stack


@dataclass(frozen=True, slots=True)
class Account:
    """How one role reaches one server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    password_file: Path
    ca_file: Path

    @property
    def endpoint(self) -> str:
        return f"{self.host}:{self.port}"


@cache
def services() -> Stack:
    """The stack that all tests share, started where it does not run. Nobody stops or kills its servers."""
    stack = Stack()
    stack.up(*NAMES)
    return stack


def account(server: str, role: Role | str = Role.ADMIN) -> Account:
    """*role* at *server* of the shared stack."""
    stack = services()
    return Account(
        host=LOCAL,
        port=stack.port(server),
        user=stack.account(role),
        password=stack.password(role, server),
        password_file=stack.password_file(role, server),
        ca_file=stack.ca_file(role),
    )


@contextmanager
def own_stack(*names: str) -> Iterator[Stack]:
    """A stack of one's own with the servers *names* running, whose processes may be killed. Nothing of it is left afterwards.

    Not in pytest's `tmp_path`: servers do not run as root, and that folder is closed to everybody else.
    """
    folder = Path(tempfile.mkdtemp(prefix="claimkeep-stack-"))
    folder.chmod(0o711)
    stack = Stack(folder / "state", Ports.free(), heap="512m")
    try:
        stack.up(*names)
        yield stack
    finally:
        for name in NAMES:
            stack.kill(name)
        shutil.rmtree(folder)


@contextmanager
def own_database() -> Iterator[str]:
    """The name of an empty database on the shared PostgreSQL."""
    name = f"claimkeep_services_{secrets.token_hex(4)}"
    with as_role("postgres") as connection:
        make_database(connection, name)
    try:
        yield name
    finally:
        with as_role("postgres") as connection:
            remove_database(connection, name)


def as_role(database: str, role: Role | str = Role.ADMIN) -> psycopg.Connection:
    """A connection of *role* to a database of the shared PostgreSQL."""
    reached = account("postgresql", role)
    return connect(reached.host, reached.port, database, reached.user, reached.password, reached.ca_file)


@contextmanager
def own_virtual_host() -> Iterator[str]:
    """The name of an empty virtual host on the shared RabbitMQ."""
    name = f"claimkeep-services-{secrets.token_hex(4)}"
    rabbitmq.make_virtual_host(services().site, name)
    try:
        yield name
    finally:
        rabbitmq.remove_virtual_host(services().site, name)
