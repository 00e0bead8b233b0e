"""PaddleOCR as a second engine: the same models read once more by other code, for pages that the first read badly.

Finding and reading lines is PaddleOCR's. Which way up the page lies, where characters stand and the order of lines are found
as for every engine. It has no score for a single character and no runners-up: those are left unknown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from schemas.geometry import Quad
from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage
from workers.recognize import orientation
from workers.recognize.cells import cell_of, cells
from workers.recognize.character_columns import ink_of, rows, spans
from workers.recognize.detection import DetectionSettings, shows_something, view_size
from workers.recognize.model_files import ModelFiles
from workers.recognize.paddle_predictors import PaddleReading, load
from workers.recognize.page_view import PageView, Pixels, Points, apply, reduced, straightened, turned
from workers.recognize.reading_order import Extent, reading_order
from workers.recognize.strips import Strip, cut, quad_points, reversed_strip

REVISION = 1
"""Raised with every change to this arrangement that changes what is read: stored readings are keyed by it."""

SETTINGS = DetectionSettings(long_side=1280, max_area=4_000_000, unclip=1.5)
"""PaddleOCR looks at a page in one piece: its memory grows with the view, and a plan in A0 is seen at 2,000 pixels a side.
Boxes grow as in its pipeline (`unclip`); the thresholds of that, 0.3 and 0.6, lost lines on generated pages."""

MIN_CONFIDENCE = 0.5
"""Lines read with less are not text: rules, stamps' edges, pictures."""

PROBES = 4
MAX_SKEW = 0.5
"""Degrees of skew that are not worth a second look for lines."""

A4_LONG_SIDE = 11.69
"""Inches; the paper a page is taken to be on where its file does not say how large it is."""


@dataclass(frozen=True, slots=True)
class _FoundLine:
    """A line of text: its box in the view, the strip it was read from, what it says."""

    box: Points
    strip: Strip
    reading: PaddleReading


class PaddleEngine:
    """An OcrEngine on *threads* threads of this process."""

    def __init__(self, threads: int = 1) -> None:
        """Raises ImportError where the extra `paddle` is not installed, and what ModelFiles.installed() raises."""
        models = ModelFiles.installed()
        self._detector, self._recogniser = load(models, SETTINGS, threads)
        parameters = f"v6-small-{models.digest_prefix()},det{SETTINGS.long_side},onnxruntime,r{REVISION}"
        self._version = EngineVersion("paddle", version("paddleocr"), parameters)

    @property
    def version(self) -> EngineVersion:
        return self._version

    def read(self, image: PageImage) -> PageText:
        view, boxes, rotation = self._upright(image)
        lines = self._lines(image.pixels, view, boxes)
        return PageText(
            page_number=image.page_number,
            width=image.width,
            height=image.height,
            dpi=image.dpi if image.dpi is not None else max(image.width, image.height) / A4_LONG_SIDE,
            rotation=rotation,
            lines=tuple(_line(found, image.width, image.height) for found in _ordered(view, lines)),
            engine=self._version,
        )

    def _upright(self, image: PageImage) -> tuple[PageView, list[Points], int]:
        """The page as it is read, the boxes of its lines there, and the clockwise turn that made it so."""
        view = reduced(image.pixels, *view_size(image.width, image.height, image.dpi, SETTINGS))
        boxes = self._find(view)
        rotation = 90 if orientation.runs_sideways(boxes) else 0
        if rotation:
            view = turned(view, rotation)
            boxes = self._find(view)
        if self._upside_down(image.pixels, view, boxes):
            rotation, view = rotation + 180, turned(view, 180)
            boxes = self._find(view)
        skew = orientation.skew(boxes)
        if abs(skew) > MAX_SKEW:
            view = straightened(view, skew)
            boxes = self._find(view)
        return view, boxes, rotation

    def _find(self, view: PageView) -> list[Points]:
        return self._detector.find(view) if shows_something(view.pixels) else []

    def _upside_down(self, page: Pixels, view: PageView, boxes: Sequence[Points]) -> bool:
        strips = [cut(page, apply(view.to_page, boxes[index])) for index in orientation.telling(boxes, PROBES)]
        upright = self._recogniser.read(strips)
        reverse = self._recogniser.read([reversed_strip(strip) for strip in strips])
        return _total(reverse) > _total(upright)

    def _lines(self, page: Pixels, view: PageView, boxes: Sequence[Points]) -> list[_FoundLine]:
        """Every box with its best reading: vertical ones are read turned either way."""
        candidates = [(index, strip) for index, box in enumerate(boxes) for strip in _strips(page, view, box)]
        readings = self._recogniser.read([strip for _, strip in candidates])
        best: dict[int, _FoundLine] = {}
        for (index, strip), reading in zip(candidates, readings, strict=True):
            if reading.text and (index not in best or reading.confidence > best[index].reading.confidence):
                best[index] = _FoundLine(boxes[index], strip, reading)
        return [found for found in best.values() if found.reading.confidence >= MIN_CONFIDENCE]


def _strips(page: Pixels, view: PageView, box: Points) -> list[Strip]:
    corners = apply(view.to_page, box)
    if not orientation.is_vertical(box):
        return [cut(page, corners)]
    return [cut(page, np.roll(corners, shift, axis=0)) for shift in (1, -1)]


def _ordered(view: PageView, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
    ruled = cells(view.pixels) if len(lines) > 1 else []
    order = reading_order([_extent(line.box) for line in lines], [cell_of(line.box, ruled) for line in lines])
    return [lines[index] for index in order]


def _line(found: _FoundLine, width: int, height: int) -> Line:
    strip, reading = found.strip, found.reading
    ink = ink_of(strip.pixels)
    across = rows(ink, latin=reading.text.isascii())
    columns = spans(reading.centres, ink.sum(axis=0))
    return Line(
        text=reading.text,
        box=_quad(quad_points(strip, 0.0, strip.width), width, height),
        char_boxes=tuple(_quad(quad_points(strip, *span, *across), width, height) for span in columns),
        confidence=reading.confidence,
    )


def _quad(points: Points, width: int, height: int) -> Quad:
    """*points* as a quad, moved inside the page."""
    a, b, c, d = ((min(max(float(x), 0.0), float(width)), min(max(float(y), 0.0), float(height))) for x, y in points)
    return (a, b, c, d)


def _extent(box: Points) -> Extent:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return Extent(float(left), float(top), float(right), float(bottom))


def _total(readings: Sequence[PaddleReading]) -> float:
    return math.fsum(reading.confidence for reading in readings)
