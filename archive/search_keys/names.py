"""Names of persons.

A Chinese name of n characters is stored as `same`, `simple` (simplified characters), `lookalike`, `pinyin` in each reading,
n `gap`s (one character unknown), `initials`, `head`s of two characters and more in characters and as said, and for a dotted name its
parts. A Latin name is stored by its words in any
order, each of them, and, so that it meets a Chinese one, by its letters as pinyin.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import permutations

from archive.search_keys import sounds
from archive.search_keys.forms import EXACT, LIKELY, POSSIBLE, Form, asked_tokens, stored_tokens
from archive.search_keys.han import is_han, lookalike, misread_as, simplified
from archive.search_keys.key import SearchKey
from archive.search_keys.latin import LatinName, latin_name, turned, with_and_without_nickname
from archive.search_keys.spelling import UNKNOWN, gaps, openings, shortened, swapped
from schemas.query import MatchTier
from schemas.record import SearchToken

KEY = "name"
LONGEST = 60
"""Characters of a name that are looked at; nobody's is longer."""
SHORTEST_WITH_ERROR = 3
"""Two characters with one of them wrong are only a surname."""
SHORTEST_LATIN_WITH_ERROR = 5
SHORTEST_HEAD = 2
_LONGEST_HEAD = 4
_MOST_SAID = 2
_MOST_MISREAD = 3
"""Of one character: the first three are nine tenths of all that was measured."""
_MOST_INITIALS = 4
_MOST_ORDERED = 4

_TITLE = re.compile(r"\s*(?:先生|女士|小姐|太太|同志)\s*$|^\s*(?:mr|mrs|ms|miss|dr)\b[.\s]*", re.IGNORECASE)
_DOTS = re.compile("[·•・‧･●∙⋅᛫.．。]")
_UNKNOWNS = str.maketrans(dict.fromkeys("？*＊", UNKNOWN))


def tokens_of_name(secret: SearchKey, value: str) -> tuple[SearchToken, ...]:
    """What is stored of a name; none where *value* has no letter."""
    return stored_tokens(secret, KEY, _stored_forms(_untitled(value[:LONGEST])))


def tokens_of_other_reading(secret: SearchKey, value: str) -> tuple[SearchToken, ...]:
    """What is stored of a name that was read there too, but is not what the page says: found as `likely`, whole only."""
    return stored_tokens(secret, KEY, _forms("reading", LIKELY, _read_otherwise(_untitled(value[:LONGEST]))))


def ask_name(secret: SearchKey, typed: str, *, near_misses: bool = True) -> tuple[SearchToken, ...]:
    """What to look for, best first; none where *typed* holds no name. `?` or `*` stands for one unknown character."""
    forms = _asked_forms(_untitled(typed[:LONGEST]).translate(_UNKNOWNS))
    return asked_tokens(secret, KEY, forms, near_misses=near_misses)


def same(value: str) -> str:
    """NFKC, small letters, without spaces, dots and other signs; `Smith, John` is `John Smith`."""
    plain = unicodedata.normalize("NFKC", turned(value)).casefold()
    return "".join(character for character in plain if character.isalnum() or character == UNKNOWN)


def _untitled(value: str) -> str:
    """`王小明先生` and `Mr. Smith` without their titles."""
    return _TITLE.sub("", value) or value


def _read_otherwise(value: str) -> tuple[str, ...]:
    word = same(value).replace(UNKNOWN, "")
    if _has_han(word):
        return (lookalike(simplified(word)),) if len(word) > 1 else ()
    return tuple(name.sorted for name in with_and_without_nickname(value) if len(name.words) > 1)


def _stored_forms(value: str) -> Iterator[Form]:
    word = same(value).replace(UNKNOWN, "")
    if not word:
        return
    yield Form("same", EXACT, word)
    yield from _stored_chinese(word, value) if _has_han(word) else _stored_latin(latin_name(value), value)


