"""Ages over 89: AGE, class C of 45 CFR 164.514(b)(2)(i). So few live so long that the age points at one of them.

A lower age is shown: it is no identifier there, and neither is it one in docs/identifiers.md.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import first_in, labelled, unlabelled

_OLD = r"(?:9\d|1[0-2]\d)"
_VALUE = re.compile(rf"(?<![\d.]){_OLD}(?![\d./\-])(?:[ ]?(?:岁|周岁|years?|yrs?))?")
_IN_TEXT = re.compile(
    rf"(?<![\d.])(?:{_OLD}[ ]?(?:周?岁|(?:[ \-]?(?:years?|yrs?)[ \-]?(?:old|of age)|[ ]?y/?o\b))|"
    rf"(?<=aged ){_OLD}(?!\d))|[九][十][一二三四五六七八九]?[余多]?岁"
)


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("age"):
        if match := first_in(slot, _VALUE, passage.text):
            yield labelled("AGE", match, slot)
    for match in _IN_TEXT.finditer(passage.text):
        yield unlabelled("AGE", match)
