"""Ink left where a hidden value stood: not black, not paper, and nothing that says something harmless.

A box drawn too low leaves the tops of characters, a marker that lets light through leaves all of them, and blocks or blur
in place of black can be read back by trying candidates (Hill, Zhou, Saul, Shacham: On the (In)effectiveness of Mosaicing
and Blurring as Tools for Document Redaction, PoPETs 2016). No OCR engine reads these, so that shades are looked at.
"""

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.entity import Entity
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Leak
from workers.page_image import PageImage

_TURNS = 6
"""How often a row of pixels gets darker and brighter again before it is taken for writing: an edge of a box is one turn,
two boxes side by side are four."""
_FEWEST_ROWS = 2
_LEAST_STEP = 5.0
"""Shades of 255: what rounding in a JPEG can do to black is 4."""
_NOISE_STEPS = 4.0
"""A step must be this many times the page's own noise."""
_MARGIN = 8
"""One part in this many of a place's height, at its top and its foot, may belong to the lines above and below."""
_SAME_SHAPE = 0.02
_SURE = 0.9
_FEWEST_SHARED = {False: 3, True: 2}
"""Characters in a row that a rest of a value shares with it; by whether they are Chinese."""

Shades = NDArray[np.float32]


def residues(image: PageImage, original: PageText, hidden: Sequence[Entity], reading: PageText) -> Iterator[Leak]:
    """Places of *hidden* values, of the *original*'s page, where *image* shows the rest of something. *reading* is what was
    read on *image*: characters that are read for certain there and are no part of the value are a label over the box.

    Boxes are in pixels of *image*. Pages of another shape than the original's are not looked at: nothing lies where it lay.
    """
    if not _has_shape_of(image, original):
        return
    scale = image.width / original.width
    step = max(_LEAST_STEP, _NOISE_STEPS * noise(image.pixels))
    for entity in hidden:
        for quad in entity.boxes:
            place = _inner(Box.around([[(x * scale, y * scale) for x, y in quad]]), image)  # type: ignore[list-item]
            if _tells(image, place, step, entity.text, reading):
                yield Leak(entity.kind, "residue", image.page_number, place)


def noise(pixels: NDArray[np.uint8]) -> float:
    """Standard deviation of the page's noise in shades: Immerkaer's operator (1996), by the median, which ink does not move."""
    grey = pixels[..., 1].astype(np.float32)
    across = grey[:, :-2] - 2 * grey[:, 1:-1] + grey[:, 2:]
    both = across[:-2] - 2 * across[1:-1] + across[2:]
    return float(np.median(np.abs(both))) / (6 * 0.6745) if both.size else 0.0


def has_writing(pixels: NDArray[np.uint8], step: float) -> bool:
    """Whether rows of *pixels* turn from dark to bright and back as writing does, by *step* shades and more in any colour."""
    return any(_rows_of_writing(pixels[..., colour].astype(np.float32), step) >= _FEWEST_ROWS for colour in range(3))


def _rows_of_writing(shades: Shades, step: float) -> int:
    return sum(_turns(row, step) >= _TURNS for row in shades if np.ptp(row) >= step)


def _turns(row: Shades, step: float) -> int:
    """Changes of direction of at least *step*: swings smaller than that are passed over."""
    turns, low, high, rising = 0, row[0], row[0], None
    for shade in row[1:]:
        low, high = min(low, shade), max(high, shade)
        if rising is not True and shade - low >= step:
            turns, rising, high = turns + 1, True, shade
        elif rising is not False and high - shade >= step:
            turns, rising, low = turns + 1, False, shade
        elif rising:
            low = shade if shade >= high else low
        elif rising is False:
            high = shade if shade <= low else high
    return turns


def _has_shape_of(image: PageImage, original: PageText) -> bool:
    ours, theirs = image.width / image.height, original.width / original.height
    return bool(original.lines) and abs(ours / theirs - 1) < _SAME_SHAPE


def _inner(box: Box, image: PageImage) -> Box:
    margin = box.height // _MARGIN
    return Box(box.left, box.top + margin, box.right, max(box.bottom - margin, box.top + margin)).clipped(
        image.width, image.height
    )


def _tells(image: PageImage, place: Box, step: float, value: str, reading: PageText) -> bool:
    written = list(_characters_in(reading, place))
    text = "".join(char for char, _ in written)
    if _share(text, value):
        return True
    is_label = bool(written) and min(confidence for _, confidence in written) >= _SURE
    cut = image.pixels[place.top : place.bottom, place.left : place.right]
    return not is_label and bool(cut.size) and has_writing(cut, step)


def _characters_in(reading: PageText, place: Box) -> Iterator[tuple[str, float]]:
    """Characters whose middle lies inside *place*, and how sure the engine is of their line."""
    for line in reading.lines:
        for char, quad in zip(line.text, line.char_boxes, strict=True):
            x, y = (sum(point[axis] for point in quad) / len(quad) for axis in (0, 1))
            if place.left <= x < place.right and place.top <= y < place.bottom and char.isalnum():
                yield char, 1.0 if line.confidence is None else line.confidence


def _share(text: str, value: str) -> bool:
    """Whether some characters in a row of *text* are a part of *value*."""
    ours, theirs = (unicodedata.normalize("NFKC", each).casefold() for each in (text, value))
    return any(
        ours[at : at + length] in theirs
        for length in set(_FEWEST_SHARED.values())
        for at in range(len(ours) - length + 1)
        if _FEWEST_SHARED[not ours[at].isascii()] == length
    )
