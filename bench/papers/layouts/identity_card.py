"""身份证复印件: both sides of an identity card on one sheet."""

import math
from datetime import date

from bench.papers import forms, pieces, stamps
from bench.papers.case import Case
from bench.papers.layouts.setting import Setting
from bench.papers.look import pen_by_hand
from bench.papers.people import Person
from bench.papers.sheet import Colour, Pen, Run, Sheet

_CARD = (85.6, 54.0)
_PRINT: Colour = (40, 60, 110)


def draw(case: Case, setting: Setting) -> tuple[Sheet, ...]:
    sheet = setting.sheet()
    rng = setting.rng
    zoom = rng.uniform(1.0, 1.45)
    who = case.insured
    (x0, y0), (x1, y1) = _spots(setting, zoom)
    if setting.chance(0.5):
        title = Pen(rng.choice(("song_bold", "hei_bold", "kai")), rng.uniform(5, 6.5))
        sheet.put(
            20, 12, [(rng.choice(("身份证复印件", "居民身份证复印件粘贴处", "证件复印件")), title)], width=170, align="centre"
        )
    _front(sheet, x0, y0, zoom, who, rng.choice((_PRINT, (30, 30, 36))))
    if setting.chance(0.85):
        _back(sheet, x1, y1, zoom, who, case.loss_date)
    bottom = max(y0, y1) + _CARD[1] * zoom
    if setting.chance(0.6):
        _note(sheet, setting, case, bottom + rng.uniform(6, 14))
    return (sheet,)


