"""PaddleOCR as a second engine: the same models read once more by other code, for pages that the first read badly.

Finding and reading lines is PaddleOCR's. Which way up the page lies, where characters stand and the order of lines are found
as for every engine. It has no score for a single character and no runners-up: those are left unknown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage
from workers.recognize import orientation
from workers.recognize.character_columns import ink_of, rows, spans
from workers.recognize.detection import DetectionSettings, shows_something, view_size
from workers.recognize.model_files import ModelFiles
from workers.recognize.paddle_predictors import PaddleReading, load
from workers.recognize.page_view import PageView, Pixels, Points, apply, reduced, straightened, turned
from workers.recognize.placing import MAX_SKEW, MIN_CONFIDENCE, PROBES, dpi_of, order_of, quad_inside, strips_of
from workers.recognize.strips import Strip, cut, quad_points, reversed_strip

REVISION = 1
"""Raised with every change to this arrangement that changes what is read: stored readings are keyed by it."""

SETTINGS = DetectionSettings(long_side=1280, max_area=4_000_000, unclip=1.5)
"""PaddleOCR looks at a page in one piece: its memory grows with the view, and a plan in A0 is seen at 2,000 pixels a side.
Boxes grow as in its pipeline (`unclip`); the thresholds of that, 0.3 and 0.6, lost lines on generated pages."""


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
            dpi=dpi_of(image),
            rotation=rotation,
            lines=tuple(_line(lines[index], image) for index in order_of(view, [line.box for line in lines])),
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
        candidates = [(index, strip) for index, box in enumerate(boxes) for strip in strips_of(page, view, box)]
        readings = self._recogniser.read([strip for _, strip in candidates])
        best: dict[int, _FoundLine] = {}
        for (index, strip), reading in zip(candidates, readings, strict=True):
            if reading.text and (index not in best or reading.confidence > best[index].reading.confidence):
                best[index] = _FoundLine(boxes[index], strip, reading)
        return [found for found in best.values() if found.reading.confidence >= MIN_CONFIDENCE]


def _line(found: _FoundLine, page: PageImage) -> Line:
    strip, reading = found.strip, found.reading
    ink = ink_of(strip.pixels)
    across = rows(ink, latin=reading.text.isascii())
    columns = spans(reading.centres, ink.sum(axis=0))
    return Line(
        text=reading.text,
        box=quad_inside(quad_points(strip, 0.0, strip.width), page),
        char_boxes=tuple(quad_inside(quad_points(strip, *span, *across), page) for span in columns),
        confidence=reading.confidence,
    )


def _total(readings: Sequence[PaddleReading]) -> float:
    return math.fsum(reading.confidence for reading in readings)
