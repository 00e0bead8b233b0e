"""A page as the finders look at it: in grey, smaller, and with a ruler."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from workers.page_image import PageImage

Grey = NDArray[np.uint8]
"""height x width, 0 to 255"""
Ink = NDArray[np.uint8]
"""height x width, 255 where there is ink, else 0"""

MM_PER_INCH = 25.4
_LONG_SIDE_MM = 297.0
_SCANNED_DPI = (100.0, 1200.0)
_PAPER_MM = (50.0, 450.0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pixels` is height x width x 3, RGB; `grey` the same page in grey. `scale` takes lengths of the page to these."""

    pixels: NDArray[np.uint8] = field(repr=False)
    grey: Grey = field(repr=False)
    scale: float
    pixels_per_mm: float

    @property
    def width(self) -> int:
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        return int(self.grey.shape[0])

    def mm(self, length: float) -> float:
        """*length* in pixels of this sheet as mm of paper."""
        return length / self.pixels_per_mm

    def px(self, length: float) -> int:
        """*length* in mm of paper as whole pixels of this sheet, at least one."""
        return max(round(length * self.pixels_per_mm), 1)

    def on_page(self, left: float, top: float, right: float, bottom: float) -> Box:
        """A place on this sheet in pixels of the page."""
        edges = (edge / self.scale for edge in (left, top, right, bottom))
        return Box(*(round(edge) for edge in edges))


def sheet_of(image: PageImage, dpi: float) -> Sheet:
    """*image* at *dpi* pixels an inch of paper or up to twice as many: a whole number of pixels makes one, which is many times
    faster than any other. Never enlarged."""
    per_mm = _pixels_per_mm(image)
    whole = max(int(per_mm * MM_PER_INCH / dpi), 1)
    size = (max(image.width // whole, 1), max(image.height // whole, 1))
    cut = image.pixels[: size[1] * whole, : size[0] * whole]
    pixels = np.asarray(cut if whole == 1 else cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Sheet(pixels, np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), 1 / whole, per_mm / whole)


def _pixels_per_mm(image: PageImage) -> float:
    """From what the file says where that makes a sheet of paper, else as if the page were of A4."""
    longest = max(image.width, image.height)
    if image.dpi and _SCANNED_DPI[0] <= image.dpi <= _SCANNED_DPI[1]:
        per_mm = image.dpi / MM_PER_INCH
        if _PAPER_MM[0] <= longest / per_mm <= _PAPER_MM[1]:
            return per_mm
    return longest / _LONG_SIDE_MM
