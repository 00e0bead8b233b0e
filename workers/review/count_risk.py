"""Counting what there is to be looked at in a file that was made, from what making it has shown."""

from collections import Counter
from collections.abc import Sequence

from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.documents import Page
from archive.catalog.risks import Risk
from archive.review.risk import SURE, score_of
from schemas.entity import Tier
from schemas.page import PageState
from workers.steps.plan import Plan

_BY_REASON = {
    "second_reading": "covered_late",
    "second_detection": "covered_late",
    "codes": "covered_late",
    "photographs": "covered_late",
    "uncertain": "uncertain_region",
}
"""Signals, by the reason of a burnt mask."""


def risk_of(derivative: Derivative, plan: Plan, pages: Sequence[Page], burnt: Sequence[DerivedPageRow]) -> Risk:
    """Of the version *derivative*, made of *pages* by *plan*, of which those that could be read were *burnt*."""
    signals = Counter(_BY_REASON[mask.reason] for row in burnt for mask in row.masks if mask.reason in _BY_REASON)
    signals["withheld"] = int(derivative.state == "withheld")
    signals["hand_edit"] = sum(len(row.edits) for row in burnt)
    signals["page_not_sure"] = sum(_is_not_sure(page) for page in pages)
    signals["tier_d"] = sum(entity.tier is Tier.D for entity in plan.extraction.entities)
    signals["unread_value"] = sum(not entity.canonical for entity in plan.extraction.entities)
    signals["handwriting"] = plan.handwritten
    told = {name: count for name, count in sorted(signals.items()) if count}
    return Risk(derivative.document_id, derivative.audience, derivative.version, score_of(told), told)


def _is_not_sure(page: Page) -> bool:
    return page.state is PageState.READ and page.confidence is not None and page.confidence < SURE
