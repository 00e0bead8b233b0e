"""The PP-OCRv6 small models, arranged for whole pages of claims.

The page is looked at in a reduced view, once turned and straightened if need be; the lines found there are cut from the
full page, read many at a time, and put in the order a person reads them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2

from schemas.page import EngineVersion, Line, PageText
from workers.page_image import PageImage
from workers.recognize import columns, facing, lumps, orientation
from workers.recognize.calibration import PRINTED, Calibration
from workers.recognize.ctc import Alphabet
from workers.recognize.detection import DetectionSettings, Detector, view_size
from workers.recognize.groups import put_together
from workers.recognize.handwriting import written_by_hand
from workers.recognize.infer import Runtime, best_runtime, load
from workers.recognize.ink import Hue, StampInk, stamp_inks, without_ink
from workers.recognize.model_files import ModelFiles
from workers.recognize.page_view import PageView, Pixels, Points, apply, closer, reduced, straightened, turned
from workers.recognize.placing import MAX_SKEW, MIN_CONFIDENCE, PROBES, dpi_of, order_of, quad_inside, strips_of
from workers.recognize.recognition import Recogniser, RecognitionSettings, StripReading
from workers.recognize.second_look import SeenLine, second_look
from workers.recognize.strips import Strip, cut, quad_points, reversed_strip
from workers.recognize.top_choices import CLASSES, PROBABILITIES, with_top_choices
from workers.recognize.under_stamps import Choice, Seen, chosen, worth_reading

SCORES = "fetch_name_0"
"""Output of both networks: of the detector the probability map, of the recogniser the class probabilities."""

REVISION = 5
"""Raised with every change to this arrangement that changes what is read: stored readings are keyed by it."""

RECOGNITION = {
    # Compiled for each new shape, and quickest on large batches: few shapes, many strips.
    Runtime.OPENVINO_BF16: RecognitionSettings(batch_area=3200, width_step=64, min_width=128),
    Runtime.OPENVINO_F32: RecognitionSettings(batch_area=1280, width_step=64, min_width=128),
    # Any shape costs what its area costs, as long as it stays in the processor's cache: next to no padding.
    Runtime.ONNXRUNTIME: RecognitionSettings(batch_area=960, width_step=8, min_width=48),
}

CHOICES = 3

PICTURE = 0.25
"""A single character over this share of the page is a picture."""

SURE = 0.85
"""Mean confidence over the probes from which a page counts as upright without reading them upside down as well."""


@dataclass(frozen=True, slots=True)
class _FoundLine:
    """A line of text: its box in the view, the strip it was read from, what it says, what it may say otherwise.

    `without` is the stamp ink that was taken off before it was read.
    """

    box: Points
    strip: Strip
    reading: StripReading
    alternatives: tuple[str, ...] = ()
    without: Hue | None = None


class PpOcrEngine:
    """An OcrEngine on *threads* threads of this process; one process per core is faster than one with many threads."""

    def __init__(self, threads: int = 1, runtime: Runtime | None = None, calibration: Calibration = PRINTED) -> None:
        """On the *runtime* that suits the processor best, unless one is given.

        Raises PackageNotFoundError or FileNotFoundError where the `rapidocr` wheel or its models are not installed.
        """
        cv2.setNumThreads(threads)
        runtime = runtime or best_runtime()
        models = ModelFiles.installed()
        top_choices = with_top_choices(models.recognition, SCORES, CHOICES)
        recognition = load(top_choices, (PROBABILITIES, CLASSES), threads, runtime)
        self._detection_settings = DetectionSettings()
        self._detector = Detector(load(models.detection, (SCORES,), threads, runtime), self._detection_settings)
        alphabet = Alphabet.of_metadata(models.characters)
        self._recogniser = Recogniser(recognition, alphabet, RECOGNITION[runtime])
        self._calibration = calibration
        parameters = f"v6-small-{models.digest_prefix()},det{self._detection_settings.long_side},{runtime},r{REVISION}"
        self._version = EngineVersion("ppocr", models.version, parameters)

    @property
    def version(self) -> EngineVersion:
        return self._version

    def read(self, image: PageImage) -> PageText:
        view, boxes, rotation, known = self._upright(image)
        found = self._ordered_lines(image.pixels, view, boxes, known)
        by_hand = written_by_hand([(line.strip.pixels, line.reading) for line in found])
        lines = [_line(line, image, self._calibration, by_hand=written) for line, written in zip(found, by_hand, strict=True)]
        return PageText(
            page_number=image.page_number,
            width=image.width,
            height=image.height,
            dpi=dpi_of(image),
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
        found = self._lines(page, view, boxes, known)
        found = [line for line in self._parted(page, view, found) if _is_text(line, area)]
        found = self._under_stamps(page, view, self._down_columns(page, view, found))
        order = order_of(view, [line.box for line in found])
        return self._looked_again(page, _put_together(page, [found[index] for index in order]))

    def _down_columns(self, page: Pixels, view: PageView, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        """*lines*, with columns whose lower characters were parted from them read as a whole, in place of their parts."""
        kept, lying = list(lines), 0
        for line in lines:
            if lying == columns.ENOUGH_LYING or not any(line is other for other in kept):
                continue
            strip = columns.whole_column(page, line.strip) if columns.may_go_on(line.strip, line.reading) else None
            if strip is None:
                continue
            if not self._stands_upright(page, line):
                lying += 1
                continue
            (reading,) = self._recogniser.read([strip])
            if columns.says_more(reading, line.reading):
                whole = _FoundLine(columns.place_in(view, strip), strip, reading)
                kept = [*(other for other in kept if not columns.is_inside(other.box, whole.box)), whole]
        return kept

    def _stands_upright(self, page: Pixels, line: _FoundLine) -> bool:
        chars = columns.characters(page, line.strip, line.reading)
        return columns.stands_upright([char for char, _ in chars], self._recogniser.read([strip for _, strip in chars]))

    def _looked_again(self, page: Pixels, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        """*lines* with the numbers that were read with doubt read again, as they were read: with the stamps' ink or without."""
        looked = list(lines)
        for ink in sorted({line.without for line in lines}, key=lambda ink: -1 if ink is None else ink):
            shown = page if ink is None else without_ink(page, ink)
            places = [at for at, line in enumerate(lines) if line.without is ink]
            seen = [SeenLine(lines[at].strip, lines[at].reading, lines[at].alternatives) for at in places]
            for at, again in zip(places, second_look(shown, seen, self._recogniser), strict=True):
                looked[at] = replace(lines[at], reading=again.reading, alternatives=again.alternatives)
        return looked

    def _under_stamps(self, page: Pixels, view: PageView, lines: list[_FoundLine]) -> list[_FoundLine]:
        """*lines*, and where stamps lie over text what is read there without their ink, if that is surer."""
        for stamp in stamp_inks(view.pixels):
            seen = [_seen(line) for line in lines]
            bare = self._bare_lines(page, view, stamp, seen)
            choices = chosen(seen, [_seen(line) for line in bare], stamp)
            lines = [_standing(choice, lines, bare) for choice in choices]
        return lines

    def _bare_lines(self, page: Pixels, view: PageView, stamp: StampInk, seen: Sequence[Seen]) -> list[_FoundLine]:
        found = worth_reading(self._detector.find(PageView(stamp.bare, view.to_page)), seen, stamp)
        boxes = [box for box in found if not orientation.is_vertical(box)]
        strips = [cut(page, apply(view.to_page, box)) for box in boxes]
        strips = [replace(strip, pixels=without_ink(strip.pixels, stamp.hue)) for strip in strips]
        read = zip(boxes, strips, self._recogniser.read(strips), strict=True)
        lines = (_FoundLine(box, strip, reading, without=stamp.hue) for box, strip, reading in read)
        return [line for line in lines if _is_text(line, view.width * view.height)]

    def _lines(
        self, page: Pixels, view: PageView, boxes: Sequence[Points], known: Mapping[int, _FoundLine]
    ) -> list[_FoundLine]:
        """Every box with its best reading: vertical ones are read turned either way, those *known* are not read again."""
        unread = [(index, box) for index, box in enumerate(boxes) if index not in known]
        candidates = [(index, strip) for index, box in unread for strip in strips_of(page, view, box)]
        readings = self._recogniser.read([strip for _, strip in candidates])
        best = dict(known)
        for (index, strip), reading in zip(candidates, readings, strict=True):
            if index not in best or _sureness(reading) > _sureness(best[index].reading):
                best[index] = _FoundLine(boxes[index], strip, reading)
        return self._faced(page, self._stood_up(page, view, [best[index] for index in sorted(best)]))

    def _faced(self, page: Pixels, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        """*lines*, those that face another way than the page as they are read that way. Vertical ones were read both ways."""
        doubtful = [
            at
            for at, line in enumerate(lines)
            if facing.may_face_otherwise(line.reading) and not orientation.is_vertical(line.box)
        ]
        ways = [facing.other_ways(page, lines[at].strip) for at in doubtful]
        readings = iter(self._recogniser.read([strip for strips in ways for strip in strips]))
        faced = list(lines)
        for at, strips in zip(doubtful, ways, strict=True):
            others = [next(readings) for _ in strips]
            best = facing.best_of(lines[at].reading, others)
            if best is not None:
                faced[at] = _FoundLine(lines[at].box, strips[best], others[best])
        return faced

    def _stood_up(self, page: Pixels, view: PageView, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        """*lines*, those read upright that were read turned and are lone digits: a 6 must not become a 9."""
        lone = [at for at, line in enumerate(lines) if orientation.may_be_lone(line.box, line.reading)]
        strips = [cut(page, apply(view.to_page, lines[at].box)) for at in lone]
        stood = list(lines)
        for at, strip, reading in zip(lone, strips, self._recogniser.read(strips), strict=True):
            if orientation.is_lone(reading):
                stood[at] = _FoundLine(lines[at].box, strip, reading)
        return stood

    def _parted(self, page: Pixels, view: PageView, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
        """*lines*, with those in place of a lump that a closer look finds in it and that were not found beside it."""
        usual = lumps.usual_height([line.box for line in lines])
        lumpy = [lumps.is_lump(line.box, line.reading.text, line.reading.confidence, usual) for line in lines]
        whole = [line for line, is_lump in zip(lines, lumpy, strict=True) if not is_lump]
        found: list[_FoundLine] = []
        for line, is_lump in zip(lines, lumpy, strict=True):
            parts = self._parts(page, view, line.box) if is_lump else []
            found += [part for part in parts if not any(lumps.is_inside(part.box, other.box) for other in whole)]
            found += [] if parts else [line]
        return found

    def _parts(self, page: Pixels, view: PageView, lump: Points) -> list[_FoundLine]:
        part, to_view = closer(page, view, lump, lumps.ZOOM)
        boxes = self._detector.find(part)
        lines = self._lines(page, part, boxes, {})
        placed = (replace(line, box=apply(to_view, line.box)) for line in lines)
        return [line for line in placed if lumps.is_part(line.box, lump, line.reading.confidence)]


def _put_together(page: Pixels, lines: Sequence[_FoundLine]) -> list[_FoundLine]:
    """*lines* with the groups of a card number as one line."""
    seen = [SeenLine(line.strip, line.reading, line.alternatives) for line in lines]
    return [replace(lines[at], strip=one.strip, reading=one.reading) for at, one in put_together(page, seen)]


def _seen(line: _FoundLine) -> Seen:
    return Seen(line.box, line.reading.confidences)


def _standing(choice: Choice, ordinary: Sequence[_FoundLine], bare: Sequence[_FoundLine]) -> _FoundLine:
    ours, others = (bare, ordinary) if choice.is_bare else (ordinary, bare)
    line = ours[choice.at]
    beaten = (others[at].reading.text for at in choice.beaten)
    return replace(line, alternatives=(*line.alternatives, *(text for text in beaten if text != line.reading.text)))


def _is_text(found: _FoundLine, page_area: int) -> bool:
    width, height = orientation.sides(found.box)
    if len(found.reading.text) <= 1 and width * height >= PICTURE * page_area:
        return False
    return found.reading.confidence >= MIN_CONFIDENCE


def _line(found: _FoundLine, page: PageImage, calibration: Calibration, *, by_hand: bool) -> Line:
    reading, strip = found.reading, found.strip
    confidences = tuple(map(calibration.of, reading.confidences))
    return Line(
        text=reading.text,
        box=quad_inside(quad_points(strip, 0.0, strip.width), page),
        char_boxes=tuple(quad_inside(quad_points(strip, *span, *reading.rows), page) for span in reading.columns),
        confidence=math.fsum(confidences) / len(confidences),
        char_confidences=confidences,
        runners_up=reading.runners_up,
        alternatives=found.alternatives,
        by_hand=by_hand,
    )


def _sureness(reading: StripReading) -> tuple[bool, float]:
    """Marks without a letter may be all that is read of a line that is upside down."""
    return reading.confidence >= SURE and any(map(str.isalnum, reading.text)), reading.confidence


def _mean_confidence(readings: Sequence[StripReading]) -> float:
    return math.fsum(reading.confidence for reading in readings) / max(len(readings), 1)
