"""Put away where no list of a file's parts leads: within streams of other things, behind what ends, between what is listed,
and in writing that only the format itself undoes.
"""

import base64
import io
import re
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String
from PIL import Image

from bench.hostile.form import DPI, Form
from bench.hostile.honest import text_taken_out
from bench.hostile.pictures import WHOLE, add_scan
from bench.hostile.revisions import appended, moved_table, stream_object

_PACKET = (
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about=''>"
)
_END_OF_PACKET = "</rdf:Description></rdf:RDF></x:xmpmeta>"


def file_in_a_stream_of_ones_own(form: Form) -> bytes:
    """The whole form, as a stream that nothing says to be a file."""
    return _with_spare(form, form.pdf(form.labels() + form.shown()))


def package_in_a_stream_of_ones_own(form: Form) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("claim.txt", "\n".join(form.values) * 3)
    return _with_spare(form, out.getvalue())


def picture_packed_twice(form: Form) -> bytes:
    """A JPEG in base 85, of which nothing says that it is a picture."""

    def keep(pdf: Pdf) -> None:
        data = base64.a85encode(_jpeg_of(form.picture())) + b"~>"
        pdf.Root["/Spare"] = Stream(pdf, data, Dictionary(Filter=Array([Name("/A85")])))

    return form.pdf(form.labels() + form.boxes(), keep)


def picture_in_private_data(form: Form) -> bytes:
    """A string, as programs keep what they want back."""

    def keep(pdf: Pdf) -> None:
        kept = Dictionary(LastModified=String("D:20200101"), Private=String(_jpeg_of(form.picture())))
        pdf.pages[0].obj.PieceInfo = Dictionary(Editor=kept)

    return form.pdf(form.labels() + form.boxes(), keep)


def picture_behind_a_packed_stream(form: Form) -> bytes:
    """Within the length of the page's commands, behind their end."""

    def keep(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        packed = zlib.compress(page.Contents.read_bytes()) + _jpeg_of(form.picture())
        page.Contents = Stream(pdf, packed, Dictionary(Filter=Name.FlateDecode))

    return form.pdf(form.labels() + form.boxes(), keep)


def picture_in_no_table(form: Form) -> bytes:
    """An object between two others that no table lists: the scan, packed in base 85."""
    data = text_taken_out(form)
    at = data.rindex(b"xref\n")
    told = stream_object(base64.a85encode(_jpeg_of(form.picture())) + b"~>", "/Filter [/ASCII85Decode /DCTDecode]")
    return moved_table(data, at, b"900 0 obj\n" + told + b"\nendobj\n")


def picture_in_a_comment(form: Form) -> bytes:
    """Behind a percent sign, in hexadecimal digits, between two objects."""
    data = text_taken_out(form)
    return moved_table(data, data.rindex(b"xref\n"), b"%" + _jpeg_of(form.picture(dpi=DPI // 2)).hex().encode() + b"\n")


def scan_linearised_and_updated(form: Form) -> bytes:
    """The scan was swapped by an update, and the length that a linearised file gives of itself was put right."""
    before = form.pdf(WHOLE, lambda pdf: add_scan(pdf, form.picture()), linearize=True)
    with pikepdf.open(io.BytesIO(before)) as pdf:
        number = pdf.pages[0].Resources.XObject.Im0.objgen[0]
    burnt = form.picture(with_values=False)
    keys = f"/Type /XObject /Subtype /Image /Width {burnt.width} /Height {burnt.height} /ColorSpace /DeviceRGB"
    shown = stream_object(_jpeg_of(burnt), f"{keys} /BitsPerComponent 8 /Filter /DCTDecode")
    data = appended(before, {number: shown})
    return re.sub(rb"/L \d+", f"/L {len(data)}".encode().ljust(len(f"/L {len(before)}")), data, count=1)


def hexadecimal_digits_with_blanks(form: Form) -> bytes:
    """An entry of a dictionary, written as digits in twos (PDF 32000-1, 7.3.4.3). Its key is there twice: the last counts."""
    told = " ".join(f"{byte:02x}" for byte in " ".join(form.values).encode("utf-16-be"))
    return _beside_mark(form, f"<fe ff {told}>")


def escaped_bytes_of_another_encoding(form: Form) -> bytes:
    """A bookmark's title in the encoding of Chinese systems, each byte as three octal digits."""

    def keep(pdf: Pdf) -> None:
        item = pdf.make_indirect(Dictionary(Title=String(" ".join(form.values).encode("gbk")), Dest=Array([pdf.pages[0].obj])))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1))

    return form.pdf(form.labels() + form.boxes(), keep, object_stream_mode=ObjectStreamMode.generate)


def escaped_replacement_text_on_the_page(form: Form) -> bytes:
    told = "".join(f"\\{byte:03o}" for byte in ("\ufeff" + " ".join(form.values)).encode("utf-16-be"))
    return form.pdf(f"{form.labels()}/Span << /ActualText ({told}) >> BDC {form.boxes()} EMC")


def references_in_the_xmp(form: Form) -> bytes:
    """Each character as its number, as XML has it."""

    def keep(pdf: Pdf) -> None:
        told = "".join(f"&#x{ord(char):x};" for char in " ".join(form.values))
        packet = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><note>{told}</note></x:xmpmeta>".encode()
        pdf.pages[0].obj.Metadata = Stream(pdf, packet, Dictionary(Type=Name.Metadata, Subtype=Name.XML))

    return form.pdf(form.labels() + form.boxes(), keep)


def references_in_rich_text(form: Form) -> bytes:
    def keep(pdf: Pdf) -> None:
        told = "".join(f"&#{ord(char)};" for char in " ".join(form.values))
        rich = f"<body xmlns='http://www.w3.org/1999/xhtml'><p>{told}</p></body>"
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), RC=String(rich))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])

    return form.pdf(form.labels() + form.boxes(), keep)


