"""A file is what its first bytes say, whatever it is called."""

import io
import zipfile

import pytest
from PIL import Image

from ingest import sniff as kinds
from ingest.sniff import sniff, why_not


def _picture(kind: str, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, kind)
    return out.getvalue()


def _zip(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("TIFF", kinds.TIFF),
        ("JPEG", kinds.JPEG),
        ("PNG", kinds.PNG),
        ("BMP", kinds.BMP),
        ("WEBP", kinds.WEBP),
        ("GIF", kinds.GIF),
        ("JPEG2000", kinds.JPEG_2000),
        ("PDF", kinds.PDF),
    ],
)
def test_what_pillow_writes_is_recognised(kind: str, media_type: str) -> None:
    assert sniff(_picture(kind)) == media_type


def test_a_raw_jpeg_2000_codestream_is_recognised() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG2000", no_jp2=True)
    assert sniff(out.getvalue()) == kinds.JPEG_2000_CODESTREAM


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"MM\0*\0\0\0\x08", kinds.TIFF),
        (b"II+\0\x08\0\0\0", kinds.TIFF),
        (b"MM\0+\0\x08\0\0", kinds.TIFF),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", kinds.HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", kinds.HEIC),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", kinds.HEIF),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", None),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", None),
        (b"\xef\xbb\xbf\n\n%PDF-1.4\n", kinds.PDF),
        (b"x" * 1015 + b"%PDF-1.4", kinds.PDF),
        (b"x" * 1024 + b"%PDF-1.4", None),
        (b"GIF90a", None),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"BM is a make of motor car", None),
        (b"hello", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_signatures_and_near_misses(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type


def test_every_answer_is_a_listed_media_type() -> None:
    assert sniff(_zip()) in kinds.MEDIA_TYPES


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_of_scans_is_a_container_even_when_a_pdf_lies_open_in_it(method: int) -> None:
    assert sniff(_zip(("扫描/1.pdf", b"%PDF-1.7\n..."), method=method)) == kinds.ZIP
    assert sniff(_zip(("word/1.pdf", b"%PDF-1.7\n..."), method=method)) == kinds.ZIP


@pytest.mark.parametrize(
    "entries",
    [
        (("[Content_Types].xml", b"<Types/>"),),
        (("_rels/.rels", b"<Relationships/>"), ("ppt/presentation.xml", b"<presentation/>")),
        (("xl/workbook.bin", b"<workbook/>"),),
        (("a.txt", b"x"), ("word/document.xml", b"<document/>")),
        (("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),),
        (("OFD.xml", b"<ofd:OFD/>"),),
        (("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0"),),
    ],
    ids=["ooxml", "ooxml-relations-first", "xlsb", "ooxml-part-second", "odf", "ofd", "jar"],
)
def test_an_office_package_is_not_taken_for_a_batch_of_scans(entries: tuple[tuple[str, bytes], ...]) -> None:
    assert sniff(_zip(*entries, method=zipfile.ZIP_STORED)) is None


def test_a_file_named_mimetype_alone_does_not_make_a_package() -> None:
    assert sniff(_zip(("mimetype", b"a note about types"), method=zipfile.ZIP_STORED)) == kinds.ZIP


_LIST = b'<Types><Override PartName="/xl/workbook.xml" ContentType="application/x.spreadsheetml.sheet.main+xml"/></Types>'


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(
    "entries",
    [
        (("_rels/.rels", b"<Relationships/>"), ("xl/workbook.xml", b"<workbook/>")),
        (("xl/worksheets/sheet1.xml", b"<worksheet/>"),),
        (("[Content_Types].xml", _LIST), ("docProps/thumbnail.wmf", bytes(8000))),
    ],
    ids=["relations-first", "sheet-first", "by-its-list"],
)
def test_a_workbook_is_recognised_by_its_parts(entries: tuple[tuple[str, bytes], ...], method: int) -> None:
    assert sniff(_zip(*entries, method=method)) == kinds.XLSX


def test_a_workbook_written_as_a_stream_is_recognised() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise io.UnsupportedOperation

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("_rels/.rels", "docProps/app.xml", "xl/workbook.xml"):
            package.writestr(name, b"<x/>")
    assert sniff(out.getvalue()) == kinds.XLSX


def test_a_streamed_zip_that_begins_with_a_workbook_is_a_zip() -> None:
    inside = _zip(("xl/workbook.xml", b"<workbook/>"))
    whole = _zip(("register.xlsx", inside), method=zipfile.ZIP_STORED)
    streamed = bytearray(whole)
    streamed[6], streamed[18:26] = 0x08, bytes(8)
    assert sniff(bytes(streamed)) == kinds.ZIP


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "unsupported_office_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "encrypted_document"),
        (_zip(("xl/workbook.bin", b"")), "unsupported_office_file"),
        (_zip(("word/document.xml", b"")), "unsupported_office_file"),
        (b"plain text", "unsupported_type"),
    ],
    ids=["xls", "encrypted", "xlsb", "docx", "text"],
)
def test_the_reason_says_what_to_do(head: bytes, reason: str) -> None:
    assert sniff(head) is None
    assert why_not(head) == reason


def test_a_table_is_recognised_by_its_rows() -> None:
    assert sniff("姓名,保单号\n张三,1\n".encode("gb18030")) == kinds.CSV
