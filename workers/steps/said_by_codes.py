"""What QR and barcodes say, as values to be looked for on every page: the number that a code holds is often printed, too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.entity import Entity, Tier
from schemas.region import PageRegions
from workers.extract.extractor import Extractor
from workers.redact.likeness import plain

_NOWHERE = 0
"""The page of an entity that is looked for on every page and stands on none."""
_SHORTEST, _LONGEST = 6, 64
"""Characters. A shorter value stands on a page by chance; a longer one, such as a web address, is not printed again."""


def said_by_codes(found: Sequence[PageRegions], known: Sequence[Entity], extractor: Extractor) -> tuple[Entity, ...]:
    """The entities in the contents of codes, and where there are none the content as a CODE.

    Shapes without label or checksum are left out: a code is all digits. A content that is one of the *known* entities'
    values is that entity's, and what the policy says of it decides.
    """
    values = dict.fromkeys(region.value for page in found for region in page.regions if region.value)
    printed = {plain(form) for entity in known for form in (entity.text, entity.canonical)}
    return tuple(entity for value in values for entity in _entities(value, printed, extractor))


def _entities(value: str, printed: set[str], extractor: Extractor) -> Iterator[Entity]:
    sure = [each for each in extractor.entities_in_text(value, _NOWHERE) if each.tier is not Tier.D]
    yield from (replace(each, span=(0, 0)) for each in sure)
    if not sure and _SHORTEST <= len(value) <= _LONGEST and "\n" not in value and plain(value) not in printed:
        yield Entity("CODE", Tier.A, _NOWHERE, value, (0, 0), canonical=value)
