"""What a derivative must not tell, and whether a text tells it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from schemas.entity import Entity, Tier
from schemas.redaction import Audience
from workers.redact.likeness import Haystack, Needle, Needles, Span, is_number, needle, plain
from workers.redact.policy import Action, RedactionPolicy
from workers.redact.tokens import TOKENS

_FEWEST_DIGITS = 4
"""A number of three digits is on every page; that it is gone cannot be told from text, only from pixels."""
_EXACT_KINDS = ("DATE", "DOB", "AMOUNT", "AGE")
"""Kinds of which two values one character apart are two values, not one misread."""
_YEAR = 4
_TOKEN_WORDS = frozenset(each.strip("[]") for each in TOKENS)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be found: as it was read, in its normal form, or as it `may_be` by another reading."""

    kind: str
    value: str = field(repr=False)
    may_be: bool = False


@dataclass(frozen=True, slots=True)
class Secrets:
    """The values that *policy* hides from *audience* in one document."""

    values: frozenset[Secret] = field(repr=False)
    policy: RedactionPolicy
    audience: Audience

    @classmethod
    def of(cls, entities: Iterable[Entity], policy: RedactionPolicy, audience: Audience) -> Self:
        """Values as read, in their normal form and in other readings. Left out are values that a text holds by chance:
        fewer than two characters, or fewer than four digits."""
        hidden = (entity for entity in entities if policy.decide(entity, audience).action is not Action.SHOW)
        forms = (secret for each in hidden for secret in _forms(each))
        return cls(frozenset(secret for secret in forms if _tells(secret)), policy, audience)


@dataclass(frozen=True, slots=True)
class Found:
    """A secret of *kind* at characters [start, end) of a text."""

    kind: str
    span: Span


class SecretSearch:
    """Looks for secrets in texts; made once for many texts of one document."""

    def __init__(self, secrets: Secrets) -> None:
        self._needles = Needles(dict.fromkeys(_needles(secrets)))

    def __call__(self, text: str) -> Iterator[Found]:
        for kind, span in self._needles.find_in(Haystack(text)):
            yield Found(kind, span)


def new_findings(entities: Iterable[Entity], secrets: Secrets) -> Iterator[Entity]:
    """Those of *entities*, detected afresh in a derivative, whose kind the audience never sees, whatever the label.

    Tier D, a shape without label or checksum, is no proof; a bare year is what a masked date may show, and a type token
    behind a label is what stands for a hidden value.
    """
    for entity in entities:
        if entity.tier is Tier.D or _is_year(entity) or _is_token(entity):
            continue
        if secrets.policy.always_hides(entity.kind, secrets.audience):
            yield entity


def _is_year(entity: Entity) -> bool:
    return entity.kind.startswith("DATE") and len(entity.canonical) == _YEAR


def _is_token(entity: Entity) -> bool:
    """Whether the text is a type token, with or without its brackets."""
    return plain(entity.text).strip("[]") in _TOKEN_WORDS


def _forms(entity: Entity) -> Iterator[Secret]:
    yield Secret(entity.kind, entity.text)
    yield Secret(entity.kind, entity.canonical)
    yield from (Secret(entity.kind, value, may_be=True) for value in entity.alternatives)


def _tells(secret: Secret) -> bool:
    value = plain(secret.value)
    written = sum(char.isalnum() for char in value)
    is_year = secret.kind.startswith("DATE") and len(value.rstrip("年")) <= _YEAR
    return written >= (_FEWEST_DIGITS if is_number(value) else 2) and not is_year


def _needles(secrets: Secrets) -> Iterator[tuple[str, Needle]]:
    for secret in sorted(secrets.values, key=lambda each: (each.kind, each.value, each.may_be)):
        sought = needle(secret.value, may_be_near=not secret.may_be and not secret.kind.startswith(_EXACT_KINDS))
        if sought is not None:
            yield secret.kind, sought