def _spots(setting: Setting, zoom: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the two sides lie: one above the other, or side by side where they fit."""
    width, height = _CARD[0] * zoom, _CARD[1] * zoom
    if 2 * width < 186 and setting.chance(0.4):
        left, top = (210 - 2 * width - 6) / 2, setting.rng.uniform(30, 120)
        return (left, top), (left + width + 6, top)
    left, top = setting.rng.uniform(15, 195 - width), setting.rng.uniform(28, 70)
    below = top + height + setting.rng.uniform(8, 30)
    sides = ((left, top), (left, below))
    return (sides[1], sides[0]) if setting.chance(0.25) else sides


def _card(sheet: Sheet, x: float, y: float, zoom: float, tint: Colour) -> None:
    width, height = _CARD[0] * zoom, _CARD[1] * zoom
    corners = (sheet.px(x), sheet.px(y), sheet.px(x + width), sheet.px(y + height))
    sheet.draw.rounded_rectangle(
        corners, radius=sheet.px(3.2 * zoom), fill=tint, outline=(150, 150, 150), width=max(1, round(sheet.px(0.25)))
    )
    shade: Colour = (tint[0] - 12, tint[1] - 10, tint[2] - 6)
    for wave in range(9):
        points = [
            (x + width * step / 40, y + height * (0.1 + wave * 0.1 + 0.03 * math.sin(step / 4 + wave))) for step in range(1, 40)
        ]
        sheet.stroke(points, thick=0.18, colour=shade)


def _front(sheet: Sheet, x: float, y: float, zoom: float, who: Person, label_colour: Colour) -> None:
    _card(sheet, x, y, zoom, (232, 240, 244))
    label, value = Pen("hei", 2.9 * zoom, label_colour), Pen("hei", 3.3 * zoom)
    left = x + 6 * zoom

    def row(dy: float, *runs: Run) -> None:
        sheet.put(left, y + dy * zoom, runs)

    row(6, ("姓名 ", label), (pieces.name(who.name, "insured", field="insured"), value.scaled(1.12)))
    row(13.5, ("性别 ", label), (who.gender, value), ("    民族 ", label), (who.ethnicity, value))
    row(20.5, ("出生 ", label), (pieces.day(who.birth, "birth", "spaced characters", field="birth_date"), value))
    row(27.5, ("住址 ", label))
    indent = sheet.measure([("住址 ", label)])
    room = 45 * zoom - indent
    address = forms.fitted(sheet, [(pieces.address(who.address, "insured"), value)], room, 3)
    sheet.put(left + indent, y + 27.3 * zoom, address, width=room, leading=1.35)
    number = Pen("ocr", 4.0 * zoom)
    sheet.put(left, y + 44.4 * zoom, [("公民身份号码 ", label)])
    sheet.put(left + 25 * zoom, y + 44 * zoom, [(pieces.identity(who, "insured", field="identity_number"), number)])
    _photo(sheet, x + 56 * zoom, y + 8 * zoom, zoom)


def _photo(sheet: Sheet, x: float, y: float, zoom: float) -> None:
    """A portrait that is nobody's: an oval head on shoulders."""
    width, height = 23 * zoom, 29 * zoom
    skin = sheet.rng.randint(165, 205)
    sheet.fill(x, y, width, height, (214, 220, 226))

    def oval(cx: float, cy: float, rx: float, ry: float, shade: int) -> None:
        box = [
            sheet.px(v) for v in (x + (cx - rx) * width, y + (cy - ry) * height, x + (cx + rx) * width, y + (cy + ry) * height)
        ]
        sheet.draw.ellipse(box, fill=(shade, shade - 6, shade - 12))

    oval(0.5, 0.36, 0.27, 0.27, 50)
    oval(0.5, 0.44, 0.22, 0.25, skin)
    sheet.draw.pieslice(
        [sheet.px(v) for v in (x + 0.08 * width, y + 0.68 * height, x + 0.92 * width, y + 1.32 * height)],
        180,
        360,
        fill=(70, 74, 84),
    )
    for eye in (0.41, 0.59):
        oval(eye, 0.42, 0.03, 0.014, 40)
    sheet.stroke(
        [(x + 0.44 * width, y + 0.57 * height), (x + 0.56 * width, y + 0.57 * height)], thick=0.3, colour=(120, 80, 80)
    )
    sheet.mark_mm("photo", x, y, width, height)


def _back(sheet: Sheet, x: float, y: float, zoom: float, who: Person, seen: date) -> None:
    _card(sheet, x, y, zoom, (238, 240, 236))
    width = _CARD[0] * zoom
    sheet.put(
        x + 20 * zoom, y + 8 * zoom, [("中华人民共和国", Pen("song_bold", 4.6 * zoom))], width=width - 22 * zoom, align="centre"
    )
    sheet.put(
        x + 20 * zoom, y + 17 * zoom, [("居民身份证", Pen("song_bold", 6.4 * zoom))], width=width - 22 * zoom, align="centre"
    )
    centre = (sheet.px(x + 13 * zoom), sheet.px(y + 15 * zoom))
    reach = sheet.px(7 * zoom)
    for shrink in (1.0, 0.72):
        box = (centre[0] - reach * shrink, centre[1] - reach * shrink, centre[0] + reach * shrink, centre[1] + reach * shrink)
        sheet.draw.ellipse(box, outline=(190, 60, 60), width=max(1, round(sheet.px(0.5))))
    label, value = Pen("hei", 2.9 * zoom), Pen("hei", 3.1 * zoom)
    sheet.put(
        x + 16 * zoom,
        y + 37 * zoom,
        [("签发机关  ", label), (f"{who.place.town}公安局{who.place.county if who.place.city else ''}分局", value)],
    )
    start = date(seen.year - sheet.rng.randint(1, 8), sheet.rng.randint(1, 12), sheet.rng.randint(1, 28))
    end = start.replace(year=start.year + sheet.rng.choice((10, 20)))
    first, last = (pieces.day(when, "validity", "padded dots") for when in (start, end))
    sheet.put(x + 16 * zoom, y + 44.5 * zoom, [("有效期限  ", label), (first, value), ("-", value), (last, value)])


def _note(sheet: Sheet, setting: Setting, case: Case, y: float) -> None:
    """What the owner wrote under the copy, and a clerk's stamp."""
    pen = pen_by_hand(setting.rng, 5.0)
    runs: list[Run] = [("此复印件仅供办理", pen), (case.insurer.short, pen), ("理赔使用", pen)]
    if setting.chance(0.5):
        runs += [("  保单号", pen), (pieces.policy(case.policy_number), pen)]
    y = sheet.put(25, y, forms.fitted(sheet, runs, 160, 2), width=160)
    signature = pen_by_hand(setting.rng, 6.0, hasty=True)
    sheet.put(110, y + 2, [(pieces.name(case.insured.name, "insured"), signature)])
    sheet.mark_mm("signature", 110, y + 2, 6.0 * len(case.insured.name), 8.7, case.insured.name)
    if setting.chance(0.5):
        stamps.received_stamp(
            sheet, setting.rng.uniform(50, 150), y + 18, ("与原件核对一致", f"{case.application_date:%Y.%m.%d}")
        )
