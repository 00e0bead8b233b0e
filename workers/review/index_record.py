"""What the search index may say of a document: its text without what people and the second reading hid, and none after a file
was taken back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection

from archive.catalog import derivatives, reviews
from archive.wiring import Archive
from schemas.record import IndexRecord
from schemas.redaction import Audience, Mask, RedactedText
from workers.redact.policy import default_policy
from workers.review.apply import additions
from workers.steps.build import text_beside
from workers.steps.describe import describe
from workers.steps.plan import Plan
from workers.verify.secrets import Secrets, SecretSearch


def index_record(archive: Archive, document_id: str, plan: Plan) -> IndexRecord:
    """Found by its keyed tokens it can be at all times: they tell nothing to whoever has not got the value. The text comes back
    when somebody approves a newer version of what was taken back."""
    with archive.catalog.read() as connection:
        is_taken_back = bool(reviews.taken_back(connection, document_id))
        hidden = (*additions(reviews.in_force(connection, document_id)), *_found_later(connection, document_id, plan))
    texts = () if is_taken_back else tuple(_public(plan, hidden))
    return describe(document_id, plan.extraction, texts, archive.search_key)


def _found_later(connection: Connection, document_id: str, plan: Plan) -> Iterator[Mask]:
    """What was burnt for any audience beyond the plan: the first reading missed it, and so does the plan's text."""
    for audience in plan.audiences:
        planned = set(audience.masks)
        for row in derivatives.pages_of(connection, document_id, audience.audience):
            yield from (mask for mask in row.masks if mask not in planned)


def _public(plan: Plan, hidden: Iterable[Mask]) -> Iterator[RedactedText]:
    """The lines that anybody may see. No file is made of them, so they are searched here for what must not be told."""
    masks = tuple(hidden)
    search = SecretSearch(Secrets.of(plan.entities, default_policy(), Audience.PUBLIC))
    for text in plan.of(Audience.PUBLIC).texts:
        yield _without_secrets(text_beside(text, (), (each for each in masks if each.page_number == text.page_number)), search)


def _without_secrets(text: RedactedText, search: SecretSearch) -> RedactedText:
    """*text* without the lines that hold a secret, or a part of one that two of them share."""
    found = [each.span for each in search(text.text)]
    if not found:
        return text
    kept, start = [], 0
    for line in text.lines:
        end = start + len(line.text)
        if not any(first < end and start < last for first, last in found):
            kept.append(line)
        start = end + 1
    return replace(text, lines=tuple(kept))
