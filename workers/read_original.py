"""Reading one page of an original: the cells of a table, a text layer where that can be trusted, else OCR."""

from schemas.page import PageReading, PageState
from workers.paginate import OpenDocument, TableDocument
from workers.recognize.read_page import read_page
from workers.text_layer import trusted_text_layer
from workers.tools import Tools


def read_original(opened: OpenDocument, page_number: int, tools: Tools) -> PageReading:
    """Raises Rejected(damaged_page | page_too_large) where the page cannot be rendered."""
    if isinstance(opened, TableDocument):
        return opened.reading(page_number)
    image = opened.render(page_number)
    layer = trusted_text_layer(opened, page_number, tools.engine, image)
    return PageReading(page_number, PageState.READ, text=layer) if layer else read_page(image, tools.engine)
