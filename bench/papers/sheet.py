"""A blank page to print on, in millimetres from its top left corner, that remembers where every character went."""

import math
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.papers.fonts import font
from bench.papers.pieces import Piece, Value
from bench.papers.truth import PageTruth, TruthEntity, TruthField, TruthMark
from schemas.geometry import Box, Quad, upright
from schemas.page import Line

Colour = tuple[int, int, int]
BLACK: Colour = (20, 20, 22)
_ASCENT, _DESCENT = 0.88, 0.16  # of an em: how far a line's characters reach from their base line
_WORDS = re.compile(r"[A-Za-z0-9.,:/\-()@*^_]+|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：）》！？,;)")


@dataclass(frozen=True, slots=True)
class Pen:
    """How text is put on paper: the face, its em in mm, the colour; `latin` is another face for ASCII, where wanted.

    `hand` from 0 (typed) to 1 (hasty) is how much characters lean, drift and bend.
    """

    face: str
    size: float
    colour: Colour = BLACK
    latin: str = ""
    hand: float = 0.0
    spacing: float = 0.0

    def scaled(self, factor: float) -> "Pen":
        return replace(self, size=self.size * factor, spacing=self.spacing * factor)


Run = tuple[Piece, Pen]


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One character's ink, its place from the pen's, and how far the pen moves on; all in pixels."""

    ink: NDArray[np.uint8] | None
    left: int
    top: int
    advance: float


@dataclass(frozen=True, slots=True)
class _Char:
    """One character to be put: `owner` counts the pieces of a page, `value` is the piece it belongs to, if it must be named."""

    text: str
    pen: Pen
    owner: int
    value: Value | None


@dataclass(frozen=True, slots=True)
class _DrawnLine:
    chars: tuple[_Char, ...]
    quads: tuple[Quad, ...]

    @property
    def box(self) -> Quad:
        return _around(self.quads)


@lru_cache(maxsize=4_000)
def _lacks(face: str, text: str) -> bool:
    """Whether the face draws nothing, or its box for unknown characters."""
    shape = font(face, 24)
    drawn = bytes(shape.getmask(text))
    return not text.isspace() and (not any(drawn) or drawn == bytes(shape.getmask("\U0010fffd")))


@lru_cache(maxsize=20_000)
def _glyph(face: str, pixels: int, text: str) -> _Glyph:
    shape = font("song" if _lacks(face, text) else face, pixels)
    advance = shape.getlength(text)
    left, top, right, bottom = shape.getbbox(text, anchor="ls")
    if right <= left or bottom <= top or text.isspace():
        return _Glyph(None, 0, 0, advance)
    image = Image.new("L", (math.ceil(right - left) + 2, math.ceil(bottom - top) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, font=shape, fill=255, anchor="ls")
    return _Glyph(np.asarray(image), math.floor(left) - 1, math.floor(top) - 1, advance)


class Sheet:
    """One page of *width* by *height* mm at *dpi*, white. `rng` drives all that a hand does on it."""

    def __init__(self, rng: random.Random, dpi: int, *, width: float = 210.0, height: float = 297.0) -> None:
        self.rng = rng
        self.dpi = dpi
        self.width = width
        self.height = height
        self.scale = dpi / 25.4
        self.image = Image.new("RGB", (round(width * self.scale), round(height * self.scale)), (255, 255, 255))
        self.draw = ImageDraw.Draw(self.image)
        self._lines: list[_DrawnLine] = []
        self._marks: list[TruthMark] = []
        self._owners = 0

    # Measuring

    def px(self, mm: float) -> float:
        return mm * self.scale

    def measure(self, runs: Sequence[Run]) -> float:
        """How wide *runs* are on one line, in mm."""
        return sum(self._advance(char) for char in self._chars(runs)) / self.scale

    def lines_needed(self, runs: Sequence[Run], width: float) -> int:
        return len(self._wrapped(self._chars(runs), width))

    # Putting ink on paper

    def put(
        self, x: float, y: float, runs: Sequence[Run], *, width: float | None = None, leading: float = 1.45, align: str = "left"
    ) -> float:
        """Write *runs* from (x, y), the top left of the first line, wrapped to *width*; returns the y below the last line.

        *align* is left, centre or right, within *width*. *leading* is line height over em.
        """
        chars = self._chars(runs)
        if not chars:
            return y
        pitch = max(char.pen.size for char in chars) * leading
        rows = self._wrapped(chars, width) if width is not None else [chars]
        for row in rows:
            self._put_row(row, x, y, pitch, width, align)
            y += pitch
        return y

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, thick: float = 0.25, colour: Colour = BLACK) -> None:
        self.draw.line((self.px(x0), self.px(y0), self.px(x1), self.px(y1)), fill=colour, width=max(1, round(self.px(thick))))

    def frame(self, x: float, y: float, width: float, height: float, *, thick: float = 0.25, colour: Colour = BLACK) -> None:
        corners = (self.px(x), self.px(y), self.px(x + width), self.px(y + height))
        self.draw.rectangle(corners, outline=colour, width=max(1, round(self.px(thick))))

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self.draw.rectangle((self.px(x), self.px(y), self.px(x + width), self.px(y + height)), fill=colour)

    def stroke(self, points: Sequence[tuple[float, float]], *, thick: float = 0.4, colour: Colour = BLACK) -> None:
        """A pen stroke through *points* (mm)."""
        path = [(self.px(x), self.px(y)) for x, y in points]
        self.draw.line(path, fill=colour, width=max(1, round(self.px(thick))), joint="curve")

    def stain(self, ink: NDArray[np.uint8], left: int, top: int, colour: Colour) -> None:
        """Let *colour* show through *ink* (0 to 255, height x width) over what is there, as a transparent stamp ink does.

        *left* and *top* are pixels; what falls off the page is lost.
        """
        box = Box(left, top, left + ink.shape[1], top + ink.shape[0]).clipped(*self.image.size)
        if not box.width or not box.height:
            return
        part = ink[box.top - top : box.bottom - top, box.left - left : box.right - left].astype(np.float32)[:, :, None] / 255
        edges = (box.left, box.top, box.right, box.bottom)
        below = np.asarray(self.image.crop(edges), dtype=np.float32)
        mixed = below * (1 - part * (1 - np.asarray(colour, dtype=np.float32) / 255))
        self.image.paste(Image.fromarray(mixed.astype(np.uint8)), (box.left, box.top))

    def mark(self, kind: str, box: Quad, text: str = "") -> None:
        """Note ink that is no line; *box* in pixels."""
        self._marks.append(TruthMark(kind, text, box))

    def mark_mm(self, kind: str, x: float, y: float, width: float, height: float, text: str = "") -> None:
        """The same for a place in mm."""
        self.mark(kind, upright(self.px(x), self.px(y), self.px(x + width), self.px(y + height)), text)

    def places_of(self, role: str) -> Iterator[Quad]:
        """The pixel quads of values with this *role* that were put so far, by line."""
        for line in self._lines:
            quads = [quad for char, quad in zip(line.chars, line.quads, strict=True) if char.value and char.value.role == role]
            if quads:
                yield _around(quads)

    # The truth

    def truth(self, page_number: int, document_class: str) -> PageTruth:
        """What was put so far, lines in reading order."""
        lines = _in_reading_order(self._lines)
        return PageTruth(
            page_number=page_number,
            document_class=document_class,
            width=self.image.width,
            height=self.image.height,
            dpi=self.dpi,
            rotation=0,
            lines=tuple(_truth_line(line) for line in lines),
            fields=_fields(lines),
            entities=tuple(entity for value, entity in _entities(lines) if value.kind),
            marks=tuple(self._marks),
        )

    # How a row is set

    def _chars(self, runs: Sequence[Run]) -> list[_Char]:
        chars: list[_Char] = []
        for piece, pen in runs:
            self._owners += 1
            value = piece if isinstance(piece, Value) else None
            chars += [_Char(text, pen, self._owners, value) for text in (piece if isinstance(piece, str) else piece.text)]
        return chars

    def _face(self, char: _Char) -> str:
        return char.pen.latin if char.pen.latin and char.text.isascii() else char.pen.face

    def _glyph_of(self, char: _Char) -> _Glyph:
        return _glyph(self._face(char), max(6, round(self.px(char.pen.size))), char.text)

    def _advance(self, char: _Char) -> float:
        return self._glyph_of(char).advance + self.px(char.pen.spacing)

    def _wrapped(self, chars: list[_Char], width: float | None) -> list[list[_Char]]:
        """Rows no wider than *width*; words of ASCII stay whole where they fit, and no row begins with a closing mark."""
        room = self.px(width) if width is not None else math.inf
        rows: list[list[_Char]] = [[]]
        used = 0.0
        for word in _words(chars):
            length = sum(self._advance(char) for char in word)
            if used + length > room and rows[-1] and word[0].text not in _NEVER_FIRST:
                rows.append([])
                used = 0.0
                if word[0].text == " ":
                    continue
            for char in word:
                step = self._advance(char)
                if used + step > room and rows[-1] and char.text not in _NEVER_FIRST:
                    rows.append([])
                    used = 0.0
                rows[-1].append(char)
                used += step
        return [row for row in rows if row]

    def _put_row(self, row: list[_Char], x: float, y: float, pitch: float, width: float | None, align: str) -> None:
        length = sum(self._advance(char) for char in row)
        slack = self.px(width) - length if width is not None else 0.0
        left = self.px(x) + {"left": 0.0, "centre": slack / 2, "right": slack}[align]
        em = max(char.pen.size for char in row)
        base = self.px(y + (pitch - em) / 2 + em * _ASCENT)
        quads: list[Quad] = []
        drift = 0.0
        for char in row:
            drift += self.rng.gauss(0, 0.02) * char.pen.hand * self.px(char.pen.size) if char.pen.hand else 0.0
            quads.append(self._put_char(char, left, base + drift))
            left += self._advance(char)
        line = _trimmed(_DrawnLine(tuple(row), tuple(quads)))
        if line.chars:
            self._lines.append(line)
        self._tick(line)

    def _put_char(self, char: _Char, left: float, base: float) -> Quad:
        em = self.px(char.pen.size)
        glyph = self._glyph_of(char)
        cell = (left, base - em * _ASCENT, left + glyph.advance, base + em * _DESCENT)
        if glyph.ink is None:
            return upright(*cell)
        ink, dx, dy = (glyph.ink, 0, 0) if not char.pen.hand else _by_hand(glyph.ink, char.pen.hand, self.rng)
        x, y = round(left) + glyph.left + dx, round(base) + glyph.top + dy
        self.image.paste(char.pen.colour, (x, y), Image.fromarray(ink))
        return upright(
            min(cell[0], x + 1), min(cell[1], y + 1), max(cell[2], x + ink.shape[1] - 1), max(cell[3], y + ink.shape[0] - 1)
        )

    def _tick(self, line: _DrawnLine) -> None:
        for char, quad in zip(line.chars, line.quads, strict=True):
            if char.value is not None and char.value.mark == "tick":
                self._draw_tick(quad)

    def _draw_tick(self, quad: Quad) -> None:
        (left, top), _, (right, bottom), _ = quad
        size = (right - left) / self.scale
        x, y = left / self.scale, top / self.scale
        swing = self.rng.uniform(0.9, 1.4)
        points = ((x + 0.15 * size, y + 0.5 * size), (x + 0.42 * size, y + 0.85 * size), (x + swing * size, y - 0.1 * size))
        self.stroke(points, thick=0.45, colour=(24, 28, 60))
        self.mark("tick", upright(left, top - self.px(0.2 * size), left + self.px(max(1.0, swing) * size), bottom))


def _words(chars: list[_Char]) -> Iterator[list[_Char]]:
    text = "".join(char.text for char in chars)
    for found in _WORDS.finditer(text):
        yield chars[found.start() : found.end()]


def _by_hand(ink: NDArray[np.uint8], hand: float, rng: random.Random) -> tuple[NDArray[np.uint8], int, int]:
    """*ink* leaned, stretched and shifted a little, with how far its top left corner moved."""
    height, width = ink.shape
    pad = max(2, round(0.12 * max(height, width)))
    lean, slope = rng.gauss(-0.06, 0.07) * hand, rng.gauss(-0.03, 0.04) * hand
    across, along = 1 + rng.gauss(0, 0.05) * hand, 1 + rng.gauss(0, 0.06) * hand
    centre_x, centre_y = width / 2, height / 2
    shift_x, shift_y = rng.gauss(0, 0.03) * hand * width, rng.gauss(0, 0.03) * hand * height
    matrix = np.asarray(
        [
            [across, lean, centre_x + pad - across * centre_x - lean * centre_y + shift_x],
            [slope, along, centre_y + pad - slope * centre_x - along * centre_y + shift_y],
        ],
        dtype=np.float64,
    )
    moved = cv2.warpAffine(ink, matrix, (width + 2 * pad, height + 2 * pad), flags=cv2.INTER_LINEAR)
    return np.asarray(moved, dtype=np.uint8), -pad, -pad


def _around(quads: Iterable[Quad]) -> Quad:
    points = [point for quad in quads for point in quad]
    return upright(min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points))


def _trimmed(line: _DrawnLine) -> _DrawnLine:
    """*line* without spaces at its ends, which nobody can see."""
    text = "".join(char.text for char in line.chars)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return _DrawnLine(line.chars[start:end], line.quads[start:end])


def _truth_line(line: _DrawnLine) -> Line:
    """A line counts as handwritten where most of its characters are."""
    written = sum(char.pen.hand > 0 for char in line.chars)
    text = "".join(char.text for char in line.chars)
    return Line(text, line.box, line.quads, by_hand=2 * written > len(line.chars))


def _in_reading_order(lines: Sequence[_DrawnLine]) -> list[_DrawnLine]:
    """By rows: lines whose middles lie within half a line of a row's first one belong to it."""
    rows: list[list[_DrawnLine]] = []
    for line in sorted(lines, key=lambda line: line.box[0][1] + line.box[2][1]):
        first = rows[-1][0].box if rows else None
        middle = (line.box[0][1] + line.box[2][1]) / 2
        if first and middle < (first[0][1] + first[2][1]) / 2 + (first[2][1] - first[0][1]) * 0.5:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[0][0])]


