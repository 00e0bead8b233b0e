"""One spelling for every character, with the way back to where each one stood.

Recognizers read normalised text; entities are given in the original's characters. Rules: docs/identifiers.md, section 1.2.
Numbers get two more readings of the same length, so that one map of offsets serves all three: `folded` (letters that OCR
reads for digits turned into digits, inside numeric runs only).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from schemas.invisible import is_invisible

_NAME_DOTS = "•・‧･●∙⋅᛫"
_DASHES = "‐‑‒–—―−－﹣"
_SIGNS = {
    **dict.fromkeys(_NAME_DOTS, "·"),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("‘’‛′`´", "'"),
    **dict.fromkeys("“”″", '"'),
    "〔": "(",
    "〕": ")",
    "【": "(",
    "】": ")",
    "［": "(",
    "］": ")",
    "℃": "℃",  # one character, for OCR reads it for a crossed zero
}
# Radicals of the CJK Radicals Supplement that NFKC leaves alone; PDF text layers use them for the ideographs beside them.
_RADICALS = dict(
    zip(
        "⺟⺠⻄⻅⻆⻉⻋⻒⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰",
        "母民西见角贝车长长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙",
        strict=True,
    )
)
# Decompositions that change only how a character is drawn. `<circle>`, `<super>` and `<fraction>` would make digits of
# list numbers and exponents, which then touch real numbers.
_FOLDED_DECOMPOSITIONS = ("<wide>", "<narrow>", "<compat>")

_DIGIT_LOOKALIKES = str.maketrans("OoDQC℃〇○Il|!ZzSsbGBgq", "0000000011112255668" + "99")
LOOKALIKE = "OoDQC℃〇○Il|!ZzSsbGBgq"
_NUMERIC_RUN = re.compile(rf"(?<![A-Za-z])[0-9{re.escape(LOOKALIKE)}]{{4,}}(?![A-WYZa-wyz])")
_LIKE = rf"[0-9{re.escape(LOOKALIKE)}]"
_DATE_RUN = re.compile(  # the year has a real digit, so that words are no dates
    rf"(?<![0-9A-Za-z])(?=[^\n]?[0-9]|[0-9])(?:{_LIKE}{{4}}|{_LIKE}{{2}}) ?"
    rf"[年./\-] ?{_LIKE}{{1,2}} ?[月./\-] ?{_LIKE}{{1,2}}(?![0-9A-Za-z])"
)
_NUMERAL = re.compile(rf"(?<![A-Za-z])(?=[{re.escape(LOOKALIKE)}]*[0-9]){_LIKE}+(?![A-Za-z])")
SEPARATORS = " -.·\n,/()"
_DROPPED = str.maketrans("", "", SEPARATORS)


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class NormalisedText:
    """Normalised `text`; its character i was read from characters [starts[i], ends[i]) of the original."""

    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not len(self.text) == len(self.starts) == len(self.ends):
            raise ValueError("every normalised character needs its place in the original")

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Characters [start, end) of the original that normalised characters [start, end) were read from."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError("a span holds at least one character of the text")
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def folded(self) -> str:
        """The text with digit look-alikes inside numeric runs and dates as digits; the same length."""
        dates = _DATE_RUN.sub(lambda run: _fold_run(run.group()), self.text)
        return _NUMERIC_RUN.sub(lambda run: _fold_run(run.group()), dates)

    @cached_property
    def cells(self) -> str:
        """The text with a line break for every blank that was read from more than one: those part cells; the same length."""
        wide = (character == " " and self.ends[at] - self.starts[at] > 1 for at, character in enumerate(self.text))
        return "".join("\n" if is_wide else character for is_wide, character in zip(wide, self.text, strict=True))

    @property
    def readings(self) -> tuple[str, ...]:
        """What a recognizer of numbers looks at: the text, and the folded text where that differs."""
        return (self.text,) if self.folded == self.text else (self.text, self.folded)


def _fold_run(run: str) -> str:
    real = sum(character.isdigit() for character in run)
    signs = sum(character in " 年月./-" for character in run)
    return fold_digits(run) if real * 2 > len(run) - signs else run


def fold_digits(text: str) -> str:
    """Every look-alike as the digit it stands for (docs/identifiers.md 1.2); the same length."""
    return text.translate(_DIGIT_LOOKALIKES)


def fold_numerals(text: str) -> str:
    """Runs of digits and their look-alikes that hold a digit, however short, as digits; the same length.

    For places where only a date or a number can stand: anywhere else B5 and S1 are words.
    """
    return _NUMERAL.sub(lambda run: fold_digits(run.group()), text)


def compact(text: str) -> str:
    """Without the separators that people and OCR put inside numbers, in upper case."""
    return text.translate(_DROPPED).upper()


@lru_cache(maxsize=20_000)
def normal_character(character: str) -> str:
    """The normal form of one character: "" for invisible ones, one space for any blank but a line break."""
    if character == "\n" or ("!" <= character <= "~" and character != "`"):
        return character
    if is_invisible(character):
        return ""
    if character.isspace():
        return " "
    if sign := _SIGNS.get(character) or _RADICALS.get(character):
        return sign
    return _nfkc(character)


def _nfkc(character: str) -> str:
    decomposition = unicodedata.decomposition(character)
    drawn = decomposition.startswith("<")
    if not decomposition or (drawn and not decomposition.startswith(_FOLDED_DECOMPOSITIONS)):
        return character
    return unicodedata.normalize("NFKC", character)


def normalise(text: str) -> NormalisedText:
    """*text* in one spelling: NFKC character by character, one kind of dot, dash and quote, runs of blanks as one space."""
    characters = tuple(_characters(text))
    return NormalisedText(
        text="".join(character.text for character in characters),
        starts=tuple(character.start for character in characters),
        ends=tuple(character.end for character in characters),
    )


def _characters(text: str) -> list[_Character]:
    found: list[_Character] = []
    for index, original in enumerate(text):
        for character in normal_character(original):
            if character == " " and found and found[-1].text == " ":
                found[-1] = _Character(" ", found[-1].start, index + 1)
            else:
                found.append(_Character(character, index, index + 1))
    return found
