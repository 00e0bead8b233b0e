"""One page as pixels."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PageImage:
    """`pixels` is height x width x 3, uint8, RGB, as a viewer shows the page (EXIF and `/Rotate` applied); `dpi` is
    pixels per inch of paper, None where the file does not say."""

    page_number: int
    pixels: NDArray[np.uint8] = field(repr=False)
    dpi: float | None = None

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])
