"""Addresses: CN_ADDRESS, US_ADDRESS, and ZIP behind its label (docs/identifiers.md, section 3; 45 CFR 164.514(b)(2), class B).

Chinese: a place of the gazetteer, then parts that end in a word of division (区, 镇, 路, 号, 室). Without a label an address
must say more than the county, for that is the secret. United States: number, street, kind of street; or city, state and ZIP.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from workers.extract.gazetteer import places
from workers.extract.passage import Candidate, Passage, Slot, tier_of
from workers.extract.recognizers.matching import labelled

_HAN = "一-鿿"
_PLACE = "(?:" + "|".join(map(re.escape, places())) + ")"
_REGION_END = "(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|维吾尔族自治区|自治区|自治州|地区|省|盟|市|区|县|旗)"
_NUMBER = r"[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁东西南北#\-—之附]+"
_NUMBERED = rf"(?:{_NUMBER}[ ]?(?:号楼|号院|号(?!码)|栋|幢|座|单元|楼|层|室|户|房|组|排|弄|队|门|区|期|#))"
_NAMED_END = (
    "街道|大街|大道|胡同|小区|社区|花园|新村|公寓|大厦|广场|家园|苑|镇|乡|村|庄|屯|路|街|道(?![路地])|巷|弄|(?<!阿)里(?!面|程)|坊|园区|开发区|"
    "苏木|自然村|工业园|林场|农场|城"
)
_NAMED = rf"[{_HAN}A-Za-z0-9·\-]{{1,12}}?(?:{_NAMED_END})"
_REGION = rf"[{_HAN}]{{1,9}}?{_REGION_END}(?![街路镇村乡巷道])"  # 红旗街 is a street, not a banner county
_ESTATE = rf"[{_HAN}]{{2,6}}?(?=\d){_NUMBERED}"  # 清水湾5号楼: only the number behind it tells that it is a place
_PART = rf"[ .,·\-]?(?:{_REGION}|{_NAMED}|{_NUMBERED}|{_ESTATE})"
_ROOM = re.compile(
    rf"(?:[{_HAN}]{{2,8}})?\d{{1,4}}[ ]?(?:号楼|栋|幢|座|号院)[ ]?(?:\d{{1,3}}[ ]?(?:单元|门)[ ]?)?"
    r"(?:\d{1,3}[ ]?[层楼][ ]?)?\d{2,5}[ ]?[室号户]"
)
"""A building and a room in it are an address wherever they stand, and whatever is left of the line before."""
_REST = re.compile(rf"\s*[{_HAN}]{{0,6}}{_REGION_END}(?:{_PART})*")
"""What the line below has of an address that was folded within the name of a region: 区鄯善县."""
_HINT = re.compile(r"\([^()\n]{1,24}\)[ ]?(?=\S)")
_DETAIL = re.compile(rf"{_NAMED}|{_NUMBERED}")
_COUNTY = rf"(?<![{_HAN}])(?:(?![住在于至到往从])[{_HAN}]){{2,5}}[市县区]"
_ANYWHERE = re.compile(rf"(?:中国)?(?:{_PLACE}{_REGION_END}?|{_COUNTY})(?:{_PART})+(?:[ ]?[(][^()\n]{{1,16}}[)])?")
_BROKEN = re.compile(
    rf"{_PLACE}{_REGION_END}?(?:{_PART})*[{_HAN}]{{0,6}}[ ]?\n[ ]*"
    rf"(?=[^\n]*\d)(?:[{_HAN}]{{0,6}}?(?:{_NAMED_END}|{_REGION_END}))?[{_HAN}]{{0,6}}?(?:{_NAMED}|{_NUMBERED})(?:{_PART})*"
)
"""An address whose line ends within it: the next one begins with the rest of a name, or a number of house or room."""
_VALUE = re.compile(rf"(?:{_PLACE}|{_REGION}|{_NAMED}|{_NUMBERED})")
_VALUE_END = re.compile(
    r"[;。!?]|[ ](?=(?:邮编|邮政|电话|手机|联系)|\d{6}(?!\d)|1[3-9]\d{9})|(?<![0-9])1[3-9]\d{9}|邮编|邮政编码|电话|,(?=[^0-9])"
)
_ENGLISH_VALUE_END = re.compile(r"[;!?]|[ ](?=\(?\d{3}\)?[- ]\d{3}-\d{4})")
_LABEL_NOISE = re.compile(r"[省市区县镇乡街道村路号栋单元室楼层巷弄组门牌幢社( )（）、/]+")
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|"
    "SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR|VI|GU|AP|AE|AA"
)
_STREET_KINDS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Courts|Way|Place|Pl|Square|Sq|Terrace|Ter|Circle|Cir|Parkway|Pkwy|"
    "Highway|Hwy|Alley|Plaza|Trail|Trl|Loop|Pass|Path|Ridge|Ridges|Prairie|Divide|Locks|Crescent|Close|Row|Walk|Grove|Hill|Hills|Point|Run|Turnpike|Pike"
)
_ZIP = r"(?:[ ,]+(?!(?:19|20)\d\d\b)(?=\S*\d)[0-9OoCIl]{4,5}|\d{5})(?![A-Za-z0-9])(?:-\d{4})?"
"""Behind its state, where OCR may leave out the blank or a digit, or read a letter for one; no year."""
_CITY_LINE = rf"(?:[A-Z][A-Za-z.'\-]+(?: [A-Z][A-Za-z.'\-]+){{0,3}}[ ]?,?[ \n]+(?:{_STATES}){_ZIP})"
_STATE_AND_ZIP = re.compile(rf"(?<![A-Za-z])(?:{_STATES}){_ZIP}")
_UNIT = r"(?:,?[ \n](?:Apt|Suite|Ste|Unit|Apartment|Room|Rm|Floor|Fl|#)\.?[ \n]?[A-Za-z0-9\-]+)"
_SUITE = r"(?:,?[ \n](?:Apt|Suite|Ste|Unit|Apartment)\.?[ \n]?[A-Za-z0-9\-]+)"
_STREET = rf"(?:\d{{1,6}}[A-Za-z]?(?: [NSEW]\.?)?(?: [A-Z0-9][\w.'\-]*){{1,4}} (?:{_STREET_KINDS})\b\.?)"
_POST_BOX = r"(?:(?:P\.?[ ]?O\.?[ ]?Box|PSC|Unit|CMR)[ ]\d+(?:,? Box \d+)?)"
_AMERICAN = re.compile(rf"(?<![\w])(?:{_STREET}|{_POST_BOX}){_UNIT}?(?:[ ,\n]{{1,3}}{_CITY_LINE})?|(?<![\w]){_CITY_LINE}")
_WITH_UNIT = re.compile(
    rf"(?<![\w.])(?:\d{{1,6}} ){{0,2}}[^\W\d_]+(?:[ ][^\W\d_]+\.?){{0,4}}(?: \d{{1,4}}\.?)?{_SUITE}"
    r"(?:[ ,]?[ \n]{1,2}(?=\w)[^\n\d:]{2,30}(?:[ ,\n]{1,3}[^\n\d:]{2,24})?[ ,\n]{1,3}\d{4,6}(?!\d))?"
)
_PLACE_CUE = (
    r"(?:\b(?:addresse?s?(?: of [^\n.?!]{2,40})?(?: is| are| was|:)?|lives? (?:at|on)|living at|"
    r"resid(?:es?|ing) (?:at|on)|located at|office is at|"
    r"sent to|one to|deliver(?:ed)? to|return to|moved to|"
    r"[Mm]eet (?:me|you|us) at|drops? (?:you|me|us) off at|is at|you at))[ :]{1,2}"
)
_AFTER_CUE = re.compile(
    rf"{_PLACE_CUE}(?P<where>(?:the corner of )?\d{{1,6}}[A-Za-z]?,? (?=[^\n]*[^\W\d])"
    rf"[^?!;:\"\n]{{4,60}}?(?:\n[^?!;:\"\n]{{2,40}}){{0,3}}?)"
    r"(?=[ ]?[?!;\"]|\.(?:[ \n]|$)|\n\n|$| (?:for|after|in case|from|because|when|since) |\n(?=[A-Z][a-z]+:))"
)


_HOUSE_NUMBER = re.compile(
    r"(?<![\w\-])\d{1,6}[A-Za-z]?,? [A-Z]|[A-Za-z]{2,} \d{1,5}[A-Za-z]?(?:,|$)|Box \d|(?<!\d)\d{5}(?!\d)"
)
_CITY_OR_STATE = re.compile(rf"(?:{_STATES})|[A-Z][a-z]+(?:[ \-][A-Z]?[a-z]+){{0,2}}(?:, ?(?:{_STATES}))?")
_NEAREST = 6
_POSTCODE = re.compile(r"(?<!\d)(?:\d{6}|\d{5}(?:-\d{4})?)(?!\d)")


def find(passage: Passage) -> Iterator[Candidate]:
    for slot in passage.slots_for("postcode"):
        if match := _POSTCODE.search(passage.text, slot.start, slot.end):
            yield labelled("ZIP", match, slot)
    for slot in _nearest(passage.slots_for("address")):
        yield from _in_slot(passage, slot)
    for match in _ANYWHERE.finditer(passage.text):
        if _says_more_than_the_county(match.group()) and _is_anchored(match.group()):
            yield _candidate("CN_ADDRESS", passage.text, match.start(), match.end())
    for match in (*_BROKEN.finditer(passage.text), *_ROOM.finditer(passage.text)):
        yield _candidate("CN_ADDRESS", passage.text, match.start(), match.end())
    for pattern in (_AMERICAN, _WITH_UNIT):
        for match in pattern.finditer(passage.text):
            yield _candidate("US_ADDRESS", passage.text, match.start(), match.start() + len(match.group().rstrip()))
    for match in _AFTER_CUE.finditer(passage.text):
        yield _candidate("US_ADDRESS", passage.text, match.start("where"), match.start("where") + len(match["where"].rstrip()))


def _nearest(slots: Iterable[Slot]) -> Iterator[Slot]:
    """The first slots of each label: an address column has few rows, and what stands further down is another cell."""
    taken: Counter[int] = Counter()
    for slot in slots:
        taken[slot.label.start] += 1
        if taken[slot.label.start] <= _NEAREST:
            yield slot


def _in_slot(passage: Passage, slot: Slot) -> Iterator[Candidate]:
    text = passage.text
    stop = slot.tail if slot.tail == slot.end or _goes_on(text[slot.end : slot.tail]) else slot.end
    hint = _HINT.match(text, slot.start, stop)
    start = hint.end() if hint else slot.start
    value_end = _VALUE_END if re.search(f"[{_HAN}]", text[start:stop]) else _ENGLISH_VALUE_END
    cut = value_end.search(text, start, stop)
    end = cut.start() if cut and cut.start() > start else stop
    words = text[start:end].rstrip(" ,.\n、")
    if _LABEL_NOISE.fullmatch(words) or len(words) < 2:
        return
    if re.search(f"[{_HAN}]", words) and _VALUE.search(words) and len(words) <= 80:
        yield _candidate("CN_ADDRESS", text, start, start + len(words), slot)
    elif _is_english_address(words, passage.text[slot.label.start : slot.label.end]):
        yield _candidate("US_ADDRESS", text, start, start + len(words), slot)


def _is_english_address(words: str, label: str) -> bool:
    """A house number and words, or the words behind `city` and `state`."""
    if not re.search(r"[A-Za-z]{2}", words) or re.search(f"[{_HAN}]", words) or len(words) > 120:
        return False
    if any(part in label.lower() for part in ("city", "state")):
        return bool(_CITY_OR_STATE.fullmatch(words) or _AMERICAN.search(words))
    return bool(_HOUSE_NUMBER.search(words))


def _goes_on(rest: str) -> bool:
    """Whether the line below reads like the rest of an address and not like another value."""
    return (
        bool(_DETAIL.search(rest) or _STATE_AND_ZIP.search(rest) or _REST.fullmatch(rest))
        and len(rest) <= 40
        and not re.search(r"[:：]|(?:19|20)\d{2}[年\-./]|\d{11}", rest)
    )


def _says_more_than_the_county(words: str) -> bool:
    return bool(_DETAIL.search(re.sub(rf"^(?:中国)?{_PLACE}?", "", words)))


def _is_anchored(words: str) -> bool:
    """Begins with a place of the gazetteer, or holds a number: 户口所在区县街乡 has neither."""
    return any(map(str.isdigit, words)) or words.removeprefix("中国").startswith(places())


def _candidate(kind: str, text: str, start: int, end: int, slot: Slot | None = None) -> Candidate:
    tier = tier_of(labelled=slot is not None, checked=False)
    canonical = re.sub(r"\s+", "" if kind == "CN_ADDRESS" else " ", text[start:end])
    return Candidate(kind, tier, start, end, canonical, slot.label.role if slot else None)
