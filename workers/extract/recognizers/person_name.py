"""Names of persons: CN_NAME, and DOCTOR for those who treat or examine (docs/identifiers.md, section 3).

Chinese names: a surname of the list and one or two characters, two surnames together and more with a label; names with `·` up to
20 characters. Behind a label in a cell of its own any two to four characters are a name, for surnames are an open list. In
running text a name needs a word beside it that people's names stand beside (先生, 医生, 是一名, 主治医师).
Latin names: behind a label, a title or `my name is`, `Last, First`, or a common given name and a capitalised word.
"""

import re
from collections.abc import Iterator

from schemas.entity import Tier
from workers.extract.gazetteer import double_surnames, english_given_names, surnames
from workers.extract.passage import Candidate, Passage, Slot
from workers.extract.recognizers.name_words import COMMON_WORDS, NEVER_IN_NAMES, NEVER_LAST, NOT_NAMES

_HAN = "一-鿿㐀-䶿"
_SINGLE = "".join(sorted(surname for surname in surnames() if len(surname) == 1))
_DOUBLE = "|".join(sorted(double_surnames()))
_GIVEN = f"(?![{NEVER_IN_NAMES}])[{_HAN}]"
_LAST = f"(?![{NEVER_LAST}])[{_HAN}]"
_LONG_NAME = f"[{_HAN}]{{1,10}}(?:[ ]?·[ ]?[{_HAN}]{{1,10}}){{1,3}}"
_TITLE = r"(?:先生|女士|小姐|同志|太太|老师|律师|师傅|博士|教授)"
_MEDICAL = r"(?:主任医师|副主任医师|主治医师|住院医师|主任|医生|医师|大夫|护士长|护士|教授|院长)"

_RIGHT = (
    rf"{_TITLE}|{_MEDICAL}|(?:是|为)一?[名位个]|[，,（(、 ]?[男女](?![儿朋友士])|[，,（( ]\d{{1,3}}岁|[，,][一二三四五六七八九十]{{1,3}}岁|[，,]一[名位]"
    r"|的?(?:身份证|主治|信用|年收入|联系|手机|电话|住址|家属|儿子|女儿|父亲|母亲|妻子|丈夫|个人|财务|邮箱|诊疗|治疗|病情)"
    r"|因(?!子|素)|于(?:\d|[今昨当])|被(?:诊断|确诊|送|撞)|近期|最近|目前|现住|现居|居住|持有|出现|拥有|年收入|驾驶|(?:自述|诉|称)"
    r"|[，,](?:身份证|性别|出生|现年|汉族|住)"
)
_DOCTOR_LEFT = (
    r"(?:主治医生|主治医师|主管医生|主管医师|经治医师|接诊医生|医生|医师|大夫|主任|博士)(?:姓名|签名|是|为|:|：|叫)?[ ]?"
)
_PERSON_LEFT = r"(?:患者|病人|伤者|死者|被保险人|投保人|受益人|申请人|报案人|当事人|驾驶员|其子|其女|其父|其母|其妻|其夫|名叫|我叫|本人叫|兹委托|委托|姓名|取名为|名为)(?:是|为|:|：)?[ ]?"
_START = rf"(?:(?<![{_HAN}A-Za-z·])|(?<=[在经由找请送与和及向为对是的])|(?<=近期|目前|另外|随后|此外|同时|其中))"


def _name(given: int, last: str = _GIVEN) -> str:
    """One surname character and *given* more, or a double surname and one or two."""
    between = _GIVEN * (given - 1)
    return rf"(?:(?:{_DOUBLE}){_GIVEN}?{last}|[{_SINGLE}]{between}{last})"


_CUED = tuple(re.compile(rf"{_START}(?P<name>{_name(given)})(?={_RIGHT})") for given in (2, 1))
_TREATING = tuple(
    re.compile(
        rf"{_DOCTOR_LEFT}(?P<name>{_name(given)})(?={_MEDICAL}|为|的|开|诊|建议|给|[，。,;；、)）\s]|$|并|对|处|及|和|根据|在)"
    )
    for given in (2, 1)
)
_BEFORE_DOCTOR = tuple(re.compile(rf"(?P<name>{_name(given)})(?P<title>{_MEDICAL})") for given in (2, 1))
_AFTER_ROLE = tuple(
    re.compile(rf"{_PERSON_LEFT}(?P<name>{_name(given)})(?=[，。,;；、()（）\s因于在系的男女自经住被]|$)") for given in (2, 1)
)
_LONG_CUED = re.compile(rf"(?<![{_HAN}·])(?P<name>{_LONG_NAME}?)(?={_RIGHT}|[，。,;；、()（）\s]|$)")

