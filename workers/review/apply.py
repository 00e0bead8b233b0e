"""The plan's masks as people changed them, and what the verifier is told of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from schemas.geometry import Box
from schemas.redaction import Mask
from schemas.review import REVIEWED, EditAction, MaskEdit
from workers.page_image import PageImage
from workers.verify.exemptions import Exemption

_BLOCK = 8
"""Pixels. A JPEG keeps brightness in blocks of 8 x 8 (ITU-T T.81): a box out to their edges stays black to its own."""
_SLACK = 16
"""Pixels by which a mask of a newer plan may differ from the one that a person saw: one cell of the grid."""


def edited(planned: Sequence[Mask], edits: Iterable[MaskEdit]) -> tuple[Mask, ...]:
    """*planned* with *edits* applied in their order. Both of one page or of many; pages are told apart.

    A mask is removed or moved where one of that kind lies within the box that the person saw, by one cell of the grid: a newer
    reading may place it a little differently. A larger one, or one of another kind, hides something else and stays.
    """
    masks = list(planned)
    for edit in edits:
        if edit.action is not EditAction.ADD:
            masks = [mask for mask in masks if not _is_meant(mask, edit)]
        if (place := _added(edit)) is not None:
            masks.append(Mask(edit.kind, edit.page_number, _on_blocks(place), REVIEWED))
    return tuple(dict.fromkeys(masks))


def clipped(masks: Iterable[Mask], image: PageImage) -> tuple[Mask, ...]:
    """*masks* with those that people put cut at the edge of *image*. One of which nothing is left stays, and is a leak."""
    return tuple(
        replace(mask, box=mask.box.clipped(image.width, image.height)) if mask.reason == REVIEWED else mask for mask in masks
    )


def exemptions(edits: Iterable[MaskEdit]) -> tuple[Exemption, ...]:
    """Of removals alone. What is moved is personal still: where it can be read at its former place, that is a leak."""
    return tuple(
        Exemption(each.edit_id, each.kind, each.page_number, each.box) for each in edits if each.action is EditAction.REMOVE
    )


def additions(edits: Iterable[MaskEdit]) -> Iterator[Mask]:
    """The masks that people put, of all pages."""
    yield from (mask for mask in edited((), edits) if mask.reason == REVIEWED)


def _added(edit: MaskEdit) -> Box | None:
    return edit.box if edit.action is EditAction.ADD else edit.moved_to


def _is_meant(mask: Mask, edit: MaskEdit) -> bool:
    box, seen = mask.box, edit.box
    return (
        mask.page_number == edit.page_number
        and mask.kind == edit.kind
        and box.left >= seen.left - _SLACK
        and box.top >= seen.top - _SLACK
        and box.right <= seen.right + _SLACK
        and box.bottom <= seen.bottom + _SLACK
    )


def _on_blocks(box: Box) -> Box:
    """*box* out to the next blocks; it may reach beyond the page, whose edge cuts it when it is burnt."""
    left, top = box.left // _BLOCK * _BLOCK, box.top // _BLOCK * _BLOCK
    return Box(left, top, -(-box.right // _BLOCK) * _BLOCK, -(-box.bottom // _BLOCK) * _BLOCK)
