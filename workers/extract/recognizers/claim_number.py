"""Report, case and claim numbers: CLAIM, with the role `report`, `case` or `claim` (docs/identifiers.md, 3 and 3.1).

Shape: 8 to 30 letters and digits behind a label; without one only the layout of property insurers, `R` and three letters
and 18 digits.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes, unlabelled

_PROPERTY = re.compile(r"(?<![A-Za-z0-9])R[A-Z]{3}[ \-]?(?:19|20)\d{2}[ \-]?[0-9A-Z]{6}[ \-]?\d{8}(?![A-Za-z0-9])")


def find(passage: Passage) -> Iterator[Candidate]:
    for role in ("report", "case", "claim"):
        yield from labelled_codes(passage, "CLAIM", role, digits=4, role=role)
    for match in _PROPERTY.finditer(passage.text):
        yield unlabelled("CLAIM", match)
