"""A second look at numbers: what was read with doubt is cut anew from the page, at other scales, and read again.

Only spans of a line are read again: long runs of digits, and the figures beside labels such as 保单号, 身份证号, 日期, where a
character is unsure, a check digit fails (GB 11643, ISO/IEC 7812-1), or the spacing tells of a character that was passed over.
CTC drops repeated characters where a strip is too narrow for a blank between them (Graves et al. 2006); a stretched strip has
more time steps per character. The likeliest reading stands as what the page says; the others are kept as alternatives.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median
from typing import Protocol

from stdnum import luhn
from stdnum.cn import ric

from workers.recognize.character_columns import Span
from workers.recognize.page_view import Pixels
from workers.recognize.recognition import StripReading
from workers.recognize.strips import STRIP_HEIGHT, Strip, cut, quad_points

SURE = 0.9
"""A character read with less is worth a second look: of those read with more, fewer than one in 10,000 is wrong."""

MOST_ALTERNATIVES = 3

_RUN = re.compile(r"[0-9A-Za-z|!](?:[ \-.]{0,2}[0-9A-Za-z|!]){5,}")
_LONG = 6
"""Digits that make a run worth a look wherever it stands."""
_BESIDE_LABEL = re.compile(
    r"(?:单号|保单|合同号|赔案|报案|案号|证号|证件|身份|号码|账号|帐号|卡号|电话|手机|日期|时间|生日|出生|Policy|Claim|No\.?|Date)"
    r"[^0-9A-Za-z]{0,6}([0-9A-Za-z|!][0-9A-Za-z|! \-./年月日]{2,}[0-9A-Za-z|!日])"
)
_WRITTEN_DATE = re.compile(r"\d{2,4} ?年 ?\d{1,2} ?月 ?\d{1,2}(?: ?日)?")
_SEPARATORS = re.compile(r"[ \-.·]+")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_NEARLY_IDENTITY = re.compile(r"[1-9]\d{4,6}(?:18|19|20)\d{8,11}[\dX]?")
_CARD = re.compile(r"62\d{14,17}|[3-5]\d{15}")
_NEARLY_CARD = re.compile(r"62\d{13,18}")

CLOSE, ROOMY = 16.0, 24.0
"""Columns of a strip from one character to the next. Where they are CLOSE, one number in ten with repeated digits loses one of
them; where they are ROOMY, none of 700 did, and the spacing need not be asked."""

_PASSED_OVER = 1.32
"""A distance between the middles of two neighbouring digits, over the usual one, from which a character may lie between."""


class Reader(Protocol):
    """What reads strips: one reading each, in the same order."""

    def read(self, strips: Sequence[Strip]) -> list[StripReading]: ...


@dataclass(frozen=True, slots=True)
class Look:
    """How a span is cut anew: stretched until its characters stand `pitch` columns apart, and `grown` by so many of the
    strip's 48 rows above and below (cut closer where it is negative)."""

    pitch: float
    grown: float