_HINT = r"(?:[ ]?\([^()\n]{0,40}\)[ ]?)?"
_LABELLED_LONG = re.compile(rf"{_HINT}(?P<name>{_LONG_NAME})")
_LABELLED_CELL = re.compile(
    rf"{_HINT}(?P<name>[{_HAN}](?:[ ]?[{_HAN}]){{1,3}})(?=[ ]?(?:[\n,，。;；、/()（）]|$|\d|[男女](?:[ \n]|$)))"
)
_LABELLED_RUNNING = tuple(re.compile(rf"{_HINT}(?P<name>{_name(given, _LAST)})") for given in (2, 1))
_SPACED = re.compile(rf"{_HINT}(?P<name>[{_SINGLE}](?:[ ]{_GIVEN}){{1,2}})(?![{_HAN}])")
_SEVERAL = re.compile(r"[ ]?[、,，/和及;；][ ]?")

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĚĘĢĞĠĤĪİĶĹĽŁŃŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽȘȚ", "a-zß-öø-ÿāăąćĉċčďđēěęģğġĥīıķĺľłńňőœŕřśşšţťūůűźżžșț"
_WORD = rf"[{_UPPER}][{_LOWER}]*(?:['\-][{_UPPER}{_LOWER}]+)*\.?|[{_UPPER}]{{2,}}(?:['\-][{_UPPER}]+)*"
_CAPITALISED = rf"(?:{_WORD})(?:[ ](?:(?:de|la|van|von|der|den|del|da|di|bin|al|ten|le)[ ])*(?:{_WORD})){{0,3}}"
_LATIN_LABELLED = re.compile(
    rf"{_HINT}(?:(?:Mr|Mrs|Ms|Dr|Prof|Miss)\.?[ ])?(?P<name>(?:{_WORD})(?:[ ](?:{_WORD}))?,[ ]?{_CAPITALISED}|{_CAPITALISED})"
)
_LATIN_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Dr|Prof|Miss|Sir|Madam)\.?[ ](?P<name>{_CAPITALISED})")
_LATIN_CUED = re.compile(
    rf"\b(?:[Mm]y name is|[Ii] am called|name(?:d)? is|[Dd]irected [Bb]y:?|[Ss]igned(?: by)?:?|[Pp]atient|[Ii]nsured|[Cc]laimant)[ ]+(?P<name>{_CAPITALISED})"
)
_LATIN_DEGREE = re.compile(
    rf"(?P<name>(?:{_WORD})(?: (?:{_WORD})){{1,2}}),? (?:M\.?D|Ph\.?[Dd]|R\.?N|D\.?O|D\.?D\.?S|N\.?P|P\.?A)\b"
)
_PAIR = rf"[{_UPPER}][{_LOWER}]+(?: [{_UPPER}]\.?)?(?: (?:de|la|van|von|der|den|del|da|di|ten))* [{_UPPER}][{_LOWER}]+(?:['\-]?[{_UPPER}]?[{_LOWER}]+)*"
_LATIN_BEFORE = re.compile(
    rf"\b(?:I'm|I am|by|kid|son|daughter|wife|husband|brother|sister|assistant to|named|called|Dear|Hi|Hello|under|Producer|Attn:?|c/o|tribute to|told|with) "
    rf"(?P<name>{_PAIR})"
)
_LATIN_AFTER = re.compile(
    rf"(?<![\w])(?P<name>{_PAIR})(?='s? |,? (?:lives?|is from|will be|said|says|explained|listed|flew|was|has|had|who|presented|reports?|states?|denies|complains|\(?aged?\b|\d{{1,3}}[ -](?:yo|year)))"
)
_GIVEN_FIRST = re.compile(
    r"\b(?P<given>[A-Z][a-z]+)(?: [A-Z]\.?| [A-Z][a-z]+)?(?: (?:de |la |van |von |der |den |del |da |di )*[A-Z][a-zÀ-ÿ]+(?:['\-][A-Z]?[a-z]+)*)\b"
)
_GIVEN_LAST = re.compile(r"\b[A-Z][a-zA-Z'\-]+, (?P<given>[A-Z][a-z]+)(?: [A-Z]\.?)?\b")
_NOT_LATIN_NAMES = frozenset(
    ["the", "this", "that", "please", "select", "yes", "no", "none", "same", "self", "male", "female", "single", "married", "other", "unknown", "spouse", "child", "group", "plan", "policy", "claim", "date", "name", "insured", "patient", "member", "number", "address", "street", "city", "state", "country", "zip", "code", "phone", "signature", "on", "file", "see", "attached", "per", "and", "or", "of", "for", "to", "not", "hospital", "clinic", "insurance", "company", "department", "inc", "llc", "corp", "ltd", "bank", "university", "street", "avenue", "road"]
)


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("name"):
        yield from _in_slot(passage.text, slot)
    yield from _in_running_text(passage.text)
    yield from _latin_in_running_text(passage.text)


