"""One claim, from which several papers are printed: the people, the contract, the event, the stay and the money."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bench.papers import numbers
from bench.papers import vocabulary as words
from bench.papers.people import Person, Place, invent_person


@dataclass(frozen=True, slots=True)
class Insurer:
    """An invented company; `layout` is that of its policy numbers."""

    name: str
    short: str
    layout: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A named illness or injury with its code of the national edition of ICD-10."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill, in yuan with two decimals."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True, repr=False)
class Hospital:
    name: str
    department: str
    doctor: str
    director: str
    phone: str


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """Everything the papers of one claim agree on. Roles are often played by one person, not always."""

    insured: Person
    policyholder: Person
    claimant: Person
    beneficiary: Person
    relation: str
    insurer: Insurer
    branch: str
    product: str
    policy_number: str
    report_number: str
    case_number: str
    claim_number: str
    loss_date: date
    report_date: date
    admission_date: date
    discharge_date: date
    application_date: date
    by_accident: bool
    event: str
    loss_place: str
    hospital: Hospital
    diagnoses: tuple[Diagnosis, ...]
    complaint: str
    inpatient_number: str
    outpatient_number: str
    image_number: str
    bill_code: str
    bill_number: str
    bill_check: str
    charges: tuple[Charge, ...]
    fund_paid: Decimal

    @property
    def total(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), Decimal())

    @property
    def self_paid(self) -> Decimal:
        return self.total - self.fund_paid

    @property
    def stay(self) -> int:
        """Days in hospital."""
        return (self.discharge_date - self.admission_date).days


def invent_case(
    rng: random.Random, *, only_accidents: bool = False, insurer: Insurer | None = None, year: int | None = None
) -> Case:
    """A claim on *insurer* for something that happened in *year*, by default any one and any from 2009 to 2023."""
    loss = date(year or rng.randint(2009, 2023), 1, 1) + timedelta(days=rng.randrange(365))
    insured = invent_person(rng, ages=rng.choice(((20, 70), (20, 70), (1, 16))), year=loss.year)
    holder = _holder(rng, insured, loss.year)
    claimant = insured if holder is insured or rng.random() < 0.3 else holder
    name, code, department, by_accident, complaint = rng.choice(
        [known for known in words.DIAGNOSES if known[3] or not only_accidents]
    )
    admission = loss + timedelta(days=rng.choice((0, 0, 1, 2)))
    discharge = admission + timedelta(days=rng.randint(2, 28))
    insurer = insurer or Insurer(*rng.choice(words.INSURERS))
    charges = _charges(rng)
    road = insured.place.county + rng.choice(words.STREETS)
    return Case(
        insured=insured,
        policyholder=holder,
        claimant=claimant,
        beneficiary=rng.choice((insured, claimant, invent_person(rng, surname=_family(insured)))),
        relation="本人" if claimant is insured else rng.choice(words.RELATIONS),
        insurer=insurer,
        branch=insured.place.town.removesuffix("市") + rng.choice(words.BRANCHES),
        product=rng.choice(words.PRODUCTS),
        policy_number=numbers.policy_number(rng, insurer.layout, loss.year - rng.randint(0, 6)),
        report_number=numbers.claim_number(rng, "RDAA", insurer.layout, loss.year),
        case_number=numbers.claim_number(rng, "RZAA", insurer.layout, loss.year),
        claim_number=numbers.claim_number(rng, "RCAA", insurer.layout, loss.year),
        loss_date=loss,
        report_date=loss + timedelta(days=rng.randint(0, 3)),
        admission_date=admission,
        discharge_date=discharge,
        application_date=discharge + timedelta(days=rng.randint(1, 40)),
        by_accident=by_accident,
        event=rng.choice(words.ACCIDENTS).format(road=road) if by_accident else words.ILLNESS_COURSE,
        loss_place=road,
        hospital=_hospital(rng, insured.place, department),
        diagnoses=_diagnoses(rng, Diagnosis(name, code)),
        complaint=complaint,
        inpatient_number=rng.choice(("", "", "ZY", "0")) + numbers.digits(rng, rng.choice((6, 7, 8))),
        outpatient_number=rng.choice(("", "M", "MZ")) + numbers.digits(rng, rng.choice((8, 10))),
        image_number=rng.choice(("CT", "DR", "MR")) + numbers.digits(rng, 7),
        bill_code=f"{rng.randint(11, 65)}06{numbers.digits(rng, 4)}",
        bill_number=numbers.digits(rng, 10),
        bill_check=numbers.bill_check(rng),
        charges=charges,
        fund_paid=(sum((charge.amount for charge in charges), Decimal()) * rng.randint(0, 80) / 100).quantize(Decimal("0.01")),
    )


def casebook(seed: int, size: int) -> tuple[Case, ...]:
    """*size* claims of one branch. In every group of three the second policy is the first one's neighbour by serial number,
    and the third claim is a later one under the first policy, by the same insured person."""
    rng = random.Random(f"casebook {seed}")
    cases: list[Case] = []
    for index in range(size):
        first = cases[index - index % 3] if index % 3 else None
        cases.append(_related(rng, first, index % 3) if first else invent_case(rng))
    return tuple(cases)


def _related(rng: random.Random, first: Case, place: int) -> Case:
    """The second or third claim of a group: a neighbour's, or a later one of the same person."""
    case = invent_case(rng, insurer=first.insurer, year=first.loss_date.year)
    if place == 1:
        return replace(case, policy_number=numbers.neighbour(first.policy_number, rng.choice((1, 2, 10))))
    return _later(rng, case, first)


