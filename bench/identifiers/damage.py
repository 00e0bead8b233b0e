"""What OCR and typists do to a value. Each takes a value that still is whole; what it cannot damage comes back unchanged."""

import random
from collections.abc import Callable

_LOOK_ALIKES = {"0": "OoQD", "1": "lI|", "2": "Z", "5": "S", "6": "b", "8": "B", "9": "gq"}
_HAN_LOOK_ALIKES = {"日": "曰", "未": "末", "人": "入", "己": "已", "土": "士", "千": "干"}
_GROUP = 4
Damage = Callable[[random.Random, str], str]


def none(_rng: random.Random, value: str) -> str:
    return value


def look_alike(rng: random.Random, value: str) -> str:
    """One digit in eight, at least one, read as a letter that looks like it; the first digit stays."""
    places = [at for at, character in enumerate(value) if at and (character in _LOOK_ALIKES or character in _HAN_LOOK_ALIKES)]
    chosen = set(rng.sample(places, min(len(places), max(1, len(places) // 8))))
    return "".join(_alike(rng, character) if at in chosen else character for at, character in enumerate(value))


def _alike(rng: random.Random, character: str) -> str:
    return rng.choice(_LOOK_ALIKES.get(character) or _HAN_LOOK_ALIKES[character])


def dropped(rng: random.Random, value: str) -> str:
    """One digit lost, neither the first nor the last."""
    places = _digits_within(value)
    at = rng.choice(places) if places else len(value)
    return value[:at] + value[at + 1 :]


def doubled(rng: random.Random, value: str) -> str:
    """One digit twice, neither the first nor the last."""
    places = _digits_within(value)
    at = rng.choice(places) if places else len(value)
    return value[:at] + value[at : at + 1] + value[at:]


def spaced(rng: random.Random, value: str) -> str:
    """A blank in one place among the digits, as where print is spaced or a fold runs; between the characters of a Han name."""
    if not any(map(str.isdigit, value)):
        return " ".join(value) if len(value) <= _GROUP else value
    places = _digits_within(value)
    if not places:
        return value
    at = rng.choice(places)
    return f"{value[:at]} {value[at:]}"


def broken(_rng: random.Random, value: str) -> str:
    """Over two lines: at the blank nearest before the middle, or in the middle where there is none."""
    half = len(value) // 2
    blank = value.rfind(" ", 0, half + 1)
    if blank > 0:
        return f"{value[:blank]}\n{value[blank + 1 :]}"
    return f"{value[:half]}\n{value[half:]}" if len(value) > _GROUP else value


def full_width(_rng: random.Random, value: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in value)


def _digits_within(value: str) -> list[int]:
    return [at for at in range(1, len(value) - 1) if value[at].isdigit() and value[at - 1].isdigit()]


DAMAGES: dict[str, Damage] = {
    "none": none,
    "look_alike": look_alike,
    "dropped": dropped,
    "doubled": doubled,
    "spaced": spaced,
    "broken": broken,
    "full_width": full_width,
}
