"""Characters that leave no trace on paper: joiners, marks of direction, soft hyphens, selectors of a glyph."""

import unicodedata
from functools import lru_cache

_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
"""Variation selectors (Unicode 16, 23.4), which have the category of accents."""


@lru_cache(maxsize=20_000)
def is_invisible(character: str) -> bool:
    """Whether *character* is of category Cf or a variation selector: in the middle of a value it parts what is read as one."""
    return unicodedata.category(character) == "Cf" or any(ord(character) in selectors for selectors in _SELECTORS)
