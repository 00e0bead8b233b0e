"""A named thing found on a page: a name, a number, a date, a diagnosis."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import Quad

NAME_KINDS = frozenset({"CN_NAME", "EN_NAME", "DOCTOR"})
"""Kinds that name a person."""


class Tier(StrEnum):
    """How an entity was recognised. A to C are redacted automatically; D is redacted for the public and reviewed."""

    A = "A"
    """label and checksum"""
    B = "B"
    """checksum only"""
    C = "C"
    """label and the right shape; the checksum fails or there is none"""
    D = "D"
    """shape only"""


@dataclass(frozen=True, slots=True)
class Entity:
    """`kind` is a type code of docs/identifiers.md. `text` is the page's text[start:end], as read.

    `canonical` is the value in its one normal form (digits folded, separators dropped, dates as ISO 8601), the form that
    search keys are made from; "" where it is known what stands there, but not what it says. `role` says whose or which it is
    (`insured`, `beneficiary`, `loss`, `report`), where known. `boxes` has one quad per line that the span touches; empty for
    plain text without a page image. `alternatives` are other values that the page may hold there, the likelier first: it is
    found by them and they are hidden with it, but they are never shown as what the page says. `days` are days, ISO 8601, that
    a date may mean which cannot be read, or can be read otherwise, the likelier first: for finding alone.
    """

    kind: str
    tier: Tier
    page_number: int
    text: str = field(repr=False)
    span: tuple[int, int]
    boxes: tuple[Quad, ...] = ()
    canonical: str = field(default="", repr=False)
    role: str | None = None
    confidence: float | None = None
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    days: tuple[str, ...] = field(default=(), repr=False)
