"""Organisations: USCC (GB 32100, mod 31), ORG_CODE (GB 11714), INST_CODE (codes of the medical insurance), HOSPITAL."""

import re
from collections.abc import Iterator

from stdnum.cn import uscc

from schemas.entity import Tier
from workers.extract.passage import Candidate, Passage, tier_of
from workers.extract.recognizers.matching import first_code, labelled, unlabelled

_USCC = re.compile(r"(?<![A-Za-z0-9])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![A-Za-z0-9])")
_ORGANISATION = re.compile(r"(?<![A-Za-z0-9])[0-9A-Z]{8}-[0-9X](?![A-Za-z0-9])")
_INSTITUTION = re.compile(r"(?<![A-Za-z0-9])(?:[HP]\d{11}|[DN]\d{12})(?![A-Za-z0-9])")
_HOSPITAL = re.compile(
    r"(?:[一-鿿]{2,}?大学)?[一-鿿()]{2,18}?(?:[医醫]院|[卫衛]生院|[门門][诊診]部|[诊診]所|保健院|卫生服务中心|[医醫][疗療]中心|[疗療][养養]院)(?:\([一-鿿]{1,8}\)|[一-鿿]{1,4}(?:分院|院区))?"
)
_LEAD_IN = re.compile(r"^.*(?:入住|转至|转入|送至|送往|送到|前往|就诊于|收住|[在到于往经至赴由我])(?![民一医])")
_SEAL_HERE = re.compile(r"^[一-鿿]{2,8}\([签盖公]?章\)")
"""收款单位(章), with what is to be sealed right behind it."""
_ENGLISH = re.compile(
    r"(?:[A-Z][\w'-]*\.?(?: (?:of|Of|and|a|[A-Z][\w'-]*))* ?)(?:Hospital|Clinic|Medical Center|Health Center)"
    r"(?: (?:of|Of)(?: [A-Z]\w+)+)?"
)


_LATIN_NAME = re.compile(r"(?=[^\n]*[A-Za-z]{3})[A-Z][\w.+'&-]*(?: [\w.+'&-]+){1,5}")


def find(passage: Passage) -> Iterator[Candidate]:
    yield from _credit_codes(passage)
    for slot in passage.slots_for("organisation_code"):
        if match := first_code(slot, passage.text, 8, 4):
            yield labelled("ORG_CODE", match, slot)
    for pattern, kind in ((_ORGANISATION, "ORG_CODE"), (_INSTITUTION, "INST_CODE")):
        yield from (unlabelled(kind, match) for match in pattern.finditer(passage.text))
    yield from _hospitals(passage)
    yield from _misread_hospitals(passage)


def _credit_codes(passage: Passage) -> Iterator[Candidate]:
    slots = tuple(passage.slots_for("credit_code"))
    for slot in slots:
        if match := first_code(slot, passage.text, 13, 8):
            checked = bool(uscc.is_valid(match.group()))
            yield labelled("USCC", match, slot, checked=checked)
    for match in _USCC.finditer(passage.text):
        if uscc.is_valid(match.group()):
            yield unlabelled("USCC", match, checked=True)


def _hospitals(passage: Passage) -> Iterator[Candidate]:
    places = [range(slot.start, slot.end) for slot in passage.slots_for("hospital")]
    words = [range(label.start, label.end) for label in passage.labels if label.end - label.start > 2]
    for pattern in (_HOSPITAL, _ENGLISH):
        for match in pattern.finditer(passage.text):
            start = match.start() + _lead_in(match.group())
            is_labelled = any(start in place for place in places)
            if match.end() - start >= 4 and not any(start in word for word in words):
                tier = tier_of(labelled=is_labelled, checked=False)
                yield Candidate("HOSPITAL", tier, start, match.end(), passage.text[start : match.end()])


def _misread_hospitals(passage: Passage) -> Iterator[Candidate]:
    """What stands beside the label is one, though no word of it says so any more."""
    for slot in passage.slots_for("hospital"):
        if match := _LATIN_NAME.fullmatch(passage.text, slot.start, slot.end):
            yield Candidate("HOSPITAL", Tier.D, match.start(), match.end(), match.group())


def _lead_in(read: str) -> int:
    lead = _SEAL_HERE.match(read) or _LEAD_IN.match(read)
    return lead.end() if lead and len(read) - lead.end() >= 4 else 0
