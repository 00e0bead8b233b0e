"""Everything that a fault happens to: the servers, an archive on them, the API and the workers; and whoever looks on."""

import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from archive.catalog import documents, users, work
from archive.catalog.tables import events
from archive.errors import Unavailable
from archive.wiring import Archive, create_archive
from bench.archives.commands import COMMAND
from bench.faulty import servers
from bench.faulty.programs import Program
from bench.faulty.servers import Servers
from deploy.accounts import Role

_LOOK_SECONDS = 0.1
_ANSWER_SECONDS = 10.0
_START_SECONDS = 60.0
_GREETING = re.compile(r"answers at (http://\S+)/ ")


@dataclass(slots=True)
class Rig:
    """`archive` is opened past the proxies, by nobody's fault."""

    servers: Servers
    archive: Archive
    api: Program
    workers: Program
    token: str = field(repr=False)
    address: str
    clock: Path
    """Says by how many seconds the workers' clock is wrong, where they follow it."""

    def keep_running(self) -> None:
        """Start again what ended, as whoever runs services does."""
        self.api.start()
        self.workers.start()

    def steps_done(self) -> int:
        """How much work the ledger tells of. It grows with every step that ends; Unavailable where the catalog is away."""
        about_work = events.c.document_id.is_not(None) & events.c.kind.not_like("item.%")
        with self.archive.catalog.read() as connection:
            return connection.execute(select(func.count()).where(about_work)).scalar_one()

    def steps_open(self) -> int:
        """How much waits or is in hand; Unavailable where the catalog is away."""
        with self.archive.catalog.read() as connection:
            return sum(work.counts(connection).values())

    def is_idle(self) -> bool:
        with self.archive.catalog.read() as connection:
            return work.is_idle(connection) and not documents.totals(connection)[0]["waiting"]

    def failing(self) -> frozenset[str]:
        """The parts that the API says fail; none where it is ready or does not answer."""
        try:
            answer = httpx.get(f"{self.address}/health/ready", timeout=_ANSWER_SECONDS)
        except httpx.TransportError:
            return frozenset()
        return frozenset(each["part"] for each in answer.json().get("failing", ()))

    def wait_for(self, what: Callable[[], bool], seconds: float) -> bool:
        """Look until *what* is so; programs that ended are started again. False where that takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(Unavailable):  # the catalog may be what is away
                if what():
                    return True
            self.keep_running()
            time.sleep(_LOOK_SECONDS)
        return False


@contextmanager
def started(kept: Path | None = None, processes: int = 2) -> Iterator[Rig]:
    """A rig on servers of its own; in the new folder *kept* their logs and ours stay."""
    with servers.started(kept) as running, ExitStack() as ending:
        home = running.folder / "archive"
        settings = running.settings(Role.ADMIN, direct=True)
        archive = ending.enter_context(create_archive(home / "admin", settings=settings))
        running.grant()
        for role in (Role.API, Role.WORKER):
            _join(home / role, home / "admin", running.settings(role))
        rig = _rig(home, running, archive, processes)
        ending.callback(rig.api.stop)
        ending.callback(rig.workers.stop)
        rig.keep_running()
        rig.address = _address(rig.api)
        yield rig


def _join(home: Path, first: Path, settings: str) -> None:
    """Another machine's folder of the archive that was made in *first*."""
    home.mkdir(parents=True)
    shutil.copytree(first / "keys", home / "keys")
    (home / "claimkeep.toml").write_text(settings, encoding="utf-8")


def _rig(home: Path, running: Servers, archive: Archive, processes: int) -> Rig:
    with archive.catalog.write() as connection:
        token = users.add(connection, f"bench-{secrets.token_hex(4)}", "archivist", work.moment(archive.clock()))
    serve = (*COMMAND, "serve", "--processes", "0", "--port", str(servers.free_ports(1)[0]), "--home", str(home / Role.API))
    module = (sys.executable, "-m", "bench.faulty.work", str(home / Role.WORKER), "--processes", str(processes))
    return Rig(
        servers=running,
        archive=archive,
        api=Program("api", serve, home / "api.log"),
        workers=Program("workers", module, home / "workers.log"),
        token=token,
        address="",
        clock=home / "clock",
    )


def _address(api: Program) -> str:
    """As the program says at its start."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if greeting := _GREETING.search(api.log.read_text(encoding="utf-8", errors="replace")):
            return greeting[1]
        time.sleep(_LOOK_SECONDS)
    raise TimeoutError(f"the API does not start; see {api.log}")
