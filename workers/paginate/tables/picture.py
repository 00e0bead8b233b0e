"""Lines of text as a picture: how a page of a table looks on a screen."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box

_BLACK = (0, 0, 0)
_SIZE = 17
_BASELINE = 0.8  # of a line's height
_MIDDLE = 128


def drawn(lines: Iterable[tuple[str, Box]], width: int, height: int) -> NDArray[np.uint8]:
    """A white page, height x width x 3, uint8, black and white alone, with each line in its box; what is longer is cut off.

    In the font for all scripts that OpenCV carries: nothing is looked for on the machine.
    """
    grey = np.full((height, width), 255, np.uint8)
    font = cv2.FontFace("uni")
    for text, box in lines:
        place = grey[box.top : box.bottom, box.left : box.right]
        if place.size:
            cell = np.ascontiguousarray(place)
            cv2.putText(cell, text, (0, round(_BASELINE * box.height)), _BLACK, font, _SIZE)
            place[:] = cell
    return np.repeat(np.where(grey < _MIDDLE, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
