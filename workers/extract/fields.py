"""The claim's fields, each the best entity for it and the place it was read (schemas.claim.FIELD_NAMES)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from schemas.claim import ClaimField
from schemas.entity import Entity, Tier

_CODE_BEHIND = re.compile(r"(?<=.)[ ]?\(?[A-Z]\d{2}[.\dxX+*]*\)?$")
_TIERS = {Tier.A: 4, Tier.C: 3, Tier.B: 2, Tier.D: 1}
_IDENTITY_KINDS = (
    "CN_ID18",
    "CN_ID15",
    "CN_RESIDENCE_HMT",
    "CN_FPR2023",
    "CN_FPR2017",
    "HKID",
    "TWID",
    "MOID",
    "US_SSN",
    "CN_PASSPORT",
)
_OWN_ROLES = ("insured", "patient", "deceased", "party", None, "claimant", "policyholder", "principal")


@dataclass(frozen=True, slots=True)
class _Rule:
    """Entities of *kinds* whose role is one of *roles*, earlier roles first; a role of "*" is any."""

    kinds: tuple[str, ...]
    roles: tuple[str | None, ...]
    lowest: Tier = Tier.D


_RULES: dict[str, _Rule] = {
    "insured": _Rule(("CN_NAME",), ("insured", "patient", "deceased", "party", None, "principal")),
    "policyholder": _Rule(("CN_NAME",), ("policyholder",), Tier.C),
    "claimant": _Rule(("CN_NAME",), ("claimant", "reporter"), Tier.C),
    "beneficiary": _Rule(("CN_NAME",), ("beneficiary", "payee"), Tier.C),
    "policy_number": _Rule(("POLICY",), ("*",)),
    "report_number": _Rule(("CLAIM",), ("report",)),
    "case_number": _Rule(("CLAIM",), ("case",)),
    "claim_number": _Rule(("CLAIM", "US_CLAIM"), ("claim", None)),
    "identity_number": _Rule(_IDENTITY_KINDS, (*_OWN_ROLES, "*")),
    "phone": _Rule(("CN_MOBILE", "INTL_PHONE"), (*_OWN_ROLES, "*")),
    "loss_date": _Rule(("DATE_ACCIDENT",), ("*",)),
    "report_date": _Rule(("DATE_REPORT",), ("*",)),
    "admission_date": _Rule(("DATE_ADMISSION",), ("*",)),
    "discharge_date": _Rule(("DATE_DISCHARGE",), ("*",)),
    "birth_date": _Rule(("DOB",), (*_OWN_ROLES, "*")),
    "hospital": _Rule(("HOSPITAL",), ("*",)),
    "diagnosis": _Rule(("DIAGNOSIS",), ("*",), Tier.C),
}


_LANDLINE = _Rule(("CN_PHONE",), (*_OWN_ROLES, "*"))


def claim_fields(entities: Sequence[Entity], amount: Entity | None) -> dict[str, ClaimField]:
    """The fields that entities say, in the order of FIELD_NAMES; *amount* is chosen from its label by the caller."""
    fields = {name: _field(chosen) for name, rule in _RULES.items() if (chosen := _choose(entities, rule))}
    if "phone" not in fields and (line := _choose(entities, _LANDLINE)):
        fields["phone"] = _field(line)
    if "policyholder" not in fields and (holder := _insured_beside_patient(entities)):
        fields["policyholder"] = _field(holder)
    if amount:
        fields["amount"] = _field(amount)
    return fields


def _insured_beside_patient(entities: Sequence[Entity]) -> Entity | None:
    """On American forms the insured holds the policy, and the patient is somebody it covers (CMS-1500, boxes 2 and 4)."""
    names = _RULES["policyholder"].kinds
    has_patient = any(entity.kind in names and entity.role == "patient" and entity.text.isascii() for entity in entities)
    return _choose(entities, _Rule(names, ("insured",), Tier.C)) if has_patient else None


def choose_amount(entities: Iterable[Entity], is_total: Callable[[Entity], bool]) -> Entity | None:
    """The sum behind a label of totals, else the largest sum with a label, else the largest."""
    sums = [entity for entity in entities if entity.kind == "AMOUNT"]
    return max(sums, key=lambda entity: (is_total(entity), entity.tier is not Tier.D, float(entity.canonical)), default=None)


def _choose(entities: Sequence[Entity], rule: _Rule) -> Entity | None:
    told = [entity for entity in entities if entity.canonical]  # of the others it is only known what they are
    fitting = [entity for entity in told if entity.kind in rule.kinds and _TIERS[entity.tier] >= _TIERS[rule.lowest]]
    for role in rule.roles:
        owned = [entity for entity in fitting if role in {"*", entity.role}]
        if owned:
            return max(
                owned,
                key=lambda entity: (
                    _TIERS[entity.tier],
                    round(entity.confidence or 0.0, 1),
                    -entity.page_number,
                    -entity.span[0],
                ),
            )
    return None


def _field(entity: Entity) -> ClaimField:
    value = _CODE_BEHIND.sub("", entity.canonical) if entity.kind == "DIAGNOSIS" else entity.canonical
    return ClaimField(value, entity.page_number, entity.boxes[0] if entity.boxes else None, entity.confidence)
