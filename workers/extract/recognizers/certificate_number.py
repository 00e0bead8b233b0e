"""Certificates known by their label only: CN_MIL, CN_BIRTH_CERT, CN_DRIVER, CN_DRIVER_FILE, CN_SSC (docs/identifiers.md, 2)."""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled, labelled_codes

_MILITARY = re.compile(r"[南北沈兰成济广海空武军政后装参士文警]{1,2}字?[ ]?第?[ ]?\(?\d{6,8}\)?[ ]?号?")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("military", "identity"):
        if match := _MILITARY.search(passage.text, slot.start, slot.end):
            yield labelled("CN_MIL", match, slot)
    yield from labelled_codes(passage, "CN_BIRTH_CERT", "birth_certificate", minimum=8)
    yield from labelled_codes(passage, "CN_DRIVER_FILE", "driver_file", minimum=10)
    yield from (found for found in labelled_codes(passage, "CN_DRIVER", "driver_licence") if not _is_identity(found))
    yield from (found for found in labelled_codes(passage, "CN_SSC", "social_card") if not _is_identity(found))


def _is_identity(found: Candidate) -> bool:
    """Driving licences and social security numbers may be the identity number, which has a recognizer of its own."""
    return len(compact(found.canonical)) in {15, 17, 18, 19}
