"""Between a page and its lines, for every engine: what is cut from it, in which order lines are read, where they stand."""

from collections.abc import Sequence

import numpy as np

from schemas.geometry import Quad
from workers.page_image import PageImage
from workers.recognize import orientation
from workers.recognize.cells import cell_of, cells
from workers.recognize.page_view import PageView, Pixels, Points, apply
from workers.recognize.reading_order import Extent, reading_order
from workers.recognize.strips import Strip, cut

MIN_CONFIDENCE = 0.5
"""Lines read with less are not text: rules, stamps' edges, pictures."""

PROBES = 4
"""Lines by which to tell which way up a page lies."""

MAX_SKEW = 0.5
"""Degrees of skew that are not worth a second look for lines."""

A4_LONG_SIDE = 11.69
"""Inches; the paper a page is taken to be on where its file does not say how large it is."""


def dpi_of(image: PageImage) -> float:
    return image.dpi if image.dpi is not None else max(image.width, image.height) / A4_LONG_SIDE


def strips_of(page: Pixels, view: PageView, box: Points) -> list[Strip]:
    """What to read of *box*, in *view*: one strip, or where it stands upright one for either way to turn it."""
    corners = apply(view.to_page, box)
    if not orientation.is_vertical(box):
        return [cut(page, corners)]
    return [cut(page, np.roll(corners, shift, axis=0)) for shift in (1, -1)]


def order_of(view: PageView, boxes: Sequence[Points]) -> list[int]:
    """The indices of *boxes*, of *view*, in the order in which a person reads them."""
    ruled = cells(view.pixels) if len(boxes) > 1 else []
    return reading_order([_extent(box) for box in boxes], [cell_of(box, ruled) for box in boxes])


def quad_inside(points: Points, page: PageImage) -> Quad:
    """*points* as a quad, moved inside the page."""
    a, b, c, d = ((min(max(float(x), 0.0), float(page.width)), min(max(float(y), 0.0), float(page.height))) for x, y in points)
    return (a, b, c, d)


def _extent(box: Points) -> Extent:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return Extent(float(left), float(top), float(right), float(bottom))
