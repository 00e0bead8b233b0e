"""门诊病历: what a doctor wrote on one visit."""

from bench.papers import forms, pieces, prose, stamps
from bench.papers.case import Case
from bench.papers.forms import Entry, entry
from bench.papers.layouts import discharge_summary
from bench.papers.layouts.setting import Setting, on_one_page, seal_beside_or_over
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Piece
from bench.papers.sheet import Run, Sheet


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.4, arrangements=("grid", "underlined", "plain"))
    heading = setting.pick("门诊病历", "门诊病历", "门（急）诊病历", "门诊病历记录")
    person, sections = setting.some(_person(case, setting, look), 5), _sections(case, setting)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 0.8, look, heading, above=(pieces.hospital(case, field="hospital"),))
        y = forms.entries(sheet, y, look, person) + 2
        for name, content in sections:
            runs: list[Run] = [(f"{name}：", look.heading), *look.filled(*content)]
            y = forms.paragraph(sheet, y, look, runs, indent=False) + 0.8
        when = pieces.day(case.admission_date, "visit", look.date_form)
        y = forms.signed(
            sheet, sheet.width - look.margin - 62, y + 6, look, "医师签名", pieces.doctor(case.hospital.doctor), when
        )
        y = sheet.put(look.margin, y + 4, [("（本病历须经医师签名、加盖公章后生效）", look.note)])
        phone = pieces.landline(case.hospital.phone, "hospital")
        return sheet.put(look.margin, y, [("咨询电话：", look.note), (phone, look.note)])

    sheet = on_one_page(setting, look, fill)
    _stamps(sheet, setting, case)
    return (sheet,)


def _person(case: Case, setting: Setting, look: Look) -> list[Entry]:
    who = case.insured
    age = case.admission_date.year - who.birth.year
    return [
        entry("姓名", pieces.name(who.name, "insured", field="insured")),
        entry("性别", who.gender),
        entry("年龄", f"{age}岁"),
        entry(setting.pick("门诊号", "就诊卡号", "病历号"), pieces.record_number(case.outpatient_number, "outpatient")),
        entry(setting.pick("就诊日期", "就诊时间"), pieces.day(case.admission_date, "visit", look.date_form)),
        entry("科室", case.hospital.department),
        entry("出生日期", pieces.day(who.birth, "birth", look.date_form, field="birth_date")),
        entry("身份证号", pieces.identity(who, "insured", field="identity_number")),
        entry("联系电话", pieces.mobile(who, "insured", setting.rng, field="phone")),
        entry("费别", setting.pick("自费", "城镇职工医保", "城乡居民医保")),
        entry("住址", pieces.address(who.address, "insured"), wide=True),
    ]


def _sections(case: Case, setting: Setting) -> list[tuple[str, list[Piece]]]:
    rng = setting.rng
    image: list[Piece] = ["影像号 ", pieces.numbered(case.image_number, "LAB_NO"), " "]
    return [
        ("主诉", [pieces.health(case.complaint, "complaint")]),
        ("现病史", [pieces.health(prose.history(case), "history")]),
        ("既往史", [pieces.health(prose.past(rng), "history")]),
        ("体格检查", [pieces.health(prose.visit_findings(rng), "examination")]),
        ("辅助检查", [*image, pieces.health(f"提示{case.diagnoses[0].name}征象。", "examination")]),
        (setting.pick("初步诊断", "诊断", "门诊诊断"), discharge_summary.diagnoses(case, field="diagnosis")),
        ("处理意见", [pieces.health(prose.visit_orders(rng), "treatment")]),
    ]


def _stamps(sheet: Sheet, setting: Setting, case: Case) -> None:
    (_, top), (right, _), _, _ = list(sheet.places_of("visit"))[-1]
    x, y = right / sheet.scale - 10, top / sheet.scale - 4
    if setting.chance(0.8):
        seal_beside_or_over(sheet, setting, "diagnosis", x, y, case.hospital.name, setting.pick("门诊专用章", "诊断证明专用章"))
    if setting.chance(0.4):
        stamps.personal_seal(sheet, x - 4, y - 10, case.hospital.doctor)
