"""Chinese numerals: years and days (二〇一九, 廿五) and amounts as invoices spell them (壹万贰仟叁佰元整)."""

import re
from decimal import Decimal

_DIGITS = dict(
    zip(
        "〇零○O一二三四五六七八九元正两壹贰叁肆伍陆柒捌玖弌弍參貳陸",
        (0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 2, 6),
        strict=True,
    )
)
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUPS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_TENS = {"廿": "二十", "卅": "三十"}
_AMOUNT = re.compile(
    r"(?:(?P<whole>[^元圆圓角分]*)[元圆圓])?(?:(?P<jiao>[^角分元圆圓])角)?(?:零?(?P<fen>[^角分元圆圓])分)?[整正]?"
)


def han_number(text: str) -> int | None:
    """A number in digits one after the other (二〇一九) or with units (三十一, 廿五), None for anything else."""
    for short, full in _TENS.items():
        text = text.replace(short, full)
    if text and all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    return _with_units(text)


def _with_units(text: str) -> int | None:
    total = group = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            group += (digit or 1) * _UNITS[character]
            digit = 0
        elif character in _GROUPS:
            total = _grouped(total, group + digit, _GROUPS[character])
            group = digit = 0
        else:
            return None
    return total + group + digit if text else None


def _grouped(total: int, group: int, size: int) -> int:
    """亿 multiplies all that stands before it, 万 only what stands since 亿."""
    return (total + group) * size if size > 10_000 else total + group * size


def han_amount(text: str) -> Decimal | None:
    """The sum in yuan that a spelled amount says; None where it says none. Blanks, 人民币 and 整 do not count."""
    plain = re.sub(r"\s|人民币|:", "", text)
    match = _AMOUNT.fullmatch(plain)
    if not match or not any(match.groupdict().values()):
        return None
    whole = 0 if match["whole"] is None else han_number(match["whole"])
    jiao, fen = (0 if match[part] is None else han_number(match[part]) for part in ("jiao", "fen"))
    if whole is None or jiao is None or fen is None:
        return None
    return Decimal(whole) + Decimal(jiao) / 10 + Decimal(fen) / 100
