"""Medical text: HEALTH_TEXT, from a heading (主诉, 现病史, 出院医嘱) to the next one, and what a laboratory found, in a column
headed 结果; PROCEDURE behind 手术名称."""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.passage import Candidate, Label, Passage
from workers.extract.recognizers.matching import labelled

_FILLER = re.compile(r"[\s:：;,.、]*")
_ENDS_SECTION = frozenset({
    "health", "diagnosis", "heading", "hospital", "visit_date", "admission_date", "discharge_date", "identity", "policy",
    "amount", "icd", "procedure", "medical_record", "report", "claim", "case", "bank_card",
})  # fmt: skip
_MAX_SECTION = 3000  # characters; a longer one has lost its next heading
_RESULT = re.compile(
    r"[<>≤≥]?[ ]?\d[\d.,]*(?:[ ]?[*x×][ ]?10\^?\d{1,2})?[ ]?[↑↓HL*]?|"
    r"(?:[弱强]?阳性|阴性)(?:\([^()\n]{1,8}\))?|未检出|[+\-±]{1,4}|(?:weak(?:ly)? )?positive|negative|not detected",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(r"[^\n;；。]{2,60}")


def find(passage: Passage) -> Iterator[Candidate]:
    ends = [label.start for label in passage.labels if _closes(passage.text, label)]
    for label in passage.labels:
        if label.concept == "health":
            yield from _section(passage.text, label, ends)
    for slot in passage.slots_for("result"):
        if match := _RESULT.fullmatch(passage.text, slot.start, slot.end):
            yield labelled("HEALTH_TEXT", match, slot)
    for slot in passage.slots_for("procedure"):
        if match := _PROCEDURE.search(passage.text, slot.start, slot.end):
            yield labelled("PROCEDURE", match, slot)


def _closes(text: str, label: Label) -> bool:
    return label.concept in _ENDS_SECTION or text[label.start - 1 : label.start] == "\n"


def _section(text: str, label: Label, ends: list[int]) -> Iterator[Candidate]:
    filler = _FILLER.match(text, label.end)
    start = filler.end() if filler else label.end
    stop = min((end for end in ends if end >= start), default=len(text))
    words = text[start : min(stop, start + _MAX_SECTION)].rstrip()
    if len(words) >= 2:
        yield Candidate("HEALTH_TEXT", Tier.C, start, start + len(words), re.sub(r"\s+", " ", words))
