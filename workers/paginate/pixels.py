"""A decoded picture of any mode, as the 8-bit RGB that a viewer shows."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_BAND_ROWS = 512
"""Rows converted at once: beside the decoded picture and the result, only this much is held in a third form."""

_PHOTOMETRIC_TAG = 262
_WHITE_IS_ZERO = 0
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_WHITE = (255, 255, 255, 255)

# How EXIF orientations 2 to 8 are undone, on arrays of rows by columns (CIPA DC-008, 4.6.4 A).
_TURNS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    2: np.fliplr,
    3: partial(np.rot90, k=2),
    4: np.flipud,
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: partial(np.rot90, k=3),
    7: lambda pixels: np.rot90(pixels, k=2).swapaxes(0, 1),
    8: partial(np.rot90, k=1),
}


def rgb_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Height x width x 3, RGB. Alpha lies on white, CMYK is converted as decoded, deep samples are scaled to 8 bits."""
    convert = _conversion(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _BAND_ROWS):
        bottom = min(top + _BAND_ROWS, image.height)
        pixels[top:bottom] = convert(image.crop((0, top, image.width, bottom)))
    return pixels


def upright(pixels: NDArray[np.uint8], exif_orientation: int) -> NDArray[np.uint8]:
    """*pixels* with the EXIF orientation applied; unknown values mean 1, as the standard's readers take them."""
    turn = _TURNS.get(exif_orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def _conversion(image: Image.Image) -> Callable[[Image.Image], NDArray[np.uint8]]:
    if image.mode.startswith("I;16"):
        return partial(_from_16_bit, white_is_zero=_is_white_zero(image))
    if image.mode in {"I", "F"}:
        return partial(_from_numbers, scale=_scale_of(image))
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        return _on_white
    if image.mode == "LAB":
        profile = ImageCms.createProfile
        return partial(_through_profile, ImageCms.buildTransform(profile("LAB"), profile("sRGB"), "LAB", "RGB"))
    return lambda band: np.asarray(band.convert("RGB"))


def _is_white_zero(image: Image.Image) -> bool:
    # Pillow inverts such samples of 1 and 8 bits itself, and leaves those of 16.
    tags = getattr(image, "tag_v2", {})
    return bool(tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO)


def _from_16_bit(band: Image.Image, *, white_is_zero: bool) -> NDArray[np.uint8]:
    grey = (np.asarray(band) >> 8).astype(np.uint8)
    return _grey(255 - grey if white_is_zero else grey)


def _scale_of(image: Image.Image) -> float:
    """What makes samples of unstated range 8-bit: the range that the largest of them fits in is taken for the whole."""
    _, largest = image.getextrema()
    assert isinstance(largest, int | float)
    for full in (1.0, 255.0, 65_535.0):
        if largest <= full:
            return 255.0 / full
    return 255.0 / largest


def _from_numbers(band: Image.Image, *, scale: float) -> NDArray[np.uint8]:
    numbers = np.nan_to_num(np.asarray(band, dtype=np.float32) * scale)
    return _grey(np.clip(numbers, 0, 255).astype(np.uint8))


def _grey(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(samples[:, :, np.newaxis], 3, axis=2)


def _on_white(band: Image.Image) -> NDArray[np.uint8]:
    layer = band.convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB"))


def _through_profile(transform: ImageCms.ImageCmsTransform, band: Image.Image) -> NDArray[np.uint8]:
    converted = ImageCms.applyTransform(band, transform)
    assert converted is not None  # it is None only when applied in place
    return np.asarray(converted)
