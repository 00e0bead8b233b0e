"""What can be seen on a rendered page, held against what its text layer says is there."""

import statistics
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from workers.page_image import PageImage

# A character is seen where the middle of its box, the zone that small letters fill, is not of one colour. Punctuation is
# not asked: its ink lies elsewhere. A box drawn over a line covers this zone, even where it leaves tops and tails out.
_CORE_TOP, _CORE_BOTTOM = 0.30, 0.78
_SEEN_CONTRAST = 30  # of 255, in any colour channel; anti-aliased hairlines in light grey still have 40
_UNSEEN_IN_LINE = 3  # less is an odd glyph; three are the tail of a hidden number
_UNSEEN_SHARE = 0.02

_INK_CONTRAST = 80
_BOX_MARGIN = 0.25  # of its height: glyphs reach over the box that their font declares
_UNREAD_MARKS = 10
_UNREAD_SHARE = 0.05


def has_unseen_text(image: PageImage, text: PageText) -> bool:
    """Whether words of the layer leave no trace on the page: white on white, painted over, or drawn with a missing font."""
    unseen = [sum(not _is_seen(image, quad, text.rotation) for quad in _word_quads(line)) for line in text.lines]
    asked = sum(1 for line in text.lines for _ in _word_quads(line))
    return max(unseen, default=0) >= _UNSEEN_IN_LINE or sum(unseen) > _UNSEEN_SHARE * asked


def has_unread_ink(image: PageImage, text: PageText) -> bool:
    """Whether marks of the size of letters stand where the layer has none: handwriting, outlines, filled form fields."""
    characters = [Box.around([quad]) for line in text.lines for quad in _word_quads(line)]
    if not characters:
        return True
    size = statistics.median(min(box.height, box.width * 2) for box in characters)
    ink = _ink(image.pixels)
    for line in text.lines:
        _erase(ink, Box.around([line.box]))
    return _letter_like(ink, size) > _UNREAD_MARKS + _UNREAD_SHARE * len(characters)


def _word_quads(line: Line) -> Iterator[Quad]:
    return (quad for character, quad in zip(line.text, line.char_boxes, strict=True) if character.isalnum())


def _is_seen(image: PageImage, quad: Quad, rotation: int) -> bool:
    box = _core(Box.around([quad]), rotation).clipped(image.width, image.height)
    core = image.pixels[box.top : box.bottom, box.left : box.right].reshape(-1, 3)
    return bool(core.size) and int(np.ptp(core, axis=0).max()) >= _SEEN_CONTRAST


def _core(box: Box, rotation: int) -> Box:
    """The middle of the box across the line, which for a turned page lies from left to right."""
    low, high = (_CORE_TOP, _CORE_BOTTOM) if rotation in {0, 270} else (1 - _CORE_BOTTOM, 1 - _CORE_TOP)
    if rotation in {0, 180}:
        return Box(box.left, box.top + int(low * box.height), box.right, box.top + int(high * box.height) + 1)
    low, high = 1 - high, 1 - low
    return Box(box.left + int(low * box.width), box.top, box.left + int(high * box.width) + 1, box.bottom)


def _ink(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where a pixel differs from the page's commonest grey, its paper."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    paper = int(np.bincount(grey.ravel(), minlength=256).argmax())
    return np.asarray(np.abs(grey.astype(np.int16) - paper) > _INK_CONTRAST, dtype=np.uint8)


def _erase(ink: NDArray[np.uint8], box: Box) -> None:
    margin = int(_BOX_MARGIN * min(box.height, box.width)) + 1
    ink[max(0, box.top - margin) : box.bottom + margin, max(0, box.left - margin) : box.right + margin] = 0


def _letter_like(ink: NDArray[np.uint8], size: float) -> int:
    """Connected marks about as large as letters of *size* pixels; rules, frames and filled boxes are not."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks = stats[1:]
    width, height, area = marks[:, cv2.CC_STAT_WIDTH], marks[:, cv2.CC_STAT_HEIGHT], marks[:, cv2.CC_STAT_AREA]
    tall = (height >= 0.4 * size) & (height <= 2.5 * size)
    wide = (width >= 0.15 * size) & (width <= 4 * size)
    return int(np.count_nonzero(tall & wide & (area <= 0.8 * width * height)))
