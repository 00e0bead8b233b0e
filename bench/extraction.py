"""Recall and precision of extraction on texts with marked entities; writes bench/results/extraction.json.

    python -m bench.extraction [--samples DIR] [--limit N] [--show TYPE]

A marked span counts as found when entities of the kinds that answer for its type cover all its characters, as touched when they
cover any. Precision is the share of such entities that touch a marked span of any of those types; sets mark only some of
what they hold, so it is a floor. `--show` prints the context of what was missed: only for text that may be read on this screen.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.results import ROOT, flat, print_table, save
from schemas.entity import Entity
from workers.extract.extractor import Extractor

_NAMES = ("CN_NAME", "DOCTOR")
_PHONES = ("CN_MOBILE", "CN_PHONE", "INTL_PHONE")
_ADDRESSES = ("CN_ADDRESS", "US_ADDRESS")
_HEALTH = ("DIAGNOSIS", "HEALTH_TEXT")


@dataclass(frozen=True, slots=True)
class Marked:
    """One record: its text and its marked spans (type, start, end)."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A set, and for each of its types the entity kinds that answer for it."""

    path: str
    kinds: dict[str, tuple[str, ...]]


SAMPLES = (
    Sample(
        "nc/ner/multipriv-zh-300.jsonl",
        {
            "NAME": _NAMES, "DOCTOR": _NAMES, "ADDRESS": _ADDRESSES, "ID_NUMBER": ("CN_ID18", "CN_ID15"), "EMAIL": ("EMAIL",),
            "PHONE": _PHONES, "DIAGNOSIS": _HEALTH,
        },
    ),
    Sample("open/ner/uner-zh-gsdsimp-300.jsonl", {"PER": _NAMES}),
    Sample("open/ner/cEHRNER-60.jsonl", {"疾病和诊断": _HEALTH}),
    Sample(
        "open/ner/presidio-synth-en-200.jsonl",
        {
            "PERSON": _NAMES, "STREET_ADDRESS": _ADDRESSES, "CREDIT_CARD": ("CN_BANK",), "PHONE_NUMBER": _PHONES,
            "EMAIL_ADDRESS": ("EMAIL",), "US_SSN": ("US_SSN", "US_ITIN"), "DATE_TIME": ("DOB", "DATE_OTHER"),
            "IP_ADDRESS": ("IP",),            "DOMAIN_NAME": ("URL", "EMAIL"),
        },
    ),
)  # fmt: skip


def read(path: Path, limit: int | None) -> Iterator[Marked]:
    for line in path.read_text(encoding="utf-8").splitlines()[:limit]:
        record = json.loads(line)
        yield Marked(record["text"], tuple(_spans(record)))


def _spans(record: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, int, int]]:
    for span in record.get("spans", ()):
        yield span["type"], int(span["start"]), int(span["end"])
    for mention in record.get("mention_data", ()):
        start = int(mention["offset"])
        yield mention["label"], start, start + len(mention["mention"])


def covered(start: int, end: int, entities: Sequence[Entity]) -> float:
    places = {place for entity in entities for place in range(*entity.span)}
    return sum(place in places for place in range(start, end)) / (end - start)


def measure(extractor: Extractor, sample: Sample, records: Sequence[Marked], show: str | None) -> dict[str, object]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    took = 0.0
    for record in records:
        begun = time.process_time()
        entities = extractor.entities_in_text(record.text)
        took += time.process_time() - begun
        _count(sample, record, entities, counts, show)
    characters = sum(len(record.text) for record in records)
    return {
        "records": len(records),
        "cpu_milliseconds_per_1500_characters": round(took / characters * 1500 * 1000, 2),
        "types": {name: _figures(counts[name]) for name in sample.kinds},
    }


def _count(
    sample: Sample, record: Marked, entities: Sequence[Entity], counts: defaultdict[str, Counter[str]], show: str | None
) -> None:
    for name, kinds in sample.kinds.items():
        found = [entity for entity in entities if entity.kind in kinds]
        rivals = [span for span in record.spans if set(sample.kinds.get(span[0], ())) & set(kinds)]
        for _, start, end in (span for span in record.spans if span[0] == name):
            share = covered(start, end, found)
            counts[name].update(marked=1, found=share == 1.0, touched=share > 0)
            if show == name and share < 1.0:
                print(
                    "missed:",
                    record.text[max(0, start - 12) : start],
                    "[",
                    record.text[start:end],
                    "]",
                    record.text[end : end + 12],
                )
        for entity in found:
            is_right = any(entity.span[0] < end and start < entity.span[1] for _, start, end in rivals)
            counts[name].update(given=1, right=is_right)
            if show == name and not is_right:
                print(
                    "extra:", entity.tier.value, entity.text, "in", record.text[max(0, entity.span[0] - 8) : entity.span[1] + 8]
                )


def _figures(count: Counter[str]) -> dict[str, float]:
    return {
        "marked": count["marked"],
        "recall": round(count["found"] / max(count["marked"], 1), 4),
        "touched": round(count["touched"] / max(count["marked"], 1), 4),
        "precision": round(count["right"] / max(count["given"], 1), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT.parent / "shared" / "samples")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--show")
    arguments = parser.parse_args()
    begun = time.process_time()
    extractor = Extractor()
    results: dict[str, object] = {"build_cpu_seconds": round(time.process_time() - begun, 2)}
    for sample in SAMPLES:
        path = arguments.samples / sample.path
        if path.exists():
            records = tuple(read(path, arguments.limit))
            results[path.stem] = measure(extractor, sample, records, arguments.show)
    print_table(flat(results))
    save("extraction", flat(results))


if __name__ == "__main__":
    main()
