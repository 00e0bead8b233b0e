"""PDF files: pages rendered by pdfium, text read by pdfplumber, structure by qpdf."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_uint
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Any, Self

import pypdfium2
import pypdfium2.raw as pdfium

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.page import PageText
from workers.page_image import PageImage
from workers.paginate.cursor import Cursor, translated
from workers.paginate.pages import check_page_count, check_page_number
from workers.paginate.pdf_structure import remarks_of, repaired
from workers.paginate.pdf_text import PageContent, PageFrame, page_content

_POINTS_PER_INCH = 72.0

# Below 150 dpi small print has too few pixels to be read; above 300 reading gets slower and no better. Pages that are drawn
# rather than scanned have no resolution of their own: 200 gives 9-point Chinese 25 pixels.
_DRAWN_DPI, _MIN_DPI, _MAX_DPI = 200.0, 150.0, 300.0
_SMALLEST_DPI = 100.0
_SCAN_SHARE = 0.5
_NEARLY_LARGEST = 0.8
_MAX_OBJECTS = 5_000
_RENEW_AFTER_BYTES = 64 * 1024 * 1024  # some 60 pages of 300 dpi in colour; opening takes milliseconds
_DECODED_SHARE = 8  # a 1-bit picture may have 8 times the pixels of a page: the same bytes as one grey page at the limit

_PICTURE_SHARE = 0.04  # a letterhead takes 1 to 3 % of a page, an identity card 7 %
_UNDRAWN_ANNOTATIONS = frozenset({pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP})
_UNSEEN_MODES = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture on the page: pixels, and its size on paper in points."""

    columns: int
    rows: int
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def dpi(self) -> float:
        return _POINTS_PER_INCH * max(self.columns / self.width, self.rows / self.height)


class PdfDocument:
    """See `OpenDocument`. What pdfium cannot open is mended by qpdf in memory, once."""

    def __init__(self, cursor: Cursor, limits: Limits, password: str | None) -> None:
        self._cursor = cursor
        self._password = password
        self._limits = limits
        self._latest: PageContent | None = None  # text and doubts of a page are asked for one after the other
        with translated("damaged_document", cursor):
            self._pdf, self._source = _opened(cursor, password)
            self._page_count = len(self._pdf)
        try:
            self._check_pages()
            self._remarks = remarks_of(cursor, password) if self._source is cursor else ("repaired",)
        except BaseException:
            self.close()
            raise

    @property
    def page_count(self) -> int:
        return self._page_count

    @property
    def remarks(self) -> tuple[str, ...]:
        return self._remarks

    def render(self, page_number: int) -> PageImage:
        with self._page(page_number) as page:
            frame = self._frame(page, page_number)
            bitmap = page.render(scale=_scale(frame.dpi), rev_byteorder=True, limit_image_cache=True)
            return PageImage(page_number, bitmap.to_numpy(), frame.dpi)

    def text_layer(self, page_number: int) -> PageText | None:
        with self._page(page_number) as page:
            if not _has_text(page):
                return None
            content = self._content(page, page_number)
            return content.text if content.text.lines else None

    def text_doubts(self, page_number: int) -> tuple[str, ...]:
        with self._page(page_number) as page:
            found = {
                "annotations": _has_drawn_annotations(page),
                "hidden_text": _has_hidden_text(page),
                "pictures": self._content(page, page_number).picture_share > _PICTURE_SHARE,
            }
            return tuple(doubt for doubt, applies in found.items() if applies)

    def close(self) -> None:
        self._latest = None
        self._pdf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _check_pages(self) -> None:
        check_page_count(self._page_count, self._limits)
        with translated("damaged_document", self._cursor):
            # A file none of whose pages can be shown is refused as a whole; most often the first can, and no other is asked.
            if all(self._is_too_large(index) for index in range(self._page_count)):
                raise Rejected("page_too_large", "every page")

    def _is_too_large(self, index: int) -> bool:
        try:
            return _fitting_dpi(self._pdf.get_page_size(index), self._limits) < _SMALLEST_DPI
        except pypdfium2.PdfiumError:
            return False  # a page that cannot be loaded fails alone, when it is asked for

    @contextmanager
    def _page(self, page_number: int) -> Iterator[pypdfium2.PdfPage]:
        check_page_number(page_number, self.page_count)
        with translated("damaged_page", self._cursor):
            self._renew()
            page = self._pdf[page_number - 1]
            try:
                yield page
            finally:
                page.close()

    def _renew(self) -> None:
        """Open the document anew now and then: pdfium keeps whatever it has read, until it holds the whole file."""
        if self._source.read_bytes > _RENEW_AFTER_BYTES:
            self._pdf.close()
            self._source.read_bytes = 0
            self._pdf = _loaded(self._source, self._password)

    def _frame(self, page: pypdfium2.PdfPage, page_number: int) -> PageFrame:
        size = page.get_size()
        pictures = _pictures(page)
        if any(each.columns * each.rows > _DECODED_SHARE * self._limits.max_page_pixels for each in pictures):
            raise Rejected("page_too_large", "a picture on the page")
        dpi = min(_wanted_dpi(size, pictures), _fitting_dpi(size, self._limits))
        if dpi < _SMALLEST_DPI:
            raise Rejected("page_too_large", f"{size[0]:.0f} x {size[1]:.0f} points")
        width, height = (math.ceil(length * _scale(dpi)) for length in size)  # as pypdfium2 rounds
        return PageFrame(page_number, width, height, dpi)

    def _content(self, page: pypdfium2.PdfPage, page_number: int) -> PageContent:
        if self._latest is None or self._latest.text.page_number != page_number:
            self._latest = page_content(_copied(self._pdf, page, page_number), self._frame(page, page_number))
        return self._latest


