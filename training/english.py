"""English texts with marked names, addresses, places and organisations.

As training/chinese.py has it: lines of forms, sentences, common words with things strewn in, and records of the open set with
other names put in. Names, streets and towns are of many countries, for those who claim are. A name stands as forms have it
too: `DOE, JOHN Q`.
"""

import random
from collections.abc import Iterator, Sequence
from functools import cache

from training.marked import Make, Marked, Slot, exchanged, fill, joined, normalised
from training.words import TEMPLATES, common_words, digits, listed, pieces
from workers.extract.gazetteer import english_given_names, label_phrases

_STATES = pieces("en", "states")
_STATE_NAMES = pieces("en", "state_names")
_TOWNS = pieces("en", "towns")
_STREETS = pieces("en", "streets")
_KINDS = pieces("en", "kinds")
_COMPANIES = pieces("en", "companies")
_TITLES = ("Mr.", "Mrs.", "Ms.", "Dr.", "Miss", "Mr", "Prof.")
_MONTHS = pieces("en", "months")
_FUNCTION = pieces("en", "function")


def _given(rng: random.Random) -> str:
    return rng.choice(sorted(english_given_names()) if rng.random() < 0.4 else listed("en_given"))


def _family(rng: random.Random) -> str:
    family = rng.choice(listed("en_family"))
    return f"{family}-{rng.choice(listed('en_family'))}" if rng.random() < 0.03 else family


def _middle(rng: random.Random) -> str:
    kind = rng.random()
    initial = rng.choice("ABCDEFGHJKLMNPRSTVW")
    return "" if kind < 0.6 else f" {initial}." if kind < 0.8 else f" {initial}" if kind < 0.93 else f" {_given(rng)}"


def full_name(rng: random.Random) -> str:
    suffix = rng.choice((" Jr.", " Jr", " II", " III", " Sr.")) if rng.random() < 0.03 else ""
    return f"{_given(rng)}{_middle(rng)} {_family(rng)}{suffix}"


def person(rng: random.Random) -> str:
    """Anybody in running text."""
    kind = rng.random()
    return full_name(rng) if kind < 0.65 else _given(rng) if kind < 0.83 else _family(rng)


def claimant(rng: random.Random) -> str:
    """Anybody on a form."""
    kind = rng.random()
    name = full_name(rng) if kind < 0.6 else f"{_family(rng)}, {_given(rng)}{_middle(rng)}"
    return name.upper() if rng.random() < 0.3 else name


def street(rng: random.Random) -> str:
    """The street with its number, before or behind."""
    kind = rng.random()
    number = digits(rng, 1, 5)
    if kind < 0.4:
        side = rng.choice(("", "", "", "N ", "S. ", "East ", "W "))
        return (
            f"{number} {side}{rng.choice((rng.choice(_STREETS), _family(rng)))} {rng.choice(_KINDS)}{rng.choice(('', '', '.'))}"
        )
    named = rng.choice(listed("en_streets"))
    if kind < 0.6:
        return f"{number} {named} {digits(rng, 1, 3)}"
    if kind < 0.9:
        return rng.choice((f"{number} {named}", f"{named} {number}", f"{named}, {number}"))
    return rng.choice(
        (
            f"P.O. Box {number}",
            f"PO Box {number}",
            f"PSC {number}, Box {digits(rng, 3, 5)}",
            f"Unit {number} Box {digits(rng, 3, 4)}",
        )
    )


def city(rng: random.Random) -> str:
    named = rng.choice(_TOWNS) if rng.random() < 0.5 else rng.choice(listed("en_cities"))
    return named.upper() if rng.random() < 0.15 else named


def address(rng: random.Random) -> str:
    unit = (
        rng.choice((" ", "\n", ", ", " ")) + rng.choice(("Apt. ", "Apt ", "Suite ", "Unit ", "#", "Floor ")) + digits(rng, 1, 3)
        if rng.random() < 0.5
        else ""
    )
    gap = rng.choice((", ", "\n", "\n", " ", "\n ", "\n    ", " \n"))
    kind = rng.random()
    if kind < 0.45:
        region = f"{rng.choice((', ', ', ', ' ', chr(10) + ', '))}{rng.choice(_STATES)}{rng.choice((' ', ' ', chr(10) + ' '))}{digits(rng, 5, 5)}"
        tail = city(rng) + region + (f"-{digits(rng, 4, 4)}" if rng.random() < 0.1 else "")
    elif kind < 0.75:
        country = rng.choice(("", rng.choice(listed("en_countries")), rng.choice(_STATE_NAMES)))
        tail = city(rng) + (gap + country if country else "") + (" " + digits(rng, 4, 5) if rng.random() < 0.5 else "")
    else:
        tail = rng.choice((city(rng), "", digits(rng, 4, 6) + " " + city(rng)))
    whole = street(rng) + unit + (gap + tail if tail else "")
    if rng.random() < 0.06 and unit:
        whole = unit.strip(" ,\n") + " " + street(rng) + (gap + tail if tail else "")
    return whole.upper() if rng.random() < 0.12 else whole


def place(rng: random.Random) -> str:
    return rng.choice((city(rng), rng.choice(listed("en_countries")), rng.choice(_STATE_NAMES)))


