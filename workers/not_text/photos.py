"""Photographs of persons, told from print by their tones.

Paper and ink are two tones with hard edges between them; a photograph is made of the tones between, and most of it is
soft. A field of such tones as large as a photograph on a card or a form, upright or lying as the page does, is taken for the
photograph of a person. Larger pictures, of damage or of a whole card, are not.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from workers.not_text.sheet import Sheet

_DARKEST, _UNDER_PAPER = 35, 28
"""Levels of 255: what is darker is ink, what is nearer to the paper is paper."""
_SOFT = 14.0
"""Levels a pixel: the edge of a letter is steeper."""
_CELL_MM = 1.6
_TONAL, _FILLED = 0.5, 0.62
_SHORT_MM, _LONG_MM = (14.0, 52.0), (19.0, 70.0)
"""Photographs on cards are 20 x 26 to 26 x 32 mm, on forms 25 x 35 to 35 x 53; copies are enlarged by up to 1.4."""
_SHAPE = (0.55, 0.95)
_VARIED = 9.0
"""Levels by which the tones of a photograph differ from cell to cell; a shaded field of a form has one tone."""


def find_photos(sheet: Sheet) -> Iterator[Box]:
    tones = _tonal(sheet)
    side = sheet.px(_CELL_MM)
    size = (max(sheet.width // side, 1), max(sheet.height // side, 1))
    share = cv2.resize(tones, size, interpolation=cv2.INTER_AREA)
    means = cv2.resize(sheet.grey, size, interpolation=cv2.INTER_AREA)
    cells = (share > 255 * _TONAL).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=4)
    across, down = sheet.width / size[0], sheet.height / size[1]
    for at in range(1, count):
        left, top, width, height, area = (int(each) for each in stats[at])
        is_field = area >= _FILLED * width * height and float(means[labels == at].std()) >= _VARIED
        if is_field and _is_of_a_person(sheet.mm(width * across), sheet.mm(height * down)):
            # the cells at its edge are half paper, so that they do not count
            edges = ((left - 1) * across, (top - 1) * down, (left + width + 1) * across, (top + height + 1) * down)
            yield sheet.on_page(*edges).clipped(round(sheet.width / sheet.scale), round(sheet.height / sheet.scale))


def _tonal(sheet: Sheet) -> NDArray[np.uint8]:
    """255 where a pixel is neither paper nor ink nor the edge between them."""
    grey = cv2.GaussianBlur(sheet.grey, (3, 3), 0)
    paper = int(np.percentile(grey[::4, ::4], 80))
    between = cv2.inRange(grey, np.array([_DARKEST], np.uint8), np.array([max(paper - _UNDER_PAPER, _DARKEST)], np.uint8))
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
    soft = (cv2.magnitude(across, down) < _SOFT).astype(np.uint8)
    return np.asarray(between * soft, np.uint8)


def _is_of_a_person(width: float, height: float) -> bool:
    short, long = sorted((width, height))
    return (
        _SHORT_MM[0] <= short <= _SHORT_MM[1] and _LONG_MM[0] <= long <= _LONG_MM[1] and _SHAPE[0] <= short / long <= _SHAPE[1]
    )
