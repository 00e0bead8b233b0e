"""What a file was before: older revisions, objects that nothing points to, bytes before, between and behind."""

import io
import re
import zlib

import pikepdf
from pikepdf import Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

from bench.hostile.form import Form


def older_revision(form: Form) -> bytes:
    """Saved with the boxes as an incremental update (PDF 32000-1, 7.5.6): the page as it was is still there."""
    return _updated(form.pdf(form.labels() + form.shown()), form.labels() + form.boxes())


def page_swapped_by_an_update(form: Form) -> bytes:
    """The update's page tree has another page; the first one is in no tree."""
    before = form.pdf(form.labels() + form.shown())
    with pikepdf.open(io.BytesIO(before)) as pdf:
        pages, number = pdf.Root.Pages.objgen[0], len(pdf.objects) + 1
        font = pdf.pages[0].obj.Resources.Font.F0.objgen[0]
    content = (form.labels() + form.boxes()).encode("ascii")
    objects = {
        pages: f"<< /Type /Pages /Kids [{number} 0 R] /Count 1 >>".encode(),
        number: f"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 420 290] /Contents {number + 1} 0 R "
        f"/Resources << /Font << /F0 {font} 0 R >> >> >>".encode(),
        number + 1: stream_object(content),
    }
    return appended(before, objects)


def bytes_behind_the_end(form: Form) -> bytes:
    return _clean(form) + "\n".join(form.values).encode("utf-8")


def compressed_file_behind_the_end(form: Form) -> bytes:
    """Another file, packed, behind the last line."""
    return _clean(form) + b"\n" + zlib.compress("\n".join(form.values).encode("utf-8"))


def bytes_before_the_start(form: Form) -> bytes:
    """Viewers look for the header in the first thousand bytes."""
    return "\n".join(form.values).encode("gbk") + b"\n" + _clean(form)


def object_that_nothing_points_to(form: Form) -> bytes:
    """In the table of objects, reached from nowhere."""

    def keep(pdf: Pdf) -> None:
        pdf.Root["/Spare"] = Stream(pdf, "\n".join(form.values).encode("utf-8"))

    pointing = re.compile(rb"/Spare \d+ 0 R")
    return pointing.sub(lambda match: b" " * len(match.group()), form.pdf(form.labels() + form.boxes(), keep))


def object_in_no_table(form: Form) -> bytes:
    """Between two objects, numbered, and in no table: only a search of the bytes meets it."""
    data = _clean(form)
    at = data.rindex(b"xref\n")
    told = stream_object(zlib.compress("\n".join(form.values).encode("utf-8")), "/Filter /FlateDecode")
    return moved_table(data, at, b"900 0 obj\n" + told + b"\nendobj\n")


def number_used_twice(form: Form) -> bytes:
    """Two objects of one number; the table knows the second."""
    data = _clean(form)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number = pdf.pages[0].obj.Contents.objgen[0]
    at = data.rindex(b"xref\n")
    told = stream_object(
        zlib.compress((form.labels() + form.shown()).encode() + "\n".join(form.values).encode()), "/Filter /FlateDecode"
    )
    return moved_table(data, at, f"{number} 0 obj\n".encode() + told + b"\nendobj\n")


def unreachable_in_an_object_stream(form: Form) -> bytes:
    """Packed with other objects and compressed; nothing points to it."""

    def keep(pdf: Pdf) -> None:
        pdf.Root["/Spare"] = pdf.make_indirect(Dictionary(Old=String("\n".join(form.values))))

    data = form.pdf(form.labels() + form.boxes(), keep, object_stream_mode=ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.trailer.Root.objgen[0]
        pages = pdf.Root.Pages.objgen[0]
    return appended(data, {root: f"<< /Type /Catalog /Pages {pages} 0 R >>".encode()})


def bytes_behind_a_packed_stream(form: Form) -> bytes:
    """Inside a stream's length, behind the end of its compressed bytes: inflating stops before them."""

    def keep(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        packed = zlib.compress(page.Contents.read_bytes())
        behind = zlib.compress("\n".join(form.values).encode("utf-8"))
        page.Contents = Stream(pdf, packed + behind, Dictionary(Filter=Name.FlateDecode))

    return form.pdf(form.labels() + form.boxes(), keep)


def encrypted_without_a_password(form: Form) -> bytes:
    """Opens without being asked for a password; its bytes tell nothing until they are decrypted."""
    locked = pikepdf.Encryption(user="", owner="somebody", R=6)
    return form.pdf(form.labels() + form.shown() + form.boxes(), None, encryption=locked)


def linearised_and_updated(form: Form) -> bytes:
    """A linearised file has two tables by design; this one was updated afterwards, too."""
    before = form.pdf(form.labels() + form.shown(), None, linearize=True)
    return _updated(before, form.labels() + form.boxes())


def _clean(form: Form) -> bytes:
    return form.pdf(form.labels() + form.boxes())


def _updated(before: bytes, content: str) -> bytes:
    """The page's commands replaced by an update."""
    with pikepdf.open(io.BytesIO(before)) as pdf:
        number = pdf.pages[0].obj.Contents.objgen[0]
    return appended(before, {number: stream_object(content.encode("ascii"))})


def stream_object(data: bytes, keys: str = "") -> bytes:
    return f"<< /Length {len(data)} {keys} >>\nstream\n".encode() + data + b"\nendstream"


def appended(before: bytes, objects: dict[int, bytes]) -> bytes:
    """*before* with an update of *objects*, its table and its trailer."""
    with pikepdf.open(io.BytesIO(before)) as pdf:
        root, size = pdf.trailer.Root.objgen[0], max(len(pdf.objects), *objects) + 1
    previous = before.rsplit(b"startxref", 1)[1].split()[0].decode()
    data, table = before, "xref\n"
    for number, content in sorted(objects.items()):
        table += f"{number} 1\n{len(data):010} 00000 n \n"
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    trailer = f"trailer\n<< /Root {root} 0 R /Size {size} /Prev {previous} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + (table + trailer).encode()


def moved_table(data: bytes, at: int, inserted: bytes) -> bytes:
    """*inserted* before the table at *at*, whose own place is put right."""
    return data[:at] + inserted + data[at:].replace(f"startxref\n{at}".encode(), f"startxref\n{at + len(inserted)}".encode())
