"""Names of persons in Chinese characters: CN_NAME, and DOCTOR for those who treat or examine (docs/identifiers.md, section 3).

A name is a surname of the list and one or two characters more, or a double surname and one or two, or parts joined by `·`.
Behind a label, in a cell of its own, other characters are a name too, for surnames are an open list. In running text a
name needs a word beside it that names stand beside (先生, 医生, 是一名, 主治医师).
"""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.gazetteer import double_surnames, surnames
from workers.extract.passage import Candidate, Passage, Slot
from workers.extract.recognizers import latin_name
from workers.extract.recognizers.name_words import COMMON_WORDS, NEVER_IN_NAMES, NEVER_LAST, NOT_NAMES

_HAN = "一-鿿㐀-䶿"
_SINGLE = "".join(sorted(surname for surname in surnames() if len(surname) == 1))
_DOUBLE = "|".join(sorted(double_surnames()))
_GIVEN = f"(?![{NEVER_IN_NAMES}])[{_HAN}]"
_LAST = f"(?![{NEVER_LAST}])[{_HAN}]"
_PEOPLE = (
    "居民|村民|市民|公民|员工|职工|证人|证明人|患者|病人|伤者|死者|被保险人|投保人|受益人|申请人|报案人|当事人|驾驶员"
    "|委托|户名|姓名"
)
"""Words before a name. A dotted one may be so long that nothing else would say where it begins."""
_DOTTED = f"(?:(?!{_PEOPLE})[{_HAN}]){{1,10}}(?:[ ]?·[ ]?[{_HAN}]{{1,10}}){{1,3}}"

_TITLE = "先生|女士|小姐|同志|太太|老师|律师|师傅|博士|教授"
_MEDICAL = "主任医师|副主任医师|主治医师|住院医师|主任|医生|医师|大夫|护士长|护士|教授|院长"
_RANK = re.compile(f"(?:{_MEDICAL})")
_END = rf"[,。;、()\s]|\.(?=[{_HAN}])|$"
_SEX_OR_AGE = (
    r"[,.( 、]?[男女](?![儿朋友士])|[,( ](?:\d{1,3}|[一二三四五六七八九十]{1,3})岁|,(?:一[名位]|身份证|性别|出生|现年|汉族|住)"
)
_OWNED = "的?(?:身份证|主治|信用|年收入|联系|手机|电话|住址|家属|儿子|女儿|父亲|母亲|妻子|丈夫|个人|财务|邮箱|诊疗|治疗|病情)"
_DOES = r"因(?!子|素)|于(?:\d|[今昨当])|被(?:诊断|确诊|送|撞)|近期|最近|目前|现住|现居|居住|持有|出现|拥有|驾驶|自述|[诉称]"
_BESIDE_NAMES = f"{_TITLE}|{_MEDICAL}|(?:是|为)一?[名位个]|{_SEX_OR_AGE}|{_OWNED}|{_DOES}"
_START = rf"(?:(?<![{_HAN}A-Za-z·])|(?<=[在经由找请送与和及向为对是的])|(?<=近期|目前|另外|随后|此外|同时|其中))"
_DOCTOR_LEFT = "(?:主治医生|主治医师|主管医生|主管医师|经治医师|接诊医生|医生|医师|大夫|主任|博士)(?:姓名|签名|是|为|:|叫)?[ ]?"
_AFTER_DOCTOR = f"{_MEDICAL}|为|的|开|诊|建议|给|并|对|处|及|和|根据|在|{_END}"
_PERSON_LEFT = f"(?:{_PEOPLE}|其[子女父母妻夫]|名叫|我叫|本人叫|取名为|名为)(?:是|为|:)?[ ]?"


def _name(given: int, last: str = _GIVEN) -> str:
    """One surname character and *given* more, or a double surname and one or two."""
    return rf"(?:(?:{_DOUBLE}){_GIVEN}?{last}|[{_SINGLE}]{_GIVEN * (given - 1)}{last})"


def _longer_first(before: str, after: str, last: str = _GIVEN) -> tuple[re.Pattern[str], ...]:
    """Patterns for a name between *before* and *after*, three characters before two."""
    return tuple(re.compile(f"{before}(?P<name>{_name(given, last)}){after}") for given in (2, 1))


_CUED = _longer_first(_START, f"(?={_BESIDE_NAMES})")
_TREATING = _longer_first(_DOCTOR_LEFT, f"(?={_AFTER_DOCTOR})")
_BEFORE_DOCTOR = _longer_first("", f"(?:{_MEDICAL})")
_AFTER_ROLE = _longer_first(_PERSON_LEFT, f"(?={_END}|[因于在系的男女自经住被])")
_ALONE = re.compile(f"(?={_END})[ ]?[,. (、]?(?:{_SEX_OR_AGE})")
"""A sign behind a name, and then somebody's sex, age or papers: 居民文书福，男."""
_DOTTED_CUED = re.compile(rf"(?:{_PERSON_LEFT}|(?<![{_HAN}·]))(?P<name>{_DOTTED}?)(?={_BESIDE_NAMES}|{_END})")

