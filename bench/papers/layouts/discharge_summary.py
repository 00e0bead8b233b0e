"""出院小结: the letter that closes a stay in hospital."""

from bench.papers import forms, pieces, prose
from bench.papers.case import Case
from bench.papers.forms import Entry, entry
from bench.papers.layouts.setting import Setting, on_one_page, seal_beside_or_over
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Piece
from bench.papers.sheet import Run, Sheet

TITLES = ("出院小结", "出院小结", "出院记录", "出院证明书")


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.12, arrangements=("grid", "underlined", "plain", "plain"))
    heading = setting.pick(*TITLES)
    person, sections = setting.some(stay(case, setting, look), 6), account(case, setting)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 0.8, look, heading, above=(pieces.hospital(case, field="hospital"),))
        y = forms.entries(sheet, y, look, person) + 2
        y = put_sections(sheet, y, look, sections)
        return feet(sheet, y + 6, look, case)

    sheet = on_one_page(setting, look, fill)
    press_seal(sheet, setting, case)
    return (sheet,)


def stay(case: Case, setting: Setting, look: Look) -> list[Entry]:
    """Who, which bed, and from when to when."""
    who = case.insured
    return [
        entry("姓名", pieces.name(who.name, "insured", field="insured")),
        entry("性别", who.gender),
        entry("年龄", f"{case.admission_date.year - who.birth.year}岁"),
        entry(setting.pick("住院号", "病案号", "住院号码"), pieces.record_number(case.inpatient_number, "inpatient")),
        entry(
            setting.pick("入院日期", "入院时间"),
            pieces.day(case.admission_date, "admission", look.date_form, field="admission_date"),
        ),
        entry(
            setting.pick("出院日期", "出院时间"),
            pieces.day(case.discharge_date, "discharge", look.date_form, field="discharge_date"),
        ),
        entry("科别", case.hospital.department),
        entry("床号", f"{setting.rng.randint(1, 60)}床"),
        entry("住院天数", f"{case.stay}天"),
        entry("出生日期", pieces.day(who.birth, "birth", look.date_form, field="birth_date")),
        entry("职业", who.occupation),
        entry("联系电话", pieces.mobile(who, "insured", setting.rng, field="phone")),
        entry("身份证号", pieces.identity(who, "insured", field="identity_number")),
        entry("家庭住址", pieces.address(who.address, "insured"), wide=True),
    ]


def diagnoses(case: Case, *, field: str = "") -> list[Piece]:
    """The diagnoses with their codes, numbered; the first carries *field*."""
    found: list[Piece] = []
    for place, one in enumerate(case.diagnoses, start=1):
        found += [
            f"{place}. ",
            pieces.diagnosis(one, field=field if place == 1 else ""),
            "（",
            pieces.diagnosis_code(one),
            "）  ",
        ]
    return found


def account(case: Case, setting: Setting) -> list[tuple[str, list[Piece]]]:
    """What was found and done, by heading."""
    rng = setting.rng
    return [
        ("入院诊断", diagnoses(case)),
        ("入院情况", [pieces.health(prose.admission_findings(case, rng), "history")]),
        ("诊疗经过", [pieces.health(prose.treatment(case, rng), "treatment")]),
        ("出院诊断", diagnoses(case, field="diagnosis")),
        ("出院情况", [pieces.health(prose.outcome(rng), "outcome")]),
        ("出院医嘱", [pieces.health(prose.discharge_orders(rng), "treatment")]),
    ]


def put_sections(sheet: Sheet, y: float, look: Look, sections: list[tuple[str, list[Piece]]]) -> float:
    for name, content in sections:
        runs: list[Run] = [(f"{name}：", look.heading), *look.filled(*content)]
        y = forms.paragraph(sheet, y, look, runs, indent=False) + 0.8
    return y


def feet(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    forms.signed(sheet, look.margin, y, look, "主任医师", pieces.doctor(case.hospital.director))
    when = pieces.day(case.discharge_date, "signing", look.date_form)
    return forms.signed(sheet, sheet.width - look.margin - 65, y, look, "经治医师", pieces.doctor(case.hospital.doctor), when)


def press_seal(sheet: Sheet, setting: Setting, case: Case) -> None:
    (left, top), _, _, _ = list(sheet.places_of("signing"))[-1]
    role = setting.pick("discharge", "diagnosis")
    x, y = left / sheet.scale + 12, top / sheet.scale - 3
    seal_beside_or_over(sheet, setting, role, x, y, case.hospital.name, setting.pick("住院部专用章", "医务科", "病案专用章"))