def thumbnail_in_the_xmp(form: Form) -> bytes:
    """As drawing programs keep what the first page looked like: a JPEG in base 64 (XMP specification, part 2)."""

    def keep(pdf: Pdf) -> None:
        shown = base64.b64encode(_jpeg_of(form.picture(dpi=DPI // 2))).decode()
        packet = f"{_PACKET}<g:image xmlns:g='http://ns.adobe.com/xap/1.0/g/img/'>{shown}</g:image>{_END_OF_PACKET}"
        pdf.Root.Metadata = Stream(pdf, packet.encode(), Dictionary(Type=Name.Metadata, Subtype=Name.XML))

    return form.pdf(form.labels() + form.boxes(), keep)


def runs_of_one_byte_each(form: Form) -> bytes:
    """Packed by a filter that makes twice as much of it, so that no value stands in one piece."""

    def keep(pdf: Pdf) -> None:
        told = " ".join(form.values).encode("utf-8")
        runs = b"".join(b"\0" + bytes((byte,)) for byte in told) + b"\x80"
        pdf.Root["/Spare"] = Stream(pdf, runs, Dictionary(Filter=Name.RunLengthDecode))

    return form.pdf(form.labels() + form.boxes(), keep)


def four_bytes_a_character(form: Form) -> bytes:
    return _with_spare(form, "\n".join(form.values).encode("utf-32-le"))


def packed_and_cut_off(form: Form) -> bytes:
    """Between two objects, and without its last bytes: what goes before can be unpacked all the same."""
    data = text_taken_out(form)
    told = zlib.compress("\n".join(form.values).encode("utf-8") + form.rng.randbytes(400))[:-7]
    return moved_table(data, data.rindex(b"xref\n"), told + b"\n")


def name_in_another_encoding(form: Form) -> bytes:
    """The bytes of a name need be no text: `#` and two digits each."""
    told = "".join(f"#{byte:02x}" for byte in "-".join(form.values).encode("gbk"))
    return _beside_mark(form, f"/{told}")


def _beside_mark(form: Form, written: str) -> bytes:
    """The file with an entry of the catalog's in which *written* stands, and the same entry once more with nothing."""
    entry = f"{written} /Told 0"
    room = "x" * (len(entry) - 2)

    def mark(pdf: Pdf) -> None:
        pdf.Root["/Told"] = String(room)

    return form.pdf(form.labels() + form.boxes(), mark).replace(f"({room})".encode(), entry.encode())


def _with_spare(form: Form, data: bytes) -> bytes:
    def keep(pdf: Pdf) -> None:
        pdf.Root["/Spare"] = Stream(pdf, data)

    return form.pdf(form.labels() + form.boxes(), keep)


def _jpeg_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
