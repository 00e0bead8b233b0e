"""Names of persons in Latin letters: CN_NAME and DOCTOR, as names have one kind whatever their script (docs/identifiers.md, 3).

Behind a label: `Doe, John` or up to four capitalised words. In running text: behind a title or words such as `my name is`,
before a degree or `lives at`, or a common given name and a capitalised word. Latin names without any of these are not found.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from schemas.entity import Tier
from workers.extract.gazetteer import english_given_names, words
from workers.extract.passage import Candidate, Passage, Slot

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĚĘĢĞĠĤĪİĶĹĽŁŃŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽȘȚ"
_LOWER = "a-zß-öø-ÿāăąćĉċčďđēěęģğġĥīıķĺľłńňőœŕřśşšţťūůűźżžșț"
_SMALL = rf"(?:[{_LOWER}]|(?<=[{_LOWER}])[10])"
"""A small letter, or the digit that OCR reads for an l or o behind one."""
_DEGREE = r"(?:Ph\.?[Dd]|M\.?D|R\.?N|D\.?O|D\.?D\.?S|N\.?P|P\.?A|Jr|Sr|Esq)"
_CAPITALS = rf"[{_UPPER}]{{2,}}(?:['\-][{_UPPER}]+)*(?![{_LOWER}])"
_TITLE_CASE = rf"[{_UPPER}]{_SMALL}*(?:['\-][{_UPPER}{_LOWER}]+)*\.?(?![{_UPPER}{_LOWER}\d])"
_WORD = rf"(?!{_DEGREE}\b)(?:{_CAPITALS}|{_TITLE_CASE})"
_PARTICLE = r"(?:de|la|van|von|der|den|del|da|di|bin|al|ten|le)"
_NAME = rf"{_WORD}(?:[ ](?:{_PARTICLE}[ ])*{_WORD}){{0,3}}"
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Prof|Miss|Sir|Madam)\.?[ ]"
_FULL_NAME = (
    rf"[{_UPPER}][{_LOWER}]+(?: [{_UPPER}]\.?)?(?: {_PARTICLE})* [{_UPPER}][{_LOWER}]+(?:['\-]?[{_UPPER}]?[{_LOWER}]+)*"
)

_HINT = r"(?:[ ]?\([^()\n]{0,60}\)[ ]?)?"
_LABELLED = re.compile(rf"{_HINT}(?:{_TITLE})?(?P<name>{_WORD}(?:[ ]{_WORD})?,[ ]?{_NAME}|{_NAME})")
_REST = re.compile(r"(?P<words>(?:[ ][A-Za-z'\-]{2,}){1,2})[ ]?")
"""The rest of a name's cell: `Robert whitlow`, `Anita CastERVED` where a stamp lies over it."""
_TITLED = re.compile(rf"\b{_TITLE}(?P<name>{_NAME})")
_CUED = re.compile(
    r"\b(?:[Mm]y name is|[Ii] am called|named? is|[Dd]irected [Bb]y:?|[Ss]igned(?: by)?:?|[Pp]atient|[Ii]nsured|[Cc]laimant)"
    rf"[ ]+(?P<name>{_NAME})"
)
_WITH_DEGREE = re.compile(rf"(?P<name>{_WORD}(?: {_WORD}){{1,2}}),? {_DEGREE}\b")
_BEFORE = re.compile(
    r"\b(?:I'm|I am|by|kid|son|daughter|wife|husband|brother|sister|assistant to|named|called|Dear|Hi|Hello|under|Producer|"
    rf"Attn:?|c/o|tribute to|told|with) (?P<name>{_FULL_NAME})"
)
_AFTER = re.compile(
    rf"(?<!\w)(?P<name>{_FULL_NAME})(?='s? |,? (?:lives?|is from|will be|said|says|explained|listed|flew|was|has|had|who|"
    r"presented|reports?|states?|denies|complains|\(?aged?\b|\d{1,3}[ -](?:yo|year)))"
)
_GIVEN_FIRST = re.compile(
    rf"\b(?P<name>(?P<given>[A-Z][a-z]+)(?: [A-Z]\.?| [A-Z][a-z]+)? (?:{_PARTICLE} )*[A-Z][a-zÀ-ÿ]+(?:['\-][A-Z]?[a-z]+)*)\b"
)
_GIVEN_LAST = re.compile(r"\b(?P<name>[A-Z][a-zA-Z'\-]+, (?P<given>[A-Z][a-z]+)(?: [A-Z]\.?)?)\b")
_DIGITS_READ = str.maketrans("10", "lo")
_NOT_NAMES = frozenset(words("not_latin_names.txt"))


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("name"):
        yield from _in_slot(passage.text, slot)
    yield from _in_running_text(passage.text)


def _in_slot(text: str, slot: Slot) -> Iterator[Candidate]:
    match = _LABELLED.match(text, slot.start, slot.end)
    if match and _is_name(match["name"]):
        found = _candidate(match, Tier.C, slot.label.role)
        rest = _REST.fullmatch(text, found.end, slot.end)
        yield replace(found, end=rest.end("words"), canonical=found.canonical + rest["words"]) if rest else found


def _in_running_text(text: str) -> Iterator[Candidate]:
    for pattern, tier in ((_TITLED, Tier.C), (_CUED, Tier.C), (_WITH_DEGREE, Tier.C), (_BEFORE, Tier.D), (_AFTER, Tier.D)):
        for match in pattern.finditer(text):
            if _is_name(match["name"]):
                is_doctor = pattern is _WITH_DEGREE or match.group().startswith("Dr")
                yield _candidate(match, tier, "doctor" if is_doctor else None)
    for pattern in (_GIVEN_FIRST, _GIVEN_LAST):
        for match in pattern.finditer(text):
            if match["given"] in english_given_names() and _is_name(match["name"]):
                yield _candidate(match, Tier.D, None)


def _is_name(name: str) -> bool:
    parts = re.findall(r"[^\s,]+", name)
    is_long_enough = len(name) > 2 and any(len(part) > 1 for part in parts)
    return is_long_enough and not any(part.strip(".").lower() in _NOT_NAMES for part in parts)


def _candidate(match: re.Match[str], tier: Tier, role: str | None) -> Candidate:
    kind = "DOCTOR" if role == "doctor" else "CN_NAME"
    canonical = re.sub(r"\s+", " ", match["name"]).translate(_DIGITS_READ)
    return Candidate(kind, tier, *match.span("name"), canonical, role)
