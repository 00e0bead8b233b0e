"""What a page shows beside what was read: codes, faces, seals, signatures, thumbprints, and ink that nobody could read."""

from dataclasses import dataclass, field

from schemas.entity import Tier
from schemas.geometry import Box

REGION_KINDS = ("CODE", "FACE", "SIGNATURE", "THUMBPRINT", "NAME_SEAL", "SEAL", "UNREAD")
"""Type codes of docs/identifiers.md that stand for a place on the page and not for characters."""


@dataclass(frozen=True, slots=True)
class Region:
    """A place that the policy decides on as it does on an entity of `kind` and `tier`.

    `box` lies inside the page. `value` is what a code says, "" where it could not be decoded and for all else. `uncertain`
    marks what is hidden to be on the safe side and has to be looked at by a person; it may have the kind of a text, such as
    ink beside the label of a name.
    """

    kind: str
    page_number: int
    box: Box
    tier: Tier = Tier.C
    value: str = field(default="", repr=False)
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class PageRegions:
    """The regions of one page of `width` by `height` original page pixels, in order of place."""

    page_number: int
    width: int
    height: int
    regions: tuple[Region, ...]
