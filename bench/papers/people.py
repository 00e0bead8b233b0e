"""Invented people."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from pypinyin import lazy_pinyin

from bench.papers import numbers
from bench.papers import vocabulary as words


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where somebody lives: `code` is the telephone code, `area` the first four digits of identity numbers issued there."""

    province: str
    city: str
    county: str
    code: str
    area: str

    @property
    def town(self) -> str:
        return self.city or self.province


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """`identity` has 18 or 15 characters; `identity_sound` says whether its check digit holds (a 15 digit one has none)."""

    name: str
    male: bool
    ethnicity: str
    birth: date
    place: Place
    address: str
    identity: str
    identity_sound: bool | None
    mobile: str
    landline: str
    email: str
    wechat: str
    occupation: str
    bank: str
    card: str
    card_sound: bool

    @property
    def gender(self) -> str:
        return "男" if self.male else "女"


def invent_place(rng: random.Random) -> Place:
    return Place(*rng.choice(words.PLACES))


def invent_address(rng: random.Random, place: Place) -> str:
    head = place.province + place.city + place.county
    flat = f"{rng.randint(1, 32)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 18)}{rng.randint(1, 4):02d}室"
    return head + rng.choice(
        (
            f"{rng.choice(words.STREETS)}{rng.randint(1, 899)}号",
            f"{rng.choice(words.STREETS)}{rng.randint(1, 899)}号{rng.choice(words.ESTATES)}{flat}",
            f"{rng.choice(words.ESTATES)}{flat}",
            f"城关镇{rng.choice(words.VILLAGES)}{rng.randint(1, 12)}组{rng.randint(1, 99)}号",
        )
    )


def invent_person(
    rng: random.Random,
    *,
    ages: tuple[int, int] = (18, 75),
    surname: str | None = None,
    male: bool | None = None,
    year: int = 2019,
) -> Person:
    """Somebody between *ages* in *year*.

    One in ten identity numbers has a wrong check digit; one in twelve of those born before 1999 is of the old form.
    """
    place = invent_place(rng)
    name, ethnicity, is_male = _invent_name(rng, surname, male=rng.random() < 0.5 if male is None else male)
    birth = date(year - rng.randint(*ages), 1, 1) + timedelta(days=rng.randrange(365))
    identity, sound = _invent_identity(rng, place.area, birth, male=is_male)
    card_sound = rng.random() < 0.85
    return Person(
        name=name,
        male=is_male,
        ethnicity=ethnicity,
        birth=birth,
        place=place,
        address=invent_address(rng, place),
        identity=identity,
        identity_sound=sound,
        mobile=numbers.mobile(rng),
        landline=numbers.landline(rng, place.code),
        email=f"{rng.choice(words.MAILBOXES)}{rng.randint(10, 99999)}@{rng.choice(words.MAIL_DOMAINS)}",
        wechat=f"wx_{rng.choice(words.MAILBOXES)}{rng.randint(100, 99999)}",
        occupation=_occupation(rng, year - birth.year),
        bank=rng.choice(words.BANKS),
        card=numbers.bank_card(rng, sound=card_sound),
        card_sound=card_sound,
    )


def invent_latin_name(rng: random.Random) -> str:
    return f"{rng.choice(words.LATIN_GIVEN)} {rng.choice(words.LATIN_FAMILY)}"


def latin_name(name: str, rng: random.Random) -> str:
    """*name* in pinyin, given name first or the surname first in capitals; a Latin name stays as it is."""
    if name.isascii():
        return name
    if "·" in name:
        return " ".join(_pinyin(part) for part in name.split("·"))
    length = 2 if name[:2] in words.COMPOUND_SURNAMES else 1
    family, given = _pinyin(name[:length]), _pinyin(name[length:])
    return rng.choice((f"{given} {family}", f"{family.upper()} {given}", f"{family}, {given}"))


def _pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text)).capitalize()


def _occupation(rng: random.Random, age: int) -> str:
    if age < 22:
        return "学龄前儿童" if age < 6 else "学生"
    return "退休" if age > 60 else rng.choice(words.OCCUPATIONS)


def _invent_name(rng: random.Random, surname: str | None, *, male: bool) -> tuple[str, str, bool]:
    """Name, ethnicity, and whether male: a dotted name brings its own."""
    roll = rng.random()
    if surname is None and roll < 0.05:
        name, ethnicity, is_male = rng.choice(words.DOTTED_NAMES)
        return name, ethnicity.removesuffix("族"), is_male
    if surname is None and roll < 0.07:
        return invent_latin_name(rng), "汉", male
    family = surname or (rng.choice(words.COMPOUND_SURNAMES) if roll < 0.12 else rng.choice(words.SURNAMES))
    last = rng.choice(words.GIVEN_MALE if male else words.GIVEN_FEMALE)
    middle = rng.choice(words.GIVEN_SECOND) if rng.random() < 0.68 else ""
    return family + middle + last, rng.choice(words.ETHNICITIES), male


def _invent_identity(rng: random.Random, area: str, birth: date, *, male: bool) -> tuple[str, bool | None]:
    sound = rng.random() < 0.9
    identity = numbers.identity18(rng, area, birth, male=male, sound=sound)
    if birth.year < 1999 and rng.random() < 1 / 12:
        return numbers.identity15(identity), None
    return identity, sound