def _asked_forms(typed: str) -> Iterator[Form]:
    word = same(typed)
    if not word.replace(UNKNOWN, ""):
        return
    if _has_han(word):
        yield from _asked_chinese(word)
    else:
        yield from _asked_latin(latin_name(typed), typed)


def _has_han(word: str) -> bool:
    return any(map(is_han, word))


def _stored_chinese(word: str, value: str) -> Iterator[Form]:
    simple = simplified(word)
    folded = lookalike(simple)
    said = sounds.readings(simple)
    yield Form("simple", LIKELY, simple)
    yield Form("lookalike", LIKELY, folded)
    yield from _forms("pinyin", LIKELY, said)
    yield from _forms("spelt", LIKELY, (sounds.without_umlaut(letters) for letters in said))
    yield from _forms("near_sound", POSSIBLE, map(sounds.near_sound, said))
    yield from _forms("initials", POSSIBLE, sounds.initials(simple))
    yield from _forms("gap", POSSIBLE, gaps(folded))
    yield from _forms("part", POSSIBLE, _parts(value))
    yield from _forms("head", POSSIBLE, _heads(simple))


def _heads(simple: str) -> Iterator[str]:
    """What a name begins with, for suggestions. One character is none: a surname is half the town's."""
    for length in range(SHORTEST_HEAD, min(len(simple), _LONGEST_HEAD + 1)):
        yield lookalike(simple[:length])
        yield from sounds.readings(simple[:length])[:_MOST_SAID]


def ask_head(secret: SearchKey, typed: str) -> tuple[SearchToken, ...]:
    """What to look for where *typed* is the beginning of a name, in characters or pinyin, or a whole one."""
    word = same(typed[:LONGEST])
    if len(word) < SHORTEST_HEAD or UNKNOWN in word:
        return ()
    if _has_han(word):
        folded = lookalike(simplified(word))
        return asked_tokens(secret, KEY, [Form("lookalike", LIKELY, folded), Form("head", POSSIBLE, folded)])
    letters = sounds.spelt(typed)
    return asked_tokens(secret, KEY, [Form("pinyin", LIKELY, letters), Form("head", POSSIBLE, letters)]) if letters else ()


def _asked_chinese(word: str) -> Iterator[Form]:
    simple = simplified(word)
    folded = lookalike(simple)
    if UNKNOWN in word:
        yield from _forms("gap", POSSIBLE, [folded] if word.count(UNKNOWN) == 1 else [], "unknown")
        return
    said = sounds.readings(simple)
    yield Form("same", EXACT, word)
    yield Form("simple", LIKELY, simple)
    yield Form("lookalike", LIKELY, folded)
    yield from _forms("reading", LIKELY, _read_otherwise(word))
    yield from _forms("lookalike", LIKELY, _misread(simple), "misread")
    yield from _forms("pinyin", LIKELY, said)
    yield from _forms("near_sound", POSSIBLE, map(sounds.near_sound, said))
    yield from _forms("part", POSSIBLE, [folded] if len(folded) > 1 else [])
    yield from _one_error(folded, "lookalike", SHORTEST_WITH_ERROR)


def _misread(simple: str) -> Iterator[str]:
    """*simple* folded, with one character as OCR often reads it. A single character is nobody's name."""
    folded = lookalike(simple)
    for place, character in enumerate(simple if len(simple) > 1 else ""):
        for other in misread_as(character)[:_MOST_MISREAD]:
            yield folded[:place] + other + folded[place + 1 :]


def _one_error(word: str, form: str, shortest: int) -> Iterator[Form]:
    """*word* wrong in one character, where it is long enough; *form* is where right words are stored."""
    if len(word) >= shortest:
        yield from _forms("gap", POSSIBLE, gaps(word), "differs")
        yield from _forms(form, POSSIBLE, shortened(word), "extra")
    if len(word) >= shortest - 1 > 0:
        yield from _forms(form, POSSIBLE, swapped(word), "swapped")
        yield from _forms("gap", POSSIBLE, openings(word), "missing")


