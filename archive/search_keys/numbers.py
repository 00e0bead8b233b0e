"""Numbers: policy, report, case and claim numbers, identity numbers, cards, telephones.

Stored for a number of n characters: `same`, `lookalike`, n `gap`s (one place unknown), its tails and heads of six characters
and more, and `runs`, if two repeated characters could be dropped from it. All but `same` are made of the number after folding
characters that OCR takes for one another. What the number may be by another reading of the page is stored as `reading`.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from archive.search_keys.check_digits import put_right
from archive.search_keys.forms import EXACT, LIKELY, POSSIBLE, Form, asked_tokens, stored_tokens
from archive.search_keys.key import SearchKey
from archive.search_keys.misread import measured
from archive.search_keys.spelling import UNKNOWN, collapsed, doubled, gaps, openings, shortened, swapped, undoubled
from schemas.record import SearchToken

KEY = "number"
SHORTEST_FRAGMENT = 6
"""Fewer characters than this, at the head or tail of a number, name nobody."""
SHORTEST_WITH_ERROR = 8
"""A shorter number with a wrong character is too many other numbers."""
SHORTEST_REST = 10
"""Of a number of which only a part is right, at least so many characters and half of them all are."""
LONGEST = 40
"""No number of docs/identifiers.md is longer; what is, is kept as `same` and `lookalike` only."""

LOOKALIKES = ("0OoQDCc〇○", "1lI|!", "2Zz", "5Ss", "6bG", "8B", "9gq", "7T")
"""Characters that OCR takes for one another (docs/identifiers.md 1.2); the first of each stands for all."""
CLOSE_DIGITS = ("38", "17", "56", "06", "08", "49", "27", "35", "69", "68", "89")
"""Digits that people and OCR sometimes take for one another, beside what was measured (`misread`). Both are real digits, so
these only order what is `possible`."""
OFTEN = 0.005
"""From this share of a character's occurrences on, a measured misreading is asked for, before all other slips. A rarer one is
a wrong digit like any other: two that a typist swapped are likelier."""

_FOLD = {ord(character): group[0] for group in LOOKALIKES for character in group}
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_./\\·,，、。:：#()（）\[\]'\"+]+")
_UNKNOWNS = str.maketrans(dict.fromkeys("？*＊", UNKNOWN))
_LABEL = re.compile(r"^(?:.*[:：#]|\s*no\b\.?|\s*[\u4e00-\u9fff]*(?:号码|编号|号))\s*", re.IGNORECASE)
_CHINA = re.compile(r"^\s*(?:\+|00)86[\s-]*(?=1(?:[\s-]*\d){10}\s*$)")
_SYMBOLS = tuple(sorted({character.translate(_FOLD) for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}))
_MOST_UNKNOWN = 3
_TWO = 2
"""Repeated characters that are dropped. One is tried out at every place; for two that would be hundreds of tokens."""


def tokens_of_number(secret: SearchKey, value: str, *, private: bool = False) -> tuple[SearchToken, ...]:
    """What is stored of a number. A *private* one (identity, card, telephone) can be found by its tail only by a searcher
    who is entitled to that."""
    return stored_tokens(secret, KEY, _stored_forms(value, private=private))


def tokens_of_other_reading(secret: SearchKey, value: str) -> tuple[SearchToken, ...]:
    """What is stored of a number that was read there too, but is not what the page says: found as `likely`, whole only."""
    return stored_tokens(secret, KEY, [Form("reading", LIKELY, folded) for folded in folds(value) if _may_err(folded)])


def ask_number(secret: SearchKey, typed: str, *, entitled: bool = False, near_misses: bool = True) -> tuple[SearchToken, ...]:
    """What to look for, best first; none where *typed* holds no number. `?` or `*` stands for one unknown character.
    *entitled* searchers find identity numbers, cards and telephones by their tails too."""
    return asked_tokens(secret, KEY, _asked_forms(typed, entitled=entitled), near_misses=near_misses)


def ask_head(secret: SearchKey, typed: str) -> tuple[SearchToken, ...]:
    """What to look for where *typed* is the beginning of a number, or a whole one; none where it is shorter than a fragment."""
    forms = [form for folded in folds(typed) for form in (Form("lookalike", LIKELY, folded), *_head(folded))]
    return asked_tokens(secret, KEY, forms) if len(same(typed)) >= SHORTEST_FRAGMENT else ()


def same(value: str) -> str:
    """NFKC, upper case, without separators and without the country code of a Chinese mobile."""
    return _compact(value).upper()


def folds(value: str) -> tuple[str, ...]:
    """*value* with look-alikes folded: read as it is written, and read in capitals where that differs, since a small `b`
    may be a misread 6 or a capital B typed small."""
    written = _compact(value)
    return tuple(dict.fromkeys((written.translate(_FOLD).upper(), written.upper().translate(_FOLD))))


def _compact(value: str) -> str:
    plain = unicodedata.normalize("NFKC", _CHINA.sub("", value))
    return _SEPARATORS.sub("", plain)


def _stored_forms(value: str, *, private: bool) -> Iterator[Form]:
    if whole := same(value):
        yield Form("same", EXACT, whole)
    for folded in folds(value):
        if folded:
            yield Form("lookalike", LIKELY, folded)
        if SHORTEST_FRAGMENT <= len(folded) <= LONGEST:
            yield from _stored_parts(folded, private=private)


def _stored_parts(folded: str, *, private: bool) -> Iterator[Form]:
    for gap in gaps(folded):
        yield Form("gap", POSSIBLE, gap)
    if len(collapsed(folded)) <= len(folded) - _TWO:
        yield Form("runs", POSSIBLE, _runs(folded, len(folded)))
    for length in range(SHORTEST_FRAGMENT, len(folded)):
        yield Form("private_tail" if private else "tail", POSSIBLE, folded[-length:])
        if not private:
            yield Form("head", POSSIBLE, folded[:length])


def _runs(folded: str, length: int) -> str:
    """What is the same for a number of *length* characters, however many times each of its repeated characters is repeated."""
    return f"{length} {collapsed(folded)}"


def _asked_forms(typed: str, *, entitled: bool) -> Iterator[Form]:
    typed = _LABEL.sub("", typed.translate(_UNKNOWNS))
    if UNKNOWN in typed:
        for folded in folds(typed):
            yield from _with_unknowns(folded, entitled=entitled)
    elif whole := same(typed):
        yield Form("same", EXACT, whole)
        for folded in folds(typed):
            yield from _near(folded, whole, entitled=entitled)
            yield from _fragment(folded, entitled=entitled)


def _may_err(folded: str) -> bool:
    return SHORTEST_WITH_ERROR <= len(folded) <= LONGEST


def _near(folded: str, whole: str, *, entitled: bool) -> Iterator[Form]:
    yield Form("lookalike", LIKELY, folded)
    if _may_err(folded):
        yield Form("reading", LIKELY, folded)
    if SHORTEST_FRAGMENT <= len(folded) <= LONGEST:
        for repeat in doubled(folded) + undoubled(folded):
            yield Form("lookalike", LIKELY, repeat, "repeat")
    if _may_err(folded):
        yield from _checked(folded, whole)
        yield from _one_error(folded)
        yield from _in_part(folded, entitled=entitled)


def _checked(folded: str, whole: str) -> Iterator[Form]:
    """What is one slip away and has the right check digit; nothing where what was typed has it, or needs none."""
    for right in dict.fromkeys((*put_right(whole), *put_right(folded))):
        yield Form("lookalike", POSSIBLE, right.translate(_FOLD), "checked")


def _one_error(folded: str) -> Iterator[Form]:
    """The likelier errors first: a character that OCR takes for another, then a slip of the typist, then anything."""
    for close, weight in _with_close_character(folded):
        yield Form("lookalike", POSSIBLE, close, "differs:1" if weight >= OFTEN else "differs:2")
    for other in swapped(folded):
        yield Form("lookalike", POSSIBLE, other, "swapped")
    for other in shortened(folded):
        yield Form("lookalike", POSSIBLE, other, "extra")
    for gap in gaps(folded):
        yield Form("gap", POSSIBLE, gap, "differs")
    for opening in openings(folded):
        yield Form("gap", POSSIBLE, opening, "missing")
    yield Form("runs", POSSIBLE, _runs(folded, len(folded) + _TWO), "repeats")


def _in_part(folded: str, *, entitled: bool) -> Iterator[Form]:
    """Only a part of the number is right: what else there was is not on the page, or several characters before the end are
    wrong. The beginning alone is no part to go by: all numbers of one insurer and year have it."""
    parts = range(len(folded) - 2, max(SHORTEST_REST, (len(folded) + 1) // 2) - 1, -1)
    for length in parts:
        yield Form("lookalike", POSSIBLE, folded[:length], f"cut:{length}")
        yield Form("lookalike", POSSIBLE, folded[-length:], f"cut:{length}")
    for length in parts:
        yield Form("tail", POSSIBLE, folded[-length:], f"same_end:{length}")
        if entitled:
            yield Form("private_tail", POSSIBLE, folded[-length:], f"same_end:{length}")


def _with_close_character(folded: str) -> Iterator[tuple[str, float]]:
    """*folded* with one character as it is misread, and how often that is: the most frequent first, wherever it stands."""
    close = ((place, other, weight) for place, character in enumerate(folded) for other, weight in _close_to(character))
    for place, other, weight in sorted(close, key=lambda each: -each[2]):
        yield folded[:place] + other + folded[place + 1 :], weight


def _close_to(character: str) -> Iterator[tuple[str, float]]:
    """Folded characters that may be read for *character*, which is folded, with the share of its occurrences that are."""
    by_hand = "".join(pair.replace(character, "") for pair in CLOSE_DIGITS if character in pair)
    weights = dict.fromkeys(by_hand, 0.0) | dict(_misread_as().get(character, {}))
    yield from ((other, weight) for other, weight in weights.items() if weight >= OFTEN or other in by_hand)


@cache
def _misread_as() -> Mapping[str, Mapping[str, float]]:
    """Measured misreadings that the fold does not cover, by folded character. Letters that are folded into a digit are left out:
    how often they are misread says nothing of the digit."""
    found: dict[str, dict[str, float]] = {}
    for pair in measured():
        read = pair.read.translate(_FOLD).upper()
        if pair.printed != read and {pair.printed, read} <= set(_SYMBOLS):
            weights = found.setdefault(pair.printed, {})
            weights[read] = max(pair.weight, weights.get(read, 0.0))
    return found


def _fragment(folded: str, *, entitled: bool) -> Iterator[Form]:
    yield from _tail(folded, entitled=entitled)
    yield from _head(folded)


def _tail(folded: str, *, entitled: bool) -> Iterator[Form]:
    if SHORTEST_FRAGMENT <= len(folded) < LONGEST:
        yield Form("tail", POSSIBLE, folded, f"tail:{len(folded)}")
        if entitled:
            yield Form("private_tail", POSSIBLE, folded, f"tail:{len(folded)}")


def _head(folded: str) -> Iterator[Form]:
    if SHORTEST_FRAGMENT <= len(folded) < LONGEST:
        yield Form("head", POSSIBLE, folded, f"head:{len(folded)}")


def _with_unknowns(folded: str, *, entitled: bool) -> Iterator[Form]:
    """One unknown place is a `gap`. Of several, all but the last are tried out; of more than that, the longer end is asked."""
    unknown = folded.count(UNKNOWN)
    if len(folded) - unknown < SHORTEST_FRAGMENT - 1:
        return
    if unknown <= _MOST_UNKNOWN:
        for filled in _fillings(folded, unknown - 1):
            yield Form("gap", POSSIBLE, filled, f"unknown:{unknown}")
    else:
        head, tail = folded.split(UNKNOWN, 1)[0], folded.rsplit(UNKNOWN, 1)[1]
        yield from _head(head) if len(head) > len(tail) else _tail(tail, entitled=entitled)


def _fillings(folded: str, count: int) -> Iterator[str]:
    for characters in product(_SYMBOLS, repeat=count):
        filled = folded
        for character in characters:
            filled = filled.replace(UNKNOWN, character, 1)
        yield filled
