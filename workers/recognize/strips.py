"""Lines of text cut from the full page, 48 pixels high, as the recogniser wants them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.recognize.page_view import Affine, Pixels, Points, apply, compose, warp

STRIP_HEIGHT = 48
MIN_WIDTH = 16
LONGEST = 12_800
"""A line longer than this many columns is squeezed: a hundred characters in a line of print take a quarter of it."""


@dataclass(frozen=True, slots=True)
class Strip:
    """`pixels` is 48 x width x 3; `to_page` takes a point of the strip to original page pixels."""

    pixels: Pixels = field(repr=False)
    to_page: Affine

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def cut(page: Pixels, corners: Points, stretch: float = 1.0) -> Strip:
    """The strip between *corners*, in page pixels clockwise from where its text begins, *stretch* times as wide as it looks.

    Only the part of the page around the corners is touched, so a page of any size costs what its text costs.
    """
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    scale = STRIP_HEIGHT / max(float(np.hypot(*down)), 1.0)
    width = min(max(round(float(np.hypot(*across)) * scale * stretch), MIN_WIDTH), LONGEST)
    to_page = np.column_stack((across / width, down / STRIP_HEIGHT, corners[0]))
    crop, crop_to_page = _crop(page, corners, scale)
    return Strip(warp(crop, compose(_inverse(crop_to_page), to_page), width, STRIP_HEIGHT), to_page)


def _crop(page: Pixels, corners: Points, scale: float) -> tuple[Pixels, Affine]:
    """The part of the page around *corners*, made smaller first where the text is far larger than a strip."""
    height, width = page.shape[:2]
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, (left + 1, top + 1), (width, height))
    crop = page[top:bottom, left:right]
    step = np.ones(2)
    if scale < 0.67:  # a bilinear warp takes 2 x 2 pixels of its source and would skip the rest
        size = (math.ceil(crop.shape[1] * scale), math.ceil(crop.shape[0] * scale))
        step = np.array([crop.shape[1] / size[0], crop.shape[0] / size[1]])
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return crop, np.array([[step[0], 0.0, left], [0.0, step[1], top]])


def _inverse(affine: Affine) -> Affine:
    linear = np.linalg.inv(affine[:, :2])
    return np.column_stack((linear, -linear @ affine[:, 2]))


def reversed_strip(strip: Strip) -> Strip:
    """The strip turned by 180 degrees."""
    back = np.array([[-1.0, 0.0, strip.width], [0.0, -1.0, STRIP_HEIGHT]])
    return Strip(np.ascontiguousarray(strip.pixels[::-1, ::-1]), compose(strip.to_page, back))


def part(strip: Strip, left: int, right: int) -> Strip:
    """Columns [left, right) of the strip."""
    return Strip(strip.pixels[:, left:right], compose(strip.to_page, np.array([[1.0, 0.0, left], [0.0, 1.0, 0.0]])))


def quad_points(strip: Strip, left: float, right: float, top: float = 0.0, bottom: float = STRIP_HEIGHT) -> Points:
    """A part of the strip on the page, clockwise from its top left as the text is read."""
    return apply(strip.to_page, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))


def batches(widths: Sequence[int], area: int, step: int) -> Iterator[list[int]]:
    """Indices of strips to read together, narrow first: each batch, padded to a multiple of *step*, within *area* columns."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=lambda i: (widths[i], i)):
        if batch and padded(widths[index], step) * (len(batch) + 1) > area:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def padded(width: int, step: int) -> int:
    return math.ceil(width / step) * step


def network_input(strips: Sequence[Strip], width: int) -> NDArray[np.float32]:
    """Strips x 3 x 48 x *width*, blue first, from -1 to 1, with 0 to the right of each strip as in the network's training."""
    batch = np.zeros((len(strips), 3, STRIP_HEIGHT, width), dtype=np.float32)
    for row, strip in zip(batch, strips, strict=True):
        row[:, :, : strip.width] = strip.pixels[:, :, ::-1].transpose(2, 0, 1)
        row[:, :, : strip.width] *= 1 / 127.5
        row[:, :, : strip.width] -= 1.0
    return batch
