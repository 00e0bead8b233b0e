"""How streams of a PDF are packed: by one filter or several, in any spelling, in a stream or within a page's commands."""

import base64
import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from archive.errors import Rejected
from workers.verify import packing
from workers.verify.packing import JPEG, drawn_inside, filters_of, unpacked
from workers.verify.redacted_file import _oddities
from workers.verify.structure import pictures, streams

SAID = b"<< whatever is kept >> " * 9


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 16), (200, 30, 90)).save(out, "JPEG", **options)
    return out.getvalue()


def runs(data: bytes) -> bytes:
    """One byte at a time, as no search of bytes meets them."""
    return b"".join(b"\0" + data[at : at + 1] for at in range(len(data))) + b"\x80"


def base_85(data: bytes) -> bytes:
    return base64.a85encode(data) + b"~>"


def hexed(data: bytes) -> bytes:
    return data.hex().encode() + b">"


PACKED = {
    "/FlateDecode": zlib.compress,
    "/Fl": zlib.compress,
    "/ASCII85Decode": base_85,
    "/A85": base_85,
    "/ASCIIHexDecode": hexed,
    "/AHx": hexed,
    "/RunLengthDecode": runs,
    "/RL": runs,
}


def packed(pdf: Pdf, data: bytes, *names: str, indirect: bool = False) -> Stream:
    """*data* as a stream of which *names* are undone in this order; picture filters are taken to have been applied."""
    for name in reversed(names):
        data = PACKED.get(name, bytes)(data)
    filters = [pdf.make_indirect(Name(name)) if indirect else Name(name) for name in names]
    one_or_more = filters[0] if len(filters) == 1 and not indirect else Array(filters)
    keys = Dictionary(Filter=pdf.make_indirect(one_or_more) if indirect else one_or_more)
    return Stream(pdf, data, keys)


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("indirect", [False, True])
def test_a_filter_is_undone_however_it_is_named(name, indirect):
    with Pdf.new() as pdf:
        assert unpacked(packed(pdf, SAID, name, indirect=indirect)).data == SAID


def test_filters_are_undone_one_after_the_other():
    with Pdf.new() as pdf:
        assert unpacked(packed(pdf, SAID, "/A85", "/Fl", "/RL", "/AHx")).data == SAID


CHAINS = [
    ("/DCTDecode",),
    ("/DCT",),
    ("/ASCII85Decode", "/FlateDecode", "/DCTDecode"),
    ("/AHx", "/DCT"),
    ("/Fl", "/RL", "/DCT"),
]


@pytest.mark.parametrize("names", CHAINS, ids="".join)
@pytest.mark.parametrize("indirect", [False, True])
def test_a_jpeg_is_one_behind_whatever_filters(names, indirect):
    with Pdf.new() as pdf:
        stream = packed(pdf, jpeg(), *names, indirect=indirect)
        assert JPEG in filters_of(stream)
        assert unpacked(stream).jpeg == jpeg()


def test_a_jpeg_packed_again_after_it_was_made_is_left_with_all_its_filters():
    with Pdf.new() as pdf:
        content = unpacked(packed(pdf, jpeg(), "/DCTDecode", "/FlateDecode"))
        assert (content.left, content.jpeg) == (("/DCTDecode", "/FlateDecode"), zlib.compress(jpeg()))


def test_pictures_within_commands_are_found_wherever_commands_are():
    with Pdf.new() as pdf:
        drawn = b"q BI /W 32 /H 16 /CS /RGB /BPC 8 /F [/AHx /DCT] ID " + hexed(jpeg()) + b" EI Q"
        page = pdf.add_blank_page()
        page.Contents = Stream(pdf, drawn)
        pdf.Root.Spare = Stream(pdf, zlib.compress(drawn), Dictionary(Filter=Name.Fl))
        in_pieces = pdf.add_blank_page()
        in_pieces.Contents = Array([Stream(pdf, piece) for piece in (drawn[:20], drawn[20:])])
        assert [unpacked(each).jpeg for each in drawn_inside(pdf)] == [jpeg()] * 3


@pytest.mark.parametrize("name", ["/Fl", "/A85", "/AHx", "/RL"])
def test_bytes_behind_the_end_of_what_is_packed_are_told(name):
    with Pdf.new() as pdf:
        stream = packed(pdf, SAID, name)
        stream.write(stream.read_raw_bytes() + jpeg(), filter=Name(name))
        assert unpacked(stream).behind == jpeg()


def test_bytes_behind_a_damaged_place_are_told():
    with Pdf.new() as pdf:
        data = zlib.compress(bytes(range(256)) * 40)
        stream = Stream(pdf, data[:-6] + bytes(6) + bytes(600), Dictionary(Filter=Name.FlateDecode))
        assert len(unpacked(stream).behind) > 300


def test_a_stream_that_unpacks_to_more_than_any_page_is_refused(monkeypatch):
    monkeypatch.setattr(packing, "_MOST_UNPACKED", 1000)
    with Pdf.new() as pdf:
        assert len(unpacked(packed(pdf, bytes(1000), "/Fl")).data) == 1000
        with pytest.raises(Rejected, match="expands_too_much"):
            unpacked(packed(pdf, bytes(2000), "/Fl"))


# Who asks


def saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


@pytest.mark.parametrize("names", CHAINS, ids="".join)
@pytest.mark.parametrize("indirect", [False, True])
def test_a_picture_inside_a_jpeg_is_found_behind_whatever_filters(names, indirect):
    carrying = jpeg()[:2] + b"\xff\xeb" + (len(jpeg()) + 2).to_bytes(2, "big") + jpeg() + jpeg()[2:]
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Spare = packed(pdf, carrying, *names, indirect=indirect)
        data = saved(pdf)
        assert "data inside a JPEG" in {oddity.what for oddity in _oddities(data, pdf)}


@pytest.mark.parametrize("names", CHAINS, ids="".join)
def test_a_derivative_s_jpeg_must_be_bare_behind_whatever_filters(names):
    for data, odd in ((jpeg(), set()), (jpeg(comment=b"somebody"), {"data inside a JPEG"})):
        with Pdf.new() as pdf:
            page = pdf.add_blank_page()
            picture = packed(pdf, data, *names)
            picture.Type, picture.Subtype, picture.Width, picture.Height = Name.XObject, Name.Image, 32, 16
            page.Resources = Dictionary(XObject=Dictionary(Im0=picture))
            assert {oddity.what for oddity in pictures(pdf)} == odd


@pytest.mark.parametrize("names", [("/A85", "/DCT"), ("/RL",), ("/AHx", "/Fl", "/JPXDecode")], ids="".join)
def test_bytes_are_searched_with_all_filters_undone_that_can_be(names):
    with Pdf.new() as pdf:
        pdf.Root.Spare = packed(pdf, SAID, *names)
        assert any(SAID in content for content, _ in streams(pdf))
