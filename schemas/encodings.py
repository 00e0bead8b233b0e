"""Which encoding a text is in, where the text itself has to tell."""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

_UTF_8 = "utf-8"
_READ = (_UTF_8, "gb18030", "big5hkscs")
"""What tables come in. Big5-HKSCS holds every ideograph of Big5 and of its code page 950."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MOST_NULS = 0.01  # of the bytes: more is no text
_UTF_16_SHARE = 0.3  # of every second byte is nought in the UTF-16 of Latin text, and of a table's delimiters and digits
_NEVER_BY_CHANCE = 10
"""Characters beyond ASCII. One of GB18030 in seven is also one of UTF-8, so that a name or two may be."""
_MARGIN = 3
_MOST_ODD = 4 / 3  # of the characters beyond ASCII: with every third one rare; text in any other encoding has more
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_FAMILIAR = frozenset(
    "姓名性别男女出生年月日身份证件号码电话手机联系地址邮编职业工作单位保险投被受益人理赔案报事故原因类型种状态金额费用合计元付"
    "收款账户银行卡编序备注时间期限起止医院科室住门诊断疾病历手术药治疗检查省市区县路街村镇申请审核结论经办员部机构分公司年龄关系"
    "別證號碼電話聯絡係職業單險賠報類種狀態額費計帳戶銀編備註時間醫門診斷歷術藥療檢縣鎮請審結論經辦員機構齡關"
)
"""What heads of columns are written in. Misread, one character in thirty is among them."""
_SIGNS = "　、。〃々〇〈〉《》「」『』【】〔〕“”‘’–—…·‧•℃№×÷°±§€￥￡①②③④⑤⑥⑦⑧⑨⑩√"
_SPANS = (("\xa0", "\u017f"), ("！", "～"))
"""Latin letters with accents, signs and letters of full width."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec of Python; where not `is_sure`, another one fits as well, or none does."""

    codec: str
    is_sure: bool = True


def encoding_of(chunks: Callable[[], Iterable[bytes]], *, is_whole: bool = True) -> Encoding | None:
    """The likeliest encoding of the text that *chunks* gives whenever it is called, to its end where *is_whole*; None where
    that is no text. Holds one chunk at a time.

    A mark at the start decides, then noughts, then whether the text is UTF-8. Any Chinese text is one in GB18030 and in Big5
    alike, of other characters: the right ones are common (level 1 of GB 2312 and of Big5) and some of them those of heads,
    the wrong ones to a half rare or no ideographs. Between two readings that hardly differ, and where one chunk (some
    thousand bytes) speaks against another, nobody chooses.
    """
    head = next(iter(chunks()), b"")
    if told := _told_by_head(head):
        return told
    if head.count(0) > _MOST_NULS * len(head):
        return None
    if _is_utf_8(_decoded(chunks(), _UTF_8, is_whole=is_whole)):
        return Encoding(_UTF_8)
    return _told_by_characters(chunks(), is_whole=is_whole)


def _told_by_head(head: bytes) -> Encoding | None:
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec)
    for codec, noughts in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[::2].count(0))):
        if noughts > _UTF_16_SHARE * len(head) / 2:
            return Encoding(codec)
    return None


def _decoded(chunks: Iterable[bytes], codec: str, *, is_whole: bool) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    yield from map(decoder.decode, chunks)
    yield decoder.decode(b"", is_whole)


@dataclass(frozen=True, slots=True)
class _Oddness:
    """How many `characters` beyond ASCII there are, and how odd they are together: each by none where it is familiar, by 1
    where it is common, by 2 where it is a rare ideograph, by 3 where it is neither that nor a sign that stands among them."""

    characters: int = 0
    odd: int = 0

    @classmethod
    def of(cls, text: str) -> "_Oddness":
        counts = Counter("".join(_BEYOND_ASCII.findall(text)))
        return cls(counts.total(), sum(_odd(character) * count for character, count in counts.items()))

    def __add__(self, other: "_Oddness") -> "_Oddness":
        return _Oddness(self.characters + other.characters, self.odd + other.odd)


def _is_utf_8(texts: Iterator[str]) -> bool:
    """Whether all of it decodes, and not by chance."""
    found = _Oddness()
    try:
        for text in texts:
            if found.characters < _NEVER_BY_CHANCE and not text.isascii():
                found += _Oddness.of(text)
    except UnicodeDecodeError:
        return False
    return not found.characters or found.odd < 2 * found.characters or found.characters >= _NEVER_BY_CHANCE


def _told_by_characters(chunks: Iterable[bytes], *, is_whole: bool) -> Encoding:
    whole, told = [_Oddness()] * len(_READ), set[str]()
    for counts in _counted(chunks, is_whole=is_whole):
        whole = [every + some for every, some in zip(whole, counts, strict=True)]
        of_chunk, has_enough = _likeliest(counts), min(each.characters for each in counts) >= _NEVER_BY_CHANCE
        told |= {of_chunk.codec} if of_chunk.is_sure and has_enough else set()
    likeliest = _likeliest(whole)
    return Encoding(likeliest.codec, likeliest.is_sure and told <= {likeliest.codec})


def _counted(chunks: Iterable[bytes], *, is_whole: bool) -> Iterator[list[_Oddness]]:
    """Of each chunk, in the order of _READ."""
    decoders = [codecs.getincrementaldecoder(codec)("replace") for codec in _READ]
    for chunk in chunks:
        yield [_Oddness.of(decoder.decode(chunk)) for decoder in decoders]
    yield [_Oddness.of(decoder.decode(b"", is_whole)) for decoder in decoders]


def _likeliest(counts: Sequence[_Oddness]) -> Encoding:
    (best, codec), (second, _), *_ = sorted(zip(counts, _READ, strict=True), key=lambda each: each[0].odd)
    return Encoding(codec, second.odd - best.odd >= _MARGIN and best.odd <= _MOST_ODD * best.characters)


@lru_cache(maxsize=1 << 15)
def _odd(character: str) -> int:
    if character in _FAMILIAR:
        return 0
    if character in _common() or any(first <= character <= last for first, last in _SPANS):
        return 1
    return 2 if _is_ideograph(character) else 3


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


@cache
def _common() -> frozenset[str]:
    """Level 1 of GB 2312 (rows 16 to 55) and of Big5 (A440 to C67E), simplified and traditional, and signs."""
    simplified = _of_rows("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    traditional = _of_rows("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    return frozenset((*filter(_is_ideograph, simplified + traditional), *_SIGNS))


def _of_rows(codec: str, leads: range, trails: Sequence[int]) -> str:
    pairs = [bytes((lead, trail)) for lead in leads for trail in trails]
    return "".join(pair.decode(codec, "ignore") for pair in pairs)
