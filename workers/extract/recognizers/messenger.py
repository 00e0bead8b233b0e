"""WECHAT and QQ: label required, as their shapes are those of words and numbers. A WeChat id may be a mobile number."""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers.matching import first_in, labelled

_WECHAT = re.compile(r"(?<![A-Za-z0-9])(?:wxid_\w+|[A-Za-z][-\w]{5,19})(?![A-Za-z0-9@])", re.ASCII)
_QQ = re.compile(r"(?<![0-9])[1-9]\d{4,11}(?![0-9@])")


def find(passage: Passage) -> Iterator[Candidate]:
    for kind, pattern in (("WECHAT", _WECHAT), ("QQ", _QQ)):
        for slot in passage.slots_for(kind.lower()):
            if match := first_in(slot, pattern, passage.text):
                yield labelled(kind, match, slot)