def _later(rng: random.Random, case: Case, first: Case) -> Case:
    """*first*'s people and contract with *case*'s event, some months on."""
    shift = (first.discharge_date - case.loss_date) + timedelta(days=rng.randint(60, 600))
    return replace(
        case,
        insured=first.insured,
        policyholder=first.policyholder,
        claimant=first.claimant,
        beneficiary=first.beneficiary,
        relation=first.relation,
        branch=first.branch,
        product=first.product,
        policy_number=first.policy_number,
        loss_date=case.loss_date + shift,
        report_date=case.report_date + shift,
        admission_date=case.admission_date + shift,
        discharge_date=case.discharge_date + shift,
        application_date=case.application_date + shift,
    )


def _family(person: Person) -> str | None:
    """The surname a relative would share; None where names work otherwise."""
    if "·" in person.name or person.name.isascii():
        return None
    return person.name[:2] if person.name[:2] in words.COMPOUND_SURNAMES else person.name[:1]


def _holder(rng: random.Random, insured: Person, year: int) -> Person:
    is_child = year - insured.birth.year < 18
    if not is_child and rng.random() < 0.6:
        return insured
    return invent_person(rng, ages=(30, 50) if is_child else (25, 60), surname=_family(insured), year=year)


def _hospital(rng: random.Random, place: Place, department: str) -> Hospital:
    town = place.town.removesuffix("市") + "市" if place.town.endswith("市") else place.town
    form = rng.choice(words.HOSPITAL_FORMS)
    return Hospital(
        name=form.format(city=town, county=place.county),
        department=department,
        doctor=invent_person(rng, surname=rng.choice(words.SURNAMES)).name,
        director=invent_person(rng, surname=rng.choice(words.SURNAMES)).name,
        phone=numbers.landline(rng, place.code),
    )


def _diagnoses(rng: random.Random, first: Diagnosis) -> tuple[Diagnosis, ...]:
    others = rng.sample(words.SECOND_DIAGNOSES, rng.choice((0, 0, 1, 2)))
    return (first, *(Diagnosis(name, code) for name, code in others))


def _charges(rng: random.Random) -> tuple[Charge, ...]:
    names = rng.sample(words.CHARGES, rng.randint(4, 9))
    return tuple(Charge(name, Decimal(rng.randint(800, 400_000)) / 100) for name in names)
