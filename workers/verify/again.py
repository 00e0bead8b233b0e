"""What of a finished page has to be read again, and a picture of the page on which nothing else is left.

Text that was read with certainty on the original, and whose pixels are proven to be the original's, says what it said: to read
it once more could tell nothing that the first reading did not, and it is searched all the same. All else is read anew: what
lies at a mask, what differs, what was read with doubt, numbers, handwriting, and every place where nothing was read before.
Why that is sound: docs/decisions/0020-what-is-read-again.md.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from schemas.geometry import Box, Point, Quad
from schemas.page import Line, PageText
from schemas.redaction import Mask
from workers.page_image import PageImage

BLOCK = 8
"""Pixels: the blocks in which a JPEG keeps brightness (ITU-T T.81, A.2.3)."""
_SURE = 0.9
"""Least calibrated confidence of a character that is not read again."""
_NUMBER = re.compile(r"\d(?:[\W_]{0,2}[\dXx]){5,}")
"""Read again however sure it was: one digit read wrongly makes another number."""
_SHORTEST = 4
"""Characters in a row that are worth leaving out, where a line is read in part."""
_ALIKE = 20.0
"""Root mean square difference of a block's brightness, of 255, up to which it shows the same. A JPEG of quality 45 makes up
to 12 at the edge of a character; a stroke more or less makes 60."""
_BESIDE = 4
"""Pixels above and below what is read again that stay as they are."""
_GUIDES = 4
_GUIDE_LENGTH = 7.0
"""Times its height: a line so long tells which way up the page lies and how it slants."""
_DOWN = 4.0
"""A step down counts as much as so many across when the line is sought that something stands in: lines run across."""

_SEAM, _BLANK, _LEVEL, _LARGER = 0.8, 0.15, 0.4, 1.6
"""In heights of a line: how far apart along it two pieces of one line may stand, and from where on there is a blank between
them; how far off it the second may lie, and how many times as high be."""

Grey = NDArray[np.uint8]
Grid = NDArray[np.bool_]
Run = tuple[int, int]


def shows_the_same(grey: Grey, before: Grey, masks: Sequence[Mask]) -> Grid:
    """Of each block of 8 x 8 pixels, whether the page has there what the original has and no mask touches it."""
    difference = grey.astype(np.float32) - before
    height, width = (-(-length // BLOCK) * BLOCK for length in grey.shape)
    padded = np.pad(difference, ((0, height - grey.shape[0]), (0, width - grey.shape[1])))
    squares = np.square(padded, out=padded).reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean(axis=(1, 3))
    same: Grid = np.asarray(squares <= _ALIKE**2)
    for mask in masks:
        same[_blocks(mask.box)] = False
    return same


@dataclass(frozen=True, slots=True)
class Known:
    """The parts of the original's reading `before` that need not be read again.

    `parts` are lines, or runs of characters of a line, each with the place of the line in `before`; `left` are the boxes of
    all other characters and of the masks. Both are in the original's pixels. Without `before` the whole page is read.
    """

    before: PageText | None
    parts: tuple[tuple[int, Line], ...] = field(repr=False)
    left: tuple[Box, ...]

    @classmethod
    def of(cls, before: PageText | None, same: Grid, masks: Sequence[Mask]) -> Self:
        """Text read with certainty on pixels that are the *same*, but for a few lines that show how the page lies."""
        lines = before.lines if before else ()
        runs = [tuple(_known_runs(line, same)) for line in lines]
        for at in _guides(lines, runs):
            runs[at] = ()
        parts = [(at, _part(line, run)) for at, line in enumerate(lines) for run in runs[at]]
        left = [box for line, known in zip(lines, runs, strict=True) for box in _boxes_between(line, known)]
        return cls(before, tuple(parts), (*left, *(mask.box for mask in masks)))

    def left_of(self, image: PageImage) -> PageImage:
        """*image*, of any scale, with paper in place of the parts. Where they touch what is left, that stays whole."""
        if self.before is None or not self.parts:
            return image
        scale, shown = image.width / self.before.width, Image.fromarray(image.pixels)
        pen = ImageDraw.Draw(shown)
        for _, part in self.parts:
            quad = _scaled(part.box, scale)
            pen.polygon([*quad], fill=_paper(image, quad))
        pixels = np.array(shown)
        for box in self.left:
            cut = _cut(Box(box.left, box.top - _BESIDE, box.right, box.bottom + _BESIDE), scale, image)
            pixels[cut] = image.pixels[cut]
        return PageImage(image.page_number, pixels, image.dpi)

    def beside(self, read: PageText) -> PageText:
        """The page as *read* on what was left of it, with the parts in between, each at its place in the original's order."""
        if self.before is None or not self.parts:
            return read
        scale = read.width / self.before.width
        lines = [_scaled(line.box, scale) for line in self.before.lines]
        boxes = np.array([[*map(min, zip(*quad, strict=True)), *map(max, zip(*quad, strict=True))] for quad in lines])
        placed = [(at, _moved(part, scale)) for at, part in self.parts]
        placed += [(_nearest(_middle(line.box), boxes), line) for line in read.lines]
        placed.sort(key=lambda each: (each[0], _along(lines[each[0]], each[1].box[0])))
        return replace(read, lines=tuple(_seamless(line for _, line in placed)), rotation=self.before.rotation)


