"""One set of servers in one folder."""

import fcntl
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy.accounts import Role, ca_file, password_file
from deploy.compose import CLAIMKEEP, localised
from deploy.native import elasticsearch, minio, postgresql, processes, rabbitmq, toxiproxy, versitygw
from deploy.native.errors import CannotProvide, NotReady
from deploy.native.server import Server
from deploy.native.site import DEFAULT_STATE, LOCAL, Ports, Site
from deploy.secrets import make_secrets
from deploy.set_up import grant_catalog

_SERVERS: dict[str, Server] = {
    module.SERVER.name: module.SERVER for module in (postgresql, rabbitmq, elasticsearch, minio, versitygw, toxiproxy)
}
NAMES = tuple(_SERVERS)
USUAL = tuple(name for name in NAMES if name != toxiproxy.NAME)
"""What is started unless something else is asked for."""

_STOP_SECONDS = 60.0
_KILL_SECONDS = 10.0
_POLL_SECONDS = 0.1
_UNSEEN_SECONDS = 2.0  # a process that becomes another program shows no environment for a moment, and is not found by it
_LOG_LINES = 15


class Stack:
    """The servers of one folder. Several stacks may run side by side if their ports differ.

    Ports are those with which the folder was begun; else *ports*; else the usual ones.
    """

    def __init__(self, folder: Path = DEFAULT_STATE, ports: Ports | None = None, heap: str = "1g") -> None:
        self.site = Site(folder.absolute(), Ports.kept(folder) or ports or Ports(), heap)

    def install(self, *names: str) -> None:
        """Raises CannotProvide where a program is missing and cannot be had."""
        wanted = names or USUAL
        with ThreadPoolExecutor(len(wanted)) as at_once:
            list(at_once.map(lambda name: _SERVERS[name].install(), wanted))

    def up(self, *names: str) -> tuple[str, ...]:
        """Install and start what does not run, and wait until all answer; the names of those that were started."""
        self.install(*names)
        wanted = names or USUAL
        with ThreadPoolExecutor(len(wanted)) as at_once:
            started = tuple(at_once.map(self._start, wanted))
        for name in wanted:
            self.wait_ready(name)
        return tuple(name for name, was_started in zip(wanted, started, strict=True) if was_started)

    def down(self, *names: str) -> None:
        """Stop them as gently as they can be stopped; those that do not run are left alone."""
        for name in names or NAMES:
            self.stop(name)

    def start(self, name: str) -> None:
        """Start one server that is installed, and wait until it answers. One that runs is left alone."""
        self._start(name)
        self.wait_ready(name)

    def _start(self, name: str) -> bool:
        server, is_set_up = _SERVERS[name], self.site.folder / f"{name}.set-up"
        with self._locked(name):
            if self.runs(name) and is_set_up.exists():
                return False
            if not self.runs(name):
                is_set_up.unlink(missing_ok=True)
                self._launch(server)
            self._wait(name, server.patience)
            server.set_up(self.site)
            is_set_up.touch()
            return True

    def _launch(self, server: Server) -> None:
        """What does not come to answer is ended again, so that the next try finds its place free."""
        self._kill(server.name)
        server.prepare(self.site)
        processes.start(server.name, self.site.folder, server.launch(self.site), self.site.log(server.name))
        try:
            self._wait(server.name, server.patience)
        except CannotProvide:
            self._kill(server.name)
            raise

    def wait_ready(self, name: str, seconds: float | None = None) -> None:
        """Raises CannotProvide where the server does not answer within *seconds*."""
        self._wait(name, _SERVERS[name].patience if seconds is None else seconds)

    def _wait(self, name: str, seconds: float) -> None:
        seen = time.monotonic()
        until = seen + seconds
        while True:
            try:
                return _SERVERS[name].check(self.site)
            except NotReady as error:
                now = time.monotonic()
                seen = now if self.runs(name) else seen
                if now > until or now - seen > _UNSEEN_SECONDS:
                    raise CannotProvide(f"{name} does not answer ({error}). {self._last_words(name)}") from error
            time.sleep(_POLL_SECONDS)

    def is_ready(self, name: str) -> bool:
        if not self.site.secrets.exists():
            return False  # nothing was ever set up here
        try:
            _SERVERS[name].check(self.site)
        except NotReady:
            return False
        return True

    def stop(self, name: str) -> None:
        """Ask the server to end and wait for it; killed if it takes too long."""
        with self._locked(name):
            running = processes.find(name, self.site.folder)
            processes.send(processes.heads(running), _SERVERS[name].stop_signal)
            processes.wait_for_end(running, _STOP_SECONDS)
            self._kill(name)

    def kill(self, name: str) -> None:
        """SIGKILL to the server and all that it started, at once."""
        with self._locked(name):
            self._kill(name)

    def _kill(self, name: str) -> None:
        until = time.monotonic() + _KILL_SECONDS
        while running := processes.find(name, self.site.folder):
            if time.monotonic() > until:
                raise CannotProvide(f"{name} cannot be killed: processes {[each.pid for each in running]}")
            processes.send(running, signal.SIGKILL)
            processes.wait_for_end(running, 1.0)

    def restart(self, name: str) -> None:
        self.stop(name)
        self.start(name)

    def runs(self, name: str) -> bool:
        """Whether it has processes; it may not answer yet."""
        lingering = _SERVERS[name].lingering
        return any(processes.program(each) != lingering for each in processes.find(name, self.site.folder))

    def processes(self, name: str) -> tuple[int, ...]:
        """The ids of its processes."""
        return tuple(process.pid for process in processes.find(name, self.site.folder))

    def port(self, name: str) -> int:
        """On which *name* (also `rabbitmq_management`) listens, at 127.0.0.1."""
        return int(getattr(self.site.ports, name))

    def account(self, role: Role | str) -> str:
        return Role(role).account

    def password_file(self, role: Role | str, server: str) -> Path:
        return password_file(self.site.secrets, Role(role), server)

    def password(self, role: Role | str, server: str) -> str:
        return self.password_file(role, server).read_text(encoding="utf-8")

    def ca_file(self, owner: Role | str = Role.ADMIN) -> Path:
        return ca_file(self.site.secrets, str(owner))

    def grant(self, database: str = "claimkeep") -> None:
        """Say who may do what in the tables of *database*; again after each migration."""
        grant_catalog(self.site.secrets, postgresql.settings(self.site, database))

    def settings(self, role: Role | str) -> str:
        """A claimkeep.toml for *role*: the one that the container has, with this stack's addresses and files."""
        source = CLAIMKEEP / f"{Role(role).value}.toml"
        places = {
            "minio:9000": f"{LOCAL}:{self.port('minio')}",
            "elasticsearch:9200": f"{LOCAL}:{self.port('elasticsearch')}",
            'host = "postgresql"\nport = 5432': f'host = "{LOCAL}"\nport = {self.port("postgresql")}',
            'host = "rabbitmq"\nport = 5671': f'host = "{LOCAL}"\nport = {self.port("rabbitmq")}',
            "/run/secrets": str(self.site.secrets / Role(role).value),
        }
        return localised(source.read_text(encoding="utf-8"), places)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """One process at a time starts, stops or kills this server; the secrets are made under the same roof."""
        self.site.make()
        with (self.site.folder / "lock").open("w") as all_of_it:
            fcntl.flock(all_of_it, fcntl.LOCK_EX)
            if Ports.kept(self.site.folder) is None:
                self.site.ports.keep(self.site.folder)
            make_secrets(self.site.secrets)
        with (self.site.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _last_words(self, name: str) -> str:
        log = self.site.log(name)
        if not log.exists():
            return ""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join((f"The end of {log}:", *lines))
