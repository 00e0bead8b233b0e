"""委托书: one person lets another act in a claim."""

from bench.papers import forms, pieces, stamps
from bench.papers.case import Case
from bench.papers.forms import Entry, entry
from bench.papers.layouts.setting import Setting, on_one_page
from bench.papers.look import Look, invent_look
from bench.papers.people import Person, invent_person
from bench.papers.pieces import Piece
from bench.papers.sheet import Sheet

_POWERS = ("代为提交理赔申请材料", "代为领取保险金", "代为签署理赔协议及相关文件", "代为查询案件进度")


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.6, arrangements=("grid", "underlined", "plain"))
    heading = setting.pick("授权委托书", "委托书", "理赔授权委托书", "理赔委托书")
    agent = invent_person(setting.rng, year=case.loss_date.year)
    by_text = setting.chance(0.4)
    people = [_person("委托人", case.insured, "insured", setting), _person("受托人", agent, "agent", setting)]
    powers = setting.rng.sample(_POWERS, setting.rng.randint(2, 4))

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin, look, heading) + 3
        if by_text:
            y = forms.paragraph(sheet, y, look, look.filled(*_people_in_words(case, agent))) + 2
        else:
            for items in people:
                y = forms.entries(sheet, y, look, items) + 3
        y = forms.paragraph(sheet, y, look, look.filled(*_purpose(case, look))) + 2
        y = sheet.put(look.margin, y, look.printed("委托权限："))
        for place, power in enumerate(powers, start=1):
            y = sheet.put(look.margin + 8, y, look.printed(f"{place}. ", pieces.tick(on=True), f" {power}；"), leading=1.6)
        term = pieces.day(case.application_date, "application", look.date_form)
        y = (
            forms.paragraph(
                sheet,
                y + 1,
                look,
                look.printed("委托期限：自", term, "起至上述事项办理完毕止。受托人在权限内签署的文件，委托人均予承认。"),
            )
            + 8
        )
        return _feet(sheet, y, look, case, agent)

    sheet = on_one_page(setting, look, fill)
    _stamps(sheet, setting, case)
    return (sheet,)


def _person(label: str, who: Person, role: str, setting: Setting) -> list[Entry]:
    is_insured = role == "insured"
    return [
        entry(label, pieces.name(who.name, role, field="insured" if is_insured else "")),
        entry(
            setting.pick("身份证号码", "身份证号", "证件号码"),
            pieces.identity(who, role, field="identity_number" if is_insured else ""),
        ),
        entry("联系电话", pieces.mobile(who, role, setting.rng, field="phone" if is_insured else "")),
        entry("性别", who.gender),
        entry(setting.pick("住址", "联系地址"), pieces.address(who.address, role), wide=True),
    ]


def _people_in_words(case: Case, agent: Person) -> tuple[Piece, ...]:
    who = case.insured
    return (
        "本人",
        pieces.name(who.name, "insured", field="insured"),
        "（身份证号：",
        pieces.identity(who, "insured", field="identity_number"),
        "，住址：",
        pieces.address(who.address, "insured"),
        "）因故不能亲自办理理赔手续，现委托",
        pieces.name(agent.name, "agent"),
        "（身份证号：",
        pieces.identity(agent, "agent"),
        "，电话：",
        pieces.Value(agent.mobile, "CN_MOBILE", agent.mobile, role="agent"),
        "）作为本人的合法代理人。",
    )


def _purpose(case: Case, look: Look) -> tuple[Piece, ...]:
    who = case.beneficiary
    return (
        "就被保险人",
        pieces.name(case.insured.name, "insured"),
        "于",
        pieces.day(case.loss_date, "loss", look.date_form, field="loss_date"),
        "发生的保险事故，委托受托人向",
        case.insurer.name,
        "办理保险合同号",
        pieces.policy(case.policy_number),
        "项下的理赔申请，保险金转入户名",
        pieces.name(who.name, "beneficiary", field="beneficiary"),
        "、账号",
        pieces.numbered(who.card, "CN_BANK", "beneficiary", sound=who.card_sound),
        f"（{who.bank}）的账户。",
    )


def _feet(sheet: Sheet, y: float, look: Look, case: Case, agent: Person) -> float:
    when = pieces.day(case.application_date, "signing", look.date_form)
    left = forms.signed(sheet, look.margin, y, look, "委托人（签名）", pieces.name(case.insured.name, "insured"), when)
    right = forms.signed(sheet, sheet.width / 2 + 4, y, look, "受托人（签名）", pieces.name(agent.name, "agent"), when)
    return max(left, right)


def _stamps(sheet: Sheet, setting: Setting, case: Case) -> None:
    spots = list(sheet.places_of("signing"))
    for spot in spots[:2]:
        x, y = spot[1][0] / sheet.scale, spot[0][1] / sheet.scale
        if setting.chance(0.7):
            stamps.thumbprint(sheet, x + setting.rng.uniform(-4, 6), y - 6)
    if setting.chance(0.3):
        stamps.personal_seal(sheet, spots[0][1][0] / sheet.scale + 3, spots[0][0][1] / sheet.scale - 12, case.insured.name)
    if setting.chance(0.4):
        stamps.received_stamp(
            sheet,
            sheet.width - 45,
            setting.rng.uniform(18, 30),
            (case.insurer.short, "收件", f"{case.application_date:%Y-%m-%d}"),
        )
