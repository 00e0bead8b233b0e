"""What the search index may say of a document: its text without what people hid, and none after a file was taken back."""

from collections.abc import Iterator

from archive.catalog import reviews
from archive.wiring import Archive
from schemas.record import IndexRecord
from schemas.redaction import Audience, Mask, RedactedText
from workers.review.apply import additions
from workers.steps.build import text_beside
from workers.steps.describe import describe
from workers.steps.plan import Plan


def index_record(archive: Archive, document_id: str, plan: Plan) -> IndexRecord:
    """Found by its keyed tokens it can be at all times: they tell nothing to whoever has not got the value. The text comes back
    when somebody approves a newer version of what was taken back."""
    with archive.catalog.read() as connection:
        is_taken_back = bool(reviews.taken_back(connection, document_id))
        added = tuple(additions(reviews.in_force(connection, document_id)))
    texts = () if is_taken_back else tuple(_without(plan.of(Audience.PUBLIC).texts, added))
    return describe(document_id, plan.extraction, texts, archive.search_key)


def _without(texts: tuple[RedactedText, ...], added: tuple[Mask, ...]) -> Iterator[RedactedText]:
    """What is hidden by hand from anybody is not for the public."""
    for text in texts:
        yield text_beside(text, (), (mask for mask in added if mask.page_number == text.page_number))
