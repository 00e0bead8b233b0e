"""Diagnoses: DIAGNOSIS, the text behind a heading (出院诊断), after 诊断为 or 患有, or an ICD-10 code.

ICD-10: WHO form `I21.9`, the national extensions `I21.900x001` with + or * (docs/identifiers.md, section 3). A code without a
point needs its label.
"""

import re
from collections.abc import Iterator

from workers.extract.passage import Candidate, Passage, Slot, tier_of

_CODE = re.compile(r"(?<![A-Za-z0-9])[A-TV-Z]\d{2}\.\d{1,3}(?:x\d{3}|[A-Z])?[+*†]?(?![A-Za-z0-9])")
_CODE_LABELLED = re.compile(r"(?<![A-Za-z0-9])[A-TV-Z]\d{2}(?:\.?\d{1,3}(?:x\d{3}|[A-Z]{1,2})?)?[+*†]?(?![A-Za-z0-9])")
_CODE_MISREAD = re.compile(r"[A-Z0-9][^\w\s]?[0-9OCIlSZBVU|]{1,2}[^\w\s]?[.,][^\w\s]?[0-9A-Za-z|]{1,5}")
"""Beside its label a code is one though a letter of it is a digit, or a digit a letter."""
_VERB = (
    "(?<!是否)(?<!有无)(?:诊\n?断\n?(?:出患有|患有|为|是|出)|确诊(?!断)(?:患有|为|是|患)?|被诊断(?:患有|为)|罹患|患[有上了]|诊为|诊断考虑|考虑为|"
    "diagnosed with )"
)
_SIGNS = r"。、,;:“”\"()"
_AFTER_VERB = re.compile(
    rf"{_VERB}[:\"' \n]?(?P<what>[^\s{_SIGNS}]{{2,24}}?)(?=[\n{_SIGNS}]|$|并|伴|且|目前|后|病史|的|而|已| and )"
)
# Nouns of illness and injury by how they end; the characters before them are all but those of the verbs that lead up to them.
_BEFORE = r"[一-鿿A-Za-z0-9α-ω()\-]"
_STOPPERS = "因以为患拟行示见于在及伴诊断考虑符合查未无否认有曾并予给诉提后致发的了和与,并经对由者可能除外排除或是之术期"
_ILLNESS = re.compile(
    rf"(?P<what>(?:(?![{_STOPPERS}]){_BEFORE}){{1,16}}?(?:癌|肉瘤|肿瘤|[腺肌管脂纤血]瘤|炎|综合征|骨折|脱位|扭伤|挫伤|裂伤|烧伤|烫伤|梗死|梗塞|出血|衰竭|结石|囊肿|溃疡|"
    r"高血压病?|糖尿病|冠心病|心脏病|白血病|肾病|肝病|肺病|肝硬化|肺气肿|息肉|偏瘫|截瘫|贫血|增生症?|结核|肥大|狭窄|突出症?|栓塞|血栓|畸形|中毒|哮喘|痛风|癫痫|抑郁症|瘤样变)"
    r"(?:[(][^()\n]{1,12}[)])?(?:[IViv]{1,3}[a-cA-C]?\d?[期级]|[一二三四1-4][期级])?(?:综合治疗后|术后|化疗后|待查)?)"
)
_BEFORE_CODE = re.compile(rf"(?P<what>(?:(?![{_STOPPERS}]){_BEFORE}){{2,24}})[ ]?\((?={_CODE.pattern}\))")
"""What stands right before a code in brackets is its name, whatever it ends with: 高脂血症(E78.500)."""
_NOT_A_DIAGNOSIS = re.compile(
    r"(?:详见|见|无|同上|同前|略|待查|[:：]|\d+|[年月日])$|^(?:医生|医师|证明|书|日期|时间|名称|意见)"
)
_ITEM = re.compile(r"(?:(?<![\w.(])\(?\d{1,2}[.、)](?!\d)|[①-⑳])[ ]?")
_END = re.compile(r"[;；。]|(?<!\d)\d{6,}|(?:19|20)\d{2}[年\-./]|[ ]{1}(?=[一-鿿]{2,4}[:：])")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("diagnosis"):
        yield from _in_slot(passage, slot)
    for slot in passage.slots_for("icd", "diagnosis"):
        for match in _CODE_LABELLED.finditer(passage.text, slot.start, slot.end):
            yield _candidate(match.start(), match.end(), passage.text, labelled=True)
        if misread := _CODE_MISREAD.fullmatch(passage.text, slot.start, slot.end):
            yield _candidate(misread.start(), misread.end(), passage.text, labelled=True)
    for match in _AFTER_VERB.finditer(passage.text):
        if not _NOT_A_DIAGNOSIS.search(match["what"]):
            yield _candidate(match.start("what"), match.end("what"), passage.text, labelled=True)
    for match in _ILLNESS.finditer(passage.text):
        yield _candidate(match.start("what"), match.end("what"), passage.text, labelled=False)
    for match in _BEFORE_CODE.finditer(passage.text):
        yield _candidate(match.start("what"), match.end("what"), passage.text, labelled=False)
    for match in _CODE.finditer(passage.text):
        yield _candidate(match.start(), match.end(), passage.text, labelled=False)


def _in_slot(passage: Passage, slot: Slot) -> Iterator[Candidate]:
    """The items of a diagnosis line, each to its sign of end; numbers before items are left out."""
    for start, end in _items(passage.text, slot):
        cut = _END.search(passage.text, start, end)
        stop = cut.start() if cut else end
        words = passage.text[start:stop].rstrip(" ,，、.\n")
        if _is_a_diagnosis(words, slot):
            yield _candidate(start, start + len(words), passage.text, labelled=True, role=slot.label.role)


def _is_a_diagnosis(words: str, slot: Slot) -> bool:
    """English cells under a heading hold other headings as often: there only words in mixed case count."""
    if words.isascii() and not slot.is_beside and (words.isupper() or len(words) < 6):
        return False
    return len(words) >= 2 and not words.startswith(("□", "☑", "√")) and not _NOT_A_DIAGNOSIS.fullmatch(words)


def _items(text: str, slot: Slot) -> Iterator[tuple[int, int]]:
    marks = list(_ITEM.finditer(text, slot.start, slot.tail))
    starts = [slot.start, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), slot.tail]
    for start, end in zip(starts, ends, strict=True):
        for part in re.finditer(r"[^;；。\n]+", text[start:end]):
            words = part.group()
            yield start + part.start() + (len(words) - len(words.lstrip("为是: "))), start + part.end()


def _candidate(start: int, end: int, text: str, *, labelled: bool, role: str | None = None) -> Candidate:
    canonical = re.sub(r"\s+", " ", text[start:end])
    return Candidate("DIAGNOSIS", tier_of(labelled=labelled, checked=False), start, end, canonical, role)
