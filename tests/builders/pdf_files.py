"""Small PDF files made of content streams, for what no real document shows on its own. Everybody in them is invented."""

import io
from collections.abc import Callable, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

A4 = (595.0, 842.0)

Adorn = Callable[[Pdf], None]


def pdf_of(
    contents: Sequence[str],
    *,
    size: tuple[float, float] = A4,
    rotate: int = 0,
    crop: Sequence[float] = (),
    adorn: Adorn | None = None,
) -> bytes:
    """One page per content stream, with Helvetica as /F1. *adorn* gets the document before it is saved."""
    pdf = Pdf.new()
    for content in contents:
        page = pdf.add_blank_page(page_size=size)
        page.obj.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        page.obj.Contents = Stream(pdf, content.encode("latin-1"))
        page.obj.Rotate = rotate
        if crop:
            page.obj.CropBox = Array(list(crop))
    if adorn is not None:
        adorn(pdf)
    return saved(pdf)


def saved(pdf: Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    out = io.BytesIO()
    pdf.save(out, encryption=encryption or False, static_id=encryption is None)
    return out.getvalue()


def text(words: str, left: float, bottom: float, size: float = 12, more: str = "") -> str:
    """A line of *words* at a point from the bottom left; *more* goes before it, such as `3 Tr` or a colour."""
    return f"BT {more} /F1 {size} Tf 1 0 0 1 {left} {bottom} Tm ({words}) Tj ET\n"


def add_picture(pdf: Pdf, picture: Image.Image, box: tuple[float, float, float, float], page: int = 0) -> None:
    """Draw *picture* (mode L, RGB or 1) into left, bottom, width and height in points, below everything else."""
    where = pdf.pages[page].obj
    where.Resources.XObject = Dictionary(Im1=picture_stream(pdf, picture))
    left, bottom, width, height = box
    before = f"q {width} 0 0 {height} {left} {bottom} cm /Im1 Do Q\n".encode()
    where.Contents = Stream(pdf, before + where.Contents.read_bytes())


def picture_stream(pdf: Pdf, picture: Image.Image) -> Stream:
    colours = Name.DeviceRGB if picture.mode == "RGB" else Name.DeviceGray
    stream = Stream(pdf, picture.tobytes())
    stream.update(
        Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=colours,
            BitsPerComponent=1 if picture.mode == "1" else 8,
        )
    )
    return stream
