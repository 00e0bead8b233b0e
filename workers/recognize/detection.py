"""Where text stands: PP-OCR's detector (Differentiable Binarization, https://arxiv.org/abs/1911.08947) on a reduced page."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.recognize.infer import Network
from workers.recognize.page_view import PageView, Pixels, Points

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)
"""ImageNet's, taken in this order for blue, green and red, as PaddleOCR trained the network (NormalizeImage after
a BGR decode). With 0.5 for all, as `rapidocr` has it, empty pages look like text and a lone word on a large page is missed."""

MIN_CONTRAST = 16
"""A tile whose channels all vary by less shows nothing; on an even shade the network's answer is chance."""

Probabilities = NDArray[np.float32]
"""height x width: how likely each pixel of a view lies in the core of a line of text"""


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Lengths are pixels of the view."""

    long_side: int = 960
    short_side: int = 480
    """A page longer than twice its width (a till receipt) is shown larger, so that its text stays legible."""
    min_scale: float = 0.2
    """Of a page whose resolution is unknown, however large it is: a plan in A0 needs more than its long side at 960."""
    min_dpi: float = 72.0
    """The same where the resolution is known: 8 point text then has 8 pixels."""
    max_scale: float = 2.0
    max_area: int = 24_000_000
    tile: int = 1280
    """Larger views are looked at in tiles of this side."""
    overlap: int = 96
    threshold: float = 0.2
    """Pixels at least this likely are text."""
    box_threshold: float = 0.45
    """Boxes are kept where the mean over their pixels is at least this."""
    unclip: float = 1.4
    """The network marks a shrunken core; its box grows on each side by area * unclip / perimeter."""
    min_side: float = 3.0


def view_size(width: int, height: int, dpi: float | None, settings: DetectionSettings) -> tuple[int, int]:
    """Width and height to look at a page with, as multiples of 32, which the network asks for."""
    floor = settings.min_dpi / dpi if dpi is not None and dpi >= 150 else settings.min_scale
    scale = max(settings.long_side / max(width, height), settings.short_side / min(width, height), floor)
    scale = min(scale, settings.max_scale, math.sqrt(settings.max_area / (width * height)))
    return _multiple_of_32(width * scale), _multiple_of_32(height * scale)


def _multiple_of_32(length: float) -> int:
    return max(32, round(length / 32) * 32)


class Detector:
    """Finds lines of text in a view."""

    def __init__(self, network: Network, settings: DetectionSettings) -> None:
        self._network = network
        self._settings = settings

    def find(self, view: PageView) -> list[Points]:
        """One box per line, as 4 corners in view coordinates, clockwise from the top left of the view."""
        return boxes(self._probabilities(view.pixels), self._settings)

    def _probabilities(self, pixels: Pixels) -> Probabilities:
        height, width = pixels.shape[:2]
        whole = np.zeros((height, width), dtype=np.float32)
        for tile in tiles(width, height, self._settings.tile, self._settings.overlap):
            shown = pixels[tile.top : tile.bottom, tile.left : tile.right]
            if shows_something(shown):
                seen = self._network.run(network_input(shown))[0][0, 0]
                whole[tile.own_rows, tile.own_columns] = seen[tile.rows_inside, tile.columns_inside]
        return whole


def network_input(pixels: Pixels) -> NDArray[np.float32]:
    """1 x 3 x height x width, blue first, less MEAN over DEVIATION, grown with white to multiples of 32."""
    height, width = pixels.shape[:2]
    batch = np.full((1, 3, math.ceil(height / 32) * 32, math.ceil(width / 32) * 32), 255.0, dtype=np.float32)
    batch[0, :, :height, :width] = pixels[:, :, ::-1].transpose(2, 0, 1)
    batch *= (1 / (255.0 * DEVIATION))[:, None, None]
    batch -= (MEAN / DEVIATION)[:, None, None]
    return batch


def shows_something(pixels: Pixels) -> bool:
    return bool((np.ptp(pixels, axis=(0, 1)) >= MIN_CONTRAST).any())


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a view [left, right) by [top, bottom), and the part of it that no neighbour answers for."""

    left: int
    top: int
    right: int
    bottom: int
    own: tuple[int, int, int, int]
    """left, top, right, bottom in the view"""

    @property
    def own_rows(self) -> slice:
        return slice(self.own[1], self.own[3])

    @property
    def own_columns(self) -> slice:
        return slice(self.own[0], self.own[2])

    @property
    def rows_inside(self) -> slice:
        return slice(self.own[1] - self.top, self.own[3] - self.top)

    @property
    def columns_inside(self) -> slice:
        return slice(self.own[0] - self.left, self.own[2] - self.left)


def tiles(width: int, height: int, side: int, overlap: int) -> Iterator[Tile]:
    """Tiles of at most *side* that together own each pixel of the view once; neighbours overlap by *overlap*."""
    for top, bottom, own_top, own_bottom in _cuts(height, side, overlap):
        for left, right, own_left, own_right in _cuts(width, side, overlap):
            yield Tile(left, top, right, bottom, (own_left, own_top, own_right, own_bottom))


def _cuts(length: int, side: int, overlap: int) -> list[tuple[int, int, int, int]]:
    """Per tile along one axis: start, end, start of what it owns, end of that."""
    if length <= side:
        return [(0, length, 0, length)]
    count = math.ceil((length - overlap) / (side - overlap))
    starts = [round(i * (length - side) / (count - 1)) for i in range(count)]
    edges = [0, *(round((a + side + b) / 2) for a, b in pairwise(starts)), length]
    return [(a, a + side, edges[i], edges[i + 1]) for i, a in enumerate(starts)]


def boxes(probabilities: Probabilities, settings: DetectionSettings) -> list[Points]:
    """The boxes of all connected regions that are likely text, each grown from its core to the full line."""
    mask = (probabilities > settings.threshold).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = (_box(np.asarray(contour, dtype=np.int32), probabilities, settings) for contour in contours)
    return [box for box in found if box is not None]


def _box(contour: NDArray[np.int32], probabilities: Probabilities, settings: DetectionSettings) -> Points | None:
    centre, size, angle = _rectangle(contour)
    if min(size) < settings.min_side or _mean_inside(contour, probabilities) < settings.box_threshold:
        return None
    grow = 2 * size[0] * size[1] * settings.unclip / (2 * (size[0] + size[1]))
    return corners(centre, (size[0] + grow, size[1] + grow), angle)


def _rectangle(contour: NDArray[np.int32]) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Centre, (width, height) and angle in (-45, 45] degrees of the smallest rectangle around pixels.

    A region nearly as wide as high is taken upright: the angle of its smallest rectangle is chance.
    """
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    while angle > 45:
        angle, width, height = angle - 90, height, width
    while angle <= -45:
        angle, width, height = angle + 90, height, width
    if max(width, height) < 2 * min(width, height):
        left, top, width, height = cv2.boundingRect(contour)
        return (left + width / 2, top + height / 2), (float(width), float(height)), 0.0
    return (x + 0.5, y + 0.5), (width + 1, height + 1), angle


def _mean_inside(contour: NDArray[np.int32], probabilities: Probabilities) -> float:
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    return float(cv2.mean(probabilities[top : top + height, left : left + width], inside)[0])


def corners(centre: tuple[float, float], size: tuple[float, float], angle: float) -> Points:
    """The corners of a rectangle turned clockwise by *angle* degrees, clockwise from its own top left."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(size) / 2
    turned: Points = half @ np.array([[cos, sin], [-sin, cos]]) + np.array(centre)
    return turned
