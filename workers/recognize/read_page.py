"""One page read to its end: blank, read, or failed with a reason; never read with no text."""

from schemas.page import PageReading, PageState
from workers.page_image import PageImage
from workers.recognize.blank import is_blank
from workers.recognize.port import OcrEngine

NO_TEXT_FOUND = "no_text_found"


def read_page(image: PageImage, engine: OcrEngine) -> PageReading:
    """How reading *image* ended. Errors of *engine* pass through: the worker decides about another try."""
    if is_blank(image):
        return PageReading(image.page_number, PageState.BLANK)
    text = engine.read(image)
    if not text.text.strip():
        return PageReading(image.page_number, PageState.FAILED, reason=NO_TEXT_FOUND)
    return PageReading(image.page_number, PageState.READ, text=text)
