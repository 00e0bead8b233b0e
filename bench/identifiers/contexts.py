"""Where a value stands: in the places of forms, without a label, and in a sentence. All else there says nothing of a person."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.identifiers.damage import DAMAGES
from bench.identifiers.values import Row


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with a value at characters [start, end)."""

    text: str = field(repr=False)
    start: int
    end: int


Place = Callable[[Row, str, str], Planted]
"""From a row, one of its labels and a value to the text."""
_WORDS = {
    "zh": ("本表一式两份", "序号", "备注", "请以黑色墨水填写", "第一联"),
    "en": ("Please print or type", "Item", "Remarks", "Use black ink", "Page 1 of 2"),
}


def left(row: Row, label: str, value: str) -> Planted:
    head, _, _, foot, _ = _WORDS[row.language]
    colon = "：" if row.language == "zh" else ": "
    return _between(f"{head}\n{label}{colon}", value, f"\n{foot}")


def above(row: Row, label: str, value: str) -> Planted:
    head, _, _, foot, _ = _WORDS[row.language]
    return _between(f"{head}\n\n{label}\n", value, f"\n\n{foot}")


def column(row: Row, label: str, value: str) -> Planted:
    """Below its label in a table of three columns."""
    head, item, remarks, foot, _ = _WORDS[row.language]
    value = value.replace("\n", "\n" + " " * 8)
    width = max(_width(label), _width(value.split("\n")[0])) + 6
    return _between(
        f"{head}\n{_padded(item, 8)}{_padded(label, width)}{remarks}\n{_padded('1', 8)}", value, f"{' ' * 6}-\n\n{foot}"
    )


def alone(row: Row, _label: str, value: str) -> Planted:
    head, _, _, foot, last = _WORDS[row.language]
    return _between(f"{head}\n{last}\n", value, f"\n{foot}")


def sentence(row: Row, _label: str, value: str) -> Planted:
    before, after = row.sentence.split("{}")
    return _between(before, value, after)


LABELLED: dict[str, Place] = {"left": left, "above": above, "column": column}
UNLABELLED: dict[str, Place] = {"alone": alone, "sentence": sentence}


WRONG_CHECK = "wrong_check"


def plant(rng: random.Random, row: Row, place: Place, damage: str) -> Planted:
    """A new value of *row* with *damage*, one of its own or WRONG_CHECK, at *place*."""
    is_sound = damage != WRONG_CHECK
    value = row.make(rng, is_sound)
    if is_sound:
        value = DAMAGES[damage](rng, value)
    return place(row, rng.choice(row.labels), value)


def _between(before: str, value: str, after: str) -> Planted:
    return Planted(before + value + after, len(before), len(before) + len(value))


def _width(text: str) -> int:
    return sum(2 if character > "\u2e80" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
