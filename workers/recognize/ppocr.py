"""The PP-OCRv6 small models, arranged for whole pages of claims.

The page is looked at in a reduced view, once turned and straightened if need be; the lines found there are cut from the
full page, read many at a time, and put in the order a person reads them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from schemas.geometry import Quad
from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage
from workers.recognize import orientation
from workers.recognize.cells import cell_of, cells
from workers.recognize.ctc import Alphabet
from workers.recognize.detection import DetectionSettings, Detector, view_size
from workers.recognize.infer import OnnxNetwork
from workers.recognize.model_files import ModelFiles
from workers.recognize.page_view import PageView, Pixels, Points, apply, reduced, straightened, turned
from workers.recognize.reading_order import Extent, reading_order
from workers.recognize.recognition import Recogniser, RecognitionSettings, StripReading
from workers.recognize.strips import Strip, cut, quad_points, reversed_strip
from workers.recognize.top_choices import CLASSES, PROBABILITIES, with_top_choices

SCORES = "fetch_name_0"
"""Output of both networks: of the detector the probability map, of the recogniser the class probabilities."""

REVISION = 2
"""Raised with every change to this arrangement that changes what is read: stored readings are keyed by it."""

CHOICES = 3
MIN_CONFIDENCE = 0.5
"""Lines read with less are not text: rules, stamps' edges, pictures."""

PICTURE = 0.25
"""A single character over this share of the page is a picture."""

PROBES = 4
SURE = 0.85
"""Mean confidence over the probes from which a page counts as upright without reading them upside down as well."""

MAX_SKEW = 0.5
"""Degrees of skew that are not worth a second look for lines."""

A4_LONG_SIDE = 11.69
"""Inches; the paper a page is taken to be on where its file does not say how large it is."""


@dataclass(frozen=True, slots=True)
class _FoundLine:
    """A line of text: its box in the view, the strip it was read from, what it says."""

    box: Points
    strip: Strip
    reading: StripReading


