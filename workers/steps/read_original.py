"""Reading one page of an original: the cells of a table, a text layer where that can be trusted, else OCR; and what it shows
besides."""

from dataclasses import replace

from schemas.page import PageReading, PageState
from workers.not_text.find import find_not_text
from workers.page_image import PageImage
from workers.paginate import OpenDocument, TableDocument
from workers.recognize.port import OcrEngine
from workers.recognize.read_page import read_page
from workers.steps.text_layer import trusted_text_layer
from workers.tools import Tools


def read_original(opened: OpenDocument, page_number: int, tools: Tools) -> PageReading:
    """Raises Rejected(damaged_page | page_too_large) where the page cannot be rendered."""
    if isinstance(opened, TableDocument):
        return opened.reading(page_number)
    image = opened.render(page_number)
    layer = trusted_text_layer(opened, page_number, tools.engine, image)
    reading = PageReading(page_number, PageState.READ, text=layer) if layer else read_page(image, tools.engine)
    return with_not_text(reading, image)


def read_anew(opened: OpenDocument, page_number: int, engine: OcrEngine) -> PageReading:
    """What *engine* reads, whatever text the file carries. Raises as above."""
    image = opened.render(page_number)
    return with_not_text(read_page(image, engine), image)


def with_not_text(reading: PageReading, image: PageImage) -> PageReading:
    """*reading*, and what *image* shows besides, of which it is. Of a page that failed nothing is shown, so nothing sought."""
    if reading.state is PageState.FAILED:
        return reading
    return replace(reading, not_text=find_not_text(image, reading.text))
