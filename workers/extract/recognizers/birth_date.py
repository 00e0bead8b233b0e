"""Dates of birth: DOB. Any date behind 出生日期, 生日, DOB, or before 出生 or 生 (docs/identifiers.md, section 3)."""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.dates import dates_in
from workers.extract.passage import Candidate, Passage

_BORN = re.compile(r"[ ,，]?(?:出生(?![日年时证地情])|生(?![产育效病活命下日]))")


def _ends_value(text: str, end: int) -> bool:
    """Whether a year stands alone: in 1949年13月 it is the rest of an impossible date."""
    return not re.match(r"[ ]?[\d年./\-]", text[end:])


def find(passage: Passage) -> Iterator[Candidate]:
    text = passage.normal.folded
    for slot in passage.slots_for("birth_date"):
        for found in dates_in(text, slot.start, slot.end, labelled=True):
            if found.end - found.start > 5 or _ends_value(text, found.end):
                yield Candidate("DOB", Tier.C, found.start, found.end, found.canonical, slot.label.role)
            break
    for found in dates_in(text):
        if _BORN.match(text, found.end):
            yield Candidate("DOB", Tier.C, found.start, found.end, found.canonical)
