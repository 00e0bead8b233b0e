"""One finished page image against its original: pixels, a second reading, a second detection."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from schemas.entity import Entity
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Leak, Mask, Verdict
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine, TookTooLong
from workers.redact.burn import DerivedPage
from workers.verify.again import BLOCK, Grey, Known, shows_the_same
from workers.verify.exemptions import CHECK, OTHER_ENGINE, Exemption, parted
from workers.verify.faint import brought_up
from workers.verify.not_text import CHECKS as NOT_TEXT
from workers.verify.not_text import still_shown
from workers.verify.secrets import Secrets, SecretSearch, new_findings

FindEntities = Callable[[PageText], tuple[Entity, ...]]

CHECKS = ("page_size", "masks_opaque", "unchanged_outside_masks", "second_reading", "second_detection", *NOT_TEXT)

_BLACK = 4
"""The brightest that a burnt block may be, of 255: what rounding in a JPEG can do. Text under 97 % grey shows 7."""
_RIM = 96
"""The same for the rim of a box that does not lie on blocks."""
_DRIFT = 8
"""How far the mean brightness of a block may move, of 255; a JPEG of quality 45 moves it by 2."""
_SMALLER, _LARGER = 0.78, 1.28
_INK = 192
"""Lighter than that is paper where faint ink was brought up."""
_LOW_RESOLUTION = 1400
"""Pixels of the long side below which a smaller page could not be read, so that it is read larger."""


def verify_page(
    derived: DerivedPage,
    original: PageImage,
    masks: Sequence[Mask],
    secrets: Secrets,
    engine: OcrEngine,
    find_entities: FindEntities,
    exemptions: Sequence[Exemption] = (),
    before: PageText | None = None,
    other: OcrEngine | None = None,
) -> Verdict:
    """Decode *derived* and try to find what *masks* and *secrets* say is gone.

    With *before*, what was read on the *original*, only what that leaves open is read again (`workers.verify.again`); without
    it the whole page is. With *other*, an engine of another kind, the whole page is read by that, too. What is seen in a place
    that one of *exemptions* covers is told apart and counts as no leak. Masks and exemptions of other pages are ignored. A page
    of another size than the original's is not looked at further.
    """
    masks = [mask for mask in masks if mask.page_number == original.page_number]
    picture = _decoded(derived)
    if not picture.size == (derived.width, derived.height) == (original.width, original.height):
        return Verdict((Leak("page", "page_size", derived.page_number),), ("page_size",))
    exemptions = [each for each in exemptions if each.page_number == original.page_number]
    before = before if before and (before.width, before.height) == picture.size else None
    grey, was = _brightness(picture), np.asarray(Image.fromarray(original.pixels).convert("L"))
    known = Known.of(before, shows_the_same(grey, was, masks), masks)
    again = _read_again(picture, derived, known, secrets, engine, find_entities)
    others = None if other is None else _read_by(other, picture, derived, secrets, find_entities)
    seen = (*again, *still_shown(grey, derived.page_number, secrets), *(others or ()))
    counted, exempted = parted(seen, exemptions)
    leaks = (*_seen_through(grey, masks), *_changed(grey, was, masks, derived.page_number), *counted)
    return Verdict(leaks, _checks_made(is_exempting=bool(exemptions), by_other=others is not None), exempted)


def _checks_made(*, is_exempting: bool, by_other: bool) -> tuple[str, ...]:
    return (*CHECKS, *((CHECK,) if is_exempting else ()), *((OTHER_ENGINE,) if by_other else ()))


def _decoded(derived: DerivedPage) -> Image.Image:
    """The picture as stored; a colour JPEG in its own components, brightness and two of colour."""
    picture = Image.open(io.BytesIO(derived.data))
    if picture.format == "JPEG" and picture.mode == "RGB":
        picture.draft("YCbCr", picture.size)
    picture.load()
    return picture


def _brightness(picture: Image.Image) -> Grey:
    """Of a colour JPEG its own first component, which no colour of a neighbouring block bleeds into."""
    return np.asarray(picture.getchannel(0) if picture.mode == "YCbCr" else picture.convert("L"))


def _seen_through(grey: Grey, masks: Sequence[Mask]) -> Iterator[Leak]:
    for mask in masks:
        box = mask.box
        if not box.width or not box.height:
            yield Leak(mask.kind, "masks_opaque", mask.page_number, box, "empty")
        elif _brightest(grey, _whole_blocks(box, grey)) > _BLACK or _brightest(grey, box) > _RIM:
            yield Leak(mask.kind, "masks_opaque", mask.page_number, box)


def _brightest(grey: Grey, box: Box) -> int:
    return int(grey[box.top : box.bottom, box.left : box.right].max(initial=0))


def _whole_blocks(box: Box, grey: Grey) -> Box:
    """The blocks that lie wholly inside *box*; blocks cut by the page's edge count as whole."""
    height, width = grey.shape
    right = box.right if box.right >= width else box.right // BLOCK * BLOCK
    bottom = box.bottom if box.bottom >= height else box.bottom // BLOCK * BLOCK
    left, top = -(-box.left // BLOCK) * BLOCK, -(-box.top // BLOCK) * BLOCK
    return Box(left, top, max(right, left), max(bottom, top))


def _changed(grey: Grey, before: Grey, masks: Sequence[Mask], page_number: int) -> Iterator[Leak]:
    """Compares the means of blocks that no mask touches."""
    moved = np.abs(_means(grey).astype(np.int16) - _means(before)) > _DRIFT
    for mask in masks:
        box = mask.box
        moved[box.top // BLOCK : -(-box.bottom // BLOCK), box.left // BLOCK : -(-box.right // BLOCK)] = False
    if moved.any():
        rows, columns = np.nonzero(moved)
        box = Box(*(int(edge) * BLOCK for edge in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)))
        yield Leak("page", "unchanged_outside_masks", page_number, box.clipped(grey.shape[1], grey.shape[0]))


def _means(grey: Grey) -> Grey:
    return np.asarray(Image.fromarray(grey).reduce(BLOCK))


def _read_again(
    picture: Image.Image, derived: DerivedPage, known: Known, secrets: Secrets, engine: OcrEngine, find_entities: FindEntities
) -> Iterator[Leak]:
    scale = _SMALLER if max(picture.size) >= _LOW_RESOLUTION else _LARGER
    image, search = rescaled(picture, scale, derived.page_number, derived.dpi), SecretSearch(secrets)
    for reading in _readings(image, known, engine):
        for leak in search_reading(reading, search, secrets, find_entities):
            yield replace(leak, box=leak.box and scaled(leak.box, 1 / scale))


def _read_by(
    other: OcrEngine, picture: Image.Image, derived: DerivedPage, secrets: Secrets, find_entities: FindEntities
) -> tuple[Leak, ...] | None:
    """What *other* reads that it must not; None where it did not come to an end, so that the check did not run."""
    try:
        reading = other.read(rescaled(picture, 1.0, derived.page_number, derived.dpi))
    except TookTooLong:
        return None
    found = search_reading(reading, SecretSearch(secrets), secrets, find_entities)
    return tuple(replace(leak, check=OTHER_ENGINE) for leak in found)


def _readings(image: PageImage, known: Known, engine: OcrEngine) -> Iterator[PageText]:
    """The page as it is, and where there is faint ink on it, once more with that brought up."""
    yield known.beside(engine.read(known.left_of(image)))
    faint = brought_up(image)
    left = faint and known.left_of(faint)
    if left is not None and left.pixels.min() < _INK and (more := engine.read(left)).lines:
        yield known.beside(more)


def rescaled(picture: Image.Image, scale: float, page_number: int, dpi: float) -> PageImage:
    """*picture* as a page image, *scale* times as large; black and white gains shades of grey, as a scanner would give."""
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    shaded = picture.convert("L") if picture.mode == "1" else picture
    resized = shaded.resize(size, Image.Resampling.BILINEAR).convert("RGB")
    return PageImage(page_number, np.asarray(resized), dpi * scale)


def search_reading(reading: PageText, search: SecretSearch, secrets: Secrets, find_entities: FindEntities) -> Iterator[Leak]:
    """What *reading* says that it must not; boxes are in the pixels of the image that was read."""
    text = reading.text
    for found in search(text):
        yield Leak(found.kind, "second_reading", reading.page_number, _place(reading, *found.span))
    for entity in new_findings(find_entities(reading), secrets):
        yield Leak(entity.kind, "second_detection", reading.page_number, _place(reading, *entity.span), f"tier {entity.tier}")


def _place(reading: PageText, start: int, end: int) -> Box | None:
    quads = reading.boxes_of(start, end)
    return Box.around(quads) if quads else None


def scaled(box: Box, scale: float) -> Box:
    """*box* in the pixels of a picture *scale* times as large."""
    return Box(*(round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom)))
