"""事故证明: a unit or the police say in running text what happened."""

from bench.papers import forms, numbers, pieces
from bench.papers import vocabulary as words
from bench.papers.case import Case
from bench.papers.layouts.setting import Setting, on_one_page, seal_beside_or_over
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Piece
from bench.papers.sheet import Sheet


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.4)
    heading = setting.pick("事故证明", "事故证明", "意外事故证明", "证    明", "交通事故证明")
    issuer = _issuer(case, setting)
    body = setting.rng.choice((_plain_body, _formal_body))(case, setting, look)
    contact = numbers.landline(setting.rng, case.insured.place.code)
    leading = setting.rng.uniform(1.7, 2.3)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 1.3, look, heading) + 6
        y = sheet.put(look.margin, y, [(f"{case.insurer.name}：", look.entry)]) + 3
        for text in body:
            y = forms.paragraph(sheet, y, look, look.filled(*text), leading=leading) + 1
        y = forms.paragraph(sheet, y, look, look.filled("特此证明。"), leading=leading) + 14
        x = sheet.width - look.margin - 78
        y = sheet.put(x, y, look.labelled("证明单位", pieces.Value(issuer, role="issuer")), width=80) + 2
        when = pieces.day(case.report_date, "certificate", look.date_form)
        y = sheet.put(x, y, look.labelled(setting.pick("日期", "出具日期"), when)) + 2
        return sheet.put(x, y, look.labelled("联系电话", pieces.landline(contact, "issuer")))

    sheet = on_one_page(setting, look, fill)
    (left, top), _, _, _ = list(sheet.places_of("certificate"))[-1]
    seal_beside_or_over(sheet, setting, setting.pick("loss", "insured"), left / sheet.scale + 20, top / sheet.scale, issuer, "")
    return (sheet,)


def _issuer(case: Case, setting: Setting) -> str:
    place = case.insured.place
    return setting.rng.choice(
        (
            f"{place.county}{setting.rng.choice(words.VILLAGES)}村民委员会".replace("村村", "村"),
            f"{place.county}公安局交通警察大队",
            f"{place.town.removesuffix('市')}鼎合机械有限公司",
            f"{place.county}东篱里社区居民委员会",
        )
    )


def _plain_body(case: Case, setting: Setting, look: Look) -> list[tuple[Piece, ...]]:
    who = case.insured
    return [
        (
            "兹有我辖区居民",
            pieces.name(who.name, "insured", field="insured"),
            f"，{who.gender}，身份证号码",
            pieces.identity(who, "insured", field="identity_number"),
            "，住",
            pieces.address(who.address, "insured"),
            "。",
        ),
        (
            "该同志于",
            pieces.day(case.loss_date, "loss", look.date_form, field="loss_date"),
            case.event,
            "，随后被送往",
            pieces.hospital(case, field="hospital"),
            "救治，诊断为",
            pieces.diagnosis(case.diagnoses[0], field="diagnosis"),
            "。以上情况属实，事故中无第三方责任。",
        ),
        *_policy_line(case, setting),
    ]


def _formal_body(case: Case, setting: Setting, look: Look) -> list[tuple[Piece, ...]]:
    who, place = case.insured, case.insured.place
    plate = numbers.plate(setting.rng, words.PLATE_LETTERS[place.province])
    witness = setting.rng.choice(words.SURNAMES) + setting.rng.choice(words.GIVEN_MALE)
    return [
        (
            "事故时间：",
            pieces.day(case.loss_date, "loss", look.date_form, field="loss_date"),
            f"{setting.rng.randint(6, 21)}时{setting.rng.randint(0, 59):02d}分许",
        ),
        ("事故地点：", pieces.address(case.loss_place, "loss")),
        (
            "当事人：",
            pieces.name(who.name, "insured", field="insured"),
            "，身份证号",
            pieces.identity(who, "insured", field="identity_number"),
            "，联系电话",
            pieces.mobile(who, "insured", setting.rng, field="phone"),
            "，车牌号",
            pieces.numbered(plate, "PLATE"),
            "。",
        ),
        (
            "事故经过：当事人",
            pieces.name(who.name, "insured"),
            case.event,
            "。证人",
            pieces.name(witness, "witness"),
            "在场。伤者经",
            pieces.hospital(case, field="hospital"),
            "诊断为",
            pieces.diagnosis(case.diagnoses[0], field="diagnosis"),
            "。",
        ),
        *_policy_line(case, setting),
    ]


def _policy_line(case: Case, setting: Setting) -> list[tuple[Piece, ...]]:
    if not setting.chance(0.5):
        return []
    number = pieces.claim(case.report_number, "report", field="report_number")
    return [("该证明用于办理保单号", pieces.policy(case.policy_number), "（报案号", number, "）项下理赔事宜。")]
