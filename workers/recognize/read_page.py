"""One page read to its end: blank, read, or failed with a reason; never read with no text, or with text not to be trusted."""

import numpy as np

from schemas.page import PageReading, PageState, PageText
from workers.page_image import PageImage
from workers.recognize import page_kind
from workers.recognize.blank import is_blank, is_faint
from workers.recognize.facing import is_mirrored
from workers.recognize.port import OcrEngine


def read_page(image: PageImage, engine: OcrEngine) -> PageReading:
    """How reading *image* ended. Errors of *engine* pass through: the worker decides about another try."""
    if is_blank(image):
        return PageReading(image.page_number, PageState.BLANK)
    text = engine.read(image)
    is_clear = page_kind.share_right(text) >= page_kind.CLEAR and not _is_in_a_mirror(text)
    is_faint_print = not is_clear and is_faint(image)
    if is_faint_print and _shows_through(image, text, engine):
        return PageReading(image.page_number, PageState.BLANK)
    if page_kind.is_trusted(text) and not page_kind.is_mostly_unread(image, text):
        return PageReading(image.page_number, PageState.READ, text=text)
    reason = page_kind.TOO_FAINT if is_faint_print else page_kind.reason(image, text)
    return PageReading(image.page_number, PageState.FAILED, reason=reason)


def _shows_through(image: PageImage, text: PageText, engine: OcrEngine) -> bool:
    """Whether the print on a page, read as *text*, is that of its other side: it was read in a mirror, or is read better so."""
    if _is_in_a_mirror(text):
        return True
    mirrored = PageImage(image.page_number, np.ascontiguousarray(image.pixels[:, ::-1]), image.dpi)
    other = engine.read(mirrored)
    return page_kind.is_trusted(other) and page_kind.share_right(other) > page_kind.share_right(text)


def _is_in_a_mirror(text: PageText) -> bool:
    read = sum(len(line.text) for line in text.lines)
    return 2 * sum(len(line.text) for line in text.lines if is_mirrored(line.box)) > read
