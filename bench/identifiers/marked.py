"""The openly licensed and the non-commercial sets of texts with marked values, and which kinds answer for which mark."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_NAMES = ("CN_NAME", "DOCTOR")
_PHONES = ("CN_MOBILE", "CN_PHONE", "INTL_PHONE")
_ADDRESSES = ("CN_ADDRESS", "US_ADDRESS", "ZIP")
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

    @property
    def name(self) -> str:
        return Path(self.path).stem


SAMPLES = (
    Sample(
        "nc/ner/multipriv-zh-300.jsonl",
        {
            "NAME": _NAMES, "DOCTOR": _NAMES, "ADDRESS": _ADDRESSES, "ID_NUMBER": ("CN_ID18", "CN_ID15"), "EMAIL": ("EMAIL",),
            "PHONE": _PHONES, "DIAGNOSIS": _HEALTH, "MEDICATION": _HEALTH, "OCCUPATION": ("OCCUPATION",),
        },
        {"NAME": 0.98, "DOCTOR": 0.98, "ADDRESS": 0.95, "ID_NUMBER": 0.995, "EMAIL": 0.995, "PHONE": 0.995},
    ),
    Sample("open/ner/uner-zh-gsdsimp-300.jsonl", {"PER": _NAMES}, {"PER": 0.98}),
    Sample("open/ner/cEHRNER-60.jsonl", dict.fromkeys(("疾病和诊断", "手术", "药物"), _HEALTH)),
    Sample(
        "open/ner/presidio-synth-en-200.jsonl",
        {
            "PERSON": _NAMES, "STREET_ADDRESS": _ADDRESSES, "ZIP_CODE": _ADDRESSES, "CREDIT_CARD": ("CN_BANK",),
            "IBAN_CODE": ("CN_BANK",), "PHONE_NUMBER": _PHONES, "EMAIL_ADDRESS": ("EMAIL",), "US_SSN": ("US_SSN", "US_ITIN"),
            "US_DRIVER_LICENSE": ("CN_DRIVER",), "DATE_TIME": ("DOB", "DATE_OTHER"), "AGE": ("AGE",), "IP_ADDRESS": ("IP",),
            "DOMAIN_NAME": ("URL", "EMAIL"),
        },
        {
            "PERSON": 0.98, "STREET_ADDRESS": 0.95, "CREDIT_CARD": 0.995, "IBAN_CODE": 0.995, "PHONE_NUMBER": 0.995,
            "EMAIL_ADDRESS": 0.995, "US_SSN": 0.995,
        },
    ),
)  # fmt: skip


def read(path: Path, limit: int | None = None) -> Iterator[Marked]:
    for line in path.read_text(encoding="utf-8").splitlines()[:limit]:
        record = json.loads(line)
        yield Marked(record["text"], tuple(_spans(record)))


def _spans(record: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, int, int]]:
    for span in record.get("spans", ()):
        yield span["type"], int(span["start"]), int(span["end"])
    for mention in record.get("mention_data", ()):
        start = int(mention["offset"])
        yield mention["label"], start, start + len(mention["mention"])