def _entities(lines: Sequence[_DrawnLine]) -> list[tuple[Value, TruthEntity]]:
    """Every value of *lines* that has a kind or a field, in reading order."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, line in enumerate(lines):
        for place, char in enumerate(line.chars):
            if char.value is not None and (char.value.kind or char.value.field):
                found.setdefault(char.owner, []).append((number, place))
    return [_entity(lines, places) for places in found.values()]


def _entity(lines: Sequence[_DrawnLine], places: list[tuple[int, int]]) -> tuple[Value, TruthEntity]:
    first = lines[places[0][0]].chars[places[0][1]]
    assert first.value is not None
    by_line: dict[int, list[int]] = {}
    for number, place in places:
        by_line.setdefault(number, []).append(place)
    boxes = tuple(_around(lines[number].quads[place] for place in row) for number, row in by_line.items())
    entity = TruthEntity(
        kind=first.value.kind,
        text="".join(lines[number].chars[place].text for number, place in places),
        canonical=first.value.canonical,
        role=first.value.role,
        sound=first.value.sound,
        by_hand=first.pen.hand > 0,
        places=tuple((number, row[0], row[-1] + 1) for number, row in by_line.items()),
        boxes=boxes,
    )
    return first.value, entity


def _fields(lines: Sequence[_DrawnLine]) -> dict[str, TruthField]:
    """The first place of each field, in reading order."""
    fields: dict[str, TruthField] = {}
    for value, entity in _entities(lines):
        if value.field:
            fields.setdefault(value.field, TruthField(entity.text, value.canonical, entity.boxes))
    return fields
