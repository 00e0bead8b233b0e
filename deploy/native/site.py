"""Where one set of servers lives: its folder, its ports, and the system's account that its processes run under."""

import json
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from deploy.native.errors import CannotProvide
from deploy.native.install import PROGRAMS
from deploy.native.owner import SYSTEM_ACCOUNT, give, system_account

DEFAULT_STATE = PROGRAMS / "state"
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Below those that the kernel gives to clients, and away from the servers' usual ones."""

    elasticsearch: int = 29200
    elasticsearch_nodes: int = 29300
    minio: int = 29000
    versitygw: int = 27070
    postgresql: int = 25432
    rabbitmq: int = 26671
    rabbitmq_management: int = 26673
    rabbitmq_nodes: int = 26672
    rabbitmq_names: int = 26369
    toxiproxy: int = 28474

    @classmethod
    def free(cls) -> Self:
        """Ports that nobody listens on now, for a second set of servers."""
        with ExitStack() as held:
            sockets = [held.enter_context(socket.socket()) for _ in fields(cls)]
            for each in sockets:
                each.bind((LOCAL, 0))
            return cls(*(each.getsockname()[1] for each in sockets))

    @classmethod
    def kept(cls, folder: Path) -> Self | None:
        """Those with which the servers in *folder* were started first."""
        try:
            return cls(**json.loads((folder / "ports.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def keep(self, folder: Path) -> None:
        (folder / "ports.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Site:
    """*folder* holds everything that one set of servers keeps; *heap* is Elasticsearch's, as Java writes sizes (`512m`)."""

    folder: Path
    ports: Ports
    heap: str = "1g"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def home(self, name: str) -> Path:
        """What the server *name* keeps."""
        return self.folder / name

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def own(self, path: Path) -> Path:
        """A folder, with all in it, that belongs to the servers' account; made where it is missing."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        give(path)
        return path

    def make(self) -> None:
        """Raises CannotProvide where the servers' account could not reach the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log("").parent.mkdir(exist_ok=True, mode=0o700)
        if system_account() is None:
            return
        self.folder.chmod(0o711)
        for above in self.folder.resolve().parents:
            if not above.stat().st_mode & 0o001:
                raise CannotProvide(
                    f"The servers do not run as root, and the account {SYSTEM_ACCOUNT} cannot enter {above}. "
                    f"Name another folder, or run `chmod o+x {above}`."
                )
