"""Web and network addresses: URL, IP (45 CFR 164.514(b)(2), classes N and O)."""

import ipaddress
import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage, tier_of
from workers.extract.recognizers.matching import first_in

_URL = re.compile(
    r"(?<![A-Za-z0-9@.])(?:https?://[^\s一-鿿]+[A-Za-z0-9/]|(?:www\.)[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,10}(?:/[^\s一-鿿]*)?)",
    re.IGNORECASE,
)
_FOUR = re.compile(r"(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?[0-9])")
_SIX = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")
_BARE_DOMAIN = re.compile(r"[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,10}(?:/[^\s一-鿿]*)?")


def find(passage: Passage) -> Iterator[Candidate]:
    for match in _URL.finditer(passage.text):
        yield Candidate("URL", tier_of(labelled=False, checked=False), *match.span(), match.group().lower())
    for slot in passage.slots_for("web"):
        if domain := first_in(slot, _BARE_DOMAIN, passage.text):
            yield Candidate("URL", tier_of(labelled=True, checked=False), *domain.span(), domain.group().lower())
    for pattern in (_FOUR, _SIX):
        for match in pattern.finditer(passage.text):
            if _is_address(match.group()):
                yield Candidate("IP", tier_of(labelled=False, checked=False), *match.span(), match.group().lower())


def _is_address(read: str) -> bool:
    """Of version 4, or of version 6 with a digit and two groups at the least: 12:30:45 is a time, `::` a sign."""
    try:
        address = ipaddress.ip_address(read)
    except ValueError:
        return False
    return address.version == 4 or (any(map(str.isdigit, read)) and len(read) > 8)