_HINT = r"(?:[ ]?\([^()\n]{0,40}\)[ ]?)?\(?"
_CELL_END = r"(?=[ ]?(?:[\n,。;、/()]|$|\d|[男女](?:[ \n]|$)))"
_LABELLED_DOTTED = re.compile(f"{_HINT}(?P<name>{_DOTTED})(?<!于)")
_LABELLED_CELL = re.compile(rf"{_HINT}(?P<name>[{_HAN}](?:[ ]?[{_HAN}]){{1,3}}){_CELL_END}")
_DOUBLE_SPACED = "|".join(f"{name[0]}[ ]?{name[1]}" for name in sorted(double_surnames()))
_LABELLED_SPACED = re.compile(rf"{_HINT}(?P<name>(?:{_DOUBLE_SPACED}|[{_SINGLE}])(?:[ ]{_GIVEN}){{1,2}})(?![{_HAN}])")
_LABELLED_RUNNING = _longer_first(_HINT, "", _LAST)
_WITH_A_COMMON_WORD = 3
"""Characters of a name that begins with a common word: two are the word itself, and four are seldom a name."""
_SEVERAL = re.compile(r"[ ]?[、,/和及;][ ]?")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("name"):
        yield from _in_slot(passage.text, slot)
    yield from _in_running_text(passage.text)
    yield from latin_name.find(passage)


def looks_like_a_name(words: str, *, stands_alone: bool = False) -> bool:
    """Whether two to four Han characters, blanks left out, begin with a surname and not with a common word; those of a name
    that *stands_alone*, in a cell or between signs, may."""
    plain = words.replace(" ", "")
    return _is_possible(plain, stands_alone=stands_alone) and (plain[0] in surnames() or plain[:2] in double_surnames())


def _is_possible(plain: str, *, stands_alone: bool = False) -> bool:
    """Where nothing else can stand, 周一建 is a name, though a common word begins it; elsewhere a sentence may begin so."""
    if plain in NOT_NAMES or plain in COMMON_WORDS:
        return False
    if plain.startswith(COMMON_WORDS) and not (stands_alone and len(plain) == _WITH_A_COMMON_WORD):
        return False
    return 2 <= len(plain) <= 4 and not any(character in NEVER_IN_NAMES for character in plain[1:])


def _in_slot(text: str, slot: Slot) -> Iterator[Candidate]:
    """Every name of a list of names; the first must stand where the slot begins."""
    place = slot.start
    while place < slot.end:
        match = _name_at(text, place, slot)
        if match is None:
            return
        is_usual = "·" in match["name"] or looks_like_a_name(match["name"])
        yield _candidate(match, Tier.C, slot.label.role, 0.0 if is_usual else 0.75)
        separator = _SEVERAL.match(text, match.end("name"), slot.end)
        place = separator.end() if separator else slot.end


def _name_at(text: str, place: int, slot: Slot) -> re.Match[str] | None:
    if dotted := _LABELLED_DOTTED.match(text, place, slot.end):
        return dotted
    if _runs_on(slot) and text.startswith(COMMON_WORDS, place):
        return None
    for pattern in (_LABELLED_SPACED, *(() if _runs_on(slot) else (_LABELLED_CELL,)), *_LABELLED_RUNNING):
        match: re.Match[str] | None = pattern.match(text, place, slot.end)
        if match is None:
            continue
        is_whole = pattern is _LABELLED_CELL
        is_free = is_whole or not text.startswith(COMMON_WORDS, match.start("name"))
        if is_free and _fits_a_cell(match["name"].replace(" ", ""), is_whole=is_whole):
            return match
    return None


def _fits_a_cell(plain: str, *, is_whole: bool) -> bool:
    """With a surname of the list up to four characters, without one up to three."""
    return looks_like_a_name(plain, stands_alone=is_whole) or (_is_possible(plain) and len(plain) < 4)


def _runs_on(slot: Slot) -> bool:
    """Whether the slot goes on from a role word without a sign or blank between, as running text does."""
    return slot.is_beside and slot.start == slot.label.end and slot.label.is_bare_role


def _in_running_text(text: str) -> Iterator[Candidate]:
    yield from _cued(text, _CUED, Tier.D, None)
    yield from _cued(text, _TREATING, Tier.C, "doctor")
    yield from _cued(text, _AFTER_ROLE, Tier.C, None)
    for pattern in _BEFORE_DOCTOR:
        for match in pattern.finditer(text):
            if _stands_free(text, match):
                yield _candidate(match, Tier.C, "doctor", 0.8)
    for match in _DOTTED_CUED.finditer(text):
        if len(match["name"]) >= 4:
            yield _candidate(match, Tier.D, None)


def _cued(text: str, patterns: tuple[re.Pattern[str], ...], tier: Tier, role: str | None) -> Iterator[Candidate]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            stands_alone = pattern in _AFTER_ROLE and _ALONE.match(text, match.end("name")) is not None
            is_free = stands_alone or not text.startswith(COMMON_WORDS, match.start("name"))
            if is_free and _is_possible(match["name"], stands_alone=stands_alone):
                yield _candidate(match, tier, role)


def _stands_free(text: str, match: re.Match[str]) -> bool:
    """Whether the name before a medical title is not the end of a longer word."""
    before = text[match.start() - 1 : match.start()]
    is_free = not re.match(f"[{_HAN}]", before) or before in "在经由找请与和及向为对是的院科师生"
    return is_free and _is_possible(match["name"])


def _candidate(match: re.Match[str], tier: Tier, role: str | None, strength: float = 0.0) -> Candidate:
    """A doctor's title goes with the name: 张敏主任医师 is what the page calls somebody."""
    kind, end = ("DOCTOR" if role == "doctor" else "CN_NAME"), match.end("name")
    title = _RANK.match(match.string, end) if kind == "DOCTOR" else None
    return Candidate(
        kind, tier, match.start("name"), title.end() if title else end, match["name"].replace(" ", ""), role, strength
    )
