"""Chinese texts with marked names, places, organisations, addresses, illnesses, drugs, operations and tests.

Four kinds, mixed: lines of forms, sentences of records, letters and news from templates; sentences of common words in any
order with things strewn in, which teach that a name is what no word explains; and records of the open sets with other names
put in. Values are put together from lists and never taken whole from anybody's papers.
"""

import random
from collections.abc import Iterator, Sequence
from functools import cache

from training.marked import Make, Marked, Slot, exchanged, fill, joined, normalised
from training.words import TEMPLATES, by_rank, common_words, digits, listed, pieces
from workers.extract.gazetteer import double_surnames, label_phrases, places, surnames

_READ_APART = 0.1  # of names on forms: 张 三, as forms have them and OCR reads them
_SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
_ORGAN = pieces("zh", "organ")
_SIDE = pieces("zh", "side")
_WHAT = pieces("zh", "what")
_BEFORE = pieces("zh", "before")
_BEHIND = pieces("zh", "behind")
_ILLNESSES = pieces("zh", "illnesses")
_DRUG_START = pieces("zh", "drug_start")
_DRUG_END = pieces("zh", "drug_end")
_DRUG_FORM = pieces("zh", "drug_form")
_DRUGS = pieces("zh", "drugs")
_OPERATION = pieces("zh", "operation")
_TEST = pieces("zh", "test")
_TESTS = pieces("zh", "tests")
_ROAD = pieces("zh", "road")
_ESTATE = pieces("zh", "estate")
_COMPANY = pieces("zh", "company")
_PUBLIC = pieces("zh", "public")
_CHAPTERS = pieces("zh", "chapters")


