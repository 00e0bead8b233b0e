"""Servers of one's own, to be killed: started natively in a folder, each behind a proxy, MinIO on a small disk."""

import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from bench.faulty.proxies import HOST, Proxies
from deploy.accounts import Role
from deploy.database import connect, grant
from deploy.native import toxiproxy
from deploy.native.site import Ports
from deploy.native.stack import Stack

PARTS = {"postgresql": "catalog", "rabbitmq": "queue", "elasticsearch": "index", "minio": "store"}
"""What each server is to the archive."""
TIMEOUT_SECONDS = 5
"""After which a silent server counts as away; the setting's default is longer, and every recovery with it."""

_NAME = "claimkeep"  # of the bucket, the database, the virtual host and the indexes
_HEAP = "512m"
_DISK_MEGABYTES = 2000  # in memory, and only what is written takes any
_ROOM = "/var/tmp"  # noqa: S108 - a folder that the servers' account may enter, unlike a test's own
_PORTS = range(20_000, 28_000)  # below those that the kernel gives to clients: a killed server's port stays free for it


@dataclass(frozen=True, slots=True)
class Servers:
    """All of them, started. `proxies` are what our processes reach them by."""

    stack: Stack
    proxies: Proxies
    folder: Path

    def settings(self, role: Role, *, direct: bool = False) -> str:
        """A claimkeep.toml for *role*, by the proxies or *direct*."""
        ports = {name: self.stack.port(name) if direct else self.proxies.ports[name] for name in PARTS}
        account, secret = self.stack.account(role), {name: self.stack.password_file(role, name) for name in PARTS}
        common = f'ca_file = "{self.stack.ca_file(role)}"\ntimeout_seconds = {TIMEOUT_SECONDS}\n'
        return (
            f'[store]\nbackend = "s3"\nendpoint = "{HOST}:{ports["minio"]}"\nbucket = "{_NAME}"\n'
            f'access_key = "{account}"\nsecret_key_file = "{secret["minio"]}"\n{common}'
            f'[index]\nbackend = "elasticsearch"\nurl = "https://{HOST}:{ports["elasticsearch"]}"\n'
            f'user = "{account}"\npassword_file = "{secret["elasticsearch"]}"\n{common}'
            f'[catalog]\nbackend = "postgresql"\nhost = "{HOST}"\nport = {ports["postgresql"]}\ndatabase = "{_NAME}"\n'
            f'user = "{account}"\npassword_file = "{secret["postgresql"]}"\n{common}'
            f'[queue]\nbackend = "celery"\nhost = "{HOST}"\nport = {ports["rabbitmq"]}\nvirtual_host = "{_NAME}"\n'
            f'user = "{account}"\npassword_file = "{secret["rabbitmq"]}"\n{common}'
            '[log]\nlevel = "info"\n'
        )

    def grant(self) -> None:
        """What the accounts may do with the tables, now that there are tables."""
        admin, password = self.stack.account(Role.ADMIN), self.stack.password(Role.ADMIN, "postgresql")
        port, ca_file = self.stack.port("postgresql"), self.stack.ca_file()
        with connect(HOST, port, _NAME, admin, password, ca_file) as connection:
            grant(connection)

    @property
    def disk(self) -> Path:
        """Where MinIO's disk is mounted."""
        return self.folder / "minio"


@contextmanager
def started(kept: Path | None = None) -> Iterator[Servers]:
    """Servers in the new folder *kept*, for their logs; without it in one that is gone afterwards."""
    if kept is not None:
        kept.mkdir(parents=True)
        with _running(kept) as servers:
            yield servers
        return
    room = Path(tempfile.mkdtemp(prefix="claimkeep-faults-", dir=_ROOM))
    room.chmod(0o711)
    try:
        with _running(room) as servers:
            yield servers
    finally:
        shutil.rmtree(room)


@contextmanager
def _running(folder: Path) -> Iterator[Servers]:
    free = free_ports(len(fields(Ports)) + len(PARTS))
    stack = Stack(folder, Ports(*free[: len(fields(Ports))]), heap=_HEAP)
    proxies = Proxies(toxiproxy.url(stack.site), dict(zip(PARTS, free[len(fields(Ports)) :], strict=True)))
    with _small_disk(folder / "minio"):
        try:
            stack.up(*PARTS, toxiproxy.NAME)
            proxies.make({name: stack.port(name) for name in PARTS})
            yield Servers(stack, proxies, folder)
        finally:
            stack.down(*PARTS, toxiproxy.NAME)


@contextmanager
def _small_disk(place: Path) -> Iterator[None]:
    """A disk of its own at *place*, so that it can be filled without filling that of the machine. Only root may mount one."""
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={_DISK_MEGABYTES}m,mode=0711"
    subprocess.run(("mount", "-t", "tmpfs", "-o", options, "claimkeep-faults", str(place)), check=True)  # noqa: S603, S607
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)  # noqa: S603, S607


def free_ports(count: int) -> list[int]:
    """*count* ports in a row that nobody listens on."""
    for _ in range(100):
        first = random.randrange(_PORTS.start, _PORTS.stop - count)
        if all(_is_free(port) for port in range(first, first + count)):
            return list(range(first, first + count))
    raise OSError("no ports are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0
