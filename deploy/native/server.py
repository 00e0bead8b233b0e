"""What each server's module says of it."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from deploy.native.site import Site


@dataclass(frozen=True, slots=True)
class Launch:
    """How the server's process is started. No secret is in it: command lines are open to all, the environment to its owner."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """One server. Each function may be called again when its work is done already."""

    name: str
    install: Callable[[], None]  # raises CannotProvide
    prepare: Callable[[Site], None]  # its folders and settings, before each start
    launch: Callable[[Site], Launch]
    check: Callable[[Site], None]  # raises NotReady
    set_up: Callable[[Site], None]  # accounts and the like that only a running server takes, after each start
    stop_signal: signal.Signals = signal.SIGTERM
    lingering: str = ""  # a program of its that outlives it, and says nothing about whether it runs
    patience: float = 60.0  # seconds from its start to its first answer, on a busy machine


def nothing(_site: Site) -> None:
    """For servers that take all their settings from files."""
