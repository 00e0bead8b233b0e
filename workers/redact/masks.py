"""Where the black boxes go."""

import math
from collections.abc import Iterator, Sequence
from operator import attrgetter

from schemas.entity import Entity
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from schemas.redaction import Audience, Mask
from schemas.region import PageRegions
from workers.redact.places import hidden_places
from workers.redact.policy import RedactionPolicy
from workers.redact.spans import HiddenSpan, hidden_spans
from workers.redact.widths import Neighbours, lacking, tells_its_length

GRID = 16
"""Pixels. A JPEG keeps halved colour in cells of 16 x 16 pixels and brightness in blocks of 8 x 8 (ITU-T T.81, A.2): as far
as that, the original may show traces of a stroke."""
_BLOCK = 8
_LARGE_TEXT, _SMALL_TEXT = 48, 24
"""Pixels. Below the first, a whole cell more would blacken the lines above and below; below the second, the words beside."""
_SLOPE = 1.6
"""A box this many times as high as its characters comes from a slanted line and is made of shorter pieces."""


def plan_masks(
    pages: Sequence[PageText],
    entities: Sequence[Entity],
    policy: RedactionPolicy,
    audience: Audience,
    not_text: Sequence[PageRegions] = (),
) -> tuple[Mask, ...]:
    """Boxes that hide from *audience* every instance of what *policy* says, in page order, and what it says of *not_text*.

    A box reaches from the characters out to the 16-pixel grid and one cell on; around characters lower than 48 pixels,
    which stand in close lines, it reaches as far along the line, but across it only to the next block of 8 pixels. Where
    values of its kind differ in length it is as wide as the next whole step, as far as the paper is free. Boxes stay
    inside the page.
    """
    spans = hidden_spans(pages, entities, policy, audience)  # what was read under a place lies under its mask already
    places = hidden_places(not_text, policy, audience)
    masks = (mask for page in pages for mask in _masks_of(page, spans[page.page_number]))
    every = (*places, *(mask for mask in masks if not _is_inside_one(mask, places)))
    return tuple(sorted(dict.fromkeys(every), key=attrgetter("page_number")))


def _is_inside_one(mask: Mask, places: Sequence[Mask]) -> bool:
    return any(mask.page_number == place.page_number and _holds(place.box, mask.box) for place in places)


def _holds(outer: Box, inner: Box) -> bool:
    upright = outer.top <= inner.top and inner.bottom <= outer.bottom
    return upright and outer.left <= inner.left and inner.right <= outer.right


def _masks_of(page: PageText, spans: Sequence[HiddenSpan]) -> Iterator[Mask]:
    neighbours = Neighbours.of(page)
    for span in spans:
        fit = neighbours if tells_its_length(span.kind) else None
        for box in mask_boxes(page, span.start, span.end, fit):
            yield Mask(span.kind, page.page_number, box, span.reason)


def mask_boxes(page: PageText, start: int, end: int, neighbours: Neighbours | None = None) -> Iterator[Box]:
    """The boxes that hide characters [start, end) of the page's text, as `plan_masks` grows them; with *neighbours* so wide
    that they do not tell how long the value is."""
    for quads in _characters(page, start, end):
        *firsts, last = _pieces(quads)
        height = _char_height(quads)
        boxes = [grown(Box.around(piece), _char_height(piece)) for piece in (*firsts, last)]
        if neighbours:
            whole = _longer(Box.around(last), last, lacking(quads, height))
            as_it_is = grown(Box.around(last), _char_height(last), is_level=whole.width >= whole.height)
            boxes[-1] = neighbours.fitted(as_it_is, grown(whole, _char_height(last)), height, start, end)
        for box in (each.clipped(page.width, page.height) for each in boxes):
            if box.width and box.height:
                yield box


def _longer(box: Box, quads: tuple[Quad, ...], by: float) -> Box:
    """*box* longer by so much the way that its text runs; to the right or down whichever way it is read."""
    (left, top), (right, foot) = quads[0][0], quads[-1][1]
    if abs(right - left) >= abs(foot - top):
        return Box(box.left, box.top, box.right + math.ceil(by), box.bottom)
    return Box(box.left, box.top, box.right, box.bottom + math.ceil(by))


def _characters(page: PageText, start: int, end: int) -> Iterator[tuple[Quad, ...]]:
    """The quads of the characters, line by line."""
    offset = 0
    for line in page.lines:
        first, last = max(start - offset, 0), min(end - offset, len(line.text))
        if first < last:
            yield _quads(line)[first:last]
        offset += len(line.text) + 1


def _quads(line: Line) -> tuple[Quad, ...]:
    """Character quads, of which the outer two reach to the ends of the line: an engine places characters only roughly."""
    (top_left, top_right, bottom_right, bottom_left), quads = line.box, list(line.char_boxes)
    quads[0] = (top_left, quads[0][1], quads[0][2], bottom_left)
    quads[-1] = (quads[-1][0], top_right, bottom_right, quads[-1][3])
    return tuple(quads)


def _pieces(quads: tuple[Quad, ...]) -> Iterator[tuple[Quad, ...]]:
    """The quads in runs whose upright boxes are hardly thicker than the characters, however the line slants."""
    box = Box.around(quads)
    if len(quads) == 1 or min(box.width, box.height) <= _SLOPE * max(_char_height(quads), 1):
        yield quads
        return
    middle = len(quads) // 2
    yield from _pieces(quads[:middle])
    yield from _pieces(quads[middle:])


def _char_height(quads: tuple[Quad, ...]) -> float:
    """The longest side from the top to the foot of a character, in pixels, whichever way the text is turned."""
    return max(math.dist(quad[0], quad[3]) for quad in quads)


def grown(box: Box, char_height: float, *, is_level: bool | None = None) -> Box:
    """*box* with a margin and out to the grid; not yet clipped to the page, so corners may be negative.

    The margin along the line is the larger one: an engine knows better how high a line is than where a character ends.
    *is_level* says whether the line runs across the page; else the longer side does.
    """
    if char_height >= _LARGE_TEXT:
        return _to_grid(box, GRID, GRID)
    along = GRID if char_height >= _SMALL_TEXT else _BLOCK
    across = max(round(char_height / 8), 2)
    runs_across = box.width >= box.height if is_level is None else is_level
    return _to_grid(_widened(box, along, across) if runs_across else _widened(box, across, along), _BLOCK, 0)


def _widened(box: Box, sideways: int, upwards: int) -> Box:
    return Box(box.left - sideways, box.top - upwards, box.right + sideways, box.bottom + upwards)


def _to_grid(box: Box, grid: int, margin: int) -> Box:
    return Box(
        left=box.left // grid * grid - margin,
        top=box.top // grid * grid - margin,
        right=-(-box.right // grid) * grid + margin,
        bottom=-(-box.bottom // grid) * grid + margin,
    )
