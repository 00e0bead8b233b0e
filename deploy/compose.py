"""What `docker-compose.yml` says of a service, so that a native start runs the same commands with the same settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CLAIMKEEP = ROOT / "deploy" / "claimkeep"  # the settings of our own containers
COMPOSE_FILE = ROOT / "docker-compose.yml"


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its command, its environment, and its files of settings by their path in the container."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    configs: Mapping[str, Path]


def read_service(name: str) -> Service:
    """Raises KeyError where the compose file has no such service."""
    compose: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    service = compose["services"][name]
    files = compose.get("configs", {})
    return Service(
        command=tuple(service["command"]),
        environment=dict(service.get("environment", {})),
        configs={each["target"]: ROOT / files[each["source"]]["file"] for each in service.get("configs", ())},
    )


def localised(text: str, places: Mapping[str, str]) -> str:
    """*text* with what holds in the container replaced by what holds here.

    Raises ValueError where something to be replaced is not in it: then the two have come apart.
    """
    for there, here in places.items():
        if there not in text:
            raise ValueError(f"{there!r} is not in the settings any more")
        text = text.replace(there, here)
    return text
