"""A PDF's text by extractors that share no code: pdfminer (alone, and laid out by pdfplumber) and PDFium."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

import pdfplumber
import pypdfium2
from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFResourceManager, PDFTextState
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import Matrix

PageString = tuple[int, str]
"""Page number from 1, text."""

Extractor = Callable[[bytes], Iterator[PageString]]


def by_pdfminer(data: bytes) -> Iterator[PageString]:
    """Text in the order in which it is drawn, a line for each drawing command; a quarter of the cost of laying it out."""
    resources = PDFResourceManager()
    device = _Collector(resources)
    interpreter = PDFPageInterpreter(resources, device)
    for number, page in enumerate(PDFPage.create_pages(PDFDocument(PDFParser(BytesIO(data)))), start=1):
        interpreter.process_page(page)
        yield number, device.taken()


def by_pdfplumber(data: bytes) -> Iterator[PageString]:
    """Text as laid out on the page, one page in memory at a time."""
    with pdfplumber.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            yield page.page_number, page.extract_text()
            page.close()


def by_pdfium(data: bytes) -> Iterator[PageString]:
    with pypdfium2.PdfDocument(data) as pdf:
        for at in range(len(pdf)):
            text = pdf[at].get_textpage()
            yield at + 1, text.get_text_range()
            text.close()


BOTH: Mapping[str, Extractor] = {"text_by_pdfminer": by_pdfminer, "text_by_pdfium": by_pdfium}
"""Enough for a file of one layer of lines."""
ALL: Mapping[str, Extractor] = {**BOTH, "text_by_pdfplumber": by_pdfplumber}
"""For a file of any make, in which a value may be drawn in pieces and out of order."""


class _Collector(PDFTextDevice):
    """Gathers characters without making an object of each."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self._pieces: list[str] = []

    def taken(self) -> str:
        """What was gathered since the last call."""
        text, self._pieces = "".join(self._pieces), []
        return text

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: PDFGraphicState
    ) -> None:
        super().render_string(textstate, seq, ncs, graphicstate)
        self._pieces.append("\n")

    def render_char(
        self,
        _matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        _rise: float,
        cid: int,
        *_state: PDFColorSpace | PDFGraphicState,
    ) -> float:
        try:
            self._pieces.append(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            self._pieces.append("\N{REPLACEMENT CHARACTER}")
        return font.char_width(cid) * fontsize * scaling
