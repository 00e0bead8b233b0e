"""Getting the planted values out of a file, each way by tools that anybody has. None of it is the product's own code.

`dig.py` has those ways that take more digging.
"""

import io
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image

from bench.hostile.form import DPI, PAPER, Form, Planted, drawn
from bench.hostile.pixels import blur, mosaic

Reader = Callable[[bytes, Form], frozenset[str]]
"""A file and the form that it is made of, to the values found in it."""

_ALIKE = 0.55
"""Correlation with the clean form's pixels, at the place of a value."""
_SAME_MOSAIC = 0.97
_EVEN = 2
"""Shades of 255 between the pixels of a row that is of one shade."""
_FEWEST = 200
"""Pixels; fewer are alike by chance."""
_PAINT = frozenset(
    {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "gs", "g", "rg", "k", "sc", "scn", "cs", "W", "W*"}
)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def text(data: bytes, form: Form) -> frozenset[str]:
    """By two extractors, page by page."""
    return among(form, (*by_pdfium(data), *_by_pdfplumber(data)))


def undrawn_text(data: bytes, form: Form) -> frozenset[str]:
    """Of every stream that draws, set on a page of its own: forms, patterns, glyphs and looks of marks, shown or not."""
    return among(form, _of_drawing_streams(data))


def strings(data: bytes, form: Form) -> frozenset[str]:
    """Of every string and name in any object."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return among(form, _strings(pdf))


def stored(data: bytes, form: Form) -> frozenset[str]:
    """As bytes of the file or of any stream inflated, in the encodings that files keep text in."""
    return form_values_in_bytes(form.values, inflated(data))


def earlier_text(data: bytes, form: Form) -> frozenset[str]:
    """Of the file as it was at each of its ends."""
    ends = [match.end() for match in re.finditer(rb"%%EOF\r?\n?", data)][:-1]
    return frozenset().union(*(_text_if_any(data[:end], form) for end in ends))


def pictures(data: bytes, form: Form) -> frozenset[str]:
    """In any picture stored in the file, whatever is shown of it."""
    return frozenset().union(*(shown_in(each, form) for each in stored_pictures(data)))


def pixels(data: bytes, form: Form) -> frozenset[str]:
    """On the page as drawn, with all contrast that there is."""
    return shown_in(drawn(data, DPI), form)


def uncovered(data: bytes, form: Form) -> frozenset[str]:
    """On the page drawn without its rectangles, pictures and colours."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        kept = [step for step in pikepdf.parse_content_stream(page) if str(step.operator) not in _PAINT]
        page.Contents = pikepdf.Stream(pdf, pikepdf.unparse_content_stream(kept))
        out = io.BytesIO()
        pdf.save(out)
    return shown_in(drawn(out.getvalue(), DPI), form)


def guessed(data: bytes, form: Form) -> frozenset[str]:
    """By spoiling a guess in the same way and comparing, as pixelated and blurred text is read back."""
    page, clean = drawn(data, DPI), form.picture()
    spoilt = [mosaic(clean), blur(clean)]
    return frozenset(each.value for each in form.planted if any(_alike(page, guess, each) > _SAME_MOSAIC for guess in spoilt))


def seen(data: bytes, form: Form) -> frozenset[str]:
    """In the clear, wherever on the page: whoever looks reads it, so the page's text is taken for what is seen."""
    return text(data, form)


def form_values_in_bytes(values: tuple[str, ...], contents: Iterator[bytes]) -> frozenset[str]:
    """Those of *values* that any of *contents* holds."""
    found: set[str] = set()
    for content in contents:
        found.update(value for value in values if any(encoded in content for encoded in _encoded(value)))
    return frozenset(found)


def inflated(data: bytes) -> Iterator[bytes]:
    """The file as it lies, whatever inflates anywhere in it, and every stream of the objects it knows, decrypted."""
    yield data
    yield from _packed_anywhere(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream):
                yield each.read_raw_bytes()
                try:
                    yield each.read_bytes(decode_level=pikepdf.StreamDecodeLevel.specialized)
                except pikepdf.PdfError:
                    continue  # a picture's own packing: the raw bytes are all there is


def stored_pictures(data: bytes) -> Iterator[Image.Image]:
    """Every picture of every object and of every page's own commands, and those that lie inside JPEGs."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype", each.get("/Type")) in {"/Image", None}:
                yield from _pictures_of(each)
    with pypdfium2.PdfDocument(data) as opened:
        for page in opened:
            for found in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,)):
                yield found.get_bitmap(render=False).to_pil().convert("RGB")


def shown_in(picture: Image.Image, form: Form) -> frozenset[str]:
    """The values whose characters have left their mark in *picture*, scaled to the form, however faint."""
    clean = form.picture()
    given = picture.convert("RGB").resize(clean.size, Image.Resampling.BILINEAR)
    return frozenset(each.value for each in form.planted if _alike(given, clean, each) > _ALIKE)


def _alike(given: Image.Image, clean: Image.Image, planted: Planted) -> float:
    """Correlation at the place of a value, of the colour in which it is highest; a mask's own edges do not count."""
    left, bottom, width, height = planted.box
    scale = DPI / 72
    x0, y0, x1, y1 = (
        round(edge * scale) for edge in (left + 4, PAPER[1] - bottom - height + 2, left + width - 4, PAPER[1] - bottom - 2)
    )
    ours, theirs = (np.asarray(each.crop((x0, y0, x1, y1)), np.float64) for each in (clean.convert("L"), given))
    return max(_correlation(ours, theirs[..., colour]) for colour in range(3))


