"""One paper from one seed: the same seed, kind, damage, case and resolution give the same pixels and the same truth."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Literal

from PIL import Image

from bench.papers.case import Case, invent_case
from bench.papers.damage import Damage, invent_damage, scan
from bench.papers.layouts import (
    accident_certificate,
    claim_application,
    discharge_summary,
    english_claim,
    hospital_record,
    identity_card,
    medical_bill,
    outpatient_record,
    power_of_attorney,
)
from bench.papers.layouts.setting import Setting
from bench.papers.people import invent_latin_name
from bench.papers.sheet import Sheet
from bench.papers.truth import PageTruth

_LAYOUTS: dict[str, tuple[str, ModuleType]] = {
    "claim_application": ("claim_application", claim_application),
    "outpatient_record": ("outpatient_record", outpatient_record),
    "discharge_summary": ("discharge_summary", discharge_summary),
    "medical_bill": ("medical_bill", medical_bill),
    "identity_card": ("identity_card", identity_card),
    "accident_certificate": ("accident_certificate", accident_certificate),
    "power_of_attorney": ("power_of_attorney", power_of_attorney),
    "english_claim": ("insurance_claim_form", english_claim),
    "hospital_record": ("discharge_summary", hospital_record),
}
KINDS = tuple(_LAYOUTS)
"""Kinds of paper. All but `english_claim` (insurance_claim_form) and `hospital_record` (a discharge summary of two or three
pages) are named as their document class."""


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A page image (mode RGB, L or 1) and what stands on it."""

    image: Image.Image = field(repr=False)
    truth: PageTruth


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: its pages, and how it was made."""

    kind: str
    document_class: str
    seed: int
    dpi: int
    damage: Damage
    pages: tuple[PaperPage, ...]


def kind_of(seed: int) -> str:
    """The kind of paper that *seed* makes where none is asked for."""
    return random.Random(f"kind {seed}").choice(KINDS)


def generate(
    seed: int,
    kind: str | None = None,
    damage: Damage | Literal["random"] | None = None,
    *,
    case: Case | None = None,
    dpi: int = 200,
    press: Callable[[Sheet], None] | None = None,
) -> Paper:
    """The paper of *seed*. *kind* is one of KINDS, by default chosen by the seed; *damage* None leaves the page as printed.

    *case* is the claim it belongs to, by default an invented one. *press* puts more on each printed sheet before it is scanned,
    and changes nothing else. Raises FontMissing where a type face is not installed.
    """
    chosen = kind or kind_of(seed)
    document_class, layout = _LAYOUTS[chosen]
    rng = random.Random(f"{chosen} {seed}")
    told = invent_damage(rng) if damage == "random" else damage or Damage()
    setting = Setting(rng, dpi, told.seals)
    sheets = layout.draw(case or _case_for(chosen, seed), setting)
    if press is not None:
        for sheet in sheets:
            press(sheet)
    pages = (
        PaperPage(*scan(sheet.image, sheet.truth(number, document_class), told, seed=rng.getrandbits(63)))
        for number, sheet in enumerate(sheets, start=1)
    )
    return Paper(chosen, document_class, seed, dpi, told, tuple(pages))


def _case_for(kind: str, seed: int) -> Case:
    """A case that suits the kind of paper: an accident for its certificate, a Latin name for an English form."""
    rng = random.Random(f"case {seed}")
    case = invent_case(rng, only_accidents=kind == "accident_certificate")
    if kind == "english_claim":
        return replace(case, insured=replace(case.insured, name=invent_latin_name(rng)))
    return case
