"""Personal values on pictures of real documents: are they hidden from the public?

    python -m bench.image_recall [--set NAME...]

The pages of ../shared/samples with lists of personal values (forms, medical records, English claims) are read by the real
engine and planned as an archive does it. A value is `hidden` where what gives way to type tokens holds it, tolerantly compared,
and the text that stays does not; `shown` where the text that stays holds it; `unread` where neither does, so that nobody knows
whether its ink is covered: those count as missed. Values are not printed. Writes bench/results/image_recall.json; exits with 1
where less than 0.97 of a set's values are hidden.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.results import ROOT, flat, save
from ingest.sniff import HEAD_BYTES, sniff
from schemas.entity import Entity, Tier
from schemas.limits import Limits
from schemas.page import PageReading
from schemas.redaction import Audience
from workers.paginate import open_document
from workers.redact.spans import hidden_spans
from workers.steps.plan import make_plan
from workers.steps.read_original import read_original
from workers.tools import Tools, load_tools
from workers.verify.secrets import Secrets, SecretSearch

SAMPLES = ROOT.parent / "shared" / "samples"
AUDIENCE = Audience.PUBLIC
_GOAL = 0.97


@dataclass(frozen=True, slots=True)
class Personal:
    """A value that stands on a picture."""

    kind: str
    value: str = field(repr=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs="+", choices=tuple(_SETS), default=list(_SETS), help="which sets")
    tools, missed, figures = load_tools(), [], {}
    for name in parser.parse_args().set:
        counts = _counts(name, list(_SETS[name]()), tools)
        share = counts["hidden"] / max(counts.total(), 1)
        figures[name] = {**counts, "share_hidden": share}
        missed += [name] if share < _GOAL else []
        print(f"{name}: {share:.3f} of {counts.total()} hidden, {counts['shown']} shown, {counts['unread']} unread", flush=True)
    save("image_recall", flat(figures))
    sys.exit(bool(missed))


def _counts(name: str, files: Sequence[tuple[Path, list[Personal]]], tools: Tools) -> Counter[str]:
    counts: Counter[str] = Counter(hidden=0, shown=0, unread=0)
    for path, values in files:
        hidden, shown = _texts(path, tools)
        for each in values:
            outcome = _outcome(each, hidden, shown, tools)
            counts[outcome] += 1
            if outcome != "hidden":
                print(f"  {name} {path.name}: a {each.kind} of {len(each.value)} characters is {outcome}", flush=True)
    return counts


def _texts(path: Path, tools: Tools) -> tuple[str, str]:
    """What gives way to tokens on all pages, and what stays."""
    readings = list(_readings(path, tools))
    pages = [each.text for each in readings if each.text]
    plan = make_plan(pages, tools.extractor, tools.policy, not_text=[each.not_text for each in readings if each.not_text])
    spans = hidden_spans(pages, plan.entities, tools.policy, AUDIENCE)
    hidden = (page.text[span.start : span.end] for page in pages for span in spans[page.page_number])
    return "\n".join(hidden), "\n".join(text.text for text in plan.of(AUDIENCE).texts)


def _readings(path: Path, tools: Tools) -> Iterator[PageReading]:
    with path.open("rb") as stream:
        media_type = sniff(stream.read(HEAD_BYTES))
        if media_type is None:
            raise ValueError(f"{path.name} is of no known type")
        with open_document(stream, media_type, Limits()) as opened:
            for number in range(1, opened.page_count + 1):
                yield read_original(opened, number, tools)


def _outcome(personal: Personal, hidden: str, shown: str, tools: Tools) -> str:
    entity = Entity("CN_NAME", Tier.A, 1, personal.value, (0, len(personal.value)), (), personal.value)
    search = SecretSearch(Secrets.of((entity,), tools.policy, AUDIENCE))
    if any(True for _ in search(shown)):
        return "shown"
    return "hidden" if any(True for _ in search(hidden)) else "unread"


def _forms() -> Iterator[tuple[Path, list[Personal]]]:
    folder = SAMPLES / "nc" / "forms-zh-xfund"
    for truth in sorted((folder / "gt").glob("*.json")):
        listed = json.loads(truth.read_text("utf-8"))["pii"]
        yield folder / "images" / f"{truth.stem}.jpg", [Personal(each["type"], each["text"]) for each in listed]


_MEDICAL = ("name", "doctor", "chief_complaint", "past_history", "diagnosis", "exam")
"""Members of the records' ground truth that the public must not see."""


def _medical() -> Iterator[tuple[Path, list[Personal]]]:
    folder = SAMPLES / "nc" / "medical-zh-multipriv"
    for name, told in _truth(folder / "gt.json").items():
        yield folder / "images" / name, [Personal(key, told[key]) for key in _MEDICAL if isinstance(told.get(key), str)]


def _claims() -> Iterator[tuple[Path, list[Personal]]]:
    folder = SAMPLES / "open" / "claims-en"
    for name, told in _truth(folder / "gt.json").items():
        yield folder / name, [Personal("pii", value) for value in told.get("pii", ())]


def _truth(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return truth


_SETS: dict[str, Callable[[], Iterator[tuple[Path, list[Personal]]]]] = {
    "forms_zh": _forms,
    "medical_zh": _medical,
    "claims_en": _claims,
}


if __name__ == "__main__":
    main()
