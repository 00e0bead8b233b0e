"""A page's text as an audience may see it."""

from collections.abc import Iterator, Sequence

from schemas.entity import Entity
from schemas.geometry import Box
from schemas.page import PageText
from schemas.redaction import Audience, RedactedText, VisibleLine
from schemas.region import PageRegions
from workers.redact.policy import RedactionPolicy
from workers.redact.spans import HiddenSpan, hidden_spans


def hide(
    pages: Sequence[PageText],
    entities: Sequence[Entity],
    policy: RedactionPolicy,
    audience: Audience,
    not_text: Sequence[PageRegions] = (),
) -> tuple[RedactedText, ...]:
    """The pages' texts with type tokens in place of every instance of what *policy* hides from *audience*, *not_text* included.

    A line keeps its box; lines of which nothing is left are dropped. What is hidden here is what `plan_masks` covers.
    """
    spans = hidden_spans(pages, entities, policy, audience, not_text)
    return tuple(
        RedactedText(page.page_number, audience, policy.label, tuple(_lines(page, spans[page.page_number]))) for page in pages
    )


def withheld_text(page_number: int, width: int, height: int, reason: str, audience: Audience, policy: str) -> RedactedText:
    """The text of a page that could not be read; its picture is `burn.placeholder_page`."""
    box = Box(width // 10, height // 10, width - width // 10, height // 10 + max(height // 60, 1))
    sentence = f"第{page_number}页无法读取，不予提供。Page {page_number} could not be read and is withheld ({reason})."
    return RedactedText(page_number, audience, policy, (VisibleLine(sentence, box),))


def _lines(page: PageText, spans: tuple[HiddenSpan, ...]) -> Iterator[VisibleLine]:
    offset = 0
    for line in page.lines:
        text = "".join(_visible(line.text, offset, spans))
        if text.strip():
            yield VisibleLine(text, Box.around((line.box,)).clipped(page.width, page.height))
        offset += len(line.text) + 1


def _visible(text: str, offset: int, spans: tuple[HiddenSpan, ...]) -> Iterator[str]:
    """The parts of a line that starts at *offset* of its page, hidden ones replaced."""
    shown_to = 0
    for span in spans:
        start, end = max(span.start - offset, 0), min(span.end - offset, len(text))
        if start < end:
            yield text[shown_to:start]
            yield span.shown
            shown_to = end
    yield text[shown_to:]
