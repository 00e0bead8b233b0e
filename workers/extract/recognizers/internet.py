"""Web and network addresses: URL, IP (45 CFR 164.514(b)(2), classes N and O)."""

import ipaddress
import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import unlabelled

_URL = re.compile(
    r"(?<![A-Za-z0-9@.])(?:https?://[^\s一-鿿]+[A-Za-z0-9/]|(?:www\.)[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,10}(?:/[^\s一-鿿]*)?)",
    re.IGNORECASE,
)
_FOUR = re.compile(r"(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9.])")


def find(passage: Passage) -> Iterator[Candidate]:
    for match in _URL.finditer(passage.text):
        yield Candidate("URL", unlabelled("URL", match).tier, *match.span(), match.group().lower())
    for match in _FOUR.finditer(passage.text):
        if _is_address(match.group()):
            yield Candidate("IP", unlabelled("IP", match).tier, *match.span(), match.group())


def _is_address(read: str) -> bool:
    try:
        ipaddress.IPv4Address(read)
    except ValueError:
        return False
    return True
