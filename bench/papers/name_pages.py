"""Pages full of names, drawn so that every character is printed equally often. Typed, and much worn."""

import random
from collections.abc import Iterator, Sequence

from bench.papers import pieces
from bench.papers.damage import invent_severe_damage, scan
from bench.papers.generate import PaperPage
from bench.papers.sheet import Pen, Sheet

_FACES = ("song", "hei", "ming", "thin_song", "micro_hei", "kai", "song_bold", "hei_bold")
_MARGIN = 12.0
"""mm at each side of the page."""
_PITCH, _GAP = 1.9, 1.6
"""Of an em: from line to line, and between two names."""


def name_pages(seed: int, characters: Sequence[str], length: int = 3) -> Iterator[PaperPage]:
    """Pages without end, of names of *length*. Every one of *characters* is printed once before any is printed again."""
    rng = random.Random(f"names {seed}")
    drawn = _drawn(rng, characters)
    while True:
        yield _page(rng, drawn, length)


def _drawn(rng: random.Random, characters: Sequence[str]) -> Iterator[str]:
    while True:
        yield from rng.sample(characters, len(characters))


def _page(rng: random.Random, drawn: Iterator[str], length: int) -> PaperPage:
    damage = invent_severe_damage(rng)
    sheet = Sheet(random.Random(rng.getrandbits(63)), rng.choice((120, 150, 150, 200)))
    pen = Pen(rng.choice(_FACES), rng.uniform(2.6, 3.8))
    y = _MARGIN
    while y < sheet.height - _MARGIN:
        x = _MARGIN
        while x + length * pen.size < sheet.width - _MARGIN:
            name = "".join(next(drawn) for _ in range(length))
            sheet.put(x, y, [(pieces.name(name, "insured"), pen)])
            x += (length + _GAP) * pen.size
        y += _PITCH * pen.size
    return PaperPage(*scan(sheet.image, sheet.truth(1, "other"), damage, seed=rng.getrandbits(63)))
