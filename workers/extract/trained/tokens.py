"""What the trained models read: tokens, each with a tag that says how it sits in the language's common words.

A model of a few megabytes cannot know the language. A word list tells it what is ordinary, and it learns what is left over:
in Chinese a token is one Han character, tagged with its place in the likeliest division of the text into common words, and
with whether it is a surname; in English a token is a word, tagged with whether it is common or a given name. Making the
models and reading with them both go through here, so that a model sees what it was made from.
"""

import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from workers.extract.gazetteer import double_surnames, english_given_names, surnames

_WORDS = Path(__file__).parent
_TOKEN_ZH = re.compile(r"[A-Za-zÀ-ɏͰ-ӿ]+|\d+|\s|.", re.DOTALL)
_TOKEN_EN = re.compile(r"[^\W\d_]+|\d+|\n|[^\S\n]|.", re.DOTALL)
_LONGEST_WORD = 8
_UNKNOWN_COST = 14.0
"""Of a character that is no word of the list, as a logarithm: rarer than the rarest of its words."""


class Tokens:
    """Text to tokens in *language*, `zh` or `en`, with the lemma and tag that the models' first layer takes in."""

    def __init__(self, vocab: Vocab, language: str) -> None:
        self.vocab = vocab
        self.language = language

    def __call__(self, text: str) -> Doc:
        words, spaces = _split(text, _TOKEN_ZH if self.language == "zh" else _TOKEN_EN)
        tags = _chinese_tags(words) if self.language == "zh" else [_english_tag(word) for word in words]
        return Doc(self.vocab, words=words, spaces=spaces, tags=tags, lemmas=[_lemma(word) for word in words])

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: object) -> "Tokens":
        return self

    def to_disk(self, _: Path, **__: object) -> None:
        """Nothing to keep: the rules are here."""

    def from_disk(self, _: Path, **__: object) -> "Tokens":
        return self


def _tokens(language: str) -> Callable[[Language], Tokens]:
    return lambda nlp: Tokens(nlp.vocab, language)


registry.tokenizers("claimkeep.tokens.v1", func=_tokens)


def _split(text: str, pattern: re.Pattern[str]) -> tuple[list[str], list[bool]]:
    """One blank belongs to the token before it; further blanks and line breaks are tokens."""
    words: list[str] = []
    spaces: list[bool] = []
    for match in pattern.finditer(text):
        if match.group() == " " and words and words[-1] != "\n" and not spaces[-1]:
            spaces[-1] = True
        else:
            words.append(match.group())
            spaces.append(False)
    return words, spaces


def _lemma(word: str) -> str:
    """Of a number, how long it is; else the word in small letters."""
    return f"0{min(len(word), 9)}" if word.isdigit() else word.lower()


@cache
def _english_words() -> frozenset[str]:
    return frozenset(_listed("words_en.txt"))


def is_common_english(word: str) -> bool:
    return word.lower() in _english_words()


def _english_tag(word: str) -> str:
    common = "c" if is_common_english(word) else ""
    given = "g" if word.capitalize() in english_given_names() else ""
    return f"{common}{given}{_case(word)}"


def _case(word: str) -> str:
    if not word.isalpha():
        return "-"
    return "l" if word.islower() else "U" if word.isupper() and len(word) > 1 else "T"


@cache
def _chinese_costs() -> dict[str, float]:
    """Minus the logarithm of how often each common word comes, by Zipf's law from its rank."""
    return {word: math.log(rank + 10) for rank, word in enumerate(_listed("words_zh.txt"))}


def _listed(name: str) -> Iterator[str]:
    text = (_WORDS / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _chinese_tags(words: list[str]) -> list[str]:
    tags: list[str] = []
    start = 0
    for end in range(len(words) + 1):
        if end == len(words) or not _is_han(words[end]):
            tags += _tags_of_run("".join(words[start:end]))
            tags += ["-"] if end < len(words) else []
            start = end + 1
    return tags


def _is_han(word: str) -> bool:
    return "一" <= word[0] <= "鿿"


def _tags_of_run(run: str) -> list[str]:
    tags: list[str] = []
    for word in _divided(run):
        for at, character in enumerate(word):
            place = f"{at}{min(len(word), 4)}" if len(word) > 1 else _how_common(character)
            tags.append(f"{place}{_as_surname(run, len(tags))}")
    return tags


def _how_common(character: str) -> str:
    cost = _chinese_costs().get(character, _UNKNOWN_COST)
    return "s" if cost < 6.5 else "t" if cost < 9.0 else "u"  # among the first 650, the first 8000 words, or rarer


def _as_surname(run: str, at: int) -> str:
    if run[at : at + 2] in double_surnames():
        return "D"
    return "F" if run[at] in surnames() else ""


def _divided(run: str) -> list[str]:
    """*run* in words so that the sum of their costs is least (Viterbi)."""
    costs = _chinese_costs()
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        best.append(
            min(
                (best[start][0] + costs[run[start:end]], start)
                if run[start:end] in costs
                else (best[start][0] + (_UNKNOWN_COST if end - start == 1 else math.inf), start)
                for start in range(max(0, end - _LONGEST_WORD), end)
            )
        )
    words: list[str] = []
    end = len(run)
    while end:
        start = best[end][1]
        words.append(run[start:end])
        end = start
    return words[::-1]
