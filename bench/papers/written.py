"""Dates and amounts as people write them on paper."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

_HAN = "〇一二三四五六七八九"
_BANKERS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def han_year(year: int) -> str:
    return "".join(_HAN[int(digit)] for digit in str(year))


def han_number(number: int) -> str:
    """1 to 99 in Chinese numerals, as in the days of a month."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_HAN[tens]}十"
    return head + (_HAN[ones] if ones else "")


def han_date(day: date) -> str:
    return f"{han_year(day.year)}年{han_number(day.month)}月{han_number(day.day)}日"


DATE_FORMS: dict[str, Callable[[date], str]] = {
    "characters": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "padded characters": lambda day: f"{day:%Y}年{day:%m}月{day:%d}日",
    "spaced characters": lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    "dashes": lambda day: f"{day:%Y-%m-%d}",
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "padded dots": lambda day: f"{day:%Y.%m.%d}",
    "han": han_date,
}
ENGLISH_DATE_FORMS: dict[str, Callable[[date], str]] = {
    "us": lambda day: f"{day:%m/%d/%Y}",
    "us spaced": lambda day: f"{day:%m %d %Y}",
    "month first": lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
    "day first": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
}
_WEIGHTS = {
    "characters": 5,
    "padded characters": 3,
    "spaced characters": 2,
    "dashes": 5,
    "slashes": 2,
    "dots": 3,
    "padded dots": 1,
    "han": 1,
}


def date_form(rng: random.Random) -> str:
    """The name of a Chinese date form, common ones more often."""
    return rng.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()))[0]


def _group_in_words(group: int) -> str:
    """Up to four digits in bankers' numerals; a run of noughts inside is one 零."""
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _BANKERS[digit] + _PLACES[place]
        gap = False
    return words


def _yuan_in_words(yuan: int) -> str:
    words = ""
    for index in (2, 1, 0):
        group = yuan // 10_000**index % 10_000
        if group:
            words += ("零" if words and group < 1000 else "") + _group_in_words(group) + _GROUPS[index]
    return words or "零"


def in_words(amount: Decimal, unit: str = "元") -> str:
    """An amount of yuan in bankers' numerals: 12345.67 is 壹万贰仟叁佰肆拾伍元陆角柒分. Below 10^12, two decimals."""
    cents = int(amount * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = _yuan_in_words(yuan) + unit
    if not jiao and not fen:
        return f"{words}整"
    words += f"{_BANKERS[jiao]}角" if jiao else "零"
    return words + (f"{_BANKERS[fen]}分" if fen else "整")


AMOUNT_FORMS: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda amount: f"{amount:.2f}",
    "grouped": lambda amount: f"{amount:,.2f}",
    "sign": lambda amount: f"¥{amount:.2f}",
    "sign grouped": lambda amount: f"￥{amount:,.2f}",
    "yuan": lambda amount: f"{amount:.2f}元",
}
