"""What people confirmed, beside what is found: it goes before it among the fields, and is hidden like it.

A confirmed value is looked for on every page, as every value is that is hidden once. At the place where it was confirmed it is
hidden whatever is read there: a later reading may garble the very number that a person put right.
"""

from collections.abc import Iterator, Mapping, Sequence

from schemas.claim import FIELD_NAMES, ClaimField
from schemas.entity import Entity, Tier
from schemas.geometry import Box, Quad
from schemas.page import Line, PageText
from schemas.redaction import Audience, Mask
from workers.redact.masks import grown
from workers.redact.policy import RedactionPolicy
from workers.redact.spans import conceals

_NOWHERE = 0
"""The page of an entity that is looked for on every page and stands on none."""

_KINDS: dict[str, tuple[str, str | None]] = {
    "insured": ("CN_NAME", "insured"),
    "policyholder": ("CN_NAME", "policyholder"),
    "claimant": ("CN_NAME", "claimant"),
    "beneficiary": ("CN_NAME", "beneficiary"),
    "policy_number": ("POLICY", None),
    "report_number": ("CLAIM", "report"),
    "case_number": ("CLAIM", "case"),
    "claim_number": ("CLAIM", "claim"),
    "identity_number": ("CN_ID18", "insured"),
    "phone": ("CN_MOBILE", "insured"),
    "loss_date": ("DATE_ACCIDENT", None),
    "report_date": ("DATE_REPORT", None),
    "admission_date": ("DATE_ADMISSION", None),
    "discharge_date": ("DATE_DISCHARGE", None),
    "birth_date": ("DOB", "insured"),
    "amount": ("AMOUNT", None),
    "hospital": ("HOSPITAL", None),
    "diagnosis": ("DIAGNOSIS", None),
    "insurer": ("INSURER", None),
    "status": ("STATUS", None),
}
"""Kind and role of the entity that says a field, as the policy knows them."""


def with_confirmed(found: Mapping[str, ClaimField], confirmed: Mapping[str, ClaimField]) -> dict[str, ClaimField]:
    """The fields, what is confirmed in place of what was found, in the order of FIELD_NAMES."""
    fields = {**found, **confirmed}
    return {name: fields[name] for name in FIELD_NAMES if name in fields}


def confirmed_entities(pages: Sequence[PageText], confirmed: Mapping[str, ClaimField]) -> tuple[Entity, ...]:
    """Each confirmed value as an entity on no page: to be looked for on all. Where *pages* hold something like as long at
    the place where it was confirmed, that is one more: whatever it says, it is a reading of that value."""
    return tuple(entity for name, value in confirmed.items() for entity in _entities(pages, name, value))


def places_hidden(
    pages: Sequence[PageText], confirmed: Mapping[str, ClaimField], policy: RedactionPolicy, audience: Audience
) -> tuple[Mask, ...]:
    """Masks on the places of confirmed values that *policy* hides from *audience* and where nothing like them is read."""
    return tuple(
        _mask(_everywhere(name, value), value, page)
        for name, value in confirmed.items()
        for page in pages
        if page.page_number == value.page_number
        and value.box is not None
        and _read_at(page, value) is None
        and conceals(_everywhere(name, value), policy.decide(_everywhere(name, value), audience))
    )


def _entities(pages: Sequence[PageText], name: str, value: ClaimField) -> Iterator[Entity]:
    yield _everywhere(name, value)
    for page in pages:
        if page.page_number == value.page_number and (span := _read_at(page, value)):
            start, end = span
            kind, role = _KINDS[name]
            boxes = page.boxes_of(start, end)
            yield Entity(kind, Tier.A, page.page_number, page.text[start:end], span, boxes, value.value, role)


def _everywhere(name: str, value: ClaimField) -> Entity:
    kind, role = _KINDS[name]
    return Entity(kind, Tier.A, _NOWHERE, value.value, (0, 0), canonical=value.value, role=role)


def _read_at(page: PageText, value: ClaimField) -> tuple[int, int] | None:
    """The span of what is read in the box of *value*, in one line; None where that is less than half as long."""
    offset = 0
    for line in page.lines:
        inside = _inside(line, value.box) if value.box else []
        if inside and 2 * len(inside) >= len(value.value):
            return offset + inside[0], offset + inside[-1] + 1
        offset += len(line.text) + 1
    return None


def _inside(line: Line, place: Quad) -> list[int]:
    """Which characters of *line* have their middle in the upright box around *place*."""
    box = Box.around((place,))
    middles = [(sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4) for quad in line.char_boxes]
    return [at for at, (x, y) in enumerate(middles) if box.left <= x <= box.right and box.top <= y <= box.bottom]


def _mask(entity: Entity, value: ClaimField, page: PageText) -> Mask:
    assert value.box is not None
    box = Box.around((value.box,))
    return Mask(entity.kind, page.page_number, grown(box, box.height).clipped(page.width, page.height), "confirmed")
