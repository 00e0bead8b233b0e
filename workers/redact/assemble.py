"""Pages of a derivative into one new PDF/A-2b: a picture a page, and over it the text that may be seen, not drawn.

Nothing of the original file is taken over. The text is set in rendering mode 3 (neither filled nor stroked, PDF 32000-1,
9.3.6) in a font without glyphs, so that it can be searched and copied.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from schemas.redaction import RedactedText, VisibleLine
from workers.redact.archive_format import GREATEST_SIDE, LEAST_SIDE, mark_as_archive_format
from workers.redact.burn import JPEG, DerivedPage
from workers.redact.glyphless import ASCENT, DESCENT, UNITS_PER_EM, advance_of, font_file, glyph_of

_POINTS_PER_INCH = 72
_MAX_CODE = 0xFFFF
_BLOCK = 100  # entries of one bfchar block, the most that a CMap may hold
_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_BYTES, _PHOTOMETRIC = 278, 273, 279, 262  # TIFF 6.0 tags
_BLACK_IS_ZERO = 1


@dataclass(slots=True)
class _Codes:
    """Numbers the characters of a document as they come, from 1."""

    of: dict[str, int] = field(default_factory=dict)

    def encode(self, text: str) -> str:
        codes = (min(self.of.setdefault(char, len(self.of) + 1), _MAX_CODE) for char in text)
        return "".join(f"{code:04x}" for code in codes)


def assemble_pdf(pages: Iterable[tuple[DerivedPage, RedactedText]], out: BinaryIO) -> None:
    """Write a PDF of *pages*, in their order, to *out*. The same pages give the same bytes.

    Holds the encoded pages of one document in memory. Raises ValueError where a picture and a text are of different pages.
    """
    codes = _Codes()
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary())
        for derived, text in pages:
            if derived.page_number != text.page_number:
                raise ValueError(f"the picture of page {derived.page_number} came with the text of page {text.page_number}")
            pdf.pages.append(_page(pdf, derived, text, font, codes))
        _fill_font(pdf, font, codes)
        mark_as_archive_format(pdf)
        pdf.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False)


def _page(pdf: Pdf, derived: DerivedPage, text: RedactedText, font: pikepdf.Object, codes: _Codes) -> pikepdf.Page:
    scale = _points_per_pixel(derived)
    width, height = derived.width * scale, derived.height * scale
    words = "\n".join(_set_line(line, height, scale, codes) for line in text.lines)
    content = f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q\nBT 3 Tr\n{words}\nET\n"
    resources = Dictionary(XObject=Dictionary(Im0=_picture(pdf, derived)), Font=Dictionary(F0=font))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 4), round(height, 4)]),
        Resources=resources,
        Contents=Stream(pdf, content.encode("ascii")),
    )
    return pikepdf.Page(pdf.make_indirect(page))


def _points_per_pixel(derived: DerivedPage) -> float:
    """By the page's resolution, as far as the archive format takes pages so small or so large."""
    least, greatest = LEAST_SIDE / min(derived.width, derived.height), GREATEST_SIDE / max(derived.width, derived.height)
    return min(max(_POINTS_PER_INCH / derived.dpi, least), greatest)


def _set_line(line: VisibleLine, page_height: float, scale: float, codes: _Codes) -> str:
    """Text stretched over its line's box; a box higher than wide with several characters is set running down."""
    box, length = line.box, sum(advance_of(char) for char in line.text) / UNITS_PER_EM
    runs_down = box.height > 2 * box.width and len(line.text) > 1
    thick, long = (box.width, box.height) if runs_down else (box.height, box.width)
    size = max(thick, 1) * scale
    stretch = max(long, 1) * scale / (length * size) * 100
    drop = -DESCENT / (ASCENT - DESCENT) * size
    if runs_down:
        place = f"0 -1 1 0 {box.left * scale + drop:.3f} {page_height - box.top * scale:.3f} Tm"
    else:
        place = f"1 0 0 1 {box.left * scale:.3f} {page_height - box.bottom * scale + drop:.3f} Tm"
    return f"/F0 {size:.3f} Tf {stretch:.3f} Tz {place} <{codes.encode(line.text)}> Tj"


