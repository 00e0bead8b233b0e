"""Pictures that a file stores and that its pages do not show, or not as what they are made of."""

import io

import numpy as np
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageDraw

from workers.verify.picture_samples import told_otherwise
from workers.verify.stored_pictures import look_alike, never_drawn, shown_in_part

WIDE, HIGH = 400, 200
WHOLE = b"q 400 0 0 200 0 0 cm /Im0 Do Q\n"
PICTURE = Image.new("L", (WIDE, HIGH), 255)
ImageDraw.Draw(PICTURE).text((20, 40), "a claimant's number", 0, font_size=40)
PICTURE = PICTURE.point(lambda shade: 255 * (shade >= 128))
TINT = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([1]), N=1)
WHITE = Array([Name.Separation, Name("/Spot"), Name.DeviceGray, TINT])


def image(pdf: Pdf, data: bytes, **keys: object) -> Stream:
    own = {"Width": WIDE, "Height": HIGH, "ColorSpace": Name.DeviceGray, "BitsPerComponent": 8} | keys
    return Stream(pdf, data, Dictionary(Type=Name.XObject, Subtype=Name.Image, **own))


def file_of(pdf: Pdf, content: bytes, picture: Stream) -> None:
    page = pdf.add_blank_page(page_size=(WIDE, HIGH)).obj
    page.Resources = Dictionary(XObject=Dictionary(Im0=picture))
    page.Contents = Stream(pdf, content)


def samples_of(data: bytes, **keys: object) -> list[Image.Image]:
    with Pdf.new() as pdf:
        file_of(pdf, WHOLE, image(pdf, data, **keys))
        return list(told_otherwise(pdf))


def dark(shades: np.ndarray) -> np.ndarray:
    return (shades < 128).astype(np.uint8)


GREY = np.asarray(PICTURE)
FAX = np.packbits(1 - dark(GREY), axis=1).tobytes()
TWICE = np.stack([np.full_like(GREY, 255), GREY], axis=2).tobytes()
INKS = np.stack([GREY, GREY], axis=2).tobytes()
OF_TWO_INKS = Array([Name.DeviceN, Array([Name("/One"), Name("/Two")]), Name.DeviceGray, Dictionary()])


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (dark(GREY).tobytes(), {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff" * 6)])}),
        (FAX, {"BitsPerComponent": 1, "Decode": Array([1, 1])}),
        (GREY.tobytes(), {"Decode": Array([1, 1])}),
        (GREY.tobytes(), {"ColorSpace": WHITE}),
        (GREY.tobytes(), {"ColorSpace": Array([Name.ICCBased])}),
        (INKS, {"ColorSpace": OF_TWO_INKS}),
        (TWICE, {"BitsPerComponent": 16}),
        (bytes([255]) * GREY.size + GREY.tobytes(), {}),
    ],
    ids=["palette", "fax", "scale", "ink", "no profile", "two inks", "lower half", "rows below"],
)
def test_what_no_colour_shows_is_taken_from_the_samples(data, keys):
    assert any(look_alike(each, PICTURE) for each in samples_of(data, **keys))


def test_a_jpeg_in_an_ink_that_is_never_printed_is_decoded_by_itself():
    out = io.BytesIO()
    PICTURE.save(out, "JPEG")
    assert look_alike(*samples_of(out.getvalue(), Filter=Name.DCTDecode, ColorSpace=WHITE), PICTURE)
    assert not samples_of(out.getvalue(), Filter=Name.DCTDecode)


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (GREY.tobytes(), {}),
        (GREY.tobytes() + b"\n", {}),
        (FAX, {"BitsPerComponent": 1}),
        (FAX, {"BitsPerComponent": 1, "Decode": Array([1, 0])}),
        (np.asarray(PICTURE.convert("RGB")).tobytes(), {"ColorSpace": Name.DeviceRGB}),
        (dark(GREY).tobytes(), {"ColorSpace": Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff\xff\xff\0\0\0")])}),
        (b"too few", {}),
    ],
)
def test_a_picture_that_shows_what_it_is_made_of_is_not_read_twice(data, keys):
    assert samples_of(data, **keys) == []


def parts_shown(content: bytes, **keys: object) -> int:
    out = io.BytesIO()
    with Pdf.new() as pdf:
        picture = image(pdf, GREY.tobytes())
        for key, value in keys.items():
            picture[f"/{key}"] = image(pdf, bytes([value]) * GREY.size)
        file_of(pdf, content, picture)
        box = Dictionary(block=Stream(pdf, b"1 0 0 0 1 1 d1 0 0 1 1 re f"))
        pdf.pages[0].obj.Resources.Font = Dictionary(F3=_font_of(box))
        pdf.save(out)
    with pypdfium2.PdfDocument(out.getvalue()) as opened:
        return len(list(shown_in_part(opened[0], 1)))


def _font_of(glyphs: Dictionary) -> Dictionary:
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 1, 1]),
        FontMatrix=Array([1, 0, 0, 1, 0, 0]),
        CharProcs=glyphs,
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.block])),
        FirstChar=97,
        LastChar=97,
        Widths=Array([1]),
    )


def test_a_picture_that_is_alone_and_seen_is_read_with_its_page():
    assert parts_shown(WHOLE) == 0
    assert parts_shown(b"q 200 0 0 100 90 40 cm /Im0 Do Q\n") == 0


def test_a_picture_that_is_alone_and_not_seen_is_read_by_itself():
    assert parts_shown(WHOLE, SMask=0) == 1
    assert parts_shown(WHOLE + b"BT /F3 1 Tf 300 0 0 60 10 110 Tm (a) Tj ET") == 1


def test_a_picture_within_a_form_that_no_page_draws_is_found():
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        inline = b"q 400 0 0 200 0 0 cm BI /W 400 /H 200 /CS /G /BPC 8 /F /AHx ID " + GREY.tobytes().hex().encode() + b"> EI Q"
        keys = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, WIDE, HIGH]))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Fm0=Stream(pdf, inline, keys)))
        (found,) = never_drawn(pdf, set())
        assert look_alike(Image.fromarray(found.pixels), PICTURE)
