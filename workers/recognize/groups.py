"""Card numbers printed in groups of four that the detector took for several lines, put together again.

Half of a number is worse than a misread one: its other half stands without a label, is found by nobody and hidden by nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workers.recognize.character_columns import Span
from workers.recognize.page_view import Affine, Pixels, Points, apply
from workers.recognize.recognition import StripReading
from workers.recognize.second_look import SeenLine, holds_its_check
from workers.recognize.strips import STRIP_HEIGHT, Strip, cut, quad_points

_HEAD = re.compile(r"(?<![0-9A-Za-z])[3-6]\d{3}(?: ?\d{4}){0,3}(?: ?\d{1,3})?$")
"""How a line ends on which a card number begins."""
_NEXT = re.compile(r"\d{4}(?: ?\d{4}){0,3}(?: ?\d{1,3})?|\d{1,3}")
"""A line that goes on with it."""
_DIGITS = range(16, 21)
"""Of a whole number: 16 to 19, and one that two boxes share."""
_UNIONPAY = "62"

_NEAREST, _FURTHEST, _ASIDE = -32.0, 30.0, 12.0
"""Rows of a strip, 48 to a line: how far from a line's end the next group begins, and how far above or below its middle."""


def put_together(page: Pixels, lines: Sequence[SeenLine]) -> list[tuple[int, SeenLine]]:
    """*lines* with the groups of a card number as one line in the place of the first; each with the number it had."""
    chains = {at: chain for at, line in enumerate(lines) if (chain := _chain(at, lines)) and _is_card(line, chain, lines)}
    taken = {at for chain in chains.values() for at in chain}
    kept = (at for at in range(len(lines)) if at not in taken)
    return [(at, _joined(page, lines[at], [lines[other] for other in chains.get(at, ())])) for at in kept]


def _chain(at: int, lines: Sequence[SeenLine]) -> list[int]:
    """The lines that go on where a card number at the end of line *at* leaves off, in order."""
    if not _HEAD.search(lines[at].reading.text):
        return []
    pieces = [other for other, line in enumerate(lines) if other != at and _NEXT.fullmatch(line.reading.text)]
    chain, last = [], at
    while (following := _following(last, pieces, lines)) is not None and following not in chain:
        chain.append(following)
        last = following
    return chain


def _following(last: int, pieces: Sequence[int], lines: Sequence[SeenLine]) -> int | None:
    return next((at for at in pieces if at != last and _follows(lines[at].strip, lines[last].strip)), None)


def _follows(strip: Strip, before: Strip) -> bool:
    """Whether *strip* begins right where *before* ends, on the same line."""
    (across, down), *_ = _seen_from(before, apply(strip.to_page, np.array([[0.0, STRIP_HEIGHT / 2]])))
    gap, aside = float(across) - before.width, abs(float(down) - STRIP_HEIGHT / 2)
    return _NEAREST <= gap <= _FURTHEST and aside <= _ASIDE


def _seen_from(strip: Strip, points: Points) -> Points:
    """Points of the page in the strip's own columns and rows."""
    to_page: Affine = strip.to_page
    return np.asarray(np.linalg.solve(to_page[:, :2], (points - to_page[:, 2]).T).T, dtype=np.float64)


def _is_card(line: SeenLine, chain: Sequence[int], lines: Sequence[SeenLine]) -> bool:
    """Whether the first group is no whole number yet, and all of them are one."""
    head = _HEAD.search(line.reading.text)
    first = _digits(head.group()) if head else ""
    whole = first + "".join(_digits(lines[at].reading.text) for at in chain)
    return len(first) < _DIGITS.start <= len(whole) < _DIGITS.stop and (whole.startswith(_UNIONPAY) or holds_its_check(whole))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _joined(page: Pixels, line: SeenLine, others: Sequence[SeenLine]) -> SeenLine:
    if not others:
        return line
    end = _seen_from(line.strip, apply(others[-1].strip.to_page, np.array([[others[-1].strip.width, STRIP_HEIGHT / 2]])))[0, 0]
    strip = cut(page, quad_points(line.strip, 0.0, float(end)))
    reading = _scaled(line.reading, strip.width / float(end))
    for other in others:
        reading = _with_group(reading, replace(other.reading, columns=_columns_in(strip, other)))
    return SeenLine(strip, reading)


def _scaled(reading: StripReading, scale: float) -> StripReading:
    return replace(reading, columns=tuple((left * scale, right * scale) for left, right in reading.columns))


def _columns_in(strip: Strip, line: SeenLine) -> tuple[Span, ...]:
    """Where the line's characters stand in *strip*."""
    middle = STRIP_HEIGHT / 2
    points = np.array([[column, middle] for span in line.reading.columns for column in span])
    across = _seen_from(strip, apply(line.strip.to_page, points))[:, 0].reshape(-1, 2)
    return tuple((float(left), float(right)) for left, right in across)


def _with_group(reading: StripReading, group: StripReading) -> StripReading:
    """Both, with a space between that is as sure as the characters beside it."""
    end = reading.columns[-1][1]
    columns = tuple((max(left, end), max(right, end)) for left, right in group.columns)
    sure = min(reading.confidences[-1], group.confidences[0])
    return replace(
        reading,
        text=f"{reading.text} {group.text}",
        confidences=(*reading.confidences, sure, *group.confidences),
        runners_up=(*reading.runners_up, "", *group.runners_up),
        columns=(*reading.columns, (end, columns[0][0]), *columns),
    )
