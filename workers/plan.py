"""What a document says, and what of it each audience may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.claim import Extraction
from schemas.page import PageText
from schemas.redaction import Audience, Mask, RedactedText
from workers.extract.extractor import Extractor
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.redact.policy import RedactionPolicy


@dataclass(frozen=True, slots=True)
class AudiencePlan:
    """The masks to burn and the text that stays, for one audience. Pages without text have no entry in `texts`."""

    audience: Audience
    masks: tuple[Mask, ...]
    texts: tuple[RedactedText, ...] = field(repr=False)

    def masks_of(self, page_number: int) -> tuple[Mask, ...]:
        return tuple(mask for mask in self.masks if mask.page_number == page_number)

    def text_of(self, page_number: int, policy: str) -> RedactedText:
        """The page's visible text; none where nothing was read on it."""
        for text in self.texts:
            if text.page_number == page_number:
                return text
        return RedactedText(page_number, self.audience, policy, ())


@dataclass(frozen=True, slots=True)
class Plan:
    """One document's extraction and what follows from it under `policy` (name and version). It tells all: keep it sealed."""

    policy: str
    extraction: Extraction = field(repr=False)
    audiences: tuple[AudiencePlan, ...]

    def of(self, audience: Audience) -> AudiencePlan:
        return next(plan for plan in self.audiences if plan.audience is audience)


def make_plan(pages: Sequence[PageText], extractor: Extractor, policy: RedactionPolicy) -> Plan:
    """Plans for every audience, whether or not a file is made for it: the index holds what the public may see."""
    extraction = extractor.extract(pages)
    return Plan(
        policy=policy.label,
        extraction=extraction,
        audiences=tuple(
            AudiencePlan(
                audience,
                plan_masks(pages, extraction.entities, policy, audience),
                hide(pages, extraction.entities, policy, audience),
            )
            for audience in Audience
        ),
    )
