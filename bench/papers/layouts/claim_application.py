"""理赔申请书: the form by which a claimant asks for payment."""

from bench.papers import forms, pieces, stamps
from bench.papers.case import Case
from bench.papers.forms import Entry, entry
from bench.papers.layouts.setting import Setting, on_one_page
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Value
from bench.papers.sheet import Sheet

_STATUSES = ("已受理", "审核中", "已结案", "给付完毕", "待补资料")
_DECLARATION = (
    "声明与授权：本人对上述各项内容均如实填写，如有隐瞒或虚假，愿承担相应法律责任。本人授权保险公司向任何医疗机构、社保机构、"
    "公安机关及其他知情单位查询、复制与本次理赔有关的资料。本申请书的提交不代表保险公司已承担保险责任。"
)


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.55)
    titles = setting.pick("理赔申请书", "理赔申请书", "保险金给付申请书", "人身保险理赔申请书", "理赔申请表")
    blocks = _blocks(case, setting, look)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 0.8, look, titles, above=(case.insurer.name,))
        y = _numbers(sheet, y, look, case)
        for name, items in blocks:
            y = forms.heading(sheet, y, look, name) if look.arrangement != "grid" or len(name) > 5 else y
            y = forms.entries(sheet, y, look, items)
        y = forms.paragraph(sheet, y + 1.5, look, [(_DECLARATION, look.note)], leading=1.4)
        return _feet(sheet, y + 3, look, case)

    sheet = on_one_page(setting, look, fill)
    _stamps(sheet, setting, case)
    return (sheet,)


def _blocks(case: Case, setting: Setting, look: Look) -> list[tuple[str, list[Entry]]]:
    blocks = [
        ("保险合同信息", setting.some(_contract(case, setting), 1)),
        ("被保险人信息", setting.some(_insured(case, setting, look), 3)),
        ("申请人信息", setting.some(_claimant(case, setting), 2)),
        ("出险信息", setting.some(_event(case, setting, look), 2)),
        ("领款账户信息", _account(case, setting)),
    ]
    if setting.chance(0.3):
        blocks[0], blocks[1] = blocks[1], blocks[0]
    return blocks


def _contract(case: Case, setting: Setting) -> list[Entry]:
    return [
        entry(setting.pick("保险合同号", "保单号", "保单号码", "保险单号"), pieces.policy(case.policy_number)),
        entry("投保人", pieces.name(case.policyholder.name, "policyholder", field="policyholder")),
        entry("险种名称", case.product),
    ]


def _insured(case: Case, setting: Setting, look: Look) -> list[Entry]:
    who = case.insured
    return [
        entry(setting.pick("被保险人", "姓名", "被保险人姓名"), pieces.name(who.name, "insured", field="insured")),
        entry(setting.pick("证件号码", "身份证号", "身份证号码"), pieces.identity(who, "insured", field="identity_number")),
        entry(setting.pick("联系电话", "手机号码", "电话"), pieces.mobile(who, "insured", setting.rng, field="phone")),
        entry("性别", *pieces.choices(("男", "女"), who.gender)),
        entry("出生日期", pieces.day(who.birth, "birth", look.date_form, field="birth_date")),
        entry("职业", who.occupation),
        entry(setting.pick("通讯地址", "联系地址", "住址"), pieces.address(who.address, "insured"), wide=True),
    ]


def _claimant(case: Case, setting: Setting) -> list[Entry]:
    who = case.claimant
    return [
        entry(setting.pick("申请人", "申请人姓名"), pieces.name(who.name, "claimant", field="claimant")),
        entry("与被保险人关系", case.relation),
        entry("身份证号码", pieces.identity(who, "claimant")),
        entry("联系电话", pieces.mobile(who, "claimant", setting.rng)),
        entry("电子邮箱", pieces.email(who, "claimant")),
        entry("固定电话", pieces.landline(who.landline, "claimant")),
        entry("微信号", pieces.numbered(who.wechat, "WECHAT", "claimant")),
    ]


