"""Devices: DEVICE. Serial numbers behind their label, and what has a shape: a UDI (GS1, ISO/IEC 15459), a MAC address.

Device identifiers and serial numbers are class M of 45 CFR 164.514(b)(2)(i): the implant that was put into somebody is one of
a kind. A UDI is `(01)` and a GTIN of 14 digits, followed by other bracketed parts: `(11)` made, `(17)` expires, `(21)` serial.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import labelled_codes, unlabelled

_UDI = re.compile(r"\(01\)[ ]?\d{12,15}(?:[ ]?\(\d{2,3}\)[ ]?[A-Za-z0-9\-/]{1,20})*")
_MAC = re.compile(r"(?<![0-9A-Za-z:\-])[0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2}){5}(?![0-9A-Za-z:\-])")


def find(passage: Passage) -> Iterator[Candidate]:
    yield from labelled_codes(passage, "DEVICE", "device")
    for pattern in (_UDI, _MAC):
        for match in pattern.finditer(passage.text):
            yield unlabelled("DEVICE", match)
