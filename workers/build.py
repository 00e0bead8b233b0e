"""Building one derivative from its verified pages, and checking it as a whole."""

import io
from collections.abc import Callable, Iterable
from dataclasses import replace

from schemas.redaction import Audience, Mask, RedactedText, Verdict
from workers.redact.assemble import assemble_pdf
from workers.redact.burn import DerivedPage, placeholder_page
from workers.redact.hide import withheld_text
from workers.verify.document import verify_pdf
from workers.verify.secrets import Secrets

_UNKNOWN_PAGE_PIXELS = (1240, 1754)
"""A4 at 150 dpi: how large a page is shown of which nothing is known."""


BuiltPage = tuple[DerivedPage, RedactedText]


def build_pdf(pages: Callable[[], Iterable[BuiltPage]], page_count: int, secrets: Secrets) -> tuple[io.BytesIO, Verdict]:
    """The finished PDF and what opening it again with other tools found.

    *pages* gives the verified pages, one at a time, whenever it is called: once to build from and once to compare with.
    """
    out = io.BytesIO()
    assemble_pdf(pages(), out)
    out.seek(0)
    verdict = verify_pdf(out, secrets, page_count, (page for page, _ in pages()))
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


def notice(page_number: int, reason: str, audience: Audience, policy: str) -> BuiltPage:
    """What stands in the place of a page that could not be read: a sentence that says so."""
    return (
        placeholder_page(page_number, *_UNKNOWN_PAGE_PIXELS, reason),
        withheld_text(page_number, *_UNKNOWN_PAGE_PIXELS, reason, audience, policy),
    )
