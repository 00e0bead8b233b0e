"""Stamps over text: coloured ink told from the ink of the text, and taken off where one lies over the other.

Inks that lie over each other are filters: their optical densities, the negative logarithms of what they let through, add up.
Black ink is as dense in every channel; the red of seals lets red light through, the blue and violet of stamp pads blue light.
So the channel that a stamp lets through shows the text, and the little that the stamp holds back there stands in a fixed
ratio to what it holds back in the others, and can be taken off (colour deconvolution, Ruifrok and Johnston 2001,
https://pubmed.ncbi.nlm.nih.gov/11531144/).
"""

from dataclasses import dataclass, field
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.recognize.page_view import Pixels, Points

MIN_LEAD = 9
MIN_COLOUR = 26
"""The channel that an ink lets through is brighter than both others by MIN_LEAD of 255, than one of them by MIN_COLOUR. JPEG's
coarse colours around black text and the grain of colour scans stay below it, as do paper and shadows once the paper's own tint
is taken off."""

BLOCK, MIN_FILL, MIN_BLOCKS = 24, 0.12, 3
"""A stamp fills so much of so many squares of a view (7 mm wide on A4). A pen's tick fills fewer, and the coloured fringes that
scanners leave along black strokes fill them less."""

SAMPLE = 8
"""Every so many pixels each way are enough to tell the paper's tint and that a scan is grey."""

PAPER = 85
"""Percentile of the shades in a line's box that is its paper."""

GRAIN = 24
"""Levels of 255 by which paper and what is left of a stamp are darker here and there."""

Mask = NDArray[np.uint8]
"""height x width; 255 where something is, or a shade"""


class Hue(IntEnum):
    """The ink of a stamp, by the channel of RGB that it lets through. Violet counts as blue."""

    RED = 0
    BLUE = 2


@dataclass(frozen=True, slots=True)
class StampInk:
    """Ink of one hue in a view: where it lies (`mask`), and the view as it was (`dark`: its darkest channel) and without it
    (`bare`: height x width x 3, grey), both on white paper."""

    hue: Hue
    mask: Mask = field(repr=False)
    dark: Mask = field(repr=False)
    bare: Pixels = field(repr=False)

    def share(self, box: Points) -> float:
        """Of the upright rectangle around *box* (view coordinates), the share that is ink of this hue, 0 to 1."""
        part = self.mask[_window(box, self.mask)]
        return cv2.countNonZero(part) / part.size

    def left(self, box: Points) -> float:
        """Of all ink in the upright rectangle around *box*, the share that is left without this hue; 1 where there is none."""
        window = _window(box, self.mask)
        before, after = _ink(self.dark[window]), _ink(self.bare[window][:, :, 0])
        return min(after / before, 1.0) if before else 1.0


def _window(box: Points, mask: Mask) -> tuple[slice, slice]:
    height, width = mask.shape
    left, top = np.clip(np.floor(box.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(box.max(axis=0)).astype(int), (left + 1, top + 1), (width, height))
    return slice(top, bottom), slice(left, right)


def _ink(shades: Mask) -> float:
    """How much darker than its paper a part of a view is, summed over its pixels."""
    paper = np.percentile(shades, PAPER)
    return float(np.clip(paper - shades - GRAIN, 0.0, None).sum())


def stamp_inks(view: Pixels) -> tuple[StampInk, ...]:
    """The hues of stamp ink of which *view* shows enough for a stamp; none on grey scans. Forms printed in colour count too."""
    sample = view[::SAMPLE, ::SAMPLE]
    if int((sample.max(axis=2) - sample.min(axis=2)).max()) < MIN_COLOUR:
        return ()
    channels = _on_white_paper(view)
    masks = {hue: _mask(channels, hue) for hue in Hue}
    dark = np.asarray(cv2.min(cv2.min(channels[0], channels[1]), channels[2]), np.uint8)
    return tuple(StampInk(hue, mask, dark, without_ink(view, hue)) for hue, mask in masks.items() if _is_enough(mask))


def _on_white_paper(pixels: Pixels) -> tuple[Mask, ...]:
    """The three channels, each stretched so that the paper is white."""
    paper = np.median(pixels[::SAMPLE, ::SAMPLE].reshape(-1, 3), axis=0).clip(64, 255)
    tables = (np.arange(256)[:, None] * (255.0 / paper)).clip(0, 255).round().astype(np.uint8)
    return tuple(np.asarray(cv2.LUT(channel, tables[:, at].copy()), np.uint8) for at, channel in enumerate(cv2.split(pixels)))


def _mask(channels: tuple[Mask, ...], hue: Hue) -> Mask:
    others = channels[1], channels[2 - hue]
    leads = cv2.threshold(cv2.subtract(channels[hue], cv2.max(*others)), MIN_LEAD - 1, 255, cv2.THRESH_BINARY)[1]
    coloured = cv2.threshold(cv2.subtract(channels[hue], cv2.min(*others)), MIN_COLOUR - 1, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.bitwise_and(leads, coloured), np.uint8)


def _is_enough(mask: Mask) -> bool:
    height, width = mask.shape
    size = (max(1, width // BLOCK), max(1, height // BLOCK))
    fill = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA))
    return int((fill >= 255 * MIN_FILL).sum()) >= MIN_BLOCKS


_DENSITY = -np.log((np.arange(256, dtype=np.float32) + 1.0) / 256.0)
"""By level of a channel: 0 for white, 5.5 for black."""

COLOUR_DENSITY = 0.25
"""Pixels whose other channels are denser than the one let through by this much show the stamp's own ratio."""

REST = 25
"""Percentile of that ratio that is taken as the stamp's own: where it lies over text the ratio is higher, so not the middle."""

MAX_REST = 1.0


def without_ink(pixels: Pixels, hue: Hue) -> Pixels:
    """*pixels* in grey, height x width x 3, as they would be without ink of *hue*; all other ink stays."""
    channels = [np.asarray(cv2.LUT(channel, _DENSITY), np.float32) for channel in _on_white_paper(pixels)]
    kept = channels[hue]
    coloured = np.maximum(channels[1], channels[2 - hue]) - kept
    bare = np.clip(kept - _rest(kept, coloured) * np.clip(coloured, 0.0, None), 0.0, None)
    grey = (256.0 * np.exp(-bare) - 1.0).clip(0, 255).round().astype(np.uint8)
    return np.asarray(cv2.merge((grey, grey, grey)), np.uint8)


def _rest(kept: NDArray[np.float32], coloured: NDArray[np.float32]) -> float:
    """How much of itself the stamp leaves in the channel that it lets through, for each unit of its colour."""
    stamped = coloured > COLOUR_DENSITY
    if not stamped.any():
        return 0.0
    return float(np.clip(np.percentile(kept[stamped] / coloured[stamped], REST), 0.0, MAX_REST))
