"""The openly licensed texts that models are trained and measured on, and which of them are held out.

Copies lie in training/open, their licences in training/licences. One fifth of each set is held out: training never sees it, and
bench/recall.py measures names, addresses and medical words on it alone. A record's fifth follows from its words without what is
marked, so that texts of one pattern with other names are all on the same side.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from training.marked import Marked, Span

OPEN = Path(__file__).parent / "open"
FIFTHS = 5
HELD_OUT = 0
_LABELS = {
    "PER": "PER", "LOC": "LOC", "ORG": "ORG", "疾病和诊断": "DISEASE", "药物": "DRUG", "手术": "OPERATION", "影像检查": "TEST",
    "实验室检验": "TEST", "PERSON": "PER", "STREET_ADDRESS": "ADDRESS", "GPE": "LOC", "ORGANIZATION": "ORG",
}  # fmt: skip
_BETWEEN_PARTS = re.compile(r"[\s,]*")
_SIGNS = re.compile(r"[\W\d_]+")


def fifth(text: str, spans: Iterator[Span] | tuple[Span, ...]) -> int:
    """Which fifth of its set a record belongs to, from 0: by its words before, between and after the marked spans."""
    kept, end = "", 0
    for _, start, stop in sorted(spans, key=lambda span: span[1]):
        kept += text[end : max(start, end)] + "|"
        end = max(stop, end)
    words = _SIGNS.sub(" ", kept + text[end:])
    return hashlib.sha256(words.encode()).digest()[0] % FIFTHS


def records(name: str, folder: Path = OPEN) -> Iterator[tuple[Marked, int]]:
    """Each record of `folder`/`name`.jsonl with all of its marks, as the set labels them, and its fifth."""
    for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        spans = tuple((span["type"], int(span["start"]), int(span["end"])) for span in record.get("spans", ()))
        spans += tuple(_mention(each) for each in record.get("mention_data", ()))
        yield Marked(record["text"], spans), fifth(record["text"], spans)


def _mention(mention: dict[str, str]) -> Span:
    start = int(mention["offset"])
    return mention["label"], start, start + len(mention["mention"])


def to_learn_from(name: str, *, held_out: bool = False) -> tuple[Marked, ...]:
    """The records that are not held out (or those that are), labelled as the models label, no span within another."""
    return tuple(_relabelled(record) for record, part in records(name) if (part == HELD_OUT) is held_out)


def _relabelled(record: Marked) -> Marked:
    known = sorted((_LABELS[label], start, end) for label, start, end in record.spans if label in _LABELS)
    apart: list[Span] = []
    for span in sorted(known, key=lambda span: (span[1], -span[2])):
        if not apart or span[1] >= apart[-1][2]:
            apart.append(span)
    return Marked(record.text, tuple(_whole_addresses(record.text, apart)))


def _whole_addresses(text: str, spans: list[Span]) -> Iterator[Span]:
    """Street, town and country of one address, marked apart in some records, as one."""
    held: Span | None = None
    for span in spans:
        label, start, end = span
        if held and label in {"ADDRESS", "LOC"} and _BETWEEN_PARTS.fullmatch(text, held[2], start):
            held = ("ADDRESS", held[1], end)
            continue
        if held:
            yield held
        held = span if label == "ADDRESS" else None
        if not held:
            yield span
    if held:
        yield held
