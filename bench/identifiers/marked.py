"""The openly licensed and the non-commercial sets of texts with marked values, and which kinds answer for which mark.

What the trained models find is measured on texts that they were not trained on, a fifth of each open set
(training/open_sets.py).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from training.open_sets import HELD_OUT, fifth

_NAMES = ("CN_NAME", "DOCTOR")
_PHONES = ("CN_MOBILE", "CN_PHONE", "INTL_PHONE")
_ADDRESSES = ("CN_ADDRESS", "US_ADDRESS", "ZIP")
_STREET = re.compile(r"[路街道巷村组号室]")
_HEALTH = ("DIAGNOSIS", "HEALTH_TEXT", "PROCEDURE", "MEDICATION")


@dataclass(frozen=True, slots=True)
class Marked:
    """One record: its text and its marked spans (type, start, end)."""

    text: str = field(repr=False)
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A set; for each of its types the entity kinds that answer for it, and the goal of some of them."""

    path: str
    kinds: dict[str, tuple[str, ...]]
    goals: dict[str, float] = field(default_factory=dict)
    held_out: bool = False
    """Only the records that the trained models have not seen."""

    @property
    def name(self) -> str:
        return f"{Path(self.path).stem}{'_held_out' if self.held_out else ''}"


SAMPLES = (
    Sample(
        "nc/ner/multipriv-zh-300.jsonl",
        {
            "NAME": _NAMES, "DOCTOR": _NAMES, "ADDRESS": _ADDRESSES, "ID_NUMBER": ("CN_ID18", "CN_ID15"), "EMAIL": ("EMAIL",),
            "PHONE": _PHONES, "DIAGNOSIS": _HEALTH, "MEDICATION": _HEALTH, "OCCUPATION": ("OCCUPATION",),
        },
        {"NAME": 0.98, "DOCTOR": 0.98, "ADDRESS": 0.95, "ID_NUMBER": 0.995, "EMAIL": 0.995, "PHONE": 0.995},
    ),
    Sample("open/ner/uner-zh-gsdsimp-300.jsonl", {"PER": _NAMES}, {"PER": 0.98}, held_out=True),
    Sample("open/ner/cEHRNER-60.jsonl", dict.fromkeys(("疾病和诊断", "手术", "药物"), _HEALTH), held_out=True),
    Sample(
        "open/ner/presidio-synth-en-200.jsonl",
        {"PERSON": _NAMES, "STREET_ADDRESS": _ADDRESSES, "ZIP_CODE": _ADDRESSES},
        {"PERSON": 0.98, "STREET_ADDRESS": 0.95},
        held_out=True,
    ),
    Sample(
        "open/ner/presidio-synth-en-200.jsonl",
        {
            "CREDIT_CARD": ("CN_BANK",), "IBAN_CODE": ("CN_BANK",), "PHONE_NUMBER": _PHONES, "EMAIL_ADDRESS": ("EMAIL",),
            "US_SSN": ("US_SSN", "US_ITIN"), "US_DRIVER_LICENSE": ("CN_DRIVER",), "DATE_TIME": ("DOB", "DATE_OTHER"),
            "AGE": ("AGE",), "IP_ADDRESS": ("IP",), "DOMAIN_NAME": ("URL", "EMAIL"),
        },
        {"CREDIT_CARD": 0.995, "IBAN_CODE": 0.995, "PHONE_NUMBER": 0.995, "EMAIL_ADDRESS": 0.995, "US_SSN": 0.995},
    ),
    Sample(
        "nc/forms-zh-xfund",
        {
            "NAME": _NAMES, "ADDRESS": _ADDRESSES, "PHONE": _PHONES, "ID_NUMBER": ("CN_ID18", "CN_ID15"), "EMAIL": ("EMAIL",),
            "BIRTH_DATE": ("DOB",),
        },
        {"NAME": 0.98, "ADDRESS": 0.95, "PHONE": 0.995, "ID_NUMBER": 0.995, "EMAIL": 0.995},
    ),
)  # fmt: skip


def read(sample: Sample, folder: Path, limit: int | None = None) -> Iterator[Marked]:
    """The first *limit* records of *sample* under *folder* that are to be measured."""
    path = folder / sample.path
    yield from islice(_forms(path) if path.is_dir() else _lines(path, held_out=sample.held_out), limit)


def _lines(path: Path, *, held_out: bool) -> Iterator[Marked]:
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        marked = Marked(record["text"], tuple(_spans(record)))
        if not held_out or fifth(marked.text, marked.spans) == HELD_OUT:
            yield marked


def _spans(record: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, int, int]]:
    for span in record.get("spans", ()):
        yield span["type"], int(span["start"]), int(span["end"])
    for mention in record.get("mention_data", ()):
        start = int(mention["offset"])
        yield mention["label"], start, start + len(mention["mention"])


def _forms(folder: Path) -> Iterator[Marked]:
    """The keys and values of each form as lines of text; marked is where its list of personal values says so."""
    for path in sorted((folder / "gt").glob("*.json")):
        form = json.loads(path.read_text(encoding="utf-8"))
        text = "\n".join(_said(form["key_values"], ""))
        yield Marked(text, tuple(_personal(text, form["pii"])))


def _said(value: object, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (key,) if key else ()
        for name, inner in value.items():
            yield from _said(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, key)
    elif value not in ("", None):
        yield f"{key}：{value}" if key else str(value)


def _personal(text: str, listed: list[dict[str, str]]) -> Iterator[tuple[str, int, int]]:
    """Values behind their own key; addresses that say a street, since the list calls any value of such a key one."""
    for each in listed:
        line = f"{each['key']}：{each['text']}"
        start = text.find(line)
        if start >= 0 and (each["type"] != "ADDRESS" or _STREET.search(each["text"])):
            end = start + len(line)
            yield each["type"], end - len(each["text"]), end