def organisation(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        return f"{_family(rng)} {rng.choice(_COMPANIES)}"
    if kind < 0.45:
        return f"{_family(rng)}, {_family(rng)} and {_family(rng)}"
    if kind < 0.55:
        return f"{_family(rng)}-{_family(rng)}"
    words = " ".join(rng.choice(common_words("en")).capitalize() for _ in range(rng.randint(1, 2)))
    made = rng.choice((words, rng.choice(_TOWNS), words.replace(" ", "")))
    return f"{made} {rng.choice(_COMPANIES)}" if kind < 0.85 else made


def _word(rng: random.Random) -> str:
    return rng.choice(_FUNCTION) if rng.random() < 0.45 else rng.choice(common_words("en"))


def _words(rng: random.Random) -> str:
    return " ".join(_word(rng) for _ in range(rng.randint(1, 6)))


def _heading(rng: random.Random) -> str:
    words = " ".join(rng.choice(common_words("en")) for _ in range(rng.randint(1, 4)))
    return rng.choice((words.title(), words.upper(), words.capitalize()))


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(1930, 2026), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{month}/{day}/{year}",
            f"{rng.choice(_MONTHS)} {day}, {year}",
            f"{month:02}-{day:02}-{year}",
            f"{year}",
            f"{day} {rng.choice(_MONTHS)} {year}",
        )
    )


def _number(rng: random.Random) -> str:
    return rng.choice(
        (
            digits(rng, 9, 16),
            f"{digits(rng, 3, 3)}-{digits(rng, 3, 3)}-{digits(rng, 4, 4)}",
            digits(rng, 1, 4),
            f"{rng.choice('ABCKWX')}{digits(rng, 6, 9)}",
            f"{digits(rng, 1, 4)}.{digits(rng, 2, 2)}",
        )
    )


def _phrase(*concepts: str) -> Make:
    found = tuple(
        each.phrase for each in label_phrases() if each.phrase.isascii() and (not concepts or each.concept in concepts)
    )

    def make(rng: random.Random) -> str:
        phrase = rng.choice(found)
        return rng.choice((phrase.title(), phrase.upper(), phrase.capitalize(), phrase))

    return make


SLOTS = {
    "name": Slot("PER", claimant), "person": Slot("PER", person), "full": Slot("PER", full_name), "given": Slot("PER", _given),
    "family": Slot("PER", _family), "address": Slot("ADDRESS", address), "street": Slot("ADDRESS", street), "place": Slot("LOC", place),
    "org": Slot("ORG", organisation), "date": Slot("", _date), "number": Slot("", _number), "word": Slot("", _word), "words": Slot("", _words),
    "heading": Slot("", _heading), "label": Slot("", _phrase()), "namelabel": Slot("", _phrase("name")), "addresslabel": Slot("", _phrase("address")),
    "title": Slot("", lambda rng: rng.choice(_TITLES)), "job": Slot("", lambda rng: rng.choice(listed("en_jobs"))), "n": Slot("", lambda rng: digits(rng, 1, 2)),
}  # fmt: skip
_MAKERS: dict[str, Make] = {"PER": person, "LOC": place, "ORG": organisation, "ADDRESS": address}
_STREWN = ("person", "full", "full", "person", "place", "org", "address", "name")


@cache
def _templates(part: str) -> tuple[str, ...]:
    entries = (line.partition("|") for line in listed("en", TEMPLATES))
    return tuple(template.replace("\\n", "\n") for kind, _, template in entries if kind == part)


def form(rng: random.Random) -> Marked:
    return joined(
        (fill(rng.choice(_templates("form")), SLOTS, rng) for _ in range(rng.randint(1, 8))), rng.choice(("\n", "\n", "  "))
    )


def prose(rng: random.Random) -> Marked:
    return joined(
        (fill(rng.choice(_templates("prose")), SLOTS, rng) for _ in range(rng.randint(1, 4))), rng.choice((" ", "\n"))
    )


def strewn(rng: random.Random) -> Marked:
    parts: list[str] = []
    for _ in range(rng.randint(3, 25)):
        kind = rng.random()
        if kind < 0.10:
            parts.append(f"{{{rng.choice(_STREWN)}}}")
        elif kind < 0.20:
            parts.append(rng.choice((",", ".", ":", ";", "\n", "-", "?")))
        else:
            parts.append("{number}" if kind > 0.97 else "{heading}" if kind > 0.92 else _word(rng))
    return fill(" ".join(parts).replace(" ,", ",").replace(" .", ".").replace(" :", ":").capitalize(), SLOTS, rng)


def generated(rng: random.Random) -> Iterator[Marked]:
    """Texts without end."""
    while True:
        kind = rng.random()
        yield normalised(form(rng) if kind < 0.35 else prose(rng) if kind < 0.8 else strewn(rng))


def varied(rng: random.Random, records: Sequence[Marked]) -> Iterator[Marked]:
    """*records* without end, each time in another order, at times with other names in them."""
    while True:
        for record in rng.sample(records, len(records)):
            changed = exchanged(record, _MAKERS, rng, 0.8) if rng.random() < 0.7 else record
            yield normalised(changed)
