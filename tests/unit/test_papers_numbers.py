"""Invented numbers: their check digits hold exactly when told to."""

import random
from datetime import date
from decimal import Decimal

import pytest

from bench.papers import numbers, written
from bench.papers.case import casebook, invent_case
from bench.papers.people import invent_person, latin_name

BORN = date(1975, 6, 9)


def is_sound_identity(identity: str) -> bool:
    return numbers.identity_check(identity[:17]) == identity[17]


def is_sound_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(sum(map(int, str(value))) for value in doubled) % 10 == 0


def test_the_check_digit_of_the_published_specimen_holds():
    assert is_sound_identity("11010519491231002X")
    assert not is_sound_identity("110105194912310021")


@pytest.mark.parametrize("sound", [True, False])
def test_an_identity_number_holds_exactly_if_told(sound):
    rng = random.Random(1)
    made = [numbers.identity18(rng, "3301", BORN, male=True, sound=sound) for _ in range(200)]
    assert {is_sound_identity(identity) for identity in made} == {sound}
    assert all(identity[6:14] == "19750609" and int(identity[16]) % 2 == 1 for identity in made)


def test_identity_numbers_come_from_counties_that_do_not_exist():
    rng = random.Random(2)
    assert all(96 <= int(numbers.identity18(rng, "3301", BORN, male=False, sound=True)[4:6]) <= 99 for _ in range(100))


def test_an_old_identity_number_stands_for_one_new_one():
    new = numbers.identity18(random.Random(3), "3301", BORN, male=True, sound=True)
    assert numbers.identity18_of_15(numbers.identity15(new)) == new
    with pytest.raises(ValueError, match="20th century"):
        numbers.identity15(new[:6] + "2005" + new[10:])


@pytest.mark.parametrize(("number", "sound"), [("6200000000000005", True), ("6200000000000006", False)])
def test_the_luhn_examples_of_the_catalogue(number, sound):
    assert (numbers.luhn_check(number[:-1]) == number[-1]) is sound


@pytest.mark.parametrize("sound", [True, False])
def test_cards_and_provider_numbers_hold_exactly_if_told(sound):
    rng = random.Random(4)
    cards = [numbers.bank_card(rng, sound=sound) for _ in range(100)]
    assert {len(card) for card in cards} == {16, 19}
    assert {is_sound_luhn(card) for card in cards} == {sound}
    assert {is_sound_luhn(f"80840{numbers.npi(rng, sound=sound)}") for _ in range(100)} == {sound}


@pytest.mark.parametrize("code", ["91110000MA0000000H", "91350100M000100Y43"])
def test_the_check_character_of_published_credit_codes_holds(code):
    assert numbers.uscc_check(code[:17]) == code[17]


@pytest.mark.parametrize("sound", [True, False])
def test_a_credit_code_holds_exactly_if_told(sound):
    rng = random.Random(9)
    made = [numbers.uscc(rng, "3301", sound=sound) for _ in range(100)]
    assert {numbers.uscc_check(code[:17]) == code[17] for code in made} == {sound}


@pytest.mark.parametrize(("layout", "length"), [("property", 22), ("life", 22), ("lettered", 16)])
def test_policy_numbers_have_the_lengths_of_their_layout(layout, length):
    assert len(numbers.policy_number(random.Random(5), layout, 2015)) == length


def test_an_unknown_policy_layout_is_refused():
    with pytest.raises(ValueError, match="unknown layout"):
        numbers.policy_number(random.Random(6), "none", 2015)


@pytest.mark.parametrize(("step", "expected"), [(1, "PDAA000000"), (10, "PDAA000009"), (-1, "PDAA999998")])
def test_neighbours_differ_in_the_serial_only(step, expected):
    assert numbers.neighbour("PDAA999999", step) == expected


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("12345.67", "壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("10050.00", "壹万零伍拾元整"),
        ("20.00", "贰拾元整"),
        ("100.05", "壹佰元零伍分"),
        ("1001.50", "壹仟零壹元伍角整"),
        ("100000305.00", "壹亿零叁佰零伍元整"),
        ("350000.00", "叁拾伍万元整"),
        ("0.80", "零元捌角整"),
    ],
)
def test_amounts_in_words(amount, words):
    assert written.in_words(Decimal(amount)) == words


def test_dates_in_every_form():
    day = date(2019, 3, 5)
    forms = {written_as(day) for written_as in written.DATE_FORMS.values()}
    assert {"2019年3月5日", "2019-03-05", "2019.3.5", "二〇一九年三月五日"} <= forms
    assert len(forms) == len(written.DATE_FORMS)
    assert written.han_date(date(2020, 11, 30)) == "二〇二〇年十一月三十日"
    assert {written.date_form(random.Random(seed)) for seed in range(200)} == set(written.DATE_FORMS)


def test_people_come_with_every_kind_of_name_and_number():
    rng = random.Random(7)
    people = [invent_person(rng) for _ in range(400)]
    assert {len(person.identity) for person in people} == {15, 18}
    assert {person.identity_sound for person in people} == {True, False, None}
    assert any("·" in person.name for person in people)
    assert any(person.name.isascii() for person in people)
    assert any(person.name.startswith(("欧阳", "司马", "诸葛")) for person in people)
    for person in people:
        assert person.identity_sound is None or is_sound_identity(person.identity) is person.identity_sound
        assert is_sound_luhn(person.card) is person.card_sound


def test_nothing_invented_shows_in_a_repr():
    case = invent_case(random.Random(8))
    assert case.insured.name not in repr(case)
    assert case.policy_number not in repr(case)


def test_a_case_keeps_its_days_in_order():
    for seed in range(60):
        case = invent_case(random.Random(seed))
        assert case.loss_date <= case.admission_date < case.discharge_date < case.application_date
        assert case.loss_date <= case.report_date
        assert Decimal() <= case.fund_paid <= case.total


def test_a_casebook_holds_neighbours_and_a_second_claim_of_the_same_person():
    first, neighbour, later = casebook(5, 3)
    assert neighbour.policy_number[:-6] == first.policy_number[:-6]
    assert neighbour.policy_number != first.policy_number
    assert neighbour.insured != first.insured
    assert later.insured == first.insured
    assert later.policy_number == first.policy_number
    assert later.claim_number != first.claim_number
    assert later.loss_date > first.discharge_date
    assert casebook(5, 3) == (first, neighbour, later)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("李小明", {"Xiaoming Li", "LI Xiaoming", "Li, Xiaoming"}),
        ("欧阳敏", {"Min Ouyang", "OUYANG Min", "Ouyang, Min"}),
        ("扎西·多吉", {"Zhaxi Duoji"}),
        ("Anita Whitlow", {"Anita Whitlow"}),
    ],
)
def test_names_on_english_forms_are_in_latin_letters(name, forms):
    assert {latin_name(name, random.Random(seed)) for seed in range(30)} == forms
