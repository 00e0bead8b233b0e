"""Stamps pressed on purpose over values that matter: the same paper with and without them shows what they cost a reader.

    paper = generate(seed, kind, damage)
    stamped = generate(seed, kind, damage, press=Press("received", "red", seed))

Both have the same text in the same places and the same noise.
"""

import random
from dataclasses import dataclass
from typing import Literal

from bench.papers import stamps
from bench.papers.sheet import Colour, Sheet
from bench.papers.truth import TruthEntity

Stamp = Literal["seal", "received", "personal"]
InkColour = Literal["red", "blue", "violet", "black"]

INKS: dict[InkColour, tuple[Colour, ...]] = {
    "red": ((205, 40, 48), (222, 66, 70), (190, 30, 60), (214, 78, 52)),
    "blue": ((40, 60, 150), (62, 92, 178), (50, 72, 120)),
    "violet": ((96, 52, 140), (120, 74, 150)),
    "black": ((34, 34, 38), (70, 70, 74)),
}
"""Stamp pads as scanners show them, by day and by pad."""

GROUPS: dict[str, tuple[str, ...]] = {
    "policy": ("POLICY",),
    "identity": ("CN_ID18", "CN_ID15"),
    "name": ("CN_NAME",),
    "date": ("DOB", "DATE_ACCIDENT", "DATE_REPORT", "DATE_ADMISSION", "DATE_DISCHARGE", "DATE_OTHER"),
    "amount": ("AMOUNT",),
}
"""Kinds of entities by the question a claim handler asks."""

_OFFICES = ("理赔专用章", "收件章", "已受理", "已核对", "与原件一致")
_HOUSES = ("安康市第一人民医院", "华宁人寿保险股份有限公司", "长河区中心医院", "永安财产保险东城支公司")
_NAMES = ("陈立群", "王秀英", "欧阳敏", "赵国强")


@dataclass(frozen=True, slots=True)
class Press:
    """One stamp per paper and per group of GROUPS, `count` at most, each over a value of that group, chosen by `seed`."""

    stamp: Stamp
    colour: InkColour
    seed: int
    count: int = 2

    def __call__(self, sheet: Sheet) -> None:
        """Press the stamps on *sheet*. A sheet without values that matter is left as it is."""
        rng = random.Random(f"press {self.stamp} {self.colour} {self.seed}")
        sheet.rng = rng
        for entity in self._chosen(sheet, rng):
            self._press(sheet, *_spot(sheet, entity, rng))

    def _chosen(self, sheet: Sheet, rng: random.Random) -> list[TruthEntity]:
        entities = sheet.truth(1, "other").entities
        by_group = [[found for found in entities if found.kind in kinds] for kinds in GROUPS.values()]
        present = [group for group in by_group if group]
        return [rng.choice(group) for group in rng.sample(present, min(self.count, len(present)))]

    def _press(self, sheet: Sheet, x: float, y: float) -> None:
        rng, colour = sheet.rng, sheet.rng.choice(INKS[self.colour])
        match self.stamp:
            case "seal":
                house, office, radius = rng.choice(_HOUSES), rng.choice(_OFFICES), rng.uniform(16, 20)
                strength = rng.uniform(0.6, 0.95)
                stamps.round_seal(sheet, x, y, house, office, radius=radius, strength=strength, colour=colour)
            case "received":
                lines = (rng.choice(_HOUSES)[:6], rng.choice(_OFFICES), f"{rng.randint(2009, 2022)}.{rng.randint(1, 12):02}.15")
                stamps.received_stamp(sheet, x, y, lines, colour=colour)
            case "personal":
                stamps.personal_seal(sheet, x - 5, y - 5, rng.choice(_NAMES), size=rng.uniform(8, 12), colour=colour)


def _spot(sheet: Sheet, entity: TruthEntity, rng: random.Random) -> tuple[float, float]:
    """A point in mm near the middle of the entity's first line, where a stamp centred on it covers part of the value."""
    (left, top), _, (right, bottom), _ = entity.boxes[0]
    x = left + (right - left) * rng.uniform(0.2, 0.8)
    y = (top + bottom) / 2 + (bottom - top) * rng.uniform(-0.8, 0.8)
    return x / sheet.scale, y / sheet.scale