def looks_like_a_name(words: str) -> bool:
    """Whether two to four Han characters, blanks left out, begin with a surname and are no common word."""
    plain = words.replace(" ", "")
    return _is_possible(plain) and (plain[0] in surnames() or plain[:2] in double_surnames())


def _is_possible(plain: str) -> bool:
    if plain in NOT_NAMES or plain.startswith(COMMON_WORDS):
        return False
    return 2 <= len(plain) <= 4 and not any(character in NEVER_IN_NAMES for character in plain[1:])


def _kind(role: str | None) -> str:
    return "DOCTOR" if role == "doctor" else "CN_NAME"


def _in_slot(text: str, slot: Slot) -> Iterator[Candidate]:
    """Every name of a list of names; the first must stand where the slot begins."""
    place = slot.start
    while place < slot.end:
        match = _name_at(text, place, slot)
        if match is None:
            return
        strength = 0.0 if looks_like_a_name(match["name"]) or not _is_han(match["name"]) else 0.75
        yield _candidate(match, Tier.C, slot.label.role, strength)
        separator = _SEVERAL.match(text, match.end("name"), slot.end)
        place = separator.end() if separator else slot.end


def _name_at(text: str, place: int, slot: Slot) -> re.Match[str] | None:
    han = (_LABELLED_LONG, _SPACED, *(() if _runs_on(text, slot) else (_LABELLED_CELL,)), *_LABELLED_RUNNING)
    for pattern in han:
        match: re.Match[str] | None = pattern.match(text, place, slot.end)
        if match and (pattern is _LABELLED_LONG or _is_possible(match["name"].replace(" ", ""))):
            return match
    latin = _LATIN_LABELLED.match(text, place, slot.end)
    return latin if latin is not None and _is_latin_name(latin["name"]) else None


def _runs_on(text: str, slot: Slot) -> bool:
    """Whether the slot goes on from its label without a sign or blank between, as running text does."""
    return slot.is_beside and slot.start == slot.label.end and slot.label.is_bare_role


def _in_running_text(text: str) -> Iterator[Candidate]:
    yield from _cued(text, _CUED, Tier.D, None)
    yield from _cued(text, _TREATING, Tier.C, "doctor")
    yield from _cued(text, _AFTER_ROLE, Tier.C, None)
    for pattern in _BEFORE_DOCTOR:
        for match in pattern.finditer(text):
            if _stands_before_title(text, match):
                yield _candidate(match, Tier.C, "doctor", 0.8)
    for match in _LONG_CUED.finditer(text):
        if len(match["name"]) >= 4:
            yield _candidate(match, Tier.D, None, 0.0)


def _cued(text: str, patterns: tuple[re.Pattern[str], ...], tier: Tier, role: str | None) -> Iterator[Candidate]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if _is_possible(match["name"]):
                yield _candidate(match, tier, role, 0.0)


def _stands_before_title(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1 : match.start()]
    free = not before or not re.match(f"[{_HAN}]", before) or before in "在经由找请与和及向为对是的院科师生"
    return free and _is_possible(match["name"])


def _latin_in_running_text(text: str) -> Iterator[Candidate]:
    for pattern in (_LATIN_TITLED, _LATIN_CUED, _LATIN_DEGREE):
        for match in pattern.finditer(text):
            if _is_latin_name(match["name"]):
                role = "doctor" if pattern is _LATIN_DEGREE or match.group().startswith("Dr") else None
                yield _candidate(match, Tier.C, role, 0.8)
    for pattern in (_LATIN_BEFORE, _LATIN_AFTER):
        for match in pattern.finditer(text):
            if _is_latin_name(match["name"]):
                yield _candidate(match, Tier.D, None, 0.0)
    for pattern in (_GIVEN_FIRST, _GIVEN_LAST):
        for match in pattern.finditer(text):
            if match["given"] in english_given_names() and _is_latin_name(match.group()):
                yield Candidate("CN_NAME", Tier.D, *match.span(), match.group())


def _is_latin_name(words: str) -> bool:
    parts = re.findall(r"[^\s,]+", words)
    return any(len(part) > 1 for part in parts) and not any(part.strip(".").lower() in _NOT_LATIN_NAMES for part in parts)


def _is_han(words: str) -> bool:
    return bool(re.match(f"[{_HAN}]", words))


def _candidate(match: re.Match[str], tier: Tier, role: str | None, strength: float) -> Candidate:
    words = match["name"]
    canonical = words.replace(" ", "") if _is_han(words) else re.sub(r"\s+", " ", words)
    return Candidate(_kind(role), tier, match.start("name"), match.end("name"), canonical, role, strength)
