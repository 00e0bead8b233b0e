"""What a page is that was not blank, once it was read: text to trust, text that cannot be read and why, or no text at all.

What to trust is said in shares of right characters. On pages hardly to be read these are the network's own probabilities: the
calibration was fitted on pages that can be read, on which a doubtful character is more often right. So the thresholds here are
probabilities of the network, put through the calibration as the confidences were.
The rest is told from the page's ink: text stands in bars, several of one height, far longer than high; pictures do not.
Lengths in pixels are those of a copy WORKING_LONG_SIDE long unless they are said to be of the page.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.page import Line, PageText
from workers.page_image import PageImage
from workers.recognize.blank import DARK_PAGE, WORKING_LONG_SIDE, paper_shade, without_rules
from workers.recognize.calibration import PRINTED

NOT_A_DOCUMENT = "not_a_document"
TOO_DARK = "page_too_dark"
TOO_FAINT = "page_too_faint"
TOO_BLURRED = "page_too_blurred"
RESOLUTION_TOO_LOW = "resolution_too_low"
UNREADABLE = "page_unreadable"

GOOD_LINE = PRINTED.of(0.8)
"""A line in which four characters of five are right says what it is about."""

GOOD_SHARE = 0.25
"""A page is read where this share of its characters stands in good lines: the rest may be a seal, a picture, a stain ..."""

FAIR = PRINTED.of(0.75)
"""... or where so many of all its characters are right: its numbers are not to be relied on, but it can be found."""

SHORT = 3
SURE = PRINTED.of(0.97)
"""A page of so few characters says something only where they are this sure: single strokes of a picture look like letters."""

CLEAR = PRINTED.of(0.93)
"""A page read as well as this does not show print from its other side alone: mirrored, that is read with less."""

LITTLE = 60
MOSTLY_UNREAD = 0.15
"""Where no more than LITTLE was read in good lines, and these are less than this share of what looks like lines, the page is
not read: a heading in large print on a page otherwise too blurred says nothing of what is lost."""

BARS = 4
BARS_SHARE = 0.25
"""So many bars of one height, with this share of all ink, are lines of text."""

MANY_BARS = 8
"""So many are a page of text, of which it can be said what share was read."""

READ_LINES, READ_LENGTH = 3, 4
"""So many lines of so many characters are text, however doubtful the characters."""

BAR_HEIGHT = (5, 45)
"""4.5 mm capitals to footnotes, 1 to 10 mm with what blur adds"""

BAR_ASPECT = 3.0
BAR_LENGTH = 30
BAR_FILL = 0.5
BRIDGE = 25
"""Gaps up to this (5 mm) lie within a line."""

SMALLEST = 30
"""Ink of fewer pixels is a speck."""

FAINT = 40.0
"""Ink less than this of 255 darker than its paper."""

SOFT = 0.7
"""Of its full depth, ink that is in focus reaches more than this over two pixels."""

LOW_TEXT = 15.0
"""Pixels of the page from the top of a line to its foot, with the air that detectors leave around it. At 90 dots per inch 9
point type has that; below, strokes of Chinese characters run into each other."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a page looks. `paper`: its middle shade of grey, 0 to 255; `contrast`: how much darker its darkest ink is than the
    paper around it; `sharpness`: the share of that contrast that ink reaches over two pixels; `bars`: heights of what looks
    like lines of text; `bars_share`: the share of all ink that lies in them, 0 to 1."""

    paper: float
    contrast: float
    sharpness: float
    bars: tuple[float, ...]
    bars_share: float

    @property
    def shows_lines(self) -> bool:
        return len(self.bars) >= BARS and self.bars_share >= BARS_SHARE


# What was read


def is_trusted(text: PageText) -> bool:
    """Whether what was read on a page is worth keeping as its text. A confidence that is unknown is no reason for doubt."""
    read = sum(_length(line) for line in text.lines)
    if not read:
        return False
    if read <= SHORT:
        return share_right(text) >= SURE
    return share_right(text) >= FAIR or _good_length(text) >= GOOD_SHARE * read


def share_right(text: PageText) -> float:
    """Mean confidence over the characters of a page, 0 without any."""
    read = sum(_length(line) for line in text.lines)
    return math.fsum(_length(line) * _confidence(line) for line in text.lines) / max(read, 1)


def is_mostly_unread(image: PageImage, text: PageText) -> bool:
    """Whether *text* is a small part of what can be seen to be written on the page."""
    if _good_length(text) > LITTLE:
        return False
    seen = appearance(image)
    return seen.shows_lines and len(seen.bars) >= MANY_BARS and len(_good(text)) < MOSTLY_UNREAD * len(seen.bars)


def _good(text: PageText) -> list[Line]:
    return [line for line in text.lines if _confidence(line) >= GOOD_LINE]


def _good_length(text: PageText) -> int:
    return sum(map(_length, _good(text)))


def _length(line: Line) -> int:
    return sum(not character.isspace() for character in line.text)


def _confidence(line: Line) -> float:
    return 1.0 if line.confidence is None else line.confidence


def _height(line: Line) -> float:
    corners = np.array(line.box)
    return float(np.hypot(*(corners[3] - corners[0])))


# Why nothing was


def reason(image: PageImage, text: PageText) -> str:
    """The reason code for a page that is not blank and on which nothing was read to be trusted."""
    seen = appearance(image)
    if not seen.shows_lines and not _reads_like_text(text.lines):
        return NOT_A_DOCUMENT
    if seen.paper < DARK_PAGE:
        return TOO_DARK
    if seen.contrast < FAINT:
        return TOO_FAINT
    if _text_height(image, text, seen) < LOW_TEXT:
        return RESOLUTION_TOO_LOW
    return TOO_BLURRED if seen.sharpness < SOFT else UNREADABLE


def _reads_like_text(lines: Sequence[Line]) -> bool:
    return sum(_length(line) >= READ_LENGTH for line in lines) >= READ_LINES


def _text_height(image: PageImage, text: PageText, seen: Appearance) -> float:
    """In pixels of the page."""
    if _reads_like_text(text.lines):
        return median(_height(line) for line in text.lines if _length(line) >= READ_LENGTH)
    return median(seen.bars) * max(image.width, image.height) / WORKING_LONG_SIDE


def appearance(image: PageImage) -> Appearance:
    grey = _working_copy(image)
    smooth = np.asarray(cv2.GaussianBlur(grey, (5, 5), 0), dtype=np.uint8)
    depth = np.asarray(cv2.subtract(paper_shade(smooth), smooth), dtype=np.uint8)
    contrast = float(np.percentile(depth, 99.5))
    ink = without_rules((depth > max(6.0, 3 * _grain(grey), 0.35 * contrast)).astype(np.uint8))
    rises = cv2.morphologyEx(cv2.GaussianBlur(grey, (3, 3), 0), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    across, down = (_bars(ink, bridge) for bridge in ((1, BRIDGE), (BRIDGE, 1)))
    bars, share = max(across, down, key=lambda found: found[1])
    sharpness = float(np.percentile(rises, 99.5)) / max(contrast, 1.0)
    return Appearance(float(np.median(grey)), contrast, sharpness, bars, share)


def _working_copy(image: PageImage) -> NDArray[np.uint8]:
    """Unlike that in blank.py, in grey, and as long for a small page: the heights of bars are those of print."""
    scale = WORKING_LONG_SIDE / max(image.width, image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.cvtColor(cv2.resize(image.pixels, size, interpolation=how), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _grain(grey: NDArray[np.uint8]) -> float:
    """The middle of how far pixels differ from the pixels around them."""
    return float(np.median(cv2.absdiff(grey, cv2.medianBlur(grey, 3))))


def _bars(ink: NDArray[np.uint8], bridge: tuple[int, int]) -> tuple[tuple[float, ...], float]:
    """Heights of bars of about one height, and their share of all ink joined over gaps of *bridge*."""
    joined = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(bridge, np.uint8)), dtype=np.uint8)
    pieces = list(_pieces(joined))
    whole = math.fsum(area for _, _, area in pieces)
    bars = [(height, area) for height, length, area in pieces if _is_bar(height, length, area)]
    usual = median(height for height, _ in bars) if bars else 0.0
    alike = [(height, area) for height, area in bars if 0.6 * usual < height < 1.6 * usual]
    return tuple(height for height, _ in alike), math.fsum(area for _, area in alike) / max(whole, 1.0)


def _pieces(joined: NDArray[np.uint8]) -> Iterator[tuple[float, float, float]]:
    """The shorter and the longer side of the slanted rectangle around each connected piece of ink, and its area."""
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        area = cv2.contourArea(contour)
        if area >= SMALLEST:
            sides = cv2.minAreaRect(contour)[1]
            yield min(sides) + 1, max(sides) + 1, area


def _is_bar(height: float, length: float, area: float) -> bool:
    lowest, highest = BAR_HEIGHT
    is_long = length >= max(BAR_ASPECT * height, BAR_LENGTH)
    return lowest <= height <= highest and is_long and area >= BAR_FILL * height * length
