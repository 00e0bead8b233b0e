"""Invented numbers of the right shape, with check digits that hold or do not.

No number can be that of a living person or a working line: the county part of every identity number (96 to 99), the
mobile prefixes, the `555` landlines and the `62000` cards are ones that were never given out.
"""

import random
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNISSUED_MOBILES = ("154", "160", "161", "163", "164", "168", "169", "179")
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def identity_check(first17: str) -> str:
    """The last character of an identity number (GB 11643, MOD 11-2)."""
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def identity18(rng: random.Random, area4: str, birth: date, *, male: bool, sound: bool) -> str:
    """An identity number of 18 characters whose check digit holds exactly if *sound*."""
    last = rng.randrange(1, 10, 2) if male else rng.randrange(0, 10, 2)
    first17 = f"{area4}{rng.randrange(96, 100)}{birth:%Y%m%d}{rng.randrange(100):02d}{last}"
    check = identity_check(first17)
    return first17 + (check if sound else rng.choice([other for other in "0123456789X" if other != check]))


def identity15(identity: str) -> str:
    """The old form (before 1999) of an 18 character number of somebody born in the 20th century."""
    if identity[6:8] != "19":
        raise ValueError("the old form knows births of the 20th century only")
    return identity[:6] + identity[8:17]


def identity18_of_15(old: str) -> str:
    """The one 18 character number that an old one stands for."""
    first17 = f"{old[:6]}19{old[6:]}"
    return first17 + identity_check(first17)


def luhn_check(number: str) -> str:
    """The digit that makes *number* with it pass Luhn's test (ISO/IEC 7812-1)."""
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(number))
    )
    return str(-total % 10)


def bank_card(rng: random.Random, *, sound: bool) -> str:
    """A card number of 16 or 19 digits that passes Luhn's test exactly if *sound*."""
    first = f"62000{digits(rng, rng.choice((10, 13)))}"
    check = int(luhn_check(first))
    return f"{first}{check if sound else (check + rng.randrange(1, 10)) % 10}"


def uscc_check(first17: str) -> str:
    """The last character of a unified social credit code (GB 32100, MOD 31)."""
    total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return _USCC_ALPHABET[-total % 31]


def uscc(rng: random.Random, area4: str, *, sound: bool) -> str:
    """A unified social credit code of a public institution whose check character holds exactly if *sound*."""
    first17 = f"12{area4}{rng.randrange(96, 100)}{digits(rng, 8)}{rng.choice(_USCC_ALPHABET)}"
    check = uscc_check(first17)
    return first17 + (check if sound else rng.choice([other for other in _USCC_ALPHABET if other != check]))


def npi(rng: random.Random, *, sound: bool) -> str:
    """A United States provider identifier: Luhn over `80840` and the number."""
    first = f"1{digits(rng, 8)}"
    check = int(luhn_check(f"80840{first}"))
    return f"{first}{check if sound else (check + rng.randrange(1, 10)) % 10}"


def mobile(rng: random.Random) -> str:
    return rng.choice(_UNISSUED_MOBILES) + digits(rng, 8)


def landline(rng: random.Random, code: str) -> str:
    return f"{code}-555{digits(rng, 5 if len(code) == 3 else rng.choice((4, 5)))}"


def plate(rng: random.Random, province: str) -> str:
    """A number plate of *province* (its one-character name) without I and O (GA 36)."""
    return province + rng.choice(_PLATE_LETTERS) + rng.choice(_PLATE_LETTERS) + digits(rng, 4)


def policy_number(rng: random.Random, layout: str, year: int) -> str:
    """A number in one of the layouts of docs/identifiers: `property`, `life`, `digits` or `lettered`."""
    organisation = digits(rng, 6)
    match layout:
        case "property":
            return f"{rng.choice(('PDAA', 'PDZA', 'PEAA'))}{year}{organisation}{digits(rng, 8)}"
        case "life":
            return f"{year}{organisation}{rng.choice(('A01', '21B', 'S88', '610'))}{digits(rng, 9)}"
        case "lettered":
            return f"P{digits(rng, 15)}"
        case "digits":
            return f"{year}{digits(rng, rng.choice((8, 11, 14)))}"
    raise ValueError(f"unknown layout {layout!r}")


def neighbour(number: str, step: int) -> str:
    """The number whose serial (its last six digits) lies *step* further on; it wraps round."""
    return f"{number[:-6]}{(int(number[-6:]) + step) % 1_000_000:06d}"


def claim_number(rng: random.Random, stem: str, layout: str, year: int) -> str:
    """A report, case or claim number; *stem* tells them apart (`RDAA`, `RZAA`, `RCAA`)."""
    if layout in {"property", "lettered"}:
        return f"{stem}{year}{digits(rng, 14)}"
    return f"{year}{len(stem) + ord(stem[1]) % 7}{digits(rng, 11)}"


def bill_check(rng: random.Random) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(6))