FIRST_LOOK, SECOND_LOOK = Look(26.0, -2.0), Look(32.0, 2.0)
WIDEST = 2.5
"""No span is stretched more."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as read so far; `alternatives` are other readings of the whole of it, the likelier first."""

    strip: Strip
    reading: StripReading
    alternatives: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Characters [start, end) of line number `line` that are to be read again."""

    line: int
    start: int
    end: int


def second_look(page: Pixels, lines: Sequence[SeenLine], reader: Reader) -> list[SeenLine]:
    """*lines*, in the same order, those with doubtful numbers read again: at one scale, and where the two readings differ at
    another."""
    doubts = [_Doubt(at, *span) for at, line in enumerate(lines) for span in doubtful(line.reading)]
    first = _read_again(page, lines, doubts, FIRST_LOOK, reader)
    open_still = [doubt for doubt in doubts if _plain(_span(lines, doubt).text) != _plain(first[doubt].text)]
    second = _read_again(page, lines, open_still, SECOND_LOOK, reader)
    seen = list(lines)
    for doubt in reversed(doubts):  # from a line's end, so that places before it stay what they were
        others = [readings[doubt] for readings in (first, second) if doubt in readings]
        seen[doubt.line] = _weighed(seen[doubt.line], doubt, others)
    return seen


# Which spans


def doubtful(reading: StripReading) -> Iterator[tuple[int, int]]:
    """The spans [start, end) of a line that hold a number worth finding and a reason to doubt it, in order."""
    for start, end in _keys(reading.text):
        if _is_doubtful(part(reading, start, end)):
            yield start, end


def _keys(text: str) -> list[tuple[int, int]]:
    """Where the numbers and dates worth finding stand, in order and apart from one another."""
    runs = [match.span() for match in _RUN.finditer(text) if sum(map(str.isdigit, match.group())) >= _LONG]
    labelled = [match.span(1) for match in _BESIDE_LABEL.finditer(text) if any(map(str.isdigit, match.group(1)))]
    dates = [match.span() for match in _WRITTEN_DATE.finditer(text)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted((*runs, *labelled, *dates)):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _is_doubtful(key: StripReading) -> bool:
    written = [confidence for char, confidence in zip(key.text, key.confidences, strict=True) if char.isalnum()]
    is_crowded = _pitch(key) < CLOSE or (_pitch(key) < ROOMY and any(passed_over(key)))
    return min(written, default=1.0) < SURE or is_crowded or fails_its_check(key.text)


def fails_its_check(text: str) -> bool:
    """Whether *text* looks like an identity or card number, and its length or check digit is wrong."""
    plain = _plain(text)
    if _NEARLY_CARD.fullmatch(plain):
        return not holds_its_check(plain)
    if len(plain) in {17, 18, 19} and _NEARLY_IDENTITY.fullmatch(plain):
        return not holds_its_check(plain)
    return False


def holds_its_check(text: str) -> bool:
    """Whether *text* is an identity or card number with the right length and check digit."""
    plain = _plain(text)
    if _IDENTITY.fullmatch(plain):
        return bool(ric.calc_check_digit(plain) == plain[17])
    return bool(_CARD.fullmatch(plain)) and bool(luhn.is_valid(plain))


def passed_over(key: StripReading) -> Iterator[int]:
    """Where a character may be missing: places in the text between two neighbouring digits that stand too far apart.

    Printed digits have one width, so the distance from one to the next tells; where one of a pair was read as both, it is
    taken to stand in the middle, and both of its neighbours are half a character further off.
    """
    steps = _steps(key)
    usual = median(steps.values()) if len(steps) >= _LONG - 1 else 0.0
    yield from (at for at, step in steps.items() if usual and step > _PASSED_OVER * usual)


def _steps(key: StripReading) -> dict[int, float]:
    """Columns from the digit before to this one, by place in the text."""
    middles = [(left + right) / 2 for left, right in key.columns]
    digits = [char.isdigit() for char in key.text]
    return {at: middles[at] - middles[at - 1] for at in range(1, len(middles)) if digits[at] and digits[at - 1]}


def _pitch(key: StripReading) -> float:
    return median(_steps(key).values() or (STRIP_HEIGHT / 2,))


# Reading them again


def _span(lines: Sequence[SeenLine], doubt: _Doubt) -> StripReading:
    return part(lines[doubt.line].reading, doubt.start, doubt.end)


def part(reading: StripReading, start: int, end: int) -> StripReading:
    """Characters [start, end) of a reading; columns stay those of the whole strip."""
    return replace(
        reading,
        text=reading.text[start:end],
        confidences=reading.confidences[start:end],
        runners_up=reading.runners_up[start:end],
        columns=reading.columns[start:end],
    )


def _read_again(
    page: Pixels, lines: Sequence[SeenLine], doubts: Sequence[_Doubt], look: Look, reader: Reader
) -> dict[_Doubt, StripReading]:
    """Each doubt's span as it is read from a strip of its own, in columns of the line's strip."""
    if not doubts:
        return {}
    edges = [_edges(lines[doubt.line], doubt) for doubt in doubts]
    stretches = [min(max(look.pitch / _pitch(_span(lines, doubt)), 1.0), WIDEST) for doubt in doubts]
    strips = [
        _cut_anew(page, lines[doubt.line].strip, edge, look.grown, stretch)
        for doubt, edge, stretch in zip(doubts, edges, stretches, strict=True)
    ]
    readings = reader.read(strips)
    return {
        doubt: _in_columns_of_the_line(_without_edges(reading), left, (right - left) / strip.width)
        for doubt, (left, right), strip, reading in zip(doubts, edges, strips, readings, strict=True)
    }


def _edges(line: SeenLine, doubt: _Doubt) -> Span:
    """From where to where in the line's strip a span is cut: half way to its neighbours, at a line's end a little beyond."""
    columns, beyond = line.reading.columns, STRIP_HEIGHT / 4
    left = (
        (columns[doubt.start - 1][1] + columns[doubt.start][0]) / 2 if doubt.start else min(-beyond / 2, columns[0][0] - beyond)
    )
    if doubt.end < len(columns):
        return left, (columns[doubt.end - 1][1] + columns[doubt.end][0]) / 2
    return left, max(line.strip.width + beyond / 2, columns[-1][1] + beyond)


def _cut_anew(page: Pixels, strip: Strip, edges: Span, grown: float, stretch: float) -> Strip:
    """A part of the line's strip, taken from the full page again."""
    return cut(
        page, quad_points(strip, *edges, -grown, STRIP_HEIGHT + grown), stretch * (STRIP_HEIGHT + 2 * grown) / STRIP_HEIGHT
    )