class PpOcrEngine:
    """An OcrEngine on *threads* threads of this process; one process per core is faster than one with many threads."""

    def __init__(self, threads: int = 1) -> None:
        """Raises PackageNotFoundError or FileNotFoundError where the `rapidocr` wheel or its models are not installed."""
        cv2.setNumThreads(threads)
        models = ModelFiles.installed()
        recognition = OnnxNetwork(with_top_choices(models.recognition, SCORES, CHOICES), (PROBABILITIES, CLASSES), threads)
        self._detection_settings = DetectionSettings()
        self._detector = Detector(OnnxNetwork(models.detection, (SCORES,), threads), self._detection_settings)
        alphabet = Alphabet.of_metadata(recognition.metadata["character"])
        self._recogniser = Recogniser(recognition, alphabet, RecognitionSettings())
        parameters = f"v6-small-{models.digest_prefix()},det{self._detection_settings.long_side},f32,r{REVISION}"
        self._version = EngineVersion("ppocr", models.version, parameters)

    @property
    def version(self) -> EngineVersion:
        return self._version

    def read(self, image: PageImage) -> PageText:
        view, boxes, rotation, known = self._upright(image)
        lines = [_line(found, image.width, image.height) for found in self._ordered_lines(image.pixels, view, boxes, known)]
        return PageText(
            page_number=image.page_number,
            width=image.width,
            height=image.height,
            dpi=_dpi(image),
            rotation=rotation,
            lines=tuple(lines),
            engine=self._version,
        )

    def _upright(self, image: PageImage) -> tuple[PageView, list[Points], int, dict[int, _FoundLine]]:
        """The page as it is read, the boxes of its lines there, the clockwise turn that made it so, and lines read already."""
        view = reduced(image.pixels, *view_size(image.width, image.height, image.dpi, self._detection_settings))
        boxes = self._detector.find(view)
        rotation = 90 if orientation.runs_sideways(boxes) else 0
        if rotation:
            view = turned(view, rotation)
            boxes = self._detector.find(view)
        probes = self._probes(image.pixels, view, boxes)
        if self._upside_down(list(probes.values())):
            rotation, view, probes = rotation + 180, turned(view, 180), {}
            boxes = self._detector.find(view)
        skew = orientation.skew(boxes)
        if abs(skew) > MAX_SKEW:
            view, probes = straightened(view, skew), {}
            boxes = self._detector.find(view)
        return view, boxes, rotation, probes

    def _probes(self, page: Pixels, view: PageView, boxes: Sequence[Points]) -> dict[int, _FoundLine]:
        """A few lines by which to tell which way is up, read as they lie."""
        chosen = orientation.telling(boxes, PROBES)
        strips = [cut(page, apply(view.to_page, boxes[index])) for index in chosen]
        read = zip(chosen, strips, self._recogniser.read(strips), strict=True)
        return {index: _FoundLine(boxes[index], strip, reading) for index, strip, reading in read}

    def _upside_down(self, probes: Sequence[_FoundLine]) -> bool:
        upright = _mean_confidence([probe.reading for probe in probes])
        if not probes or upright >= SURE:
            return False
        return _mean_confidence(self._recogniser.read([reversed_strip(probe.strip) for probe in probes])) > upright

    def _ordered_lines(
        self, page: Pixels, view: PageView, boxes: Sequence[Points], known: Mapping[int, _FoundLine]
    ) -> list[_FoundLine]:
        area = view.width * view.height
        found = [line for line in self._lines(page, view, boxes, known) if _is_text(line, area)]
        ruled = cells(view.pixels) if len(found) > 1 else []
        order = reading_order([_extent(line.box) for line in found], [cell_of(line.box, ruled) for line in found])
        return [found[index] for index in order]

    def _lines(
        self, page: Pixels, view: PageView, boxes: Sequence[Points], known: Mapping[int, _FoundLine]
    ) -> list[_FoundLine]:
        """Every box with its best reading: vertical ones are read turned either way, those *known* are not read again."""
        unread = [(index, box) for index, box in enumerate(boxes) if index not in known]
        candidates = [(index, strip) for index, box in unread for strip in _strips(page, view, box)]
        readings = self._recogniser.read([strip for _, strip in candidates])
        best = dict(known)
        for (index, strip), reading in zip(candidates, readings, strict=True):
            if index not in best or reading.confidence > best[index].reading.confidence:
                best[index] = _FoundLine(boxes[index], strip, reading)
        return [best[index] for index in sorted(best)]


def _strips(page: Pixels, view: PageView, box: Points) -> list[Strip]:
    corners = apply(view.to_page, box)
    if not orientation.is_vertical(box):
        return [cut(page, corners)]
    return [cut(page, np.roll(corners, shift, axis=0)) for shift in (1, -1)]


def _is_text(found: _FoundLine, page_area: int) -> bool:
    width, height = orientation.sides(found.box)
    if len(found.reading.text) <= 1 and width * height >= PICTURE * page_area:
        return False
    return found.reading.confidence >= MIN_CONFIDENCE


def _line(found: _FoundLine, width: int, height: int) -> Line:
    reading = found.reading
    return Line(
        text=reading.text,
        box=_quad(quad_points(found.strip, 0.0, found.strip.width), width, height),
        char_boxes=tuple(_quad(quad_points(found.strip, left, right), width, height) for left, right in reading.columns),
        confidence=reading.confidence,
        char_confidences=reading.confidences,
        runners_up=reading.runners_up,
    )


def _quad(points: Points, width: int, height: int) -> Quad:
    """*points* as a quad, moved inside the page."""
    a, b, c, d = ((min(max(float(x), 0.0), float(width)), min(max(float(y), 0.0), float(height))) for x, y in points)
    return (a, b, c, d)


def _extent(box: Points) -> Extent:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return Extent(float(left), float(top), float(right), float(bottom))


def _mean_confidence(readings: Sequence[StripReading]) -> float:
    return math.fsum(reading.confidence for reading in readings) / max(len(readings), 1)


def _dpi(image: PageImage) -> float:
    return image.dpi if image.dpi is not None else max(image.width, image.height) / A4_LONG_SIDE
