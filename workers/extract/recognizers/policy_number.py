"""Policy numbers: POLICY (docs/identifiers.md, 3 and 3.1).

Shape: 8 to 30 letters and digits with at least 6 digits, behind a label; without a label, only the layouts of 3.1 that no other
number shares: four letters and 18 digits, or `P` and 15 digits.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes, unlabelled

_PROPERTY = re.compile(r"(?<![A-Za-z0-9])P[A-Z]{3}[ \-]?(?:19|20)\d{2}[ \-]?[0-9A-Z]{6}[ \-]?\d{8}(?![A-Za-z0-9])")
_SHORT = re.compile(r"(?<![A-Za-z0-9])P\d{15}(?![A-Za-z0-9])")


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "POLICY", "policy", digits=4)
    for pattern in (_PROPERTY, _SHORT):
        for match in pattern.finditer(passage.text):
            yield unlabelled("POLICY", match)