def _event(case: Case, setting: Setting, look: Look) -> list[Entry]:
    cause = "意外" if case.by_accident else "疾病"
    first = case.diagnoses[0]
    return [
        entry(
            setting.pick("出险日期", "出险时间", "事故日期"),
            pieces.day(case.loss_date, "loss", look.date_form, field="loss_date"),
        ),
        entry(setting.pick("就诊医院", "治疗医院"), pieces.hospital(case, field="hospital")),
        entry("报案日期", pieces.day(case.report_date, "report", look.date_form, field="report_date")),
        entry("出险原因", *pieces.choices(("意外", "疾病", "其他"), cause)),
        entry("诊断", pieces.diagnosis(first, field="diagnosis")),
        entry("申请金额", pieces.amount(case.self_paid, look.amount_form, field="amount")),
        entry("出险地点", pieces.address(case.loss_place, "loss")),
        entry("入院日期", pieces.day(case.admission_date, "admission", look.date_form, field="admission_date")),
        entry("出院日期", pieces.day(case.discharge_date, "discharge", look.date_form, field="discharge_date")),
        entry(
            "事故经过",
            pieces.name(case.insured.name, "insured"),
            "于",
            pieces.day(case.loss_date, "loss", look.date_form),
            f"{case.event}，后送往",
            pieces.hospital(case),
            "治疗，诊断为",
            pieces.diagnosis(first),
            "。",
            wide=True,
        ),
        entry(
            "申请项目",
            *pieces.choices(
                ("住院医疗", "意外医疗", "伤残", "重大疾病", "身故"), setting.pick("住院医疗", "意外医疗", "重大疾病")
            ),
            wide=True,
        ),
    ]


def _account(case: Case, setting: Setting) -> list[Entry]:
    who = case.beneficiary
    return [
        entry(setting.pick("户名", "受益人", "领款人"), pieces.name(who.name, "beneficiary", field="beneficiary")),
        entry("开户银行", f"{who.bank}{who.place.county}支行"),
        entry(
            setting.pick("银行账号", "账号", "银行卡号"), pieces.card(who, "beneficiary", setting.rng), wide=setting.chance(0.5)
        ),
    ]


def _numbers(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    """The insurer's own line above the form: one or two numbers and how the claim stands."""
    shown: list[tuple[str, Value]] = [
        ("报案号", pieces.claim(case.report_number, "report", field="report_number")),
        ("立案号", pieces.claim(case.case_number, "case", field="case_number")),
        ("赔案号", pieces.claim(case.claim_number, "claim", field="claim_number")),
        ("案件状态", Value(sheet.rng.choice(_STATUSES), field="status")),
    ]
    chosen = [item for item in shown if sheet.rng.random() < 0.6] or shown[:1]
    width = (sheet.width - 2 * look.margin) / 2
    for place, (label, value) in enumerate(chosen):
        x = look.margin + (place % 2) * width
        bottom = sheet.put(x, y, forms.fitted(sheet, look.labelled(label, value), width - 2))
        y = bottom if place % 2 or place == len(chosen) - 1 else y
    return y + 1


def _feet(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    when = pieces.day(case.application_date, "application", look.date_form)
    left = forms.signed(sheet, look.margin, y, look, "申请人签名", pieces.name(case.claimant.name, "claimant"), when)
    if case.policyholder is not case.claimant:
        forms.signed(sheet, sheet.width / 2 + 5, y, look, "投保人签名", pieces.name(case.policyholder.name, "policyholder"))
    return left


def _stamps(sheet: Sheet, setting: Setting, case: Case) -> None:
    spot = next(sheet.places_of("application"))
    x, y = spot[1][0] / sheet.scale, spot[0][1] / sheet.scale
    if setting.chance(0.35):
        stamps.thumbprint(sheet, x - 6, y - 5)
    if setting.chance(0.6):
        when = f"{case.application_date:%Y.%m.%d}"
        place = next(sheet.places_of("policy")) if setting.chance(setting.seals) else None
        at = (
            (place[1][0] / sheet.scale, place[1][1] / sheet.scale)
            if place
            else (sheet.width - setting.rng.uniform(35, 55), y - 2)
        )
        stamps.received_stamp(sheet, *at, (case.insurer.short, setting.pick("理赔专用章", "收件章", "已受理"), when))
    if setting.chance(0.35):
        stamps.qr_code(sheet, sheet.width - 32, 8, case.policy_number, size=setting.rng.uniform(15, 20))
