"""Which of a model's findings are candidates, and of which kind.

All of them are tier D: shape only, hidden from the public and reviewed. A model sees words around a name where a rule sees the
name alone; on forms there are few words around, and there the rules below ask for more: a Chinese name begins with a surname
of the list unless it stands in a sentence, and no finding touches a label.
"""

import re
from collections.abc import Iterable, Iterator

from schemas.entity import Tier
from workers.extract.gazetteer import english_given_names, words
from workers.extract.passage import Candidate
from workers.extract.recognizers.name_words import COMMON_WORDS, NEVER_IN_NAMES, NOT_NAMES
from workers.extract.recognizers.person_name import looks_like_a_name
from workers.extract.trained.model import Named, named
from workers.extract.trained.tokens import is_common_english

_KINDS = {"DISEASE": "DIAGNOSIS", "DRUG": "MEDICATION", "OPERATION": "PROCEDURE", "TEST": "HEALTH_TEXT"}
_HAN = re.compile(r"[一-鿿㐀-䶿]")
_HAN_NAME = re.compile(r"[一-鿿㐀-䶿]{2,8}(?:·[一-鿿㐀-䶿]{1,8}){0,3}")
_LATIN_NAME = re.compile(r"[^\W\d_][^\W\d_.'’,\- ]*(?:[.'’,\- ]+[^\W\d_][^\W\d_.'’,\-]*)*\.?")
_LATIN_IN_CHINESE = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’\-]+(?:[ .]{0,2}[A-ZÀ-Þ][a-zß-ÿ'’\-]+){1,3}")
_DIVISION = re.compile(r"[路街巷道里弄号室栋幢楼村组乡镇屯院区]")
_SENTENCE_ZH = 12  # Han characters of a line that also has a comma or a stop: running text
_SENTENCE_EN = 3  # words in small letters
_LONGEST_NAME, _LONGEST_ADDRESS = 40, 120
_NOT_LATIN = frozenset(words("not_latin_names.txt"))
_NOT_MEDICAL = frozenset({"检查", "手术", "治疗", "药物", "药品", "化疗", "化验", "体检", "门诊", "住院"})
_SURE, _UNSURE = 0.6, 0.45


def find(text: str, language: str) -> Iterator[Candidate]:
    """Candidates in normalised *text*, whose folded lines are made whole, read as `zh` or `en`."""
    return fitting(named(text, language), text, language)


def fitting(found: Iterable[Named], text: str, language: str) -> Iterator[Candidate]:
    """Those of a model's findings in *text* that are worth a mask."""
    is_fit = _is_chinese_name if language == "zh" else _is_english_name
    for one in found:
        if one.label == "PER" and len(one.text) <= _LONGEST_NAME and is_fit(one, text):
            yield _candidate("CN_NAME", one, _SURE if looks_like_a_name(one.text) or "·" in one.text else _UNSURE)
        elif one.label == "ADDRESS" and _is_address(one.text):
            yield _candidate("CN_ADDRESS" if _HAN.search(one.text) else "US_ADDRESS", one, _SURE)
        elif one.label in _KINDS and _is_medical(one.text):
            yield _candidate(_KINDS[one.label], one, _UNSURE)


def _candidate(kind: str, one: Named, strength: float) -> Candidate:
    between = "" if _HAN.search(one.text) else " "
    return Candidate(kind, Tier.D, one.start, one.end, re.sub(r"\s+", between, one.text), None, strength)


def _is_chinese_name(one: Named, text: str) -> bool:
    plain = one.text.replace(" ", "")
    if not _HAN.search(plain):
        return bool(_LATIN_IN_CHINESE.fullmatch(one.text)) and _in_sentence(text, one)
    if not _HAN_NAME.fullmatch(plain) or plain in NOT_NAMES or plain.startswith(COMMON_WORDS):
        return False
    if looks_like_a_name(plain) or "·" in plain:
        return True
    return not any(character in NEVER_IN_NAMES for character in plain[-2:]) and _in_sentence(text, one)


def _in_sentence(text: str, one: Named) -> bool:
    line = _line_around(text, one)
    return len(_HAN.findall(line)) >= _SENTENCE_ZH and any(sign in line for sign in ",。、;《“(")


def _is_english_name(one: Named, text: str) -> bool:
    parts = re.findall(r"[^\W\d_]+", one.text)
    if not _LATIN_NAME.fullmatch(one.text) or not any(len(part) > 1 for part in parts):
        return False
    if any(part.lower() in _NOT_LATIN for part in parts) or not one.text[0].isupper():
        return False
    if all(is_common_english(part) and part.capitalize() not in english_given_names() for part in parts):
        return False
    in_sentence = sum(word.islower() for word in re.findall(r"[^\W\d_]{2,}", _line_around(text, one))) >= _SENTENCE_EN
    return in_sentence or len(parts) > 1 or len(_line_around(text, one)) == len(one.text)


def _line_around(text: str, one: Named) -> str:
    end = text.find("\n", one.end)
    return text[text.rfind("\n", 0, one.start) + 1 : end if end >= 0 else len(text)]


def _is_address(words_of_it: str) -> bool:
    """Says more than a place: a number, or in Chinese a road or village."""
    has_number = any(map(str.isdigit, words_of_it))
    if not 5 <= len(words_of_it) <= _LONGEST_ADDRESS:
        return False
    return has_number if not _HAN.search(words_of_it) else len(_DIVISION.findall(words_of_it)) > 1 - has_number


def _is_medical(words_of_it: str) -> bool:
    return len(words_of_it) >= 2 and words_of_it not in _NOT_MEDICAL and "\n" not in words_of_it
