"""Text of everything in a PDF that can be drawn, drawn or not: form objects, patterns, glyphs that are drawings, looks of
annotations, soft masks, pages that are in no tree. Each is set on a page of its own, and that page is read."""

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from workers.verify.pdf_text import by_pdfium

_PAPER = Array([0, 0, 1000, 1000])
_MOST = 2_000
"""A form with thousands of such streams repeats itself."""


def texts_drawn_or_not(pdf: Pdf) -> Iterator[str]:
    """The text of each drawing of *pdf* that is not a page of its tree. *pdf* gains objects, and is not to be saved after."""
    with Pdf.new() as alone:
        for content, resources in _drawings(pdf):
            _add(alone, pdf, content, resources)
            if len(alone.pages) == _MOST:
                break
        if not alone.pages:
            return
        out = io.BytesIO()
        alone.save(out)
    yield from (text for _, text in by_pdfium(out.getvalue()))


def _drawings(pdf: Pdf) -> Iterator[tuple[bytes, Object]]:
    shown = {page.obj.objgen for page in pdf.pages}
    for each in list(pdf.objects):
        if isinstance(each, Stream):
            yield from _inflated(each, each.get("/Resources"))
        elif isinstance(each, Dictionary) and "/CharProcs" in each:
            for glyph in each["/CharProcs"].values():
                yield from _inflated(glyph, each.get("/Resources"))
        elif isinstance(each, Dictionary) and each.get("/Type") == Name.Page and each.objgen not in shown:
            yield from _page(each)


def _page(page: Object) -> Iterator[tuple[bytes, Object]]:
    contents = page.get("/Contents", ())
    for each in contents if isinstance(contents, Array) else (contents,):
        yield from _inflated(each, page.get("/Resources"))


def _inflated(stream: object, resources: Object | None) -> Iterator[tuple[bytes, Object]]:
    """The commands of *stream*, where it has any letters to draw with."""
    if isinstance(stream, Stream) and isinstance(resources, Dictionary) and "/Font" in resources:
        try:
            yield stream.read_bytes(), resources
        except pikepdf.PdfError:
            return  # packed in a way that draws nothing; its bytes are looked through elsewhere


def _add(alone: Pdf, pdf: Pdf, content: bytes, resources: Object) -> None:
    holder = alone.copy_foreign(pdf.make_indirect(Dictionary(Resources=resources)))
    page = Dictionary(Type=Name.Page, MediaBox=_PAPER, Resources=holder.Resources, Contents=Stream(alone, content))
    alone.pages.append(pikepdf.Page(alone.make_indirect(page)))
