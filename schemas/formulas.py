"""Text that spreadsheets would take for a formula."""

import re
import unicodedata
from itertools import dropwhile

from schemas.invisible import is_invisible

_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?%?")
_BEGINS_A_FORMULA = frozenset("=+-@−")
_MOVES_THE_CURSOR = ("\t", "\r", "\n")


def neutral(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula: with an apostrophe in front where it begins like one, as OWASP
    advises against CSV injection, behind whatever leaves no trace. A plain number with its sign stays."""
    seen = "".join(dropwhile(_leaves_no_trace, text))
    is_formula = text.startswith(_MOVES_THE_CURSOR) or unicodedata.normalize("NFKC", seen[:1]) in _BEGINS_A_FORMULA
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text


def _leaves_no_trace(character: str) -> bool:
    return character.isspace() or not character.isprintable() or is_invisible(character)
