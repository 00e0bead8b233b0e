"""The word lists in resources/: labels, titles, surnames, places, common words, English given names. Read once per process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_RESOURCES = Path(__file__).parent / "resources"


@dataclass(frozen=True, slots=True)
class LabelPhrase:
    """One spelling of a label; `concept` is "" for a word that only says whose."""

    concept: str
    role: str | None
    phrase: str

    @property
    def key(self) -> str:
        return f"{self.concept}/{self.role or ''}"


def _entries(name: str) -> Iterator[str]:
    text = (_RESOURCES / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def label_phrases() -> tuple[LabelPhrase, ...]:
    return tuple(phrase for entry in _entries("labels.txt") for phrase in _phrases(entry))


def _phrases(entry: str) -> Iterator[LabelPhrase]:
    head, _, words = entry.partition(":")
    concept, _, role = head.partition("/")
    if head.startswith("@"):
        concept, role = "", head[1:]
    for word in words.split(","):
        for spelling in _spellings(word.strip()):
            yield LabelPhrase(concept, role or None, spelling)


def _spellings(phrase: str) -> tuple[str, ...]:
    """Numbers are 号, 号码 or 编号 alike."""
    return (phrase, f"{phrase}码", f"{phrase[:-1]}编号") if len(phrase) > 2 and phrase.endswith("号") else (phrase,)


@cache
def label_concepts() -> dict[str, LabelPhrase]:
    """The labels that announce a value, by their words in lower case without blanks."""
    return {phrase.phrase.replace(" ", "").lower(): phrase for phrase in label_phrases() if phrase.concept}


@cache
def surnames() -> frozenset[str]:
    """Surnames of one and of two characters."""
    found: set[str] = set()
    for entry in _entries("surnames.txt"):
        found.update(entry.split() if " " in entry else entry)
    return frozenset(found)


@cache
def double_surnames() -> frozenset[str]:
    return frozenset(surname for surname in surnames() if len(surname) == 2)


@cache
def places() -> tuple[str, ...]:
    """Provinces and prefectures, in short form, longest first."""
    names = {name for entry in _entries("places.txt") for name in re.split(r"[:\s]+", entry) if name}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def english_given_names() -> frozenset[str]:
    return frozenset(name for entry in _entries("given_names_en.txt") for name in entry.split())


@cache
def words(resource: str) -> tuple[str, ...]:
    """The words of a resource that is a plain list."""
    return tuple(word for entry in _entries(resource) for word in entry.split())


@cache
def titles() -> dict[str, tuple[str, ...]]:
    """Titles by document class, in lower case, without blanks."""
    split = (entry.partition(":") for entry in _entries("titles.txt"))
    return {document_class: tuple(title.strip() for title in listed.split(",")) for document_class, _, listed in split}