def _opened(cursor: Cursor, password: str | None) -> tuple[pypdfium2.PdfDocument, Cursor]:
    """The document and what it is read from: *cursor*, or the mended file in memory."""
    try:
        return _loaded(cursor, password), cursor
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise Rejected("encrypted_document") from error
    if cursor.failure is not None:
        raise cursor.failure
    mended = Cursor(repaired(cursor, password))
    return _loaded(mended, None), mended


def _loaded(source: Cursor, password: str | None) -> pypdfium2.PdfDocument:
    """Ready to be drawn. Values in a form need a form environment; scripts have no engine in this build of pdfium."""
    pdf = pypdfium2.PdfDocument(source, password=password)
    if pdf.get_formtype() in {pdfium.FORMTYPE_ACRO_FORM, pdfium.FORMTYPE_XFA_FOREGROUND}:
        pdf.init_forms()
        pdfium.FPDF_SetFormFieldHighlightAlpha(pdf.formenv, 0)
    return pdf


def _scale(dpi: float) -> float:
    """Pixels per point, a hair less than true: 792 * (300 / 72) is 3300.0000000000005, and would be rounded up to 3301."""
    return dpi / _POINTS_PER_INCH * (1 - 1e-9)


def _fitting_dpi(size: tuple[float, float], limits: Limits) -> float:
    """The resolution at which a page of *size* points has as many pixels as it may. Rounding up takes a little off."""
    inches = [max(length, 1.0) / _POINTS_PER_INCH for length in size]
    return 0.999 * math.sqrt(limits.max_page_pixels / (inches[0] * inches[1]))


def _wanted_dpi(size: tuple[float, float], pictures: tuple[_Picture, ...]) -> float:
    """The resolution of the scan where the page is one (strips and layers of a scan counted together), else the usual."""
    if sum(picture.area for picture in pictures) < _SCAN_SHARE * size[0] * size[1]:
        return _DRAWN_DPI
    largest = max(picture.area for picture in pictures)
    # A layered scan has a coarse background and a fine mask of the same size: the text is in the mask.
    dpi = max(picture.dpi for picture in pictures if picture.area >= _NEARLY_LARGEST * largest)
    return round(min(max(dpi, _MIN_DPI), _MAX_DPI), 1)


def _pictures(page: pypdfium2.PdfPage) -> tuple[_Picture, ...]:
    found = islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]), _MAX_OBJECTS)
    return tuple(picture for image in found if (picture := _picture(image)) is not None)


def _picture(image: pypdfium2.PdfImage) -> _Picture | None:
    """None for a picture that has no extent on paper."""
    matrix, form = image.get_matrix(), image.container
    while form is not None:
        matrix, form = matrix.multiply(form.get_matrix()), form.container
    width, height = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    columns, rows = image.get_px_size()
    return _Picture(columns, rows, width, height) if width > 0 and height > 0 else None


def _has_text(page: pypdfium2.PdfPage) -> bool:
    with _text_page(page) as text_page:
        return bool(text_page.count_chars() > 0)


def _has_hidden_text(page: pypdfium2.PdfPage) -> bool:
    """Whether any character is drawn by a mode that leaves no ink, or in a colour that is wholly transparent."""
    with _text_page(page) as text_page:
        return any(_is_hidden(text_page, index) for index in range(text_page.count_chars()))


def _has_drawn_annotations(page: pypdfium2.PdfPage) -> bool:
    """Stamps, notes and filled fields are drawn over the page, and are no part of its text."""
    return any(
        _annotation_kind(page, index) not in _UNDRAWN_ANNOTATIONS for index in range(pdfium.FPDFPage_GetAnnotCount(page))
    )


def _annotation_kind(page: pypdfium2.PdfPage, index: int) -> int:
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    try:
        return int(pdfium.FPDFAnnot_GetSubtype(annotation))
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _is_hidden(text_page: Any, index: int) -> bool:  # noqa: ANN401  pypdfium2 has no types
    drawn = pdfium.FPDFText_GetTextObject(text_page, index)
    if not drawn or chr(pdfium.FPDFText_GetUnicode(text_page, index)).isspace():
        return False  # spaces that pdfium adds between words have no object
    red, green, blue, alpha = (c_uint() for _ in range(4))
    has_colour = pdfium.FPDFText_GetFillColor(text_page, index, byref(red), byref(green), byref(blue), byref(alpha))
    mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn)
    return mode in _UNSEEN_MODES or (mode == pdfium.FPDF_TEXTRENDERMODE_FILL and bool(has_colour) and alpha.value == 0)


@contextmanager
def _text_page(page: pypdfium2.PdfPage) -> Iterator[Any]:
    text_page = page.get_textpage()
    try:
        yield text_page
    finally:
        text_page.close()


def _copied(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, page_number: int) -> bytes:
    """A PDF of this page alone, cut to what is shown of it."""
    copy = pypdfium2.PdfDocument.new()
    try:
        copy.import_pages(pdf, [page_number - 1])
        only = copy[0]
        for set_box in (only.set_mediabox, only.set_cropbox):
            set_box(*page.get_bbox())
        only.close()
        out = io.BytesIO()
        copy.save(out)
        return out.getvalue()
    finally:
        copy.close()