def _without_edges(reading: StripReading) -> StripReading:
    """Without marks at its ends, which belong to what stands beside the number."""
    written = [at for at, char in enumerate(reading.text) if char.isalnum()]
    return part(reading, written[0], written[-1] + 1) if written else part(reading, 0, 0)


def _in_columns_of_the_line(reading: StripReading, left: float, scale: float) -> StripReading:
    columns = tuple((left + start * scale, left + end * scale) for start, end in reading.columns)
    return replace(reading, columns=columns)


# Weighing the readings


def _weighed(line: SeenLine, doubt: _Doubt, others: Sequence[StripReading]) -> SeenLine:
    """The line with the best reading of the span in its place, the others as alternatives."""
    first = part(line.reading, doubt.start, doubt.end)
    readings = [first, *(other for other in others if other.text)]
    best = max(readings, key=lambda reading: _worth(reading, readings))
    best = first if _plain(best.text) == _plain(first.text) else best
    texts = [reading.text for reading in readings if _plain(reading.text) != _plain(best.text)]
    texts += _with_doubled(best) if not holds_its_check(best.text) else []
    texts.sort(key=holds_its_check, reverse=True)
    chosen = _replaced(line.reading, doubt, best)
    stand_ins = [line.reading.text[: doubt.start] + text + line.reading.text[doubt.end :] for text in texts]
    kept = dict.fromkeys((*stand_ins, *line.alternatives))
    return SeenLine(line.strip, chosen, tuple(text for text in kept if text != chosen.text)[:MOST_ALTERNATIVES])


def _worth(reading: StripReading, readings: Sequence[StripReading]) -> tuple[bool, int, float]:
    """A check digit that holds says most, then how many readings agree, then how sure the characters are."""
    agreeing = sum(_plain(other.text) == _plain(reading.text) for other in readings)
    return holds_its_check(reading.text), agreeing, fmean(reading.confidences)


def _with_doubled(key: StripReading) -> list[str]:
    """The number with a digit doubled where the spacing tells of a missing one, first the digit before the gap."""
    places = list(passed_over(key))
    return [key.text[:at] + twice + key.text[at:] for at in places for twice in dict.fromkeys(key.text[at - 1 : at + 1])]


def _replaced(reading: StripReading, doubt: _Doubt, span: StripReading) -> StripReading:
    start, end = doubt.start, doubt.end
    return replace(
        reading,
        text=reading.text[:start] + span.text + reading.text[end:],
        confidences=(*reading.confidences[:start], *span.confidences, *reading.confidences[end:]),
        runners_up=(*reading.runners_up[:start], *span.runners_up, *reading.runners_up[end:]),
        columns=(*reading.columns[:start], *span.columns, *reading.columns[end:]),
    )


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text).upper().replace("×", "X")
