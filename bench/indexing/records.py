"""Records of realistic size: some thousands that were described in earnest, and any number of copies of these.

In a copy what is unique is made unique again; names, dates and words stay, so that they are as frequent in a large index as
they are in life.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archive.search_keys.key import SearchKey
from bench.papers import vocabulary as words
from bench.search import invent_names
from schemas.claim import DOCUMENT_CLASSES, Extraction
from schemas.entity import Entity, Tier
from schemas.geometry import Box, upright
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine
from workers.steps.describe import describe

TEMPLATES = 10_000
NAMES = 4_000

_SIDES = ("左侧", "右侧", "双侧")
_PARTS = ("桡骨远端", "股骨颈", "腰椎", "颈椎", "肋骨", "锁骨", "胫骨平台", "踝关节", "膝关节", "肩关节", "髌骨", "跟骨")
_HARMS = ("骨折", "挫伤", "脱位", "扭伤", "裂伤", "粉碎性骨折", "软组织损伤", "陈旧性骨折")
_CAUSES = ("驾车行驶至路口时与前车追尾", "骑电动车时被小客车撞倒", "下楼梯时不慎踩空摔倒", "搬运重物时砸伤", "在家中浴室滑倒")
_HOSPITALS = ("第一人民医院", "第二人民医院", "中医院", "中心医院", "骨科医院", "人民医院")
_ENGLISH = ("discharge summary", "medical invoice", "CT scan of the lumbar spine", "follow up in clinic in two weeks")


@dataclass(frozen=True, slots=True)
class Template:
    """A record that was described in earnest, and what its document can be found by."""

    record: IndexRecord = field(repr=False)
    number: str = field(repr=False)
    name: str = field(repr=False)
    phrase: str
    day: str = field(repr=False)
    """Of the loss, YYYY-MM-DD."""


def make_templates(key: SearchKey, seed: int, count: int = TEMPLATES) -> tuple[Template, ...]:
    rng = random.Random(seed)
    names = invent_names(rng, NAMES)
    return tuple(_template(rng, key, names, number) for number in range(count))


def _template(rng: random.Random, key: SearchKey, names: tuple[str, ...], number: int) -> Template:
    policy = f"PDAA{rng.randint(1996, 2019)}{rng.randrange(10**14):014}"
    insured, claimant = rng.choice(names), rng.choice(names)
    dates = [f"{rng.randint(1996, 2019)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}" for _ in range(2)]
    values = (("POLICY", policy), ("CN_NAME", insured), ("CN_NAME", claimant))
    entities = tuple(
        Entity(kind, Tier.C, 1, text, (0, len(text)), (upright(100, 90 * row, 400, 90 * row + 30),))
        for row, (kind, text) in enumerate((*values, *zip(("DATE_ACCIDENT", "DATE_NOTICE"), dates, strict=True)))
    )
    phrase, pages = _pages(rng)
    extraction = Extraction(rng.choice(DOCUMENT_CLASSES), {}, entities)
    return Template(describe(f"T-{number}", extraction, pages, key), policy, insured, phrase, dates[0])


def _pages(rng: random.Random) -> tuple[str, tuple[RedactedText, ...]]:
    """Some 120 words on one page or on two, and the diagnosis among them."""
    phrase = rng.choice(_SIDES) + rng.choice(_PARTS) + rng.choice(_HARMS)
    city, drugs = rng.choice(words.PLACES)[1] or "北京市", rng.sample(words.DRUGS, 2)
    lines = (
        f"被保险人[姓名]于[日期]{rng.choice(_CAUSES)}，致{phrase}。",
        f"收入{city}{rng.choice(_HOSPITALS)}，住院治疗{rng.randint(2, 60)}天，{rng.choice(_ENGLISH)}。",
        f"诊断：{phrase}，{rng.choice(_PARTS)}{rng.choice(_HARMS)}。",
        f"用药：{'、'.join(name for name, _, _ in drugs)}，{rng.choice(_ENGLISH)}。",
        f"医疗费用合计人民币{rng.randint(100, 99_999)}.{rng.randint(0, 99):02}元，保单号[保单号]。",
        "经办人[姓名]，联系电话[电话]，以上情况属实。",
    )
    cut = rng.choice((3, 6, 6, 6))
    return phrase, tuple(_page(number, part) for number, part in enumerate((lines[:cut], lines[cut:]), start=1) if part)


def _page(number: int, lines: tuple[str, ...]) -> RedactedText:
    visible = tuple(VisibleLine(line, Box(120, 60 * row, 1480, 60 * row + 44)) for row, line in enumerate(lines))
    return RedactedText(number, Audience.PUBLIC, "default/1", visible)


def copies(templates: tuple[Template, ...], count: int) -> Iterator[IndexRecord]:
    """The first of each template is as it was described."""
    for number in range(count):
        turn, at = divmod(number, len(templates))
        record = templates[at].record
        yield replace(record, document_id=document_id(number), tokens=_unique(record.tokens, turn) if turn else record.tokens)


def _unique(tokens: tuple[PlacedToken, ...], turn: int) -> tuple[PlacedToken, ...]:
    """Tokens of numbers turned into others; those of names and dates as they are."""
    mask = turn * 0x9E3779B97F4A7C15 % 2**64
    return tuple(
        PlacedToken(_turned(each.token, mask), each.page_number, each.box) if each.token.key == "number" else each
        for each in tokens
    )


def _turned(token: SearchToken, mask: int) -> SearchToken:
    digest = f"{int(token.digest[:16], 16) ^ mask:016x}{token.digest[16:]}"
    return SearchToken(token.key, token.form, token.tier, digest)


def document_id(number: int) -> str:
    return f"D-{number:010}"