def _seamless(lines: Iterable[Line]) -> Iterator[Line]:
    """*lines* with those that stand close behind one another as one: a value that was read in two pieces is one value."""
    last: Line | None = None
    for line in lines:
        if last is not None and _goes_on(last, line):
            last = _with(last, line)
            continue
        if last is not None:
            yield last
        last = line
    if last is not None:
        yield last


def _goes_on(line: Line, following: Line) -> bool:
    """Whether *following* begins where *line* ends, level with it and about as large."""
    height = max(math.dist(line.box[0], line.box[3]), 1.0)
    return (
        abs(_gap(line, following)) <= _SEAM * height
        and _off(line.box, _middle(following.box)) <= _LEVEL * height
        and _is_as_large(line, following)
    )


def _gap(line: Line, following: Line) -> float:
    left = (following.box[0], following.box[0], following.box[3], following.box[3])
    return _along(line.box, _middle(left)) - math.dist(line.box[0], line.box[1])


def _is_as_large(line: Line, other: Line) -> bool:
    low, high = sorted(math.dist(each.box[0], each.box[3]) for each in (line, other))
    return high <= _LARGER * low


def _with(line: Line, following: Line) -> Line:
    """Both as one line, with a blank where there is one between them."""
    is_apart = _gap(line, following) > _BLANK * math.dist(line.box[0], line.box[3])
    blank = ((line.box[1], following.box[0], following.box[3], line.box[2]),) if is_apart else ()
    sure = line.char_confidences and following.char_confidences
    return Line(
        line.text + " " * len(blank) + following.text,
        (line.box[0], following.box[1], following.box[2], line.box[3]),
        (*line.char_boxes, *blank, *following.char_boxes),
        None if line.confidence is None or following.confidence is None else min(line.confidence, following.confidence),
        (*line.char_confidences, *(1.0 for _ in blank), *following.char_confidences) if sure else (),
        by_hand=line.by_hand or following.by_hand,
    )


def _known_runs(line: Line, same: Grid) -> Iterator[Run]:
    """Runs of characters [start, end) that are known: beside others they end a character early, for none is placed exactly."""
    if line.alternatives or line.by_hand or not line.text:
        return
    is_open = [
        _confidence(line, at) < _SURE or not same[_blocks(Box.around((quad,)))].all() for at, quad in enumerate(line.char_boxes)
    ]
    for match in _NUMBER.finditer(line.text):
        is_open[match.start() : match.end()] = [True] * len(match.group())
    near = [any(is_open[max(at - 1, 0) : at + 2]) for at in range(len(is_open))]
    for is_near, places in groupby(range(len(near)), key=near.__getitem__):
        first, *others = places
        run = (first, first + len(others) + 1)
        if not is_near and (run[1] - run[0] >= _SHORTEST or run == (0, len(near))):
            yield run


def _confidence(line: Line, at: int) -> float:
    """Of one character; 0 where the reading does not say."""
    return line.char_confidences[at] if line.char_confidences else line.confidence or 0.0


