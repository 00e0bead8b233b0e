"""Writes the word lists that texts are generated from, out of openly licensed packages; done once, the lists are kept.

    python -m training.lists [--english-words /usr/share/dict/american-english-small]

Sources: the dictionary of jieba (MIT), the names, streets and cities of Faker (MIT), and SCOWL as Debian packs it
(`wamerican-small`; its own licence, which asks for its notice). Needs the dependency group `training`. The notices are in
training/licences. The frequent words go to workers/extract/trained, where reading needs them.
"""

import argparse
import importlib.resources
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faker import Faker
from opencc import OpenCC

from workers.extract.gazetteer import surnames

LISTS = Path(__file__).parent / "lists"
READ_WITH = Path(__file__).parents[1] / "workers" / "extract" / "trained"
_SEED = 20_261_123
_FREQUENT = 40_000
_RARE = 15_000
_OF_A_LOCALE = 260
_PERSONS = frozenset({"nr", "nrt", "nrfg"})
_LATIN_LOCALES = (
    "en_US", "en_GB", "en_IE", "en_IN", "de_DE", "de_CH", "fr_FR", "fr_CH", "es_ES", "es_MX", "it_IT", "pt_BR", "pt_PT", "nl_NL",
    "nl_BE", "da_DK", "no_NO", "sv_SE", "fi_FI", "pl_PL", "cs_CZ", "sk_SK", "sl_SI", "hr_HR", "hu_HU", "ro_RO", "tr_TR",
    "et_EE", "lt_LT", "lv_LV", "vi_VN", "id_ID", "zu_ZA",
)  # fmt: skip
_HAN = re.compile(r"[一-鿿]+")
_SYLLABLES = (
    "阿艾安奥巴柏贝本比彼毕宾波伯勃博卜布查达戴丹当道德登迪蒂丁杜顿多厄恩尔法范菲费芬丰弗福富盖冈戈哥格古哈海汉豪赫胡华怀霍基吉加简杰金卡凯坎康考柯科克肯孔库夸拉"
    "莱兰朗劳勒雷黎里理丽利立莉连琳林龙隆卢鲁路伦罗洛马迈麦曼芒梅门蒙米密明摩莫默姆穆娜纳南内尼妮宁纽诺努欧帕派潘佩彭皮平珀普契恰乔切琼丘热日荣茹瑞若撒萨塞森沙山"
    "珊舍圣史士斯丝思苏索塔泰坦汤唐特提廷图托瓦万旺威韦维温翁沃乌西希锡夏肖谢辛休许雪雅亚延扬耶叶伊依因英尤约泽扎詹珍朱兹祖佐茨娅黛蕾薇露贾奇塔翠霞斐甘高惠"
)
_TRANSLITERATED = re.compile(f"[{_SYLLABLES}]{{2,8}}")
_ILLNESS = re.compile(
    r"[一-鿿]{1,7}(?:炎|癌|症|瘤|骨折|结石|溃疡|综合征|高血压|糖尿病|心脏病|肾病|肝病|贫血|梗死|出血|衰竭|囊肿|结核|哮喘|痛风)"
)
_DRUG = re.compile(
    r"[一-鿿]{1,7}(?:霉素|西林|沙星|洛尔|地平|他汀|胰岛素|注射液|胶囊|颗粒|冲剂|糖浆|软膏|片剂|匹林|布洛芬|酸钠|酸钾|吡滨|他滨|硝唑|康唑)"
)
_OPERATION = re.compile(
    r"[一-鿿]{1,9}(?:切除术|成形术|移植术|手术|造瘘术|缝合术|固定术|根治术|吻合术|引流术|穿刺术|检查术|结扎术)"
)


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    count: int
    part_of_speech: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--english-words", type=Path, default=Path("/usr/share/dict/american-english-small"))
    options = parser.parse_args()
    _write_chinese(tuple(_jieba()))
    _write_english(options.english_words)


def _jieba() -> Iterator[_Word]:
    """The dictionary, the most frequent word first."""
    text = importlib.resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    yield from sorted(
        (_Word(word, int(count), kind) for word, count, kind in rows if _HAN.fullmatch(word)), key=_frequent_first
    )


def _frequent_first(word: _Word) -> tuple[int, str]:
    return -word.count, word.word


