"""Dates of the claim: DATE_ACCIDENT, DATE_REPORT, DATE_ADMISSION, DATE_DISCHARGE, DATE_DEATH; DATE_OTHER for all others.

A label names the date (出险日期), or the words after it do (2019年3月5日入院). Precision stays as written.
"""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.dates import DateFound, dates_in
from workers.extract.passage import Candidate, Passage, Slot

_KINDS = {
    "loss_date": ("DATE_ACCIDENT", "loss"),
    "report_date": ("DATE_REPORT", "report"),
    "admission_date": ("DATE_ADMISSION", "admission"),
    "discharge_date": ("DATE_DISCHARGE", "discharge"),
    "death_date": ("DATE_DEATH", "death"),
    "visit_date": ("DATE_OTHER", None),
}
_STAY = ("admission_date", "discharge_date")
_TIME = r"(?:[ ]?\d{1,2}[:时点]\d{0,2}分?(?::\d{2})?)?[许左右]*[ ,，]?"
_VERBS = (
    (
        "loss_date",
        re.compile(
            _TIME + r"[^\n,，。;；]{0,30}?(?:出险|发生|受伤|摔伤|跌倒|摔倒|滑倒|撞|刮|坠落|车祸|遇险|烫伤|砸伤|扭伤|交通事故)"
        ),
    ),
    ("admission_date", re.compile(_TIME + r"[^\n,，。;；]{0,12}?(?:入院|收住|收治入院|住院治疗|admitted)")),
    ("discharge_date", re.compile(_TIME + r"[^\n,，。;；]{0,8}?(?:出院|discharged)")),
    ("report_date", re.compile(_TIME + r"[^\n,，。;；]{0,8}?(?:报案|报警)")),
    ("death_date", re.compile(_TIME + r"[^\n,，。;；]{0,12}?(?:死亡|身故|去世|病逝|逝世|亡故)")),
)


def find(passage: Passage) -> Iterator[Candidate]:
    text = passage.normal.folded
    for concept in _KINDS:
        for slot in passage.slots_for(concept):
            yield from _labelled(text, slot, concept)
    for slot in passage.slots_for("stay"):
        for concept, found in zip(_STAY, dates_in(text, slot.start, slot.end, labelled=True), strict=False):
            yield _candidate(concept, found, Tier.C)
    for found in dates_in(text):
        yield _by_verb(text, found)


def _labelled(text: str, slot: Slot, concept: str) -> Iterator[Candidate]:
    for found in dates_in(text, slot.start, slot.end, labelled=True):
        yield _candidate(concept, found, Tier.C)
        if concept != "visit_date":
            return


def _by_verb(text: str, found: DateFound) -> Candidate:
    """The verb that comes first after the date says what happened then."""
    matches = [(match.end(), concept) for concept, verb in _VERBS if (match := verb.match(text, found.end))]
    return _candidate(min(matches)[1] if matches else "visit_date", found, Tier.D)


def _candidate(concept: str, found: DateFound, tier: Tier) -> Candidate:
    kind, role = _KINDS[concept]
    strength = 0.7 if tier is Tier.D and kind != "DATE_OTHER" else 0.0
    return Candidate(kind, tier, found.start, found.end, found.canonical, role, strength)
