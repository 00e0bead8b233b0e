"""The lists that texts are generated from (training/lists, written by training/lists.py), and drawing from them."""

import random
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from workers.extract import trained

_LISTS = Path(__file__).parent / "lists"
_READ_WITH = Path(trained.__file__).parent
TEMPLATES = Path(__file__).parent / "templates"


@cache
def listed(name: str, folder: Path = _LISTS) -> tuple[str, ...]:
    """The entries of `folder`/`name`.txt, without its notice."""
    text = (folder / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def common_words(language: str) -> tuple[str, ...]:
    """Of Chinese the most frequent first, of English in order of the alphabet."""
    return listed(f"words_{language}", _READ_WITH)


@cache
def pieces(language: str, name: str) -> tuple[str, ...]:
    """The words behind `name:` in the list of hand-written pieces of *language*."""
    entries = (entry.partition(": ") for entry in listed(f"{language}_pieces"))
    return next(tuple(words.split()) for known, _, words in entries if known == name)


@cache
def _ranks(size: int, exponent: float) -> tuple[float, ...]:
    return tuple(accumulate((rank + 10) ** -exponent for rank in range(size)))


def by_rank(rng: random.Random, words: Sequence[str], exponent: float = 0.8) -> str:
    """One of *words*, the earlier the likelier (Zipf's law; the lower *exponent*, the more of the rare ones)."""
    sums = _ranks(len(words), exponent)
    return words[bisect(sums, rng.random() * sums[-1])]


def digits(rng: random.Random, least: int, most: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(rng.randint(least, most)))
