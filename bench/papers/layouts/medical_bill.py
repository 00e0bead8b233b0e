"""医疗费票据: a hospital's receipt, wider than high."""

import random
from decimal import Decimal

from bench.papers import forms, numbers, pieces, stamps
from bench.papers.case import Case
from bench.papers.forms import Entry
from bench.papers.layouts.setting import Setting, on_one_page, seal_beside_or_over
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Piece
from bench.papers.sheet import Sheet

_WIDTH, _HEIGHT = 210.0, 140.0


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.08, arrangements=("plain", "underlined"))
    kind = setting.pick("门诊", "住院", "住院")
    heading = setting.pick("医疗{}收费票据（电子）", "医疗{}收费票据", "医疗费{}专用票据").format(kind)
    place = case.insured.place
    above = f"{place.province.removesuffix('市').removesuffix('省')}" if setting.chance(0.6) else ""
    height = setting.rng.choice((_HEIGHT, _HEIGHT, 297.0))

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, 9, look, above + heading)
        y = _head(sheet, y, look, case)
        y = _items(sheet, y + 1, look, case)
        y = _sum(sheet, y + 1, look, case)
        y = _others(sheet, y + 1, look, case, is_stay=kind == "住院")
        return _feet(sheet, y + 2, look, case)

    sheet = on_one_page(setting, look, fill, width=_WIDTH, height=height)
    if setting.chance(0.7):
        stamps.qr_code(
            sheet, sheet.width - look.margin - 17, 6, f"01,06,{case.bill_code},{case.bill_number},{case.bill_check}", size=16
        )
    (left, top), _, _, _ = list(sheet.places_of("payee"))[-1]
    x, y = left / sheet.scale + 15, min(top / sheet.scale - 2, sheet.height - 16)
    seal_beside_or_over(sheet, setting, "total", x, y, case.hospital.name, setting.pick("收费专用章", "财务专用章"))
    return (sheet,)


def _head(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    items = [
        *_bill_numbers(sheet.rng, case),
        forms.entry("开票日期", pieces.day(case.discharge_date, "bill", look.date_form)),
        forms.entry(
            sheet.rng.choice(("交款人", "姓名", "患者姓名")), pieces.name(case.insured.name, "insured", field="insured")
        ),
    ]
    if sheet.rng.random() < 0.4:
        items.append(forms.entry("身份证号", pieces.identity(case.insured, "insured", field="identity_number")))
    return forms.entries(sheet, y, look, items)


def _bill_numbers(rng: random.Random, case: Case) -> list[Entry]:
    """Those of a medical receipt, or, from a pharmacy or private clinic, those of an invoice with the seller's code."""
    if rng.random() < 0.75:
        return [
            forms.entry("票据代码", pieces.numbered(case.bill_code, "MED_BILL", "code")),
            forms.entry("票据号码", pieces.numbered(case.bill_number, "MED_BILL", "number")),
            forms.entry("校验码", pieces.numbered(case.bill_check, "MED_BILL", "check")),
        ]
    sound = rng.random() < 0.8
    code = numbers.uscc(rng, case.insured.place.area, sound=sound)
    return [
        forms.entry("发票代码", pieces.numbered(f"0{numbers.digits(rng, 11)}", "INVOICE", "code")),
        forms.entry("发票号码", pieces.numbered(case.bill_number[:8], "INVOICE", "number")),
        forms.entry("统一社会信用代码", pieces.numbered(code, "USCC", sound=sound)),
    ]


def _items(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    """The charges, two abreast."""
    cells = [((charge.name,), (pieces.amount(charge.amount),)) for charge in case.charges]
    rows: list[list[tuple[Piece, ...]]] = []
    for place in range(0, len(cells), 2):
        name, value = cells[place]
        other: tuple[tuple[Piece, ...], tuple[Piece, ...]] = cells[place + 1] if place + 1 < len(cells) else ((), ())
        rows.append([name, value, *other])
    head = ("项目名称", "金额（元）", "项目名称", "金额（元）")
    return forms.table(sheet, y, look, head, rows, (3, 2, 3, 2))


def _sum(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    room = sheet.width - 2 * look.margin
    left = look.labelled("金额合计（大写）", pieces.amount_in_words(case.total, sheet.rng.choice(("元", "圆"))))
    right = look.labelled("（小写）", pieces.amount(case.total, look.amount_form, field="amount", role="total"))
    sheet.put(look.margin, y, forms.fitted(sheet, left, room * 0.6))
    return sheet.put(look.margin + room * 0.62, y, forms.fitted(sheet, right, room * 0.38))


def _others(sheet: Sheet, y: float, look: Look, case: Case, *, is_stay: bool) -> float:
    number = (
        forms.entry("住院号", pieces.record_number(case.inpatient_number, "inpatient"))
        if is_stay
        else forms.entry("门诊号", pieces.record_number(case.outpatient_number, "outpatient"))
    )
    items = [
        number,
        forms.entry("医疗机构类型", sheet.rng.choice(("综合医院", "专科医院"))),
        forms.entry("医保统筹基金支付", pieces.amount(case.fund_paid, role="fund")),
        forms.entry("个人自付", pieces.amount(case.self_paid, role="self")),
        forms.entry("个人账户支付", pieces.amount(Decimal("0.00"))),
    ]
    if is_stay:
        stay = (
            pieces.day(case.admission_date, "admission", look.date_form, field="admission_date"),
            "至",
            pieces.day(case.discharge_date, "discharge", look.date_form, field="discharge_date"),
        )
        items.append(forms.Entry("住院时间", stay, wide=True))
    return forms.entries(sheet, y, look, items)


def _feet(sheet: Sheet, y: float, look: Look, case: Case) -> float:
    house = pieces.Value(case.hospital.name, "HOSPITAL", case.hospital.name, "hospital", "payee")
    room = (sheet.width - 2 * look.margin) / 3
    sheet.put(look.margin, y, look.labelled("收款单位（章）", house))
    sheet.put(look.margin + room * 1.6, y, look.labelled("复核人", pieces.doctor(case.hospital.director)))
    return sheet.put(look.margin + room * 2.3, y, look.labelled("收款人", pieces.doctor(case.hospital.doctor)))
