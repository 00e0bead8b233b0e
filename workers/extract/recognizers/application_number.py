"""Application, endorsement, customer and employee numbers: APPLICATION. 6 to 30 letters and digits, label required."""

from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes


def find(passage: Passage) -> Iterator[Candidate]:
    return labelled_codes(passage, "APPLICATION", "application", minimum=4)
