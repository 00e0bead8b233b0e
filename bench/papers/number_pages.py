"""Pages full of numbers: an insurer's register of claims, sheets of labelled entries. As worn as other papers; typed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.papers import forms, pieces
from bench.papers.case import Case, invent_case
from bench.papers.damage import Damage, invent_damage, scan
from bench.papers.generate import PaperPage
from bench.papers.layouts.setting import Setting, on_one_page
from bench.papers.look import Look, invent_look
from bench.papers.sheet import Sheet

KINDS = frozenset({"POLICY", "CN_ID18", "CN_ID15", "CN_BANK"})
"""The entities of these pages that count: policy, identity and card numbers."""

_HEADS = (
    ("序号", "被保险人", "保单号", "身份证号", "银行卡号"),
    ("序号", "姓名", "保险单号", "公民身份号码", "银行账号"),
    ("号", "被保险人姓名", "保单号码", "身份证号码", "收款账号"),
)
_FOOT = 34.0
"""mm from the foot of a page below which no more claims are begun."""
_SHARES = (5, 13, 46, 40, 46)
_LABELS = (("保单号", "身份证号", "银行卡号"), ("保险单号码", "证件号码", "收款账号"), ("保单号码", "身份证号码", "银行账号"))


def number_page(seed: int, dpi: int = 200, worn: Callable[[random.Random], Damage] = invent_damage) -> PaperPage:
    """The page of *seed*, with the damage that *worn* invents: every other one a register of 26 to 32 claims, else labelled
    entries of 16 to 22."""
    rng = random.Random(f"numbers {seed}")
    damage = worn(rng)
    setting = Setting(rng, dpi, damage.seals)
    cases = [invent_case(rng) for _ in range(rng.randint(26, 32) if seed % 2 else rng.randint(16, 22))]
    draw = _register if seed % 2 else _entries
    look = invent_look(rng, by_hand=0.0)

    def fill(sheet: Sheet, tightened: Look) -> float:
        return draw(sheet, tightened, cases, random.Random(f"numbers {seed} page"))

    sheet = on_one_page(setting, look, fill)
    return PaperPage(*scan(sheet.image, sheet.truth(1, "claim_application"), damage, seed=rng.getrandbits(63)))


def _register(sheet: Sheet, look: Look, cases: Sequence[Case], rng: random.Random) -> float:
    y = forms.title(sheet, 14, look, rng.choice(("理赔案件登记表", "赔案清单", "保险金给付登记簿")))
    rows = [
        (
            (str(place),),
            (pieces.name(case.insured.name, "insured"),),
            (pieces.policy(case.policy_number, field=""),),
            (pieces.identity(case.insured, "insured"),),
            (pieces.card(case.claimant, "claimant", rng),),
        )
        for place, case in enumerate(cases, start=1)
    ]
    return forms.table(sheet, y, look, rng.choice(_HEADS), rows, _SHARES)


def _entries(sheet: Sheet, look: Look, cases: Sequence[Case], rng: random.Random) -> float:
    y = forms.title(sheet, 14, look, rng.choice(("给付通知书附页", "理赔资料登记", "保险金领取登记")))
    labels = rng.choice(_LABELS)
    arrangement = rng.choice(("grid", "underlined", "plain"))
    for case in cases:
        if y > sheet.height - _FOOT:
            break
        numbers = (
            (pieces.policy(case.policy_number, field=""),),
            (pieces.identity(case.insured, "insured"),),
            (pieces.card(case.claimant, "claimant", rng),),
        )
        items = [forms.entry("被保险人", pieces.name(case.insured.name, "insured"))]
        items += [forms.entry(label, *number) for label, number in zip(labels, numbers, strict=True)]
        y = forms.entries(sheet, y, replace(look, columns=2), items, arrangement=arrangement) + 0.6
    return y
