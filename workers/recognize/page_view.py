"""Smaller, turned and straightened pictures of a page that remember where each of their points lies on the page.

Points are continuous: the pixel in column i and row j covers [i, i + 1) by [j, j + 1), on the page and in every view.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""height x width x 3"""

Points = NDArray[np.float64]
"""n x 2, (x, y)"""

Affine = NDArray[np.float64]
"""2 x 3; takes (x, y, 1) to (x', y')"""

WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class PageView:
    """`to_page` takes a point of this view to original page pixels."""

    pixels: Pixels = field(repr=False)
    to_page: Affine

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def reduced(page: Pixels, width: int, height: int) -> PageView:
    """The page at *width* by *height* pixels."""
    smaller = width < page.shape[1]
    resized = cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    scale = np.array([[page.shape[1] / width, 0.0, 0.0], [0.0, page.shape[0] / height, 0.0]])
    return PageView(np.asarray(resized, dtype=np.uint8), scale)


def turned(view: PageView, degrees: int) -> PageView:
    """*view* after a clockwise turn of 0, 90, 180 or 270 degrees."""
    width, height = view.width, view.height
    back = {
        0: [[1, 0, 0], [0, 1, 0]],
        90: [[0, 1, 0], [-1, 0, height]],
        180: [[-1, 0, width], [0, -1, height]],
        270: [[0, -1, width], [1, 0, 0]],
    }[degrees]
    pixels = np.ascontiguousarray(np.rot90(view.pixels, k=-(degrees // 90)))
    return PageView(pixels, compose(view.to_page, np.array(back, dtype=np.float64)))


def straightened(view: PageView, skew: float) -> PageView:
    """*view* with lines that run down to the right by *skew* degrees laid level; the canvas grows to hold all of it."""
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    width = math.ceil(view.width * cos + view.height * abs(sin))
    height = math.ceil(view.height * cos + view.width * abs(sin))
    turn = np.array([[cos, -sin], [sin, cos]])
    shift = np.array([view.width / 2, view.height / 2]) - turn @ np.array([width / 2, height / 2])
    back = np.column_stack((turn, shift))
    return PageView(warp(view.pixels, back, width, height), compose(view.to_page, back))


def closer(page: Pixels, view: PageView, around: Points, zoom: float) -> tuple[PageView, Affine]:
    """The part of *view* that holds the points *around*, *zoom* times as large and taken from the page itself, and the affine
    that takes its points to those of *view*."""
    (left, top), (right, bottom) = np.floor(around.min(axis=0)), np.ceil(around.max(axis=0))
    to_view = np.array([[1 / zoom, 0.0, left], [0.0, 1 / zoom, top]])
    to_page = compose(view.to_page, to_view)
    width, height = (max(1, math.ceil(length * zoom)) for length in (right - left, bottom - top))
    return PageView(warp(page, to_page, width, height), to_page), to_view


def warp(source: Pixels, to_source: Affine, width: int, height: int) -> Pixels:
    """A picture of *width* by *height* whose point p shows *source* at to_source(p); white beyond the edge of *source*."""
    centres = to_source.copy()  # OpenCV counts whole coordinates at pixel centres
    centres[:, 2] += to_source[:, :2] @ np.array([0.5, 0.5]) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(source, centres, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE)
    return np.asarray(warped, dtype=np.uint8)


def apply(affine: Affine, points: Points) -> Points:
    moved: Points = points @ affine[:, :2].T + affine[:, 2]
    return moved


def compose(outer: Affine, inner: Affine) -> Affine:
    """First *inner*, then *outer*."""
    linear = outer[:, :2] @ inner[:, :2]
    return np.column_stack((linear, apply(outer, inner[:, 2])))
