"""Which characters are hidden: the one decision that masks and text both follow."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from schemas.entity import Entity
from schemas.page import PageText
from schemas.redaction import Audience
from schemas.region import PageRegions
from schemas.tables import CELLS
from workers.redact.likeness import Haystack, Needle, Needles, needle
from workers.redact.places import UNCERTAIN, hidden_places, spans_under
from workers.redact.policy import Action, Decision, RedactionPolicy
from workers.redact.tokens import Language, token

_YEAR = 4
_SURE = 0.4
"""Below: a run of signs behind a label that no shape fits, or a line that was hardly read. A person has to look."""
_HAN = re.compile(r"[一-鿿]")
_UNLIKE_WHEN_NEAR = ("DATE", "DOB", "AMOUNT", "AGE")
"""Values of these kinds lie one character apart in the same document and are different all the same."""


@dataclass(frozen=True, slots=True)
class HiddenSpan:
    """Characters [start, end) of a page's text. `shown` stands in their place; `partial`: it holds a part of the value."""

    page_number: int
    start: int
    end: int
    kind: str
    reason: str
    shown: str = field(repr=False)
    partial: bool = False


def hidden_spans(
    pages: Sequence[PageText],
    entities: Sequence[Entity],
    policy: RedactionPolicy,
    audience: Audience,
    not_text: Sequence[PageRegions] = (),
) -> Mapping[int, tuple[HiddenSpan, ...]]:
    """For each page number its hidden spans, in order and apart from one another.

    A value that is hidden once is hidden wherever the document says it, and so is what was read under a hidden place of
    *not_text*. Raises ValueError where an entity's span lies
    outside its page's text.
    """
    texts = {page.page_number: Haystack(page.text) for page in pages}
    may_be_misread = any(page.engine.name != CELLS for page in pages)
    found = [*_decided(texts, entities, policy, audience)]
    values = {(sought, span.kind): span for sought, span in _values(entities, policy, audience, may_be_misread=may_be_misread)}
    needles = Needles((model, sought) for (sought, _), model in values.items())
    for page_number, text in texts.items():
        found += [
            replace(model, page_number=page_number, start=start, end=end, reason="same_value")
            for model, (start, end) in needles.find_in(text)
        ]
    by_page: dict[int, list[HiddenSpan]] = {number: [] for number in texts}
    for span in (*found, *_under_places(pages, not_text, policy, audience)):
        by_page[span.page_number].append(span)
    return {
        number: tuple(_in_words_of(texts[number].text, span) for span in _apart(spans)) for number, spans in by_page.items()
    }


def conceals(entity: Entity, decision: Decision) -> bool:
    """Whether anything of *entity* is hidden; of a date that says no more than the year, masking hides nothing."""
    if decision.action is Action.MASK:
        return not (len(entity.canonical) == _YEAR and entity.canonical.isdigit())
    return decision.action is Action.HIDE


def values_of(entity: Entity) -> tuple[str, ...]:
    """The forms in which an entity's value is looked for: as read, and its one normal form."""
    return (entity.text, entity.canonical) if entity.canonical else (entity.text,)


def _decided(
    texts: Mapping[int, Haystack], entities: Iterable[Entity], policy: RedactionPolicy, audience: Audience
) -> Iterator[HiddenSpan]:
    for entity in entities:
        decision = policy.decide(entity, audience)
        if entity.page_number not in texts or not conceals(entity, decision):
            continue
        start, end = entity.span
        if not 0 <= start < end <= len(texts[entity.page_number].text):
            raise ValueError(f"a {entity.kind} on page {entity.page_number} lies outside the page's text")
        yield _span(entity, decision)


def _under_places(
    pages: Sequence[PageText], not_text: Sequence[PageRegions], policy: RedactionPolicy, audience: Audience
) -> Iterator[HiddenSpan]:
    for mask in hidden_places(not_text, policy, audience):
        for page in pages:
            if page.page_number == mask.page_number:
                for start, end in spans_under(page, mask):
                    yield HiddenSpan(page.page_number, start, end, mask.kind, mask.reason, token(mask.kind))


def _values(
    entities: Iterable[Entity], policy: RedactionPolicy, audience: Audience, *, may_be_misread: bool
) -> Iterator[tuple[Needle, HiddenSpan]]:
    for entity in entities:
        decision = policy.decide(entity, audience)
        if not conceals(entity, decision):
            continue
        for value in values_of(entity):
            sought = needle(value, may_be_near=may_be_misread and not entity.kind.startswith(_UNLIKE_WHEN_NEAR))
            if sought is not None:
                yield sought, _span(entity, decision)
        for value in entity.alternatives:  # only as they are: what is near them is far from what was read
            sought = needle(value, may_be_near=False)
            if sought is not None:
                yield sought, _span(entity, decision)


def _in_words_of(page: str, span: HiddenSpan) -> HiddenSpan:
    """*span* with what is shown in the language of its page: Chinese where the page has a Han character."""
    language: Language = "zh" if _HAN.search(page) else "en"
    year = span.shown[:_YEAR]
    return replace(span, shown=(f"{year}年" if language == "zh" else year) if span.partial else token(span.kind, language))


def _span(entity: Entity, decision: Decision) -> HiddenSpan:
    year = entity.canonical[:_YEAR]
    partial = decision.action is Action.MASK and len(year) == _YEAR and year.isdigit()
    shown = f"{year}年" if partial else token(entity.kind)
    reason = UNCERTAIN if entity.confidence is not None and entity.confidence < _SURE else decision.reason
    return HiddenSpan(entity.page_number, *entity.span, entity.kind, reason, shown, partial)


def _apart(spans: Iterable[HiddenSpan]) -> tuple[HiddenSpan, ...]:
    """Overlapping spans become one; it carries the token of the longest that shows nothing of its value."""
    merged: list[HiddenSpan] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = replace(max(last, span, key=_weight), start=last.start, end=max(last.end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _weight(span: HiddenSpan) -> tuple[bool, int, bool]:
    return (not span.partial, span.end - span.start, span.reason != "same_value")
