"""What is printed: plain strings, and values that the ground truth must name. Kinds are the codes of docs/identifiers.md."""

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bench.papers import numbers, written
from bench.papers.case import Case, Diagnosis
from bench.papers.people import Person


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """`text` as printed, `canonical` its one normal form, `field` a name of `schemas.claim.FIELD_NAMES` or "".

    `sound` says whether a check digit holds, None where there is none. `mark` is "tick" for a box to be ticked by hand.
    """

    text: str
    kind: str = ""
    canonical: str = ""
    field: str = ""
    role: str | None = None
    sound: bool | None = None
    mark: str = ""


Piece = str | Value

_DATES = {
    "birth": "DOB",
    "loss": "DATE_ACCIDENT",
    "report": "DATE_REPORT",
    "admission": "DATE_ADMISSION",
    "discharge": "DATE_DISCHARGE",
}


def text_of(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def name(text: str, role: str, *, field: str = "") -> Value:
    return Value(text, "CN_NAME", text, field, role)


def doctor(text: str) -> Value:
    return Value(text, "DOCTOR", text, role="doctor")


def identity(person: Person, role: str, *, field: str = "", text: str | None = None) -> Value:
    is_old = len(person.identity) == 15
    canonical = numbers.identity18_of_15(person.identity) if is_old else person.identity
    return Value(text or person.identity, "CN_ID15" if is_old else "CN_ID18", canonical, field, role, person.identity_sound)


def mobile(person: Person, role: str, rng: random.Random, *, field: str = "") -> Value:
    number = person.mobile
    shown = rng.choice(
        (number, number, number, f"{number[:3]} {number[3:7]} {number[7:]}", f"{number[:3]}-{number[3:7]}-{number[7:]}")
    )
    return Value(shown, "CN_MOBILE", number, field, role)


def landline(number: str, role: str, *, field: str = "") -> Value:
    return Value(number, "CN_PHONE", number.replace("-", ""), field, role)


def email(person: Person, role: str) -> Value:
    return Value(person.email, "EMAIL", person.email, role=role)


def address(text: str, role: str) -> Value:
    return Value(text, "CN_ADDRESS", text, role=role)


def card(person: Person, role: str, rng: random.Random) -> Value:
    groups = " ".join(person.card[start : start + 4] for start in range(0, len(person.card), 4))
    return Value(rng.choice((person.card, groups)), "CN_BANK", person.card, role=role, sound=person.card_sound)


def date_kind(role: str) -> str:
    """The entity kind of a date with this role; DATE_OTHER for visits, signatures, bills and the like."""
    return _DATES.get(role, "DATE_OTHER")


def day(when: date, role: str, form: str, *, field: str = "") -> Value:
    """*form* is a name of `written.DATE_FORMS`."""
    return Value(written.DATE_FORMS[form](when), date_kind(role), when.isoformat(), field, role)


def amount(value: Decimal, form: str = "plain", *, field: str = "", role: str | None = None) -> Value:
    """*form* is a name of `written.AMOUNT_FORMS`."""
    return Value(written.AMOUNT_FORMS[form](value), "AMOUNT", f"{value:.2f}", field, role)


def amount_in_words(value: Decimal, unit: str = "元") -> Value:
    return Value(written.in_words(value, unit), "AMOUNT", f"{value:.2f}", role="words")


def policy(number: str, *, field: str = "policy_number") -> Value:
    return Value(number, "POLICY", number, field, "policy")


def claim(number: str, role: str, *, field: str = "") -> Value:
    """*role* is report, case or claim."""
    return Value(number, "CLAIM", number, field, role)


def record_number(number: str, role: str) -> Value:
    return Value(number, "MRN", number, role=role)


def hospital(case: Case, *, field: str = "") -> Value:
    return Value(case.hospital.name, "HOSPITAL", case.hospital.name, field)


def health(text: str, role: str) -> Value:
    return Value(text, "HEALTH_TEXT", text, role=role)


def diagnosis(found: Diagnosis, *, field: str = "") -> Value:
    return Value(found.name, "HEALTH_TEXT", found.name, field, "diagnosis")


def diagnosis_code(found: Diagnosis) -> Value:
    return Value(found.code, "DIAGNOSIS", found.code)


def numbered(number: str, kind: str, role: str | None = None, *, sound: bool | None = None) -> Value:
    """Any other number whose printed and canonical forms are the same."""
    return Value(number, kind, number, role=role, sound=sound)


def tick(*, on: bool) -> Value:
    return Value("□", mark="tick" if on else "")


def choices(options: tuple[str, ...], chosen: str) -> tuple[Piece, ...]:
    """`□意外 □疾病` with the chosen one to be ticked."""
    pieces: list[Piece] = []
    for option in options:
        pieces += [tick(on=option == chosen), f"{option}  "]
    return tuple(pieces)
