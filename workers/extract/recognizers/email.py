"""E-mail addresses: EMAIL (docs/identifiers.md, section 3; a subset of RFC 5322).

OCR puts blanks round the dot and the sign, writes (at), and reads @ as © or ®. Without a top-level domain a label is needed.
Behind a label what ends as an address does is one, whatever the sign was read as: `mail22559omail.example.cn`.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage, tier_of

_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}"
_AT = r"[ ]?(?:@|\(at\)|\[at\])[ ]?"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9._%+\-]){_LOCAL}{_AT}[A-Za-z0-9\-]+(?:[ ]?\.[ ]?[A-Za-z0-9\-]+)*[ ]?\.[ ]?[A-Za-z]{{2,24}}(?![A-Za-z0-9])"
)
_LOCAL_READ = r"[A-Za-z0-9|!][A-Za-z0-9._%+|!\-]{0,63}"
"""As OCR may read it: strokes for letters."""
_LABELLED = re.compile(rf"{_LOCAL_READ}(?:{_AT}|[ ]?[©®][ ]?)[A-Za-z0-9\-]+(?:[ ]?[.,][ ]?[A-Za-z0-9\-]+)*")
_WITHOUT_SIGN = re.compile(r"[A-Za-z0-9|!][A-Za-z0-9._%+|!\-]{2,80}\.[A-Za-z]{2,10}")
_BROKEN = re.compile(
    rf"{_LOCAL}@[A-Za-z0-9.\-]*[ ]?\n[ ]?[A-Za-z0-9.\-]+\.[A-Za-z]{{2,10}}(?![A-Za-z0-9])|"
    rf"{_LOCAL}[ ]?\n[ ]?@[A-Za-z0-9\-]+\.[A-Za-z.]{{2,12}}(?![A-Za-z0-9])"
)

_BROKEN_LABELLED = re.compile(rf"{_LOCAL}[ ]?\n[ ]?{_LOCAL}{_AT}[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("email"):
        for match in _LABELLED.finditer(passage.text, slot.start, slot.end):
            yield _candidate(match, labelled=True, role=slot.label.role)
        if bare := _WITHOUT_SIGN.fullmatch(passage.text, slot.start, slot.end):
            yield _candidate(bare, labelled=True, role=slot.label.role)
        if over := _BROKEN_LABELLED.match(passage.text, slot.start, slot.tail):
            yield _candidate(over, labelled=True, role=slot.label.role)
    for pattern in (_ADDRESS, _BROKEN):
        for match in pattern.finditer(passage.text):
            yield _candidate(match, labelled=False)


def _candidate(match: re.Match[str], *, labelled: bool, role: str | None = None) -> Candidate:
    return Candidate("EMAIL", tier_of(labelled=labelled, checked=False), *match.span(), _canonical(match.group()), role)


def _canonical(read: str) -> str:
    plain = re.sub(r"\s", "", read).lower()
    return re.sub(r"\(at\)|\[at\]|[©®]", "@", plain).replace(",", ".")
