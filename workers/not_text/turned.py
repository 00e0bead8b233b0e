"""A page turned upright, and places on it taken back."""

from dataclasses import dataclass

import numpy as np

from schemas.geometry import Box
from workers.not_text.sheet import Ink


@dataclass(frozen=True, slots=True)
class Turn:
    """A clockwise turn of `quarters` x 90 degrees of a picture of `width` by `height`."""

    quarters: int
    width: int
    height: int

    def of(self, picture: Ink) -> Ink:
        return np.ascontiguousarray(np.rot90(picture, k=-self.quarters))

    def box(self, box: Box) -> Box:
        """Where *box* lies after the turn."""
        height, width = self.height, self.width
        for _ in range(self.quarters):
            box = Box(height - box.bottom, box.left, height - box.top, box.right)
            height, width = width, height
        return box

    def back(self) -> "Turn":
        sides = (self.height, self.width) if self.quarters % 2 else (self.width, self.height)
        return Turn(-self.quarters % 4, *sides)
