"""Which of several candidates for the same characters stands (docs/identifiers.md 1.6)."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.entity import Tier
from workers.extract.passage import Candidate

SECTION_KINDS = frozenset({"HEALTH_TEXT"})
"""Kinds that hold other entities: a section of history is hidden as a whole, and a name within it is still a name."""

# Order of docs/identifiers.md, sections 2, 3 and 5: the earlier kind stands when all else is equal.
KIND_ORDER = (
    "CN_ID18", "CN_ID15", "CN_RESIDENCE_HMT", "CN_FPR2023", "CN_FPR2017", "CN_PASSPORT", "HM_TRAVEL", "TW_TRAVEL", "CN_EXIT_HM",
    "CN_EXIT_TW", "HKID", "MOID", "TWID", "CN_MIL", "CN_BIRTH_CERT", "CN_DRIVER", "CN_DRIVER_FILE", "CN_SSC", "SECRET",
    "CERTIFICATE",
    "CN_MOBILE", "CN_PHONE", "INTL_PHONE", "EMAIL", "WECHAT", "QQ", "DOCTOR", "CN_NAME", "CN_ADDRESS", "US_ADDRESS", "ZIP",
    "DOB", "DATE_ACCIDENT", "DATE_REPORT", "DATE_ADMISSION", "DATE_DISCHARGE", "DATE_DEATH", "DATE_OTHER", "CN_BANK", "INVOICE",
    "MED_BILL", "AMOUNT", "POLICY", "CLAIM", "APPLICATION", "MRN", "LAB_NO", "DIAGNOSIS", "PROCEDURE", "MEDICATION",
    "HOSPITAL", "INST_CODE",
    "USCC", "ORG_CODE", "PLATE", "VIN", "ENGINE", "DEVICE",
    "US_SSN", "US_ITIN", "US_EIN", "US_MBI", "US_HICN", "US_NPI", "US_DEA",
    "US_MEMBER", "US_GROUP", "US_CLAIM", "US_BANK", "URL", "IP", "AGE", "OCCUPATION", "HEALTH_TEXT", "NUMBER",
)  # fmt: skip
_RANK = {kind: rank for rank, kind in enumerate(KIND_ORDER)}
_TIERS = {Tier.A: 0, Tier.C: 1, Tier.B: 2, Tier.D: 3}  # label before checksum
_Order = tuple[int, int, int, float]


def resolve(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The candidates that stand, in order of their place; those of SECTION_KINDS only yield to each other."""
    ranked = sorted(candidates, key=_order)
    sections = _standing(candidate for candidate in ranked if candidate.kind in SECTION_KINDS)
    things = _standing(candidate for candidate in ranked if candidate.kind not in SECTION_KINDS)
    return tuple(sorted((*sections, *things), key=lambda candidate: (candidate.start, -candidate.end)))


def _order(candidate: Candidate) -> _Order:
    return -len(candidate), _TIERS[candidate.tier], _RANK.get(candidate.kind, len(_RANK)), -candidate.strength


def _standing(ranked: Iterable[Candidate]) -> list[Candidate]:
    """The first of each heap of overlapping candidates; it takes over a better tier and the role from its own kind."""
    owners: dict[int, int] = {}
    found: list[Candidate] = []
    for candidate in ranked:
        places = range(candidate.start, candidate.end)
        holders = {owners[place] for place in places if place in owners}
        if not holders:
            owners.update(dict.fromkeys(places, len(found)))
            found.append(candidate)
        for holder in holders:
            found[holder] = _supported(found[holder], candidate)
    return found


def _supported(standing: Candidate, other: Candidate) -> Candidate:
    if standing.kind != other.kind or len(other) * 3 < len(standing):
        return standing
    better = _TIERS[other.tier] < _TIERS[standing.tier]
    return replace(
        standing,
        tier=other.tier if better else standing.tier,
        role=standing.role or other.role,
        strength=max(standing.strength, other.strength) if better else standing.strength,
    )