def _guides(lines: Sequence[Line], runs: Sequence[Sequence[Run]]) -> list[int]:
    """The shortest of the lines that are known whole and long enough to show how the page lies."""
    whole = [at for at, line in enumerate(lines) if runs[at] == ((0, len(line.text)),) and _length(line) >= _GUIDE_LENGTH]
    return sorted(whole, key=lambda at: _length(lines[at]))[:_GUIDES]


def _part(line: Line, run: Run) -> Line:
    start, end = run
    if run == (0, len(line.text)):
        return line
    quads = line.char_boxes[start:end]
    around = (quads[0][0], quads[-1][1], quads[-1][2], quads[0][3])
    return Line(line.text[start:end], around, quads, line.confidence, line.char_confidences[start:end])


def _boxes_between(line: Line, known: Sequence[Run]) -> Iterator[Box]:
    """Around the characters of *line* before, between and behind the *known* runs."""
    if not known:
        yield Box.around((line.box,))
        return
    edges = [0, *(edge for run in known for edge in run), len(line.text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start < end:
            yield Box.around(line.char_boxes[start:end])


def _blocks(box: Box) -> tuple[slice, slice]:
    """The blocks that *box* touches."""
    return (
        slice(max(box.top, 0) // BLOCK, -(-max(box.bottom, 0) // BLOCK)),
        slice(max(box.left, 0) // BLOCK, -(-max(box.right, 0) // BLOCK)),
    )


def _length(line: Line) -> float:
    """How many times as long as high."""
    return math.dist(line.box[0], line.box[1]) / max(math.dist(line.box[0], line.box[3]), 1.0)


def _paper(image: PageImage, quad: Quad) -> tuple[int, int, int]:
    """The colour of most of *quad*: ink covers less than half of any line."""
    across, down = np.linspace(0.0, 1.0, 48)[:, None], np.linspace(0.0, 1.0, 9)[:, None, None]
    corners = np.array(quad)
    upper, lower = (start + across * (end - start) for start, end in ((corners[0], corners[1]), (corners[3], corners[2])))
    x, y = (upper + down * (lower - upper)).reshape(-1, 2).round().astype(int).T
    red, green, blue = np.median(image.pixels[y.clip(0, image.height - 1), x.clip(0, image.width - 1)], axis=0)
    return int(red), int(green), int(blue)


def _cut(box: Box, scale: float, image: PageImage) -> tuple[slice, slice]:
    part = Box(*(round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom))).clipped(image.width, image.height)
    return slice(part.top, part.bottom), slice(part.left, part.right)


def _scaled(quad: Quad, scale: float) -> Quad:
    first, second, third, fourth = ((x * scale, y * scale) for x, y in quad)
    return first, second, third, fourth


def _moved(line: Line, scale: float) -> Line:
    return replace(line, box=_scaled(line.box, scale), char_boxes=tuple(_scaled(quad, scale) for quad in line.char_boxes))


def _middle(quad: Quad) -> Point:
    return sum(x for x, _ in quad) / len(quad), sum(y for _, y in quad) / len(quad)


def _nearest(middle: Point, boxes: NDArray[np.float64]) -> int:
    """Which of *boxes* (left, top, right, bottom) a place is in, or is nearest to."""
    x, y = middle
    aside = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
    return int((aside + _DOWN * np.abs(boxes[:, 1::2].mean(axis=1) - y)).argmin())


def _along(line: Quad, point: Point) -> float:
    """How far along *line* a place is, in pixels."""
    (x0, y0), (x1, y1) = line[0], line[1]
    return ((point[0] - x0) * (x1 - x0) + (point[1] - y0) * (y1 - y0)) / max(math.dist(line[0], line[1]), 1.0)


def _off(line: Quad, point: Point) -> float:
    """How far from the middle of *line*, continued at both ends, a place is, in pixels."""
    (x0, y0), (x1, y1) = _middle((line[0], line[0], line[3], line[3])), _middle((line[1], line[1], line[2], line[2]))
    return abs((x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)) / max(math.dist((x0, y0), (x1, y1)), 1.0)
