"""出院记录 of several pages: summary, laboratory results, and the list of what was given and charged."""

from decimal import Decimal

from bench.papers import forms, pieces
from bench.papers import vocabulary as words
from bench.papers.case import Case
from bench.papers.layouts import discharge_summary
from bench.papers.layouts.setting import Setting, on_one_page
from bench.papers.look import Look, invent_look
from bench.papers.pieces import Piece
from bench.papers.sheet import Sheet


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    look = invent_look(setting.rng, by_hand=0.0, arrangements=("plain", "underlined", "grid"))
    count = setting.rng.choice((2, 3))
    sheets = [_summary(case, setting, look, count), _results(case, setting, look, count)]
    if count == 3:
        sheets.append(_spending(case, setting, look, count))
    discharge_summary.press_seal(sheets[0], setting, case)
    return tuple(sheets)


def _summary(case: Case, setting: Setting, look: Look, count: int) -> Sheet:
    person = discharge_summary.stay(case, setting, look)
    sections = discharge_summary.account(case, setting)

    def fill(sheet: Sheet, look: Look) -> float:
        y = forms.title(sheet, look.margin * 0.8, look, "出院记录", above=(pieces.hospital(case, field="hospital"),))
        y = forms.entries(sheet, y, look, person) + 2
        y = discharge_summary.put_sections(sheet, y, look, sections)
        y = discharge_summary.feet(sheet, y + 6, look, case)
        _foot_line(sheet, look, 1, count)
        return y + 8

    return on_one_page(setting, look, fill)


def _results(case: Case, setting: Setting, look: Look, count: int) -> Sheet:
    tests = setting.rng.sample(words.LAB_TESTS, setting.rng.randint(6, len(words.LAB_TESTS)))
    rows = [_result(setting, *test) for test in tests]

    def fill(sheet: Sheet, look: Look) -> float:
        y = _running_head(sheet, look, case, "检验报告单")
        y = sheet.put(look.margin, y, look.labelled("条码号", pieces.numbered(case.image_number, "LAB_NO"))) + 1
        y = forms.table(sheet, y, look, ("项目", "代号", "结果", "提示", "参考值", "单位"), rows, (4, 2, 2, 1.2, 3, 2.4))
        when = pieces.day(case.admission_date, "examination", look.date_form)
        y = sheet.put(look.margin, y + 3, look.labelled("报告日期", when))
        _foot_line(sheet, look, 2, count)
        return y + 8

    return on_one_page(setting, look, fill)


def _result(setting: Setting, name: str, code: str, low: float, high: float, unit: str) -> list[tuple[Piece, ...]]:
    """One laboratory result; one in four lies outside its range."""
    span = high - low
    value = setting.rng.uniform(low, high) if setting.chance(0.75) else high + span * setting.rng.uniform(0.05, 0.6)
    return [
        (name,),
        (code,),
        (pieces.health(f"{value:.2f}", "result"),),
        ("↑" if value > high else "",),
        (f"{low}-{high}",),
        (unit,),
    ]


def _spending(case: Case, setting: Setting, look: Look, count: int) -> Sheet:
    rows: list[list[tuple[Piece, ...]]] = []
    for name, size, unit in setting.rng.sample(words.DRUGS, setting.rng.randint(8, len(words.DRUGS))):
        number, price = setting.rng.randint(1, 12), Decimal(setting.rng.randint(120, 18_000)) / 100
        rows.append(
            [
                (pieces.health(name, "drug"),),
                (size,),
                (f"{number}{unit}",),
                (pieces.amount(price),),
                (pieces.amount(price * number),),
            ]
        )

    def fill(sheet: Sheet, look: Look) -> float:
        y = _running_head(sheet, look, case, "住院费用清单")
        y = forms.table(sheet, y, look, ("名称", "规格", "数量", "单价", "金额"), rows, (4, 3, 1.6, 2, 2.2))
        y = sheet.put(
            look.margin,
            y + 2,
            look.labelled("费用总额", pieces.amount(case.total, look.amount_form, field="amount", role="total")),
        )
        y = sheet.put(look.margin, y + 1, look.labelled("大写", pieces.amount_in_words(case.total)))
        _foot_line(sheet, look, 3, count)
        return y + 8

    return on_one_page(setting, look, fill)


def _running_head(sheet: Sheet, look: Look, case: Case, heading: str) -> float:
    """Who and which stay, as on every page after the first."""
    y = forms.title(sheet, look.margin * 0.8, look, heading, above=(pieces.hospital(case),))
    items = [
        forms.entry("姓名", pieces.name(case.insured.name, "insured", field="insured")),
        forms.entry("住院号", pieces.record_number(case.inpatient_number, "inpatient")),
        forms.entry("科别", case.hospital.department),
    ]
    return forms.entries(sheet, y, look, items, arrangement="plain") + 2


def _foot_line(sheet: Sheet, look: Look, number: int, count: int) -> None:
    sheet.put(
        look.margin,
        sheet.height - 13,
        [(f"第 {number} 页 共 {count} 页", look.note)],
        width=sheet.width - 2 * look.margin,
        align="centre",
    )
