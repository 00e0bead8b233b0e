"""One page for one audience: burn, read back, and burn what was still found, until nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Leak, Mask, Verdict
from workers.page_image import PageImage
from workers.recognize.port import OcrEngine
from workers.redact.burn import DerivedPage, burn, encode_page
from workers.redact.masks import grown
from workers.tools import Tools
from workers.verify.exemptions import LEGIBLE, Exemption
from workers.verify.page import verify_page
from workers.verify.secrets import Secrets

_ROUNDS = 3
"""A second reading may find what the first did not see; that is masked too. What is still found after this many stays in."""
_SIZE_BUDGET = 1.5
"""How much larger than its original a derivative may be."""


@dataclass(frozen=True, slots=True)
class HiddenPage:
    """A burnt page, the masks in it, and what reading it back found. Not to be served unless the verdict passed."""

    page: DerivedPage
    masks: tuple[Mask, ...]
    verdict: Verdict


def hide_page(
    image: PageImage,
    masks: Sequence[Mask],
    secrets: Secrets,
    tools: Tools,
    budget: int | None = None,
    exemptions: Sequence[Exemption] = (),
    before: PageText | None = None,
    other: OcrEngine | None = None,
) -> HiddenPage:
    """Burn *masks* of this page into *image* and verify it; *budget* is the size in bytes that it should not pass, *before*
    what was read on *image*: without it the whole page is read again. *other* is an engine of another kind to read it, too.

    What shows in places of *exemptions* is not covered up.
    """
    own = tuple(mask for mask in masks if mask.page_number == image.page_number)
    find_entities = tools.extractor.entities_on_page
    for _ in range(_ROUNDS):
        page = encode_page(burn(image, own), image.page_number, image.dpi, budget)
        verdict = verify_page(page, image, own, secrets, tools.engine, find_entities, exemptions, before, other)
        found = tuple(_mask(leak.box, leak, image) for leak in verdict.leaks if leak.box and leak.check in LEGIBLE)
        if verdict.passed or not set(found) - set(own):
            break
        own = tuple(dict.fromkeys((*own, *found)))
    return HiddenPage(page, own, verdict)


def page_budget(original_bytes: int, page_count: int) -> int:
    """The bytes that one burnt page should not pass."""
    return int(_SIZE_BUDGET * original_bytes / page_count)


def _mask(place: Box, leak: Leak, image: PageImage) -> Mask:
    box = grown(place, place.height).clipped(image.width, image.height)
    return Mask(leak.kind, image.page_number, box, leak.check)
