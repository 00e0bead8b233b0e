"""Building one derivative from its verified pages, and checking it as a whole."""

import io
from collections.abc import Iterable
from dataclasses import replace

from schemas.redaction import Audience, Mask, RedactedText, Verdict
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, placeholder_page
from workers.redact.hide import withheld_text
from workers.verify.document import verify_pdf
from workers.verify.secrets import Secrets

_UNKNOWN_PAGE_PIXELS = (1240, 1754)
"""A4 at 150 dpi: how large a page is shown of which nothing is known."""


def build_pdf(pages: Iterable[tuple[DerivedPage, RedactedText]], secrets: Secrets) -> tuple[io.BytesIO, Verdict]:
    """The finished PDF and what opening it again with other tools found."""
    out, count = io.BytesIO(), 0

    def counted() -> Iterable[tuple[DerivedPage, RedactedText]]:
        nonlocal count
        for page in pages:
            count += 1
            yield page

    assemble_pdf(counted(), out)
    out.seek(0)
    verdict = verify_pdf(out, secrets, expected_pages=count)
    out.seek(0)
    return out, verdict


def text_beside(text: RedactedText, planned: Iterable[Mask], burnt: Iterable[Mask]) -> RedactedText:
    """*text* without the lines that lie under masks which were burnt beyond those *planned*.

    What the second reading found has no span in the first one's text, so the line is taken whole.
    """
    known = set(planned)
    added = [mask.box for mask in burnt if mask not in known]
    kept = tuple(line for line in text.lines if not any(line.box.overlaps(box) for box in added))
    return replace(text, lines=kept)


def notice(page_number: int, reason: str, audience: Audience, policy: str) -> tuple[DerivedPage, RedactedText]:
    """What stands in the place of a page that could not be read: a sentence that says so."""
    return (
        placeholder_page(page_number, *_UNKNOWN_PAGE_PIXELS, reason),
        withheld_text(page_number, *_UNKNOWN_PAGE_PIXELS, reason, audience, policy),
    )