@cache
def _given_characters(place: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    rows = [entry.split() for entry in listed("zh_given")]
    fitting = [(character, int(count)) for character, where, count in rows if where == place]
    return tuple(character for character, _ in fitting), tuple(count for _, count in fitting)


def _given(rng: random.Random, *, of_two: bool) -> str:
    if not of_two:
        return rng.choices(*_given_characters("only"))[0]
    if rng.random() < 0.08:
        return rng.choices(*_given_characters("last"))[0] * 2
    return rng.choices(*_given_characters("first"))[0] + rng.choices(*_given_characters("last"))[0]


def _surname(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.03:
        return rng.choice(sorted(double_surnames()))
    return by_rank(rng, _SURNAMES, 0.7) if kind < 0.75 else rng.choice(sorted(surnames()))


def chinese_name(rng: random.Random) -> str:
    return _surname(rng) + _given(rng, of_two=rng.random() < 0.78)


def minority_name(rng: random.Random) -> str:
    return "·".join(transliterated(rng) for _ in range(rng.choice((2, 2, 2, 3))))


@cache
def _after() -> dict[str, str]:
    """Which characters follow each in foreign names, as often as they do; "^" begins and "$" ends."""
    following: dict[str, str] = {}
    for name in listed("zh_transliterated"):
        for first, second in zip(f"^{name}", f"{name}$", strict=True):
            following[first] = following.get(first, "") + second
    return following


def transliterated(rng: random.Random) -> str:
    """A foreign name by its sound, as heard in no list: a walk along the pairs of characters of known ones."""
    while True:
        name, character = "", rng.choice(_after()["^"])
        while character != "$" and len(name) < 8:
            name += character
            character = rng.choice(_after()[character])
        if 2 <= len(name) <= 7:
            return name


def japanese_name(rng: random.Random) -> str:
    names = listed("zh_japanese")
    last, first = rng.choice(names).split()[0], rng.choice(names).split()[1]
    return last + first if rng.random() < 0.8 else rng.choice((last, first))


def latin_name(rng: random.Random) -> str:
    between = "" if rng.random() < 0.2 else " "
    return rng.choice(listed("en_given")) + between + rng.choice(listed("en_family"))


def person(rng: random.Random) -> str:
    """Anybody in running text."""
    kind = rng.random()
    if kind < 0.52:
        return chinese_name(rng)
    if kind < 0.60:
        return _given(rng, of_two=True)
    if kind < 0.76:
        return transliterated(rng)
    if kind < 0.86:
        return minority_name(rng)
    if kind < 0.94:
        return japanese_name(rng)
    return (
        latin_name(rng)
        if kind < 0.97
        else rng.choice("小阿老") + (_surname(rng) if rng.random() < 0.6 else _given(rng, of_two=False))
    )


def claimant(rng: random.Random) -> str:
    """Anybody on a form."""
    kind = rng.random()
    if kind > 0.9:
        return minority_name(rng) if kind < 0.97 else latin_name(rng)
    name = chinese_name(rng)
    return " ".join(name) if rng.random() < _READ_APART else name


def place(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.5:
        return by_rank(rng, listed("zh_places"), 0.4)
    if kind < 0.7:
        return transliterated(rng) + rng.choice(("", "", "市", "州", "河", "山", "岛", "湖", "城", "大学", "地区", "省", "堡"))
    return rng.choice(places()).rstrip("市区州") + rng.choice(("", "", "市", "县", "区", "地区", "路", "镇"))


def organisation(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.35:
        return by_rank(rng, listed("zh_organisations"), 0.3)
    where = rng.choice(places()).rstrip("市区") + rng.choice(("", "市", "省", "县", ""))
    if kind < 0.7:
        return where + rng.choice(_PUBLIC)
    return (
        where + (rng.choice(listed("zh_rare_words")) if rng.random() < 0.5 else _given(rng, of_two=True)) + rng.choice(_COMPANY)
    )


def address(rng: random.Random) -> str:
    where = rng.choice(places()).rstrip("市区") + rng.choice(("市", "市", "省", ""))
    where += rng.choice((_given(rng, of_two=True), rng.choice(_ROAD))) + rng.choice("区县市") if rng.random() < 0.8 else ""
    return (where if rng.random() < 0.85 else "") + (_in_town(rng) if rng.random() < 0.75 else _in_village(rng))


def _in_town(rng: random.Random) -> str:
    road = rng.choice((rng.choice(_ROAD), _given(rng, of_two=True), rng.choice(common_words("zh")[:4000])))
    parts = (
        road
        + rng.choice(("路", "路", "街", "大道", "巷", "东路", "北街", "西大街"))
        + (f"{digits(rng, 1, 4)}号" if rng.random() < 0.85 else "")
    )
    if rng.random() < 0.6:
        parts += rng.choice((rng.choice(_ROAD), _given(rng, of_two=True))) + rng.choice(_ESTATE)
    if rng.random() < 0.7:
        parts += rng.choice(
            (f"{digits(rng, 1, 2)}栋", f"{digits(rng, 1, 2)}号楼", f"{digits(rng, 1, 2)}幢", f"{digits(rng, 1, 2)}-")
        )
        parts += rng.choice((f"{digits(rng, 1, 1)}单元", "")) + digits(rng, 3, 4) + rng.choice(("室", "", "号"))
    return parts


def _in_village(rng: random.Random) -> str:
    town = _given(rng, of_two=True) + rng.choice(("镇", "乡", "街道"))
    village = rng.choice((_surname(rng) + rng.choice(("家", "家庄", "庄", "湾")), _given(rng, of_two=True))) + rng.choice(
        ("村", "屯", "村委会")
    )
    return (
        town
        + village
        + rng.choice(("", f"{digits(rng, 1, 2)}组", f"{digits(rng, 1, 3)}号", f"第{rng.choice('一二三四五六七八')}组"))
    )


def illness(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.25:
        named = rng.choice(_ILLNESSES)
    elif kind < 0.35:
        named = rng.choice(listed("zh_illnesses"))
    else:
        side = rng.choice(_SIDE) if rng.random() < 0.25 else ""
        named = side + (rng.choice(_BEFORE) if rng.random() < 0.35 else "") + rng.choice(_ORGAN) + rng.choice(_WHAT)
    return named + (rng.choice(_BEHIND) if rng.random() < 0.15 else "")


def drug(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(_DRUGS)
    if kind < 0.5:
        return rng.choice(listed("zh_drugs"))
    form = rng.choice(_DRUG_FORM) if rng.random() < 0.45 else ""
    middle = rng.choice(_DRUG_START) if rng.random() < 0.3 else ""
    return rng.choice(_DRUG_START) + middle + rng.choice(_DRUG_END) + form


def operation(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.08:
        return rng.choice(listed("zh_operations"))
    way = (
        rng.choice(("腹腔镜下", "胸腔镜下", "经皮", "全麻下", "开腹", "关节镜下", "腹腔镜辅助下", "内镜下", ""))
        if rng.random() < 0.5
        else ""
    )
    named = way + rng.choice(_ORGAN) + rng.choice((rng.choice(_WHAT), "", "")) + rng.choice(_OPERATION)
    return named + (rng.choice(("+", "、")) + rng.choice(_ORGAN) + rng.choice(_OPERATION) if rng.random() < 0.2 else "")


def examination(rng: random.Random) -> str:
    return rng.choice(_TESTS) if rng.random() < 0.5 else rng.choice(_ORGAN) + rng.choice(_TEST)


def date(rng: random.Random) -> str:
    year, month, day = rng.randint(1950, 2026), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{year}.{month}.{day}", f"{month}月{day}日", f"{year}年")
    )


def _word(rng: random.Random) -> str:
    return by_rank(rng, common_words("zh"), 0.85)


def _words(rng: random.Random) -> str:
    return "".join(_word(rng) for _ in range(rng.randint(1, 4)))


def _number(rng: random.Random) -> str:
    return rng.choice(
        (
            digits(rng, 18, 18),
            digits(rng, 11, 11),
            digits(rng, 6, 16),
            f"{digits(rng, 1, 4)}.{digits(rng, 2, 2)}",
            digits(rng, 1, 3),
        )
    )


def _phrase(concept: str) -> Make:
    found = tuple(each.phrase for each in label_phrases() if each.concept == concept and not each.phrase.isascii())
    return lambda rng: rng.choice(found)


def _any_label(rng: random.Random) -> str:
    return rng.choice([each.phrase for each in label_phrases() if not each.phrase.isascii()])


def _role(rng: random.Random) -> str:
    return rng.choice([each.phrase for each in label_phrases() if each.role and not each.concept and not each.phrase.isascii()])


SLOTS = {
    "name": Slot("PER", claimant), "person": Slot("PER", person), "foreigner": Slot("PER", transliterated),
    "place": Slot("LOC", place), "org": Slot("ORG", organisation), "address": Slot("ADDRESS", address),
    "illness": Slot("DISEASE", illness), "drug": Slot("DRUG", drug), "operation": Slot("OPERATION", operation), "test": Slot("TEST", examination),
    "surname": Slot("PER", _surname), "date": Slot("", date), "number": Slot("", _number), "words": Slot("", _words), "word": Slot("", _word),
    "label": Slot("", _any_label), "role": Slot("", _role), "namelabel": Slot("", _phrase("name")), "addresslabel": Slot("", _phrase("address")),
    "healthlabel": Slot("", _phrase("health")), "diagnosislabel": Slot("", _phrase("diagnosis")), "hospitallabel": Slot("", _phrase("hospital")),
    "n": Slot("", lambda rng: digits(rng, 1, 3)), "chapter": Slot("", lambda rng: rng.choice(_CHAPTERS)),
}  # fmt: skip
_STREWN = (
    "person",
    "person",
    "person",
    "person",
    "name",
    "name",
    "place",
    "org",
    "address",
    "illness",
    "drug",
    "operation",
    "test",
)
_MAKERS: dict[str, Make] = {
    "PER": person, "LOC": place, "ORG": organisation, "DISEASE": illness, "DRUG": drug, "OPERATION": operation, "TEST": examination,
}  # fmt: skip


def strewn(rng: random.Random) -> Marked:
    """Common words in any order with things to find strewn in, and rarer words that are none."""
    parts: list[str] = []
    for _ in range(rng.randint(4, 22)):
        kind = rng.random()
        if kind < 0.14:
            parts.append(f"{{{rng.choice(_STREWN)}}}")
        elif kind < 0.24:
            parts.append(rng.choice((",", ",", "。", "、", "(", ")", ":", "“", "”", " ", "\n", ";", "《", "》")))
        elif kind < 0.36:
            parts.append(rng.choice(listed("zh_rare_words")))
        else:
            parts.append("{number}" if kind > 0.98 else _word(rng))
    return fill("".join(parts), SLOTS, rng)


@cache
def _templates(part: str) -> tuple[str, ...]:
    entries = (line.partition("|") for line in listed("zh", TEMPLATES))
    return tuple(template for kind, _, template in entries if kind == part)


def form(rng: random.Random) -> Marked:
    lines = [fill(rng.choice(_templates("form")), SLOTS, rng) for _ in range(rng.randint(1, 7))]
    return joined(lines, rng.choice(("\n", "\n", " ")))


def prose(rng: random.Random) -> Marked:
    sentences = [fill(rng.choice(_templates("prose")), SLOTS, rng) for _ in range(rng.randint(1, 4))]
    return joined(sentences, rng.choice(("", "\n")))


def generated(rng: random.Random) -> Iterator[Marked]:
    """Texts without end."""
    while True:
        kind = rng.random()
        yield normalised(form(rng) if kind < 0.3 else prose(rng) if kind < 0.68 else strewn(rng))


def varied(rng: random.Random, records: Sequence[Marked]) -> Iterator[Marked]:
    """*records* without end, each time in another order, at times with other names in them."""
    while True:
        for record in rng.sample(records, len(records)):
            changed = exchanged(record, _MAKERS, rng, 0.8) if rng.random() < 0.6 else record
            yield normalised(changed)