def _parts(value: str) -> tuple[str, ...]:
    parts = tuple(same(part) for part in _DOTS.split(value))
    return tuple(lookalike(simplified(part)) for part in parts if len(part) > 1) if len(parts) > 1 else ()


def _stored_latin(name: LatinName, value: str) -> Iterator[Form]:
    if not name.words:
        return
    letters = _letters(value)
    yield Form("words", LIKELY, name.sorted)
    yield Form("ends", LIKELY, name.ends.sorted)
    yield from _forms("words", LIKELY, (other.sorted for other in with_and_without_nickname(value)))
    yield from _forms("pinyin", LIKELY, letters)
    yield from _forms("near_sound", POSSIBLE, map(sounds.near_sound, letters))
    yield Form("short", POSSIBLE, name.shortened.sorted)
    yield from _forms("part", POSSIBLE, name.words if len(name.words) > 1 else ())
    yield from _forms("initials", POSSIBLE, (order.initials for order in name.orders))
    for words in dict.fromkeys((name.sorted, name.ends.sorted)):
        yield from _forms("gap", POSSIBLE, gaps(words))


def _asked_latin(name: LatinName, typed: str) -> Iterator[Form]:
    word = same(typed)
    if not name.words:
        return
    if UNKNOWN in word:
        yield from _forms("gap", POSSIBLE, (" ".join(words) for words in permutations(name.words[:_MOST_ORDERED])), "unknown")
        return
    yield Form("same", EXACT, word)
    yield Form("words", LIKELY, name.sorted)
    yield from _forms("words", LIKELY, (other.sorted for other in with_and_without_nickname(typed)), "nickname")
    yield from _forms("reading", LIKELY, _read_otherwise(typed))
    yield from _asked_pinyin(_letters(typed))
    yield from _asked_short(name)
    yield from _forms("part", POSSIBLE, name.words if len(name.words) == 1 else ())
    if len(word) <= _MOST_INITIALS:
        yield Form("initials", POSSIBLE, "".join(name.words))
    for words in dict.fromkeys((name.sorted, name.ends.sorted)):
        yield from _one_error(words, "words", SHORTEST_LATIN_WITH_ERROR)


def _letters(value: str) -> tuple[str, ...]:
    """What *value* spells as pinyin, family name first or last."""
    orders = latin_name(sounds.umlaut_as_v(value)).orders
    return tuple(dict.fromkeys(filter(None, (sounds.spelt("".join(order.words)) for order in orders))))


def _asked_pinyin(letters: Iterable[str]) -> Iterator[Form]:
    ways = tuple(dict.fromkeys(way for typed in letters for way in (typed, sounds.with_umlaut(typed))))
    yield from _forms("pinyin", LIKELY, ways)
    yield from _forms("spelt", LIKELY, ways, "pinyin")
    yield from _forms("near_sound", POSSIBLE, map(sounds.near_sound, ways))
    for way in ways:
        if len(way) >= SHORTEST_LATIN_WITH_ERROR:
            yield from _forms("pinyin", POSSIBLE, (*swapped(way), *shortened(way)), "misspelt")


def _asked_short(name: LatinName) -> Iterator[Form]:
    """Middle names left out on either side, then given names cut to an initial on either side."""
    has_middle = len(name.words) > 2
    yield Form("ends", POSSIBLE if has_middle else LIKELY, name.ends.sorted, "middle")
    if has_middle:
        yield Form("words", LIKELY, name.ends.sorted, "middle")
    yield Form("words", POSSIBLE, name.shortened.sorted, "short")
    if 1 in (len(name.words[0]), len(name.words[-1])):
        yield from _forms("short", POSSIBLE, (order.shortened.sorted for order in name.orders))


def _forms(name: str, tier: MatchTier, values: Iterable[str], told: str = "") -> Iterator[Form]:
    for value in values:
        yield Form(name, tier, value, told)
