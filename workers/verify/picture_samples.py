"""The numbers that a picture is made of, where its colours or its scale keep them from being seen: a palette of white alone, an
ink that is never printed, shades that all stand for white, the lower half of sixteen bits, rows below the last one."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pikepdf import Array, Name, Pdf, Stream
from PIL import Image, ImageOps, UnidentifiedImageError

from archive.errors import Rejected
from workers.verify.packing import JPEG, JPEG_2000, drawn_inside, unpacked
from workers.verify.stored_pictures import drawn_alone, is_large, look_alike

_DEPTHS = frozenset({1, 2, 4, 8, 16})
_BYTE = 8
_FEWEST_ROWS = 16
"""Below the last one; fewer hold no line of text."""
_FEWEST_PARTS = 2
"""Of a space of colours with parameters: its family and one of these."""
_COMPONENTS = {"/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3, "/RGB": 3, "/DeviceCMYK": 4, "/CMYK": 4}

Shades = NDArray[np.uint8]


def told_otherwise(opened: Pdf) -> Iterator[Image.Image]:
    """The samples of each picture of *opened*, with all contrast, where they show what the picture drawn alone does not.
    *opened* gains objects, and is not to be saved after."""
    inline = [*drawn_inside(opened)]
    pictures = [each for each in opened.objects if isinstance(each, Stream) and each.get("/Subtype") == Name.Image]
    for picture in (*pictures, *inline):
        planes = list(_planes(picture)) if is_large(picture) else []
        shown = drawn_alone(picture) if planes else None
        for plane in planes:
            if shown is None or not look_alike(plane, shown):
                yield plane


def _planes(picture: Stream) -> Iterator[Image.Image]:
    """One picture of all samples; of samples of sixteen bits, one of the upper and one of the lower halves. None where they are
    packed in a way that only a decoder of faxes undoes."""
    content, width = unpacked(picture), int(picture.Width)
    if content.left[:1] in {(JPEG,), (JPEG_2000,)}:
        yield from _decoded(content.data)
    elif not content.left:
        bits = 1 if bool(picture.get("/ImageMask", False)) else int(picture.get("/BitsPerComponent", _BYTE))
        if bits in _DEPTHS:
            for shades in _shades(content.data, width * _components(picture), bits):
                yield from _parted(shades, width, int(picture.Height))


def _decoded(data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data)) as stored:
            yield ImageOps.autocontrast(stored.convert("L"))
    except Image.DecompressionBombError:
        raise Rejected("expands_too_much") from None
    except (UnidentifiedImageError, OSError):
        return  # no viewer shows it either


def _shades(data: bytes, across: int, bits: int) -> Iterator[Shades]:
    """Rows of *across* samples, as many as there are whole ones."""
    row = -(-across * bits // _BYTE)
    rows = np.frombuffer(data[: len(data) // row * row], np.uint8).reshape(-1, row)
    if bits == 2 * _BYTE:
        yield from (rows[:, half::2] for half in (0, 1))
    elif bits == _BYTE:
        yield rows
    else:
        places = np.unpackbits(rows, axis=1)[:, : across * bits].reshape(len(rows), across, bits)
        yield np.asarray((places * (1 << np.arange(bits)[::-1])).sum(axis=2), np.uint8)


def _parted(shades: Shades, width: int, height: int) -> Iterator[Image.Image]:
    """The picture itself, and what follows below its last row."""
    for part in (shades[:height], shades[height:]):
        if len(part) >= _FEWEST_ROWS:
            grey = part.reshape(len(part), width, -1).mean(axis=2).astype(np.uint8)
            yield ImageOps.autocontrast(Image.fromarray(grey))


def _components(picture: Stream) -> int:
    """Of one pixel."""
    space = picture.get("/ColorSpace", Name.DeviceGray)
    if not isinstance(space, Array) or len(space) < _FEWEST_PARTS:
        return _COMPONENTS.get(str(space), 1)
    family = str(space[0])
    if family == "/ICCBased" and isinstance(space[1], Stream):
        return max(int(space[1].get("/N", 1)), 1)
    if family == "/DeviceN" and isinstance(space[1], Array):
        return max(len(space[1]), 1)
    return _COMPONENTS.get(family, 1)
