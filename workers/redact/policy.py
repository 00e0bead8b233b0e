"""Who may see what: a versioned table of rules, read from TOML."""

import json
import tomllib
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from schemas.entity import Entity, Tier
from schemas.redaction import Audience
from schemas.region import Region

MASKABLE = ("DATE", "DATE_*")
"""Kinds that have a form which says less than the whole and more than a type token: of a date, the year."""


class Action(StrEnum):
    """What happens to an entity. `mask` leaves the year of a date in the text; the image hides the whole of it."""

    SHOW = "show"
    MASK = "mask"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says of one entity, and the rule that said so."""

    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits an entity whose kind, role and tier are listed; an empty tuple of roles fits every role."""

    audience: Audience
    action: Action
    kinds: tuple[str, ...] = ("*",)
    roles: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = tuple(Tier)
    reason: str = "policy"

    def __post_init__(self) -> None:
        if self.action is Action.MASK and not set(self.kinds) <= set(MASKABLE):
            raise ValueError(f"only {', '.join(MASKABLE)} can be masked; hide or show the others")

    def fits(self, kind: str, role: str | None, tier: Tier) -> bool:
        return (
            tier in self.tiers
            and (not self.roles or role in self.roles)
            and any(fnmatchcase(kind, pattern) for pattern in self.kinds)
        )


@dataclass(frozen=True, slots=True)
class RedactionPolicy:
    """The first rule of an audience that fits decides. What no rule fits is hidden."""

    name: str
    version: str
    rules: tuple[Rule, ...]

    @property
    def label(self) -> str:
        """Name and version, as derivatives carry them."""
        return f"{self.name}/{self.version}"

    @property
    def digest(self) -> str:
        """SHA-256 over name, version and rules, however the file that they came from was laid out."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def decide(self, entity: Entity, audience: Audience) -> Decision:
        return self._decide(entity.kind, entity.role, entity.tier, audience)

    def decide_on_region(self, region: Region, audience: Audience) -> Decision:
        """The same of a place that is not text; nothing of it can be masked in part."""
        return self._decide(region.kind, None, region.tier, audience)

    def always_hides(self, kind: str, audience: Audience) -> bool:
        """Whether no label and no role makes *kind* visible to *audience* in an image of the page."""
        return self._decide(kind, None, Tier.A, audience).action is not Action.SHOW

    def _decide(self, kind: str, role: str | None, tier: Tier, audience: Audience) -> Decision:
        for rule in self.rules:
            if rule.audience is audience and rule.fits(kind, role, tier):
                return Decision(rule.action, rule.reason)
        return Decision(Action.HIDE, "not_listed")


def load_policy(path: Path) -> RedactionPolicy:
    """Raises ValueError, naming the file, where it is not a policy; OSError where it cannot be read."""
    return _parse(path.read_text("utf-8"), path.name)


def default_policy() -> RedactionPolicy:
    resource = resources.files("workers.redact") / "policies" / "default.toml"
    return _parse(resource.read_text("utf-8"), "default.toml")


def _parse(text: str, origin: str) -> RedactionPolicy:
    try:
        table = tomllib.loads(text)
        rules = tuple(_rule(entry) for entry in table["rules"])
        return RedactionPolicy(str(table["name"]), str(table["version"]), rules)
    except KeyError as error:
        raise ValueError(f"{origin}: the policy lacks {error.args[0]!r}") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{origin}: {error}") from error


def _rule(entry: dict[str, Any]) -> Rule:
    if unknown := sorted(set(entry) - {"audience", "action", "kinds", "roles", "tiers", "reason"}):
        raise ValueError(f"a rule holds unknown keys {unknown}")
    return Rule(
        audience=Audience(entry["audience"]),
        action=Action(entry["action"]),
        kinds=tuple(entry.get("kinds", ("*",))),
        roles=tuple(entry.get("roles", ())),
        tiers=tuple(Tier(tier) for tier in entry.get("tiers", tuple(Tier))),
        reason=entry.get("reason", "policy"),
    )
