"""Black boxes into pixels, pixels into a new file that holds nothing else."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from schemas.redaction import Mask
from workers.page_image import PageImage

FALLBACK_DPI = 200.0
"""For an image that does not say; A4 scanned at it has 1654 x 2339 pixels."""
_QUALITIES = (75, 60, 45)
_EVEN = 0.6
JPEG, PNG = "image/jpeg", "image/png"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DerivedPage:
    """One page of a derivative: an encoded image without metadata. `media_type` is image/jpeg or image/png."""

    page_number: int
    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    dpi: float


def burn(image: PageImage, masks: Sequence[Mask]) -> Pixels:
    """A new array, height x width x 3, with an opaque black box in place of each mask of this page."""
    pixels = image.pixels.copy()
    for mask in masks:
        if mask.page_number == image.page_number:
            box = mask.box.clipped(image.width, image.height)
            pixels[box.top : box.bottom, box.left : box.right] = 0
    return pixels


def encode_page(pixels: Pixels, page_number: int, dpi: float | None, budget: int | None = None) -> DerivedPage:
    """Encode burnt pixels: black and white as 1-bit PNG without loss, grey and colour as JPEG.

    *budget* is the size in bytes that a page should not pass, such as 1.5 times the original's. For it an even page, drawn
    rather than scanned, becomes a PNG without loss, a JPEG is written in several scans, which are smaller and take longer,
    and its quality is lowered from 75 to 45, and no further.
    """
    height, width = pixels.shape[:2]
    picture = _plainest(pixels)
    media_type, data = _smallest(picture, budget)
    return DerivedPage(page_number, data, media_type, width, height, dpi or FALLBACK_DPI)


def placeholder_page(page_number: int, width: int, height: int, reason: str) -> DerivedPage:
    """A white page of *width* by *height* pixels that says that the page could not be read and is withheld."""
    picture = Image.new("1", (width, height), 1)
    font = ImageFont.load_default(size=max(height // 60, 8))
    sentence = f"Page {page_number} could not be read and is withheld ({reason})."
    ImageDraw.Draw(picture).text((width // 10, height // 10), sentence, fill=0, font=font)
    return DerivedPage(page_number, _encoded(picture, "PNG"), PNG, width, height, width / 8.27)  # A4 is 8.27 in wide


def _plainest(pixels: Pixels) -> Image.Image:
    """The picture in the mode with the fewest bits that loses nothing."""
    red = pixels[..., 0]
    if not (np.array_equal(red, pixels[..., 1]) and np.array_equal(red, pixels[..., 2])):
        return Image.fromarray(pixels)
    grey = Image.fromarray(red)
    shades = grey.histogram()
    is_black_and_white = shades[0] + shades[255] == red.size
    return grey.convert("1", dither=Image.Dither.NONE) if is_black_and_white else grey


def _smallest(picture: Image.Image, budget: int | None) -> tuple[str, bytes]:
    """Media type and bytes of the first encoding that keeps to the budget, or of the smallest."""
    tried: list[tuple[str, bytes]] = []
    for encode in _encodings(picture):
        tried.append(encode())
        if budget is None or len(tried[-1][1]) <= budget:
            return tried[-1]
    return min(tried, key=lambda each: len(each[1]))


def _encodings(picture: Image.Image) -> Iterator[Callable[[], tuple[str, bytes]]]:
    if picture.mode == "1":
        yield partial(_as_png, picture)
        return
    yield partial(_as_jpeg, picture, _QUALITIES[0], in_scans=False)
    if _is_even(picture):
        yield partial(_as_png, picture)
    for quality in _QUALITIES:
        yield partial(_as_jpeg, picture, quality, in_scans=True)


def _as_jpeg(picture: Image.Image, quality: int, *, in_scans: bool) -> tuple[str, bytes]:
    return JPEG, _encoded(picture, "JPEG", quality=quality, optimize=True, progressive=in_scans)


def _as_png(picture: Image.Image) -> tuple[str, bytes]:
    return PNG, _encoded(picture, "PNG")


def _is_even(picture: Image.Image) -> bool:
    """Whether most of the page is of one shade to the last bit, as no scanner gives it."""
    return max(picture.convert("L").histogram()) > _EVEN * picture.width * picture.height


def _encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
