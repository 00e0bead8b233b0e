"""What an object's key may be, for every store alike."""

import re

ORIGINALS = "originals/"
"""What the keys of originals begin with: the objects that a store may lock."""

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


def check_key(key: str) -> str:
    """*key* itself, if it is `/`-separated plain words; ValueError otherwise: keys are made here and never handed in."""
    if not _KEY.fullmatch(key):
        raise ValueError("an object key is made of plain words")
    return key
