"""Which insurer a document is about: the company whose name it bears.

A name counts by its form, as companies are registered: it has what is insured (财产, 人寿 ...) or what kind of company it is
(股份, 有限), in English the word Company or its like. So 保险公司 alone, which every declaration has, names nobody.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

_OF_WHAT = "财产|人寿|健康|养老|农业|责任|信用|互助|再|人身|意外"
_FORM = r"(?:\(?集团\)?)?(?:股份)?(?:有限)?(?:责任)?公司"
_CHINESE = re.compile(
    rf"[一-鿿]{{2,16}}?(?:(?:{_OF_WHAT})保险{_FORM}|保险(?:\(?集团\)?)?(?:股份有限|有限责任|股份|有限)公司|相互保险社)"
)
_BEFORE = re.compile(
    "(?:致|向|在|由|与|和|及|是|为|到|经|给|同|于|被告|原告|第三人|承保公司|承保人|被保险人|保险人|投保人|保险公司|投保|购买|同意|授权|委托|申请|受托|名称|单位)+"
)
_ANYBODY = frozenset({"本", "该", "贵", "各", "某", "原", "其他", "任何", "相关", "有关", "商业", "一家"})
_LATIN = re.compile(
    r"\b(?:[A-Z][\w&.'’-]* ){1,5}(?:Insurance|Assurance|Indemnity|Casualty)"
    r"(?: (?:and|&) [A-Z]\w+)? (?:Company|Co\b|Corporation|Corp\b|Group|Limited|Ltd\b|Inc\b)\.?",
    re.IGNORECASE,
)
_SHORTEST = 2

Span = tuple[int, int]


def insurers_in(text: str) -> Iterator[Span]:
    """Characters [start, end) of each insurer's name in *text*, which is normalised."""
    for match in _CHINESE.finditer(text):
        start = _beginning(text, *match.span())
        if start is not None:
            yield start, match.end()
    for match in _LATIN.finditer(text):
        if match.group()[0].isupper():
            yield match.span()


def foremost(names: Sequence[str]) -> int | None:
    """The place of the name that stands there most often, the first of several; None where there is none."""
    counts = Counter(names)
    return max(range(len(names)), key=lambda at: (counts[names[at]], -at), default=None)


def _beginning(text: str, start: int, end: int) -> int | None:
    """Where the name begins behind the words of the sentence; None where what is left names no company."""
    words: Iterable[re.Match[str]] = _BEFORE.finditer(text, start, end)
    kind = re.search(f"(?:{_OF_WHAT})?(?:保险|相互保险社)", text[start:end])
    brand_ends = start + kind.start() if kind else end
    for word in words:
        if word.end() <= brand_ends:
            start = word.end()
    brand = text[start:brand_ends]
    return start if len(brand) >= _SHORTEST and brand not in _ANYBODY else None
