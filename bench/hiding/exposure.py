"""Which characters lie outside all masks, and whose ink lies under them. Places come from the truth and from no reading."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.papers import PageTruth
from schemas.geometry import Box, Quad
from schemas.redaction import Mask

_RIM = 3
"""Pixels around a value's characters that count as its own: blur and skew spread its ink."""
_WINDOW, _DARKER = 41, 12
"""Ink is this many shades darker than its neighbourhood of so many pixels."""
_HIDDEN_MARKS = frozenset({"signature", "personal_seal", "photo", "thumbprint", "qr"})

Pixels = NDArray[np.uint8]


def share_in_sight(text: str, characters: Sequence[Quad], masks: Iterable[Mask]) -> float:
    """Of the characters that are no blanks, the share whose middle lies under none of *masks*: 0 to 1."""
    boxes = [mask.box for mask in masks]
    seen = [
        not any(_holds_middle(box, quad) for box in boxes)
        for letter, quad in zip(text, characters, strict=True)
        if not letter.isspace()
    ]
    return sum(seen) / len(seen) if seen else 0.0


def hidden_ink(pixels: Pixels, truth: PageTruth, due: Iterable[Quad], masks: Iterable[Mask]) -> tuple[int, int]:
    """Pixels of ink under *masks* that belong to a line of the page or to a mark that identifies a person, and those of them
    that lie in *due* places or in such marks. Ruled lines and seals across a value belong to nobody and count for neither."""
    ink = _ink(pixels) & _filled(pixels, [mask.box.quad() for mask in masks], 0)
    marks = [mark.box for mark in truth.marks if mark.kind in _HIDDEN_MARKS]
    must = _filled(pixels, [*due, *marks], _RIM)
    written = _filled(pixels, [line.box for line in truth.lines], _RIM) | must
    return int(np.count_nonzero(ink & written)), int(np.count_nonzero(ink & must))


def _holds_middle(box: Box, quad: Quad) -> bool:
    x, y = (sum(axis) / len(quad) for axis in zip(*quad, strict=True))
    return box.left <= x < box.right and box.top <= y < box.bottom


def _ink(pixels: Pixels) -> NDArray[np.bool_]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    dark = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW, _DARKER)
    return np.asarray(dark, dtype=bool)


def _filled(pixels: Pixels, quads: Iterable[Quad], rim: int) -> NDArray[np.bool_]:
    area = np.zeros(pixels.shape[:2], dtype=np.uint8)
    for quad in quads:
        corners = np.round(np.array(quad)).astype(np.int32)
        cv2.fillPoly(area, [corners], 1)
        if rim:
            cv2.polylines(area, [corners], isClosed=True, color=1, thickness=2 * rim + 1)
    return np.asarray(area, dtype=bool)
