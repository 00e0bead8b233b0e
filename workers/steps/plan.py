"""What a document says, and what of it each audience may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from archive.holdings import Holding
from schemas.claim import ClaimField, Extraction
from schemas.entity import Entity
from schemas.page import PageText
from schemas.redaction import Audience, Mask, RedactedText
from schemas.region import PageRegions
from workers.extract.extractor import Extractor
from workers.redact.hide import hide
from workers.redact.masks import plan_masks
from workers.redact.policy import RedactionPolicy
from workers.steps.build import text_beside
from workers.steps.confirmed import confirmed_entities, places_hidden, with_confirmed
from workers.steps.said_by_codes import said_by_codes


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
    """One document's extraction and what follows from it under `policy` (name and version). It tells all: keep it sealed.

    `confirmed` are the values that people confirmed, `in_codes` those that QR and barcodes hold, as entities to be hidden like
    those that were found. `handwritten` lines were read, which is a reason to look at them.
    """

    policy: str
    extraction: Extraction = field(repr=False)
    audiences: tuple[AudiencePlan, ...]
    confirmed: tuple[Entity, ...] = field(default=(), repr=False)
    in_codes: tuple[Entity, ...] = field(default=(), repr=False)
    handwritten: int = 0

    @property
    def entities(self) -> tuple[Entity, ...]:
        """All whose values are hidden where the policy says so."""
        return (*self.extraction.entities, *self.confirmed, *self.in_codes)

    def of(self, audience: Audience) -> AudiencePlan:
        return next(plan for plan in self.audiences if plan.audience is audience)


def make_plan(
    pages: Sequence[PageText],
    extractor: Extractor,
    policy: RedactionPolicy,
    confirmed: Mapping[str, ClaimField] = MappingProxyType({}),
    not_text: Sequence[PageRegions] = (),
) -> Plan:
    """Plans for every audience, whether or not a file is made for it: the index holds what the public may see.

    *confirmed* fields go before those that are found, and their values are hidden like what is found; so is what *not_text*
    shows, and what its codes say.
    """
    found = extractor.extract(pages)
    extraction = replace(found, fields=with_confirmed(found.fields, confirmed))
    by_people = confirmed_entities(pages, confirmed)
    in_codes = said_by_codes(not_text, extraction.entities, extractor)
    entities = (*extraction.entities, *by_people, *in_codes)
    return Plan(
        policy=policy.label,
        extraction=extraction,
        audiences=tuple(_audience_plan(pages, entities, confirmed, not_text, policy, audience) for audience in Audience),
        confirmed=by_people,
        in_codes=in_codes,
        handwritten=sum(line.by_hand for page in pages for line in page.lines),
    )


def _audience_plan(
    pages: Sequence[PageText],
    entities: Sequence[Entity],
    confirmed: Mapping[str, ClaimField],
    not_text: Sequence[PageRegions],
    policy: RedactionPolicy,
    audience: Audience,
) -> AudiencePlan:
    """Where a confirmed value must not be seen, its place is burnt even if nothing, or something else, was read there."""
    places = places_hidden(pages, confirmed, policy, audience)
    texts = (
        text_beside(text, (), (mask for mask in places if mask.page_number == text.page_number))
        for text in hide(pages, entities, policy, audience, not_text)
    )
    return AudiencePlan(audience, (*plan_masks(pages, entities, policy, audience, not_text), *places), tuple(texts))


def read_plan(holding: Holding) -> Plan:
    """What was planned for the document last; errors are those of its store. ValueError where nothing was yet."""
    if holding.document.plan_key is None:
        raise ValueError(f"{holding.document.document_id} has no plan yet")
    return holding.read_value("plan", holding.document.plan_key, Plan)
