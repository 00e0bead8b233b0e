"""From words that could be labels to labels: which of them announce a value, and whose."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workers.extract.passage import Label

# Traditional forms, and characters that OCR mistakes for each other, as one character each. Used for labels only: a label
# is one of a few hundred known phrases, so folding costs nothing there; in names it would.
LABEL_FOLDING = {
    **dict(
        zip(
            "證號碼電話險單據賠請屬親繫係醫師診斷門療費額總賬戶開銀行卡業務員職聯絡駕駛證檔發現歷過檢查點間時結處傷財產認東區縣鄉鎮",
            "证号码电话险单据赔请属亲系系医师诊断门疗费额总账户开银行卡业务员职联络驾驶证档发现历过检查点间时结处伤财产认东区县乡镇",
            strict=True,
        )
    ),
    **dict.fromkeys("証", "证"),
    **dict.fromkeys("玛妈", "码"),
    **dict.fromkeys("入八", "人"),
    **dict.fromkeys("曰目", "日"),
    **dict.fromkeys("末", "未"),
    **dict.fromkeys("己巳", "已"),
    **dict.fromkeys("帐賬帳", "账"),
    **dict.fromkeys("娃", "姓"),
    **dict.fromkeys("佥", "险"),
    **dict.fromkeys("氏", "民"),
}

# Concepts whose labels are ordinary words too (治疗, 住院, date, name): they count where they stand as labels do.
_NEEDS_PLACE = frozenset({
    "other", "heading", "health", "hospital", "visit_date", "diagnosis", "amount", "status", "procedure", "icd", "stay", "bed",
    "secret", "military", "engine", "group", "laboratory", "driver_file", "payer", "plate", "age", "occupation", "employer",
    "network", "web", "birth_certificate", "result",
})  # fmt: skip
_LATIN_NEEDS_PLACE = _NEEDS_PLACE | {
    "admission_date",
    "discharge_date",
    "name",
    "address",
    "postcode",
    "",
    "birth_date",
    "member",
    "policy",
    "invoice",
    "mobile",
    "passport",
    "certificate",
    "device",
    "claim",
}
_LATIN = re.compile(r"[A-Za-z]")
_AFTER_LABEL = re.compile(r"[ ]*(?:\([^()\n]{0,40}\))?[ ]*(?:[:：#=_]|\n|$)")
_AFTER_GAP = re.compile(r"[ (\[/*|□☑]|\n|$")
_BEFORE_GAP = re.compile(r"(?:^|[ \n:：,，;；。/)\]*|□☑、()>#_]|(?:^|\n)[ ]*\d{1,2}[a-z]?[.、)]?)$")
_LINE_HEAD = re.compile(r"(?:^|\n)[ \W]*(?:\d{1,2}[a-zA-Z]?[.、) ]*|[lI|][0-9a-z][.、)] *)?$")
"""The number of a box may stand before a label; `1a.` is read as `la.`"""
_OPENS_LINE = re.compile(r"(?:^|\n)[ ]*\($")
_LATIN_COLON = re.compile(r" ?(?:\([^()\n]{0,60}\))? ?[:#]")
_LATIN_END = re.compile(r" ?(?:\([^()\n]{0,60}\))?[ *]*(?:\n|$)")
_POSSESSIVE = re.compile(r"'[sS](?![A-Za-z])")
_HINT_AHEAD = re.compile(r" ?\([^()\n]{2,80}\)?")
_LATIN_STOP = re.compile(r" ?[.,;] ?(?=\S)")
_JOINT = re.compile(r"[ 的之/()]{0,3}")
_OWNED = frozenset({
    "name", "identity", "passport", "travel_permit", "taiwan_permit", "hk_identity", "mobile", "phone", "email", "address",
    "birth_date", "bank_card", "other", "social_card", "wechat", "qq", "postcode", "driver_licence", "ssn", "member", "heading",
})  # fmt: skip


_NOT_HANDED_ON = frozenset({"handler", "doctor", "witness", "contact"})
"""People whose own numbers are seldom on a form: what follows their names belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A phrase of the label list at characters [start, end) of the normalised text."""

    concept: str
    role: str | None
    start: int
    end: int


def read_labels(text: str, hits: Iterable[LabelHit], cells: str | None = None) -> tuple[Label, ...]:
    """The labels among *hits*, which do not overlap and come in order; a role and its concept become one label.

    *cells* is *text* with a line break wherever a wide blank parts two cells of a line: a label may stand alone in a cell.
    """
    standing = list(_outside_hints(text, [hit for hit in hits if _is_whole(text, hit)]))
    apart = cells or text
    found = (_with_brackets(apart, label) for label in _joined(apart, standing))
    return tuple(label for label in found if _is_bracketed(apart, label) or _announces(apart, label))


def _with_brackets(text: str, label: Label) -> Label:
    """`【主诉】` at the head of a line, as records print their headings: the brackets belong to the label."""
    before = text[max(0, label.start - 4) : label.start]
    is_heading = text[label.end : label.end + 1] == ")" and _OPENS_LINE.search(before) is not None
    return replace(label, start=label.start - 1, end=label.end + 1) if is_heading else label


def _is_bracketed(text: str, label: Label) -> bool:
    return text[label.start] == "("


def _outside_hints(text: str, hits: Sequence[LabelHit]) -> Iterator[LabelHit]:
    """Without the words of a hint behind a label: `PATIENT'S NAME (Last Name, First Name)`. A role there is kept."""
    closed = -1
    for hit in hits:
        if hit.start >= closed or not hit.concept:
            yield hit
        hint = _HINT_AHEAD.match(text, hit.end)
        if hint and hit.concept:
            closed = hint.end()


def _joined(text: str, hits: Sequence[LabelHit]) -> Iterator[Label]:
    taken = -1
    for index, hit in enumerate(hits):
        if index <= taken:
            continue
        following = hits[index + 1] if index + 1 < len(hits) else None
        if following and _owns(text, hit, following):
            taken = index + 1
            is_in_brackets = "(" in text[hit.end : following.start]
            yield Label(
                following.concept, hit.role, hit.start, _closing(text, following.end) if is_in_brackets else following.end
            )
        elif following and _is_owned_by(text, hit, following):
            taken = index + 1
            yield Label(hit.concept, following.role, hit.start, _closing(text, following.end))
        else:
            yield Label(hit.concept or "name", hit.role, hit.start, hit.end, is_bare_role=not hit.concept)


def _owns(text: str, role: LabelHit, concept: LabelHit) -> bool:
    between = text[role.end : concept.start]
    return not role.concept and concept.concept in _OWNED and bool(_JOINT.fullmatch(between))


def _is_owned_by(text: str, concept: LabelHit, role: LabelHit) -> bool:
    """`姓名（被保险人）`: the role in brackets right after its concept."""
    between, after = text[concept.end : role.start], text[role.end : role.end + 1]
    return bool(concept.concept) and not role.concept and between.strip() == "(" and after == ")"


def _closing(text: str, end: int) -> int:
    return end + 1 if text[end : end + 1] == ")" else end


def _is_whole(text: str, hit: LabelHit) -> bool:
    """Whether Latin words are not parts of longer words; a change of case counts as a gap (`PatientName`)."""
    return not (_continues(text, hit.start) or _continues(text, hit.end))


def _continues(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _POSSESSIVE.match(text, place):
        return True
    return bool(_LATIN.match(before) and _LATIN.match(after)) and not (before.islower() and after.isupper())


def _announces(text: str, label: Label) -> bool:
    phrase = text[label.start : label.end]
    if not _LATIN.match(phrase[-1:]):
        return label.concept not in _NEEDS_PLACE or _stands_as_label(text, label)
    if label.concept not in _LATIN_NEEDS_PLACE and len(phrase) > 2:
        return True
    return _latin_stands_as_label(text, label)


def _stands_as_label(text: str, label: Label) -> bool:
    if _AFTER_LABEL.match(text, label.end):
        return True
    return bool(_AFTER_GAP.match(text, label.end)) and bool(_BEFORE_GAP.search(text[max(0, label.start - 4) : label.start]))


def _latin_stands_as_label(text: str, label: Label) -> bool:
    if _LATIN_COLON.match(text, label.end):
        return True
    at_head = bool(_LINE_HEAD.search(text[max(0, label.start - 8) : label.start])) or text[label.start - 1] > "\u2e80"
    if label.concept != "health" and _line_around(text, label.start).isupper() and (at_head or label.concept != "name"):
        return True
    ends_line = bool(_LATIN_END.match(text, label.end))
    if label.concept == "health":
        return at_head and ends_line and " " in text[label.start : label.end]
    return at_head and (ends_line or " " in text[label.start : label.end] or bool(_LATIN_STOP.match(text, label.end)))


def _line_around(text: str, place: int) -> str:
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    return text[start : end if end >= 0 else len(text)]


def with_inherited_roles(labels: Sequence[Label], headless: frozenset[int]) -> tuple[Label, ...]:
    """Labels without a role take that of the section they stand in: the last role word before them.

    *headless* holds the starts of bare role labels that no value follows: those head a section, so that a plain `姓名` below
    names that person. A role word with a name beside it passes its role on to numbers and addresses only.
    """
    current: str | None = None
    heads = False
    found: list[Label] = []
    for label in labels:
        if label.role in _NOT_HANDED_ON or (label.role == "relative" and label.start in headless):
            found.append(label)  # 配偶 alone is a value: whose relative somebody is
        elif label.role:
            current, heads = label.role, label.start in headless or label.concept == "heading"
            found.append(label)
        elif label.concept == "heading":
            current, heads = None, False
            found.append(label)
        elif label.concept in _OWNED and (label.concept != "name" or heads):
            found.append(replace(label, role=current))
        else:
            found.append(label)
    return tuple(found)