def _correlation(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Light on dark counts like dark on light; rows and columns of one shade, as boxes leave them, are left out."""
    rows, columns = np.ptp(theirs, axis=1) > _EVEN, np.ptp(theirs, axis=0) > _EVEN
    ours, theirs = ours[rows][:, columns], theirs[rows][:, columns]
    if ours.size < _FEWEST or not ours.std() or not theirs.std():
        return 0.0
    return abs(float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1]))


def _pictures_of(stream: pikepdf.Stream) -> Iterator[Image.Image]:
    raw = stream.read_raw_bytes()
    for match in re.finditer(rb"\xff\xd8\xff", raw):
        try:
            with Image.open(io.BytesIO(raw[match.start() :])) as opened:
                yield opened.convert("RGB")
        except OSError:
            continue  # three bytes that look like the start of a JPEG
    if b"\xff\xd8\xff" not in raw[:3] and stream.get("/Subtype") == "/Image":
        yield pikepdf.PdfImage(stream).as_pil_image().convert("RGB")


def _packed_anywhere(data: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        yield b"".join(_unpacked(data[match.start() :]))


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Up to where it ends or is damaged."""
    inflater = zlib.decompressobj()
    for at in range(0, len(data), 64):
        try:
            yield inflater.decompress(data[at : at + 64])
        except zlib.error:
            return


def by_pdfium(data: bytes) -> Iterator[str]:
    with pypdfium2.PdfDocument(data) as pdf:
        for page in pdf:
            yield page.get_textpage().get_text_range()


def _by_pdfplumber(data: bytes) -> Iterator[str]:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            yield page.extract_text()
            yield "".join(char["text"] for char in page.chars)


def _of_drawing_streams(data: bytes) -> Iterator[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/CharProcs" in each]
        drawing = [(each, each.get("/Resources")) for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        glyphs = ((font, glyph) for font in fonts for glyph in font.CharProcs.values())
        drawing += [(pikepdf.Stream(pdf, glyph.read_bytes()), font.get("/Resources")) for font, glyph in glyphs]
        for stream, resources in drawing:
            if resources is not None:
                yield from _set_alone(pdf, stream, resources)


def _set_alone(pdf: pikepdf.Pdf, stream: pikepdf.Stream, resources: pikepdf.Object) -> Iterator[str]:
    holder = pdf.make_indirect(pikepdf.Dictionary(Resources=resources))
    with pikepdf.Pdf.new() as alone:
        page = alone.add_blank_page(page_size=PAPER)
        page.obj.Resources = alone.copy_foreign(holder).Resources
        page.obj.Contents = pikepdf.Stream(alone, stream.read_bytes())
        out = io.BytesIO()
        alone.save(out)
    yield from by_pdfium(out.getvalue())


def _strings(pdf: pikepdf.Pdf) -> Iterator[str]:
    for each in pdf.objects:
        yield from _strings_in(each)
    yield from _strings_in(pdf.trailer)


def _strings_in(holder: object) -> Iterator[str]:
    if isinstance(holder, (pikepdf.String, pikepdf.Name)):
        yield str(holder)
    elif isinstance(holder, pikepdf.Array):
        for each in holder:
            if not (isinstance(each, pikepdf.Object) and each.is_indirect):
                yield from _strings_in(each)
    elif isinstance(holder, pikepdf.Dictionary | pikepdf.Stream):
        for key in holder.keys():  # noqa: SIM118  iterating a pikepdf object is not over its keys
            yield key
            each = holder[key]
            if not (isinstance(each, pikepdf.Object) and each.is_indirect):
                yield from _strings_in(each)


def _text_if_any(data: bytes, form: Form) -> frozenset[str]:
    try:
        return text(data, form)
    except pypdfium2.PdfiumError:
        return frozenset()  # the first end of a linearised file is no end


def among(form: Form, texts: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for each in texts:
        plain = "".join(unicodedata.normalize("NFKC", unquote(each)).replace("О", "0").split())
        found.update(value for value in form.values if value in plain)
    return frozenset(found)


def _encoded(value: str) -> tuple[bytes, ...]:
    plain = tuple(value.encode(name) for name in ("utf-8", "utf-16-be", "utf-16-le", "utf-32-le", "gbk"))
    return (*plain, *(each.hex().encode() for each in plain))
