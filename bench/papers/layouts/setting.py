"""What a layout is given besides the case, and the ways all layouts fill a page."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bench.papers import stamps
from bench.papers.forms import Entry
from bench.papers.look import Look
from bench.papers.sheet import Sheet

_SHRINK = 0.94
_TRIES = 9


@dataclass(frozen=True, slots=True)
class Setting:
    """`seals` from 0 to 1 is how likely a seal is pressed over a field that matters rather than beside it."""

    rng: random.Random
    dpi: int
    seals: float = 0.3

    def sheet(self, *, width: float = 210.0, height: float = 297.0) -> Sheet:
        return Sheet(random.Random(self.rng.getrandbits(64)), self.dpi, width=width, height=height)

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def some(self, items: Sequence[Entry], keep: int, *, spare: float = 0.3) -> list[Entry]:
        """*items* with the first *keep* always and each other left out by a chance of *spare*; sometimes in another order."""
        chosen = [item for place, item in enumerate(items) if place < keep or self.rng.random() >= spare]
        if self.rng.random() < 0.4:
            narrow = [item for item in chosen if not item.wide]
            self.rng.shuffle(narrow)
            chosen = narrow + [item for item in chosen if item.wide]
        return chosen


def tightened(look: Look, factor: float) -> Look:
    """The same look, everything smaller by *factor*."""
    return replace(
        look,
        title=look.title.scaled(factor),
        heading=look.heading.scaled(factor),
        label=look.label.scaled(factor),
        entry=look.entry.scaled(factor),
        note=look.note.scaled(factor),
        signature=look.signature.scaled(factor),
        row=look.row * factor,
        leading=max(1.35, look.leading * factor),
    )


def on_one_page(
    setting: Setting, look: Look, draw: Callable[[Sheet, Look], float], *, width: float = 210.0, height: float = 297.0
) -> Sheet:
    """What *draw* puts on a sheet, set smaller until the y it returns leaves a margin at the foot."""
    for _ in range(_TRIES):
        sheet = setting.sheet(width=width, height=height)
        if draw(sheet, look) <= height - 9:
            break
        look = tightened(look, _SHRINK)
    return sheet


def seal_beside_or_over(sheet: Sheet, setting: Setting, role: str, x: float, y: float, house: str, office: str) -> None:
    """Press the seal near (x, y), or by the chance of the setting right over a value with *role*."""
    over = list(sheet.places_of(role))
    if over and setting.chance(setting.seals):
        (left, top), _, (right, bottom), _ = setting.rng.choice(over)
        x = (left + right) / 2 / sheet.scale + setting.rng.uniform(-8, 8)
        y = (top + bottom) / 2 / sheet.scale + setting.rng.uniform(-8, 8)
    reach = setting.rng.uniform(17, 21)
    stamps.round_seal(
        sheet, min(max(x, reach), sheet.width - reach), y, house, office, radius=reach, strength=setting.rng.uniform(0.55, 0.95)
    )
