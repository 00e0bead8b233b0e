"""An English health insurance claim form of an invented layout: numbered boxes, service lines, signatures."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bench.papers import forms, numbers, pieces, stamps, written
from bench.papers.case import Case
from bench.papers.forms import Entry, entry
from bench.papers.layouts.setting import Setting, on_one_page
from bench.papers.look import Look, invent_look
from bench.papers.people import Person, latin_name
from bench.papers.pieces import Value
from bench.papers.sheet import Pen, Sheet

_STREETS = ("Alder Court", "Mill Pond Road", "Foxglove Lane", "Harbour Street", "Quarry Hill Road", "Juniper Avenue")
_TOWNS = (("Fairhaven", "OH", "450"), ("Westbrook", "PA", "191"), ("Millbridge", "IL", "606"), ("Eastvale", "CO", "802"))
_CODES = ("S82.201A", "I21.9", "J18.9", "E11.9", "M54.5", "K35.80", "S52.501A", "N20.1")
_SERVICES = ("99213", "73590", "80053", "36415", "99284", "71046", "93000", "97110")
_CARRIERS = ("Northmere Mutual Health", "Ashgrove Benefit Society", "Larkspur Life and Health")
_CLINICS = ("Riverbend Clinic", "St. Aldwyn Hospital", "Hollow Oak Medical Center")


@dataclass(frozen=True, slots=True, repr=False)
class _Patient:
    name: str
    birth: date
    address: str
    phone: str
    member: str
    security: str


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = _latin(invent_look(setting.rng, by_hand=0.3, arrangements=("stacked", "grid", "underlined")), setting)
    rng = setting.rng
    patient = _patient(case.insured, rng)
    carrier, clinic, form = rng.choice(_CARRIERS), rng.choice(_CLINICS), rng.choice(tuple(written.ENGLISH_DATE_FORMS))
    who, what = _who(patient, case, setting, form), _what(case, clinic, rng, form)
    rows, total = _services(case, rng, form)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 0.8, look, rng_title, above=(carrier,))
        y = forms.entries(sheet, y, look, who) + 2
        y = forms.entries(sheet, y, look, what) + 2
        y = (
            forms.table(
                sheet, y, look, ("Date of service", "CPT", "Diagnosis pointer", "Charges", "NPI"), rows, (3, 2, 2, 2, 3)
            )
            + 2
        )
        y = (
            sheet.put(
                look.margin, y, look.labelled("Total charge", pieces.amount(total, "grouped", field="amount", role="total"))
            )
            + 3
        )
        y = sheet.put(
            look.margin, y, [("I authorize the release of any medical information necessary to process this claim.", look.note)]
        )
        return _feet(sheet, y + 3, look, patient, case, form)

    rng_title = setting.pick("HEALTH INSURANCE CLAIM FORM", "MEDICAL CLAIM FORM", "Claim for Medical Benefits")
    sheet = on_one_page(setting, look, fill)
    if setting.chance(0.5):
        stamps.received_stamp(
            sheet, sheet.width - 45, setting.rng.uniform(20, 60), ("RECEIVED", f"{case.application_date:%b %d %Y}".upper())
        )
    return (sheet,)


def _latin(look: Look, setting: Setting) -> Look:
    """The same look in faces that English forms have."""
    sans = setting.chance(0.6)
    face, bold = ("sans", "sans_bold") if sans else ("serif", "serif_bold")
    entry_face = "scrawl" if look.by_hand else setting.pick("mono", face, "serif")
    grown = 1.35 if look.by_hand else 1.0
    return replace(
        look,
        title=replace(look.title, face=bold, spacing=0.0),
        heading=replace(look.heading, face=bold),
        label=replace(look.label, face=face, size=look.label.size * 0.9),
        entry=replace(look.entry, face=entry_face, latin="", size=look.entry.size * grown, spacing=0.0),
        note=Pen(face, look.note.size),
        signature=replace(look.signature, face=setting.pick("script", "scrawl"), latin=""),
        colon=": ",
        columns=setting.rng.choice((2, 3)),
        spaced_labels=False,
    )


def _patient(who: Person, rng: random.Random) -> _Patient:
    """The insured person as an English form has them: the name in Latin letters, an address abroad."""
    town, state, zip3 = rng.choice(_TOWNS)
    return _Patient(
        name=latin_name(who.name, rng),
        birth=who.birth,
        address=f"{rng.randint(2, 980)} {rng.choice(_STREETS)}, {town}, {state} {zip3}{numbers.digits(rng, 2)}",
        phone=f"({rng.choice(('202', '303', '614'))}) 555-01{numbers.digits(rng, 2)}",
        member=f"{rng.choice(('W', 'XZ', 'NM'))}{numbers.digits(rng, 9)}",
        security=f"987-65-43{numbers.digits(rng, 2)}",
    )


def _date(when: date, role: str, form: str, *, field: str = "") -> Value:
    return Value(written.ENGLISH_DATE_FORMS[form](when), pieces.date_kind(role), when.isoformat(), field, role)


def _who(patient: _Patient, case: Case, setting: Setting, form: str) -> list[Entry]:
    digits = "".join(char for char in patient.phone if char.isdigit())
    return [
        entry("1a. Insured's I.D. number", pieces.numbered(patient.member, "US_MEMBER")),
        entry("2. Patient's name", pieces.name(patient.name, "insured", field="insured")),
        entry("3. Patient's birth date", _date(patient.birth, "birth", form, field="birth_date")),
        entry("4. Insured's name", pieces.name(patient.name, "policyholder", field="policyholder")),
        entry("5. Telephone", Value(patient.phone, "INTL_PHONE", digits, "phone", "insured")),
        entry(
            "6. Social security number",
            Value(patient.security, "US_SSN", patient.security.replace("-", ""), "", "insured", sound=False),
        ),
        entry("7. Policy number", pieces.policy(case.policy_number)),
        entry("8. Group number", pieces.numbered(numbers.digits(setting.rng, 7), "US_GROUP")),
        entry("9. Patient's address", Value(patient.address, "US_ADDRESS", patient.address, role="insured"), wide=True),
    ]


def _what(case: Case, clinic: str, rng: random.Random, form: str) -> list[Entry]:
    code = rng.choice(_CODES)
    return [
        entry("10. Claim number", pieces.claim(case.claim_number, "claim", field="claim_number")),
        entry("11. Date of accident or illness", _date(case.loss_date, "loss", form, field="loss_date")),
        entry("12. Admission", _date(case.admission_date, "admission", form, field="admission_date")),
        entry("13. Discharge", _date(case.discharge_date, "discharge", form, field="discharge_date")),
        entry("14. Diagnosis (ICD-10)", Value(code, "DIAGNOSIS", code, "diagnosis")),
        entry("15. Facility", Value(clinic, "HOSPITAL", clinic, "hospital")),
        entry("16. Federal tax I.D.", pieces.numbered(f"{rng.randint(10, 98)}-{numbers.digits(rng, 7)}", "US_EIN")),
    ]


def _services(case: Case, rng: random.Random, form: str) -> tuple[list[list[tuple[pieces.Piece, ...]]], Decimal]:
    sound = rng.random() < 0.8
    provider = pieces.numbered(numbers.npi(rng, sound=sound), "US_NPI", sound=sound)
    rows: list[list[tuple[pieces.Piece, ...]]] = []
    total = Decimal()
    for step in range(rng.randint(2, 6)):
        charge = Decimal(rng.randint(1500, 98_000)) / 100
        total += charge
        when = min(case.admission_date + timedelta(days=step), case.discharge_date)
        rows.append(
            [
                (_date(when, "service", form),),
                (rng.choice(_SERVICES),),
                (rng.choice("AB"),),
                (pieces.amount(charge, "grouped"),),
                (provider,),
            ]
        )
    return rows, total


def _feet(sheet: Sheet, y: float, look: Look, patient: _Patient, case: Case, form: str) -> float:
    label = [("Signature of patient: ", look.label)]
    start = look.margin + sheet.measure(label) + 1
    sheet.put(look.margin, y + 2, label)
    signature = pieces.name(patient.name, "insured")
    bottom = sheet.put(start, y, [(signature, look.signature)])
    width = sheet.measure([(signature, look.signature)])
    sheet.mark_mm("signature", start, y, width, bottom - y, patient.name)
    sheet.rule(start - 1, bottom, start + max(55, width + 4), bottom, thick=look.thick)
    return sheet.put(look.margin, bottom + 2, look.labelled("Date", _date(case.application_date, "application", form)))