def _write_chinese(dictionary: tuple[_Word, ...]) -> None:
    ordinary = [each.word for each in dictionary if each.part_of_speech not in _PERSONS]
    notice = "Chinese words, the most frequent first, without names of persons: the dictionary of jieba 0.42.1 (MIT)."
    _write(READ_WITH / "words_zh.txt", notice, ordinary[:_FREQUENT])
    rng = random.Random(_SEED)
    rest = ordinary[_FREQUENT:]
    _write(LISTS / "zh_rare_words.txt", "Words too rare for words_zh.txt (jieba).", rng.sample(rest, _RARE))
    foreign = [each.word for each in dictionary if each.part_of_speech == "nrt" and _TRANSLITERATED.fullmatch(each.word)]
    _write(LISTS / "zh_transliterated.txt", "Foreign names by their sound (jieba).", foreign)
    for name, kinds in (("zh_places", {"ns"}), ("zh_organisations", {"nt"})):
        found = [each.word for each in dictionary if each.part_of_speech in kinds and 2 <= len(each.word) <= 12]
        _write(LISTS / f"{name}.txt", f"Words that jieba marks {', '.join(sorted(kinds))}.", found[:8000])
    for name, pattern in (("zh_illnesses", _ILLNESS), ("zh_drugs", _DRUG), ("zh_operations", _OPERATION)):
        _write(LISTS / f"{name}.txt", "By how they end (jieba).", [word for word in ordinary if pattern.fullmatch(word)])
    _write(LISTS / "zh_given.txt", "Characters of given names and how often names have them (jieba).", _given(dictionary))
    _write(LISTS / "zh_japanese.txt", "Japanese names in simplified characters (Faker, ja_JP).", _japanese())


def _given(dictionary: Iterable[_Word]) -> list[str]:
    """First and last character of two, and an only one, each with its count."""
    counts: Counter[str] = Counter()
    for each in dictionary:
        if each.part_of_speech == "nr" and len(each.word) in (2, 3) and each.word[0] in surnames():
            counts.update(
                (f"{each.word[1]} first", f"{each.word[2]} last") if len(each.word) == 3 else (f"{each.word[1]} only",)
            )
    return [f"{what} {count}" for what, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count > 2]


def _japanese() -> list[str]:
    faker = _faker("ja_JP")
    to_old, to_simplified = OpenCC("jp2t"), OpenCC("t2s")
    pairs = ((faker.last_name(), faker.first_name()) for _ in range(1500))
    read = (
        f"{to_simplified.convert(to_old.convert(last))} {to_simplified.convert(to_old.convert(first))}" for last, first in pairs
    )
    return [pair for pair in dict.fromkeys(read) if all(map(_HAN.fullmatch, pair.split()))]


def _write_english(words: Path) -> None:
    plain = re.compile(r"[a-z]{2,}")
    found = [word for word in words.read_text(encoding="utf-8").splitlines() if plain.fullmatch(word)]
    notice = "English words, without those that are only written with a capital: SCOWL (Debian wamerican-small 2020.12.07)."
    _write(READ_WITH / "words_en.txt", notice, sorted(found))
    fakers = [_faker(locale) for locale in _LATIN_LOCALES]
    for name, method in (("given", "first_name"), ("family", "last_name"), ("streets", "street_name"), ("cities", "city")):
        _write(LISTS / f"en_{name}.txt", f"Faker's {method}, of many countries.", _each(fakers, method))
    _write(LISTS / "en_countries.txt", "Faker's country.", _each(fakers[:1], "country"))
    _write(LISTS / "en_jobs.txt", "Faker's job.", _each(fakers[:1], "job"))


def _faker(locale: str) -> Faker:
    faker = Faker(locale)
    faker.seed_instance(_SEED)
    return faker


def _each(fakers: Iterable[Faker], method: str) -> list[str]:
    found = (str(getattr(faker, method)()) for faker in fakers for _ in range(_OF_A_LOCALE))
    return sorted(set(found))


def _write(path: Path, notice: str, entries: Iterable[str]) -> None:
    path.write_text(f"# {notice}\n" + "".join(f"{entry}\n" for entry in entries), encoding="utf-8")


if __name__ == "__main__":
    main()
