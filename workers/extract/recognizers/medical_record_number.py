"""Hospital numbers: MRN (住院号, 门诊号, 病案号) and LAB_NO (检查号, 影像号, 病理号).

Each hospital makes its own, so the label is required; leading zeros matter (docs/identifiers.md, section 3).
"""

from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "MRN", "medical_record", minimum=3, maximum=24)
    yield from labelled_codes(passage, "LAB_NO", "laboratory", minimum=3, maximum=24)
