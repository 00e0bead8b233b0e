"""What is hidden that is not text: its boxes, and the characters that lie under them."""

from collections.abc import Iterator, Sequence

from schemas.geometry import Box, Quad
from schemas.page import PageText
from schemas.redaction import Audience, Mask
from schemas.region import PageRegions, Region
from workers.redact.policy import Action, RedactionPolicy

UNCERTAIN = "uncertain"
"""The reason of a mask that a person has to look at."""

_BLOCK = 8
_MARGIN = 4
"""Pixels from the ink to the next block of 8 that a JPEG keeps together (ITU-T T.81, A.2)."""


def hidden_places(found: Sequence[PageRegions], policy: RedactionPolicy, audience: Audience) -> tuple[Mask, ...]:
    """A mask on each region that *policy* hides from *audience*, grown to blocks of 8 pixels and inside its page."""
    return tuple(mask for page in found for region in page.regions for mask in _mask(page, region, policy, audience))


def _mask(page: PageRegions, region: Region, policy: RedactionPolicy, audience: Audience) -> Iterator[Mask]:
    decision = policy.decide_on_region(region, audience)
    box = _on_blocks(region.box).clipped(page.width, page.height)
    if decision.action is not Action.SHOW and box.width and box.height:
        yield Mask(region.kind, page.page_number, box, UNCERTAIN if region.uncertain else decision.reason)


def _on_blocks(box: Box) -> Box:
    return Box(
        left=(box.left - _MARGIN) // _BLOCK * _BLOCK,
        top=(box.top - _MARGIN) // _BLOCK * _BLOCK,
        right=-(-(box.right + _MARGIN) // _BLOCK) * _BLOCK,
        bottom=-(-(box.bottom + _MARGIN) // _BLOCK) * _BLOCK,
    )


def spans_under(page: PageText, mask: Mask) -> Iterator[tuple[int, int]]:
    """The runs of characters [start, end) of the page's text whose middles lie under *mask*."""
    offset = 0
    for line in page.lines:
        if Box.around((line.box,)).overlaps(mask.box):
            covered = [_is_under(quad, mask.box) for quad in line.char_boxes]
            yield from ((offset + start, offset + end) for start, end in _runs(covered))
        offset += len(line.text) + 1


def _is_under(quad: Quad, box: Box) -> bool:
    x, y = sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4
    return box.left <= x < box.right and box.top <= y < box.bottom


def _runs(covered: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for at, is_covered in enumerate((*covered, False)):
        if is_covered and start is None:
            start = at
        elif not is_covered and start is not None:
            yield start, at
            start = None
