"""What people say about masks: what is to be hidden beside what the machine hid, what is not; and why a file is looked at."""

from dataclasses import dataclass
from enum import StrEnum

from schemas.geometry import Box

REVIEWED = "review"
"""The rule that burnt a mask which a person added or moved."""


class EditAction(StrEnum):
    """What happens to a mask. A removal says that what stands there tells of nobody; a move says that it stands elsewhere."""

    ADD = "add"
    MOVE = "move"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class MaskEdit:
    """One instruction of a reviewer, in original page pixels.

    `box` is the mask that is removed or moved, or the place to be hidden; `moved_to` where a moved mask goes. `kind` is that of
    the mask. Why is sealed, and opened by `archive.review.reasons`.
    """

    edit_id: int
    page_number: int
    action: EditAction
    kind: str
    box: Box
    moved_to: Box | None = None

    def __post_init__(self) -> None:
        if (self.action is EditAction.MOVE) != (self.moved_to is not None):
            raise ValueError("a mask that is moved, and no other, has a place to go to")


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look at a document: how often it was met, how many points each is worth, and how many all may be."""

    name: str
    count: int
    points_each: int
    points: int


MARKED_KINDS = (
    *("CN_NAME", "EN_NAME", "CN_ADDRESS", "US_ADDRESS", "CN_ID18", "CN_PASSPORT", "CN_MOBILE", "CN_PHONE", "EMAIL", "CN_BANK"),
    *("DOB", "AGE", "DATE", "AMOUNT", "POLICY", "CLAIM", "MRN", "DIAGNOSIS", "HEALTH_TEXT", "MEDICATION", "DOCTOR", "HOSPITAL"),
    *("OCCUPATION", "PLATE", "US_SSN", "BIOMETRIC", "SECRET", "OTHER"),
)
"""What a person may say that a mask hides. Certificates and the ledger tell it: so these codes, and no free text."""
