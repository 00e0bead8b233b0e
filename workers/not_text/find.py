"""Everything on one page that is not text and that a policy may hide."""

from collections.abc import Iterator, Sequence

from schemas.entity import Tier
from schemas.page import PageText
from schemas.region import PageRegions, Region
from workers.not_text.behind_labels import find_behind_labels
from workers.not_text.codes import find_codes
from workers.not_text.identity_cards import find_portraits
from workers.not_text.old_masks import find_rests
from workers.not_text.photos import find_photos
from workers.not_text.red_ink import find_red_marks
from workers.not_text.sheet import Sheet, sheet_of
from workers.not_text.unread_lines import find_unread_lines
from workers.page_image import PageImage

VERSION = "not-text/3"
"""To be raised with every change to what is found: pages are looked at again under a new one."""

_MODULES_DPI, _STROKES_DPI, _TONES_DPI = 200.0, 100.0, 60.0
"""What codes, strokes and ridges, and tones need to be told by; more costs time and finds no more."""


def find_not_text(image: PageImage, text: PageText | None) -> PageRegions:
    """Looks at the pixels of *image*, and behind the labels of *text*, which is None where nothing was read."""
    sheet = sheet_of(image, _STROKES_DPI)
    known = [*_regions(image, sheet, text), *_rests(image, sheet, text)]
    found = sorted((*known, *_unread(sheet, text, known)), key=lambda region: (region.box.top, region.box.left))
    return PageRegions(image.page_number, image.width, image.height, tuple(found))


def _unread(sheet: Sheet, text: PageText | None, known: Sequence[Region]) -> Iterator[Region]:
    if text is None:
        return
    for box in find_unread_lines(sheet, text, [region.box for region in known]):
        yield Region("UNREAD", text.page_number, box, Tier.D, uncertain=True)


def _rests(image: PageImage, sheet: Sheet, text: PageText | None) -> Iterator[Region]:
    for box in find_rests(sheet, text):
        yield Region("UNREAD", image.page_number, box, Tier.D, uncertain=True)


def _regions(image: PageImage, sheet: Sheet, text: PageText | None) -> Iterator[Region]:
    number = image.page_number
    for code in find_codes(sheet_of(image, _MODULES_DPI), sheet):
        yield Region("CODE", number, code.box, Tier.A if code.value else Tier.C, code.value, uncertain=not code.value)
    portraits = [*find_portraits(text)] if text is not None else []
    yield from (Region("FACE", number, box, Tier.A) for box in portraits)
    for box in find_photos(sheet_of(image, _TONES_DPI)):
        if not any(box.overlaps(portrait) for portrait in portraits):
            yield Region("FACE", number, box, uncertain=True)
    for mark in find_red_marks(sheet):
        yield Region(mark.kind, number, mark.box)
    if text is not None:
        for place in find_behind_labels(sheet, text):
            yield Region(place.kind, number, place.box, uncertain=not place.is_read)
