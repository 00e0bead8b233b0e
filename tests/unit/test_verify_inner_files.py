"""Files within a PDF that nothing says to be files."""

import base64
import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable

import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

from workers.verify.inner_files import has_inner_file, holds_file


def picture(kind: str = "JPEG", size: tuple[int, int] = (200, 80)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).save(out, kind)
    return out.getvalue()


def package() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("claim.txt", "claim " * 99)
    return out.getvalue()


def document() -> bytes:
    out = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


FILES = [
    pytest.param(picture(), id="JPEG"),
    pytest.param(picture("PNG"), id="PNG"),
    pytest.param(picture("TIFF"), id="TIFF"),
    pytest.param(picture("GIF"), id="GIF"),
    pytest.param(picture("JPEG2000"), id="JPEG 2000"),
    pytest.param(picture("WEBP"), id="WebP"),
    pytest.param(package(), id="package"),
    pytest.param(document(), id="PDF"),
]


@pytest.mark.parametrize("file", [*FILES, pytest.param(gzip.compress(b"claim " * 99), id="gzip")])
@pytest.mark.parametrize(
    "hide",
    [
        bytes,
        lambda data: b"anything before " + data,
        base64.b64encode,
        lambda data: base64.encodebytes(data).replace(b"\n", b"&#xA;"),
        lambda data: data.hex(" ").encode(),
    ],
    ids=["as it is", "behind something", "base 64", "base 64 in XML", "hexadecimal digits"],
)
def test_a_file_is_known_by_how_it_begins(file, hide):
    data = file + b"\0" * 400  # enough of it to be worth hiding
    assert holds_file(hide(data))


def test_what_begins_like_a_file_by_chance_is_none():
    noise = random.Random(1).randbytes(1 << 16)
    starts = (b"\xff\xd8\xff\xe0", b"II*\0", b"MM\0*", b"%PDF-1.4 is what they wrote", b"\x1f\x8b\x08\0", b"PK\x03\x04")
    assert not any(holds_file(b"..." + start + noise) for start in starts)
    assert not holds_file(picture(size=(20, 20)))
    assert not holds_file(("In words, as pages are. " * 99).encode())


def kept(keep: Callable[[Pdf], None]) -> bool:
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(400, 300))
        keep(pdf)
        return has_inner_file(pdf)


def as_picture(pdf: Pdf, data: bytes) -> Stream:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=200, Height=80, BitsPerComponent=8, Filter=Name.DCTDecode)
    keys.ColorSpace = Name.DeviceGray
    return pdf.make_indirect(Stream(pdf, data, keys))


def in_a_stream(pdf: Pdf) -> None:
    pdf.Root["/Spare"] = Stream(pdf, picture())


def in_a_stream_that_says_how_it_is_packed(pdf: Pdf) -> None:
    pdf.Root["/Spare"] = Stream(pdf, picture(), Dictionary(Filter=Name.DCTDecode))


def in_a_string(pdf: Pdf) -> None:
    pdf.Root["/Spare"] = Dictionary(Inner=Array([String(picture())]))


def behind_what_is_packed(pdf: Pdf) -> None:
    pdf.Root["/Spare"] = Stream(pdf, zlib.compress(b"0 g") + picture(), Dictionary(Filter=Name.FlateDecode))


def before_the_scan_of_a_picture(pdf: Pdf) -> None:
    shown, inner = picture(), b"Exif\0\0" + picture("TIFF")
    as_picture(pdf, shown[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + shown[2:])


@pytest.mark.parametrize(
    "keep",
    [in_a_stream, in_a_stream_that_says_how_it_is_packed, in_a_string, behind_what_is_packed, before_the_scan_of_a_picture],
)
def test_a_file_is_found_wherever_it_lies(keep):
    assert kept(keep)


def drawn(pdf: Pdf) -> None:
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=as_picture(pdf, picture())))
    pdf.pages[0].obj.Contents = Stream(pdf, b"400 0 0 300 0 0 cm /Im0 Do")


def drawn_within_the_commands(pdf: Pdf) -> None:
    head = b"q 400 0 0 300 0 0 cm BI /W 200 /H 80 /CS /G /BPC 8 /F "
    one, other = (
        head + b"/DCT ID " + picture() + b"\nEI Q\n",
        head + b"[/AHx /DCT] ID " + picture().hex().encode() + b">\nEI Q\n",
    )
    pdf.pages[0].obj.Contents = Stream(pdf, one + other)


def with_exif_of_a_camera(pdf: Pdf) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Some Camera"
    Image.effect_noise((200, 80), 40).save(out, "JPEG", exif=exif)
    as_picture(pdf, out.getvalue())


@pytest.mark.parametrize("keep", [drawn, drawn_within_the_commands, with_exif_of_a_camera])
def test_a_picture_of_a_page_is_no_file_inside(keep):
    assert not kept(keep)
