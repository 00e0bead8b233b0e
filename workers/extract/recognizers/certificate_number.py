"""Certificates known by their label: CN_MIL, CN_BIRTH_CERT, CN_DRIVER, CN_DRIVER_FILE, CN_SSC, and CERTIFICATE for all others.

docs/identifiers.md, section 2; certificate and licence numbers are class K of 45 CFR 164.514(b)(2)(i).
"""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import first_in, labelled, labelled_codes

_ARMS = "南北沈兰成济广海空武军政后装参士文警"
_MILITARY = re.compile(rf"[{_ARMS}]{{1,2}}字?[ ]?第?[ ]?\(?\d{{6,8}}\)?[ ]?号?")
_MILITARY_DAMAGED = re.compile(
    rf"(?:[{_ARMS}]{{1,2}}[字宇学]?[ ]?第?[ ]?)?\(?[0-9OoDQIl|!ZSbGBgq](?:[ ]?[0-9OoDQIl|!ZSbGBgq]){{4,9}}\)?[ ]?号?"
)


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("military", "identity"):
        if match := first_in(slot, _MILITARY if slot.label.concept == "identity" else _MILITARY_DAMAGED, passage.text):
            yield labelled("CN_MIL", match, slot)
    yield from labelled_codes(passage, "CN_BIRTH_CERT", "birth_certificate", minimum=8)
    yield from labelled_codes(passage, "CN_DRIVER_FILE", "driver_file", minimum=10)
    yield from (found for found in labelled_codes(passage, "CN_DRIVER", "driver_licence") if not _is_identity(found))
    yield from (found for found in labelled_codes(passage, "CN_SSC", "social_card") if not _is_identity(found))
    yield from labelled_codes(passage, "CERTIFICATE", "certificate")


def _is_identity(found: Candidate) -> bool:
    """Driving licences and social security numbers may be the identity number, which has a recognizer of its own."""
    return len(compact(found.canonical)) in {15, 17, 18, 19}
