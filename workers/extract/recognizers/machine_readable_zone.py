"""The machine-readable lines of passports, travel permits and cards (ICAO Doc 9303): names, numbers and dates in one.

Lines of 30, 36 or 44 capitals, digits and `<`. OCR drops some of the fillers and reads others as `《`, so a line is known
by two fillers in a row within 20 characters or more, or by the digits that only a second line has. The whole line is one
CN_PASSPORT.
"""

import re
from collections.abc import Iterator

from workers.extract.normalise import compact
from workers.extract.passage import Candidate, Passage, tier_of

_FILLER = "<«《‹"
_LINE = re.compile(rf"(?<![A-Za-z0-9{_FILLER}])[A-Z0-9{_FILLER}](?:[ ]?[A-Z0-9{_FILLER}]){{19,47}}(?![A-Za-z0-9{_FILLER}])")
_FILLERS = re.compile(rf"[{_FILLER}][ ]?[{_FILLER}]")
_SECOND = re.compile(r"[A-Z0-9<]{9}\d[A-Z<]{3}(\d{6})\d[MFX<](\d{6})\d")
_WEIGHTS = (7, 3, 1)


def check_digit(field: str) -> int:
    """Doc 9303 part 3, 4.9: weights 7 3 1, letters from A for 10, `<` for 0."""
    values = (0 if sign == "<" else int(sign, 36) for sign in field)
    return sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10


def find(passage: Passage) -> Iterator[Candidate]:
    for match in _LINE.finditer(passage.text):
        line = re.sub(f"[{_FILLER}]", "<", compact(match.group()))
        if _FILLERS.search(match.group()) or _SECOND.match(line):
            yield Candidate("CN_PASSPORT", tier_of(labelled=False, checked=_is_sound(line)), *match.span(), line)


def _is_sound(line: str) -> bool:
    """Whether a second line of a passport has the right check digits of its number and both dates."""
    fields = (line[0:9], line[13:19], line[21:27])
    given = line[9:10] + line[19:20] + line[27:28]
    return bool(_SECOND.match(line)) and given == "".join(str(check_digit(each)) for each in fields)