def _picture(pdf: Pdf, derived: DerivedPage) -> Stream:
    with Image.open(io.BytesIO(derived.data)) as opened:
        mode = opened.mode
    if mode == "1":
        return _fax_picture(pdf, derived)
    colours, components = (Name.DeviceGray, 1) if mode == "L" else (Name.DeviceRGB, 3)
    if derived.media_type == JPEG:
        return Stream(pdf, derived.data, _image_keys(derived, ColorSpace=colours, BitsPerComponent=8, Filter=Name.DCTDecode))
    # The compressed rows of a PNG are what PDF calls Flate data with predictor 15 (PDF 32000-1, 7.4.4.4).
    rows = Dictionary(Predictor=15, Colors=components, BitsPerComponent=8, Columns=derived.width)
    keys = _image_keys(derived, ColorSpace=colours, BitsPerComponent=8, Filter=Name.FlateDecode, DecodeParms=rows)
    return Stream(pdf, b"".join(_png_data(derived.data)), keys)


def _png_data(png: bytes) -> Iterator[bytes]:
    """The contents of the IDAT chunks; a chunk is length, type, contents, checksum (PNG specification, 5.3)."""
    at = 8
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind == b"IDAT":
            yield png[at + 8 : at + 8 + length]
        at += 12 + length


def _fax_picture(pdf: Pdf, derived: DerivedPage) -> Stream:
    """The 1-bit page as one strip of ITU-T T.6 (fax group 4), a third of what PNG needs."""
    data, black_is_one = _group4(derived.data)
    parameters = Dictionary(K=-1, Columns=derived.width, Rows=derived.height, BlackIs1=black_is_one)
    keys = _image_keys(
        derived, ColorSpace=Name.DeviceGray, BitsPerComponent=1, Filter=Name.CCITTFaxDecode, DecodeParms=parameters
    )
    return Stream(pdf, data, keys)


def _group4(png: bytes) -> tuple[bytes, bool]:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.save(buffer, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: picture.height})
    buffer.seek(0)
    with TiffImageFile(buffer) as tiff:
        tags = dict(tiff.tag_v2)
    (start,), (size,) = tags[_STRIP_OFFSETS], tags[_STRIP_BYTES]
    return buffer.getvalue()[start : start + size], tags[_PHOTOMETRIC] == _BLACK_IS_ZERO


def _image_keys(derived: DerivedPage, **more: object) -> Dictionary:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=derived.width, Height=derived.height)
    for key, value in more.items():
        keys[f"/{key}"] = value
    return keys


def _fill_font(pdf: Pdf, font: pikepdf.Object, codes: _Codes) -> None:
    """The Type 0 font for the characters that the document uses, now that they are known."""
    program = Stream(pdf, font_file())
    program.Length1 = len(program.read_bytes())
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.Glyphless,
        Flags=4,  # symbolic
        FontBBox=Array([0, DESCENT, UNITS_PER_EM, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=DESCENT,
        CapHeight=ASCENT,
        StemV=80,
        FontFile2=pdf.make_indirect(program),
    )
    chars = list(codes.of)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.Glyphless,
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=500,
        W=Array([1, Array([advance_of(char) for char in chars])]),
        CIDToGIDMap=Stream(pdf, b"\0\0" + b"".join(glyph_of(char).to_bytes(2, "big") for char in chars)),
    )
    font.Type, font.Subtype, font.BaseFont = Name.Font, Name.Type0, Name("/Glyphless-Identity-H")
    font.Encoding = Name("/Identity-H")
    font.DescendantFonts = Array([pdf.make_indirect(descendant)])
    font.ToUnicode = Stream(pdf, "\n".join(_to_unicode(codes.of)).encode("ascii"))


def _to_unicode(codes: dict[str, int]) -> Iterator[str]:
    yield "/CIDInit /ProcSet findresource begin 12 dict begin begincmap"
    yield "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def"
    yield "/CMapName /Adobe-Identity-UCS def /CMapType 2 def"
    yield "1 begincodespacerange <0000> <ffff> endcodespacerange"
    entries = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in codes.items()]
    for start in range(0, len(entries), _BLOCK):
        block = entries[start : start + _BLOCK]
        yield f"{len(block)} beginbfchar"
        yield from block
        yield "endbfchar"
    yield "endcmap CMapName currentdict /CMap defineresource pop end end"
