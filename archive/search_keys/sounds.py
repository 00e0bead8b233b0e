"""How a Chinese name is said: pinyin without tones, in every reading of its characters.

ü is written `v`. Readings come from pypinyin's dictionary; surnames read in their own way (单 shan, 仇 qiu) come first.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

MOST_READINGS = 12
"""Of a name with several polyphones, so many readings are kept, the usual ones first."""
_OF_ONE_CHARACTER = 4

SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "区": "ou", "乐": "yue", "覃": "qin", "朴": "piao", "盖": "ge", "查": "zha",
    "翟": "zhai", "员": "yun", "逄": "pang", "缪": "miao", "黑": "he", "秘": "bi", "冼": "xian", "洗": "xian", "繁": "po", "种": "chong",
    "折": "she", "召": "shao", "那": "na", "牟": "mu", "隗": "wei", "郇": "xun", "哈": "ha", "葛": "ge", "任": "ren", "纪": "ji",
    "华": "hua", "宓": "mi", "尹": "yin", "燕": "yan", "应": "ying", "宁": "ning", "訾": "zi", "谌": "chen", "佴": "nai", "褚": "chu",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai", "尉": "yu", "亓": "qi", "适": "kuo",
}  # fmt: skip
"""Surnames whose reading as a surname is not the character's usual one, or must not be taken for another."""

_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def readings(name: str) -> tuple[str, ...]:
    """The ways to say *name* (simplified), without spaces, the most usual first; characters that are not Chinese stand as
    they are."""
    return tuple("".join(syllables) for syllables in _syllables(name))


def initials(name: str) -> tuple[str, ...]:
    """The first letter of each syllable, for every reading."""
    return tuple(dict.fromkeys("".join(syllable[0] for syllable in syllables) for syllables in _syllables(name)))


def near_sound(letters: str) -> str:
    """*letters* as they sound where zh and z, ch and c, sh and s, ng and n are one, as in much of the south."""
    for sound, like in _NEAR:
        letters = letters.replace(sound, like)
    return letters


def spelt(letters: str) -> str:
    """The letters a-z of a romanised name: ü as v; tone marks, tone numbers, spaces and signs dropped."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFD", umlaut_as_v(letters)))


def umlaut_as_v(letters: str) -> str:
    """*letters* in small, with ü in each of its tones, or written `u:`, as v."""
    return re.sub("[üǖǘǚǜ]|u:", "v", unicodedata.normalize("NFKC", letters).casefold())


def without_umlaut(letters: str) -> str:
    """*letters* as typed by somebody who writes ü as u: `lvbu` as `lubu`."""
    return re.sub("([ln])v", r"\1u", letters)


def with_umlaut(letters: str) -> str:
    """*letters* with the passport spelling of ü undone: `lyubu` as `lvbu`."""
    return re.sub("([ln])yu", r"\1v", letters)


def load_readings() -> None:
    """Load now what the first name asked for would wait a second for."""
    _of_character("一")


@lru_cache(maxsize=10_000)
def _syllables(name: str) -> tuple[tuple[str, ...], ...]:
    choices = tuple(_of_character(character) for character in name)
    family = next((surname for surname in (name[:2], name[:1]) if surname in SURNAMES), "")
    as_surname = tuple((syllable,) for syllable in SURNAMES.get(family, "").split())
    with_surname = islice(product(*as_surname, *choices[len(as_surname) :]), MOST_READINGS // 2) if family else ()
    usual_first = sorted(
        islice(product(*choices), _OF_ONE_CHARACTER**4),
        key=lambda said: sum(choices[place].index(syllable) for place, syllable in enumerate(said)),
    )
    return tuple(dict.fromkeys((*with_surname, *usual_first)))[:MOST_READINGS]


@lru_cache(maxsize=10_000)
def _of_character(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # its dictionaries take longer to load than all else that a search for a number needs

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="default")[0]
    return tuple(dict.fromkeys(spelt(reading) or reading for reading in found))[:_OF_ONE_CHARACTER]
