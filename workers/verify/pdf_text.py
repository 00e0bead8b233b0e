"""A PDF's text by two extractors that share no code: pdfminer (through pdfplumber) and PDFium."""

from collections.abc import Iterator
from io import BytesIO

import pdfplumber
import pypdfium2

PageString = tuple[int, str]
"""Page number from 1, text."""


def by_pdfplumber(data: bytes) -> Iterator[PageString]:
    """Text as laid out, then again in the order in which it is drawn, one page in memory at a time."""
    with pdfplumber.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            yield page.page_number, page.extract_text()
            yield page.page_number, "".join(char["text"] for char in page.chars)
            page.close()


def by_pdfium(data: bytes) -> Iterator[PageString]:
    with pypdfium2.PdfDocument(data) as pdf:
        for at in range(len(pdf)):
            with_text = pdf[at].get_textpage()
            yield at + 1, with_text.get_text_range()
            with_text.close()


EXTRACTORS = {"text_by_pdfplumber": by_pdfplumber, "text_by_pdfium": by_pdfium}
