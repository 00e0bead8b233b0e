"""Occupations: OCCUPATION, behind their label, or after words such as 职业为 and 从事, and employers behind theirs."""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled

_VALUE = re.compile(r"[一-鿿A-Za-z][一-鿿A-Za-z/· ]{0,19}(?:\([一-鿿A-Za-z ]{1,12}\))?")
_EMPLOYER = re.compile(r"(?=[^\n]*[^\W\d_])[^\n:：]{1,60}")
"""Who somebody works for tells who it is as much as what they do (45 CFR 164.514(b)(2)(i): of employers, too)."""
_SAID = re.compile(
    r"(?:职业(?:为|是)|(?<![不未])从事(?:于)?)(?P<job>[一-鿿]{2,12}?)(?=[,，。;、\n)]|$|工作|行业|\d)|"
    r"\b(?:works? as|employed as|worked as|occupation is) "
    r"(?:an? )?(?P<work>[A-Za-z][A-Za-z ]{2,30}?)(?=[,.;\n]|$| at | for | in )"
)


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("occupation"):
        match = _VALUE.match(passage.text, slot.start, slot.end)
        if match and match.group().strip():
            yield labelled("OCCUPATION", match, slot)
    for slot in passage.slots_for("employer"):
        if match := _EMPLOYER.match(passage.text, slot.start, slot.end):
            yield labelled("OCCUPATION", match, slot)
    for match in _SAID.finditer(passage.text):
        group = "job" if match["job"] else "work"
        yield Candidate("OCCUPATION", Tier.C, *match.span(group), match[group])
