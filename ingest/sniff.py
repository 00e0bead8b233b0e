"""What a file is, by its first bytes. Names and declared types are never asked: they are wrong too often, or lie."""

import re
import struct
import zlib
from collections.abc import Iterator

from schemas.tables import CSV, XLSX, dialect_of

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see; less is enough for all but ZIP packages."""

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"
BMP = "image/bmp"
WEBP = "image/webp"
GIF = "image/gif"
JPEG_2000 = "image/jp2"
JPEG_2000_CODESTREAM = "image/j2c"
HEIC = "image/heic"
HEIF = "image/heif"
ZIP = "application/zip"

MEDIA_TYPES = frozenset(
    {PDF, TIFF, JPEG, PNG, BMP, WEBP, GIF, JPEG_2000, JPEG_2000_CODESTREAM, HEIC, HEIF, ZIP, XLSX, CSV},
)
"""Everything that is taken in; all but ZIP are documents."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0\x08\0\0\0", TIFF),  # BigTIFF, offsets of 8 bytes
    (b"MM\0+\0\x08\0\0", TIFF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", JPEG_2000),  # ISO/IEC 15444-1, annex I
    (b"\xff\x4f\xff\x51", JPEG_2000_CODESTREAM),  # SOC and SIZ markers, annex A
    (b"PK\x05\x06", ZIP),  # an archive without members
    (b"PK\x07\x08", ZIP),  # one part of several
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1"})
_BMP_HEADER_BYTES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_PDF_HEADER = re.compile(rb"%PDF-\d")
_PDF_HEADER_WITHIN = 1024  # ISO 32000-1, annex H, implementation note 13

# An office document is a ZIP to look at. Unpacked as one it would become a batch of XML fragments and thumbnails.
_PACKAGE_NAMES = frozenset(
    {b"[Content_Types].xml", b"_rels/.rels", b"OFD.xml", b"META-INF/MANIFEST.MF", b"AndroidManifest.xml"}
)
# Some writers put the list of contents last. Standards name these parts; a bare `word/` may be anyone's folder.
_PACKAGE_PARTS = (
    b"word/document.",
    b"xl/workbook.",
    b"xl/worksheets/",
    b"ppt/presentation.",
    b"docProps/app.xml",
    b"Doc_0/Document.",
)
_FIRST_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/")
_WORKBOOK_PARTS = b"xl/"
_WORKBOOK_TYPES = (b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml", b"spreadsheetml.template.main+xml")
_MOST_LISTED = 1 << 16
_BINARY_WORKBOOK = b"xl/workbook.bin"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # the stream that holds one (MS-OFFCRYPTO 2.3.4)
_LENGTH_FOLLOWS = 0x08  # in a data descriptor after the member (APPNOTE.TXT 4.3.9)
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")


def sniff(head: bytes) -> str | None:
    """The media type, one of MEDIA_TYPES, of a file that begins with *head* (HEAD_BYTES of it, or all); None for any other.

    Of packages that are ZIP files inside (OOXML, ODF, EPUB, OFD, JAR) workbooks alone are taken, of texts those that are
    tables; others are None.
    """
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _sniff_package(head) if _is_package(head) else ZIP
    return _sniff_boxed(head) or _sniff_bmp(head) or _sniff_pdf(head) or _sniff_table(head)


def why_not(head: bytes) -> str:
    """The reason code (schemas.reasons) for a file of which `sniff` says None."""
    if head.startswith(_OLE):
        return "encrypted_document" if _ENCRYPTED_PACKAGE in head else "unsupported_office_file"
    return "unsupported_office_file" if head.startswith(b"PK\x03\x04") else "unsupported_type"


def is_package_part(name: str) -> bool:
    """Whether a ZIP with a member of this *name* is an office document or program rather than a folder of files."""
    raw = name.encode("utf-8", "replace")
    return raw in _PACKAGE_NAMES or raw == b"mimetype"


def _sniff_boxed(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] != b"ftyp":
        return None
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, min(size, len(head)), 4)}
    if brands & _HEIC_BRANDS:
        return HEIC
    return HEIF if head[8:12] in _HEIF_BRANDS and b"avif" not in brands else None


def _sniff_bmp(head: bytes) -> str | None:
    is_bmp = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_BYTES
    return BMP if is_bmp else None


def _sniff_pdf(head: bytes) -> str | None:
    # Last, because a container may hold a PDF uncompressed within its first bytes.
    return PDF if _PDF_HEADER.search(head, 0, _PDF_HEADER_WITHIN) else None


def _sniff_package(head: bytes) -> str | None:
    entries = [*_local_entries(head)]
    is_workbook = any(name.startswith(_WORKBOOK_PARTS) or _lists_workbook(name, body) for name, body in entries)
    return XLSX if is_workbook and not any(name == _BINARY_WORKBOOK for name, _ in entries) else None


def _lists_workbook(name: bytes, body: bytes) -> bool:
    """Whether a package's list of contents, the first part of most, names a workbook."""
    if name != b"[Content_Types].xml":
        return False
    try:
        listed = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, _MOST_LISTED)
    except zlib.error:
        listed = body  # not packed
    return any(each in listed for each in _WORKBOOK_TYPES)


def _sniff_table(head: bytes) -> str | None:
    return CSV if dialect_of(head, is_whole=len(head) < HEAD_BYTES) else None


def _is_package(head: bytes) -> bool:
    return any(
        name in _PACKAGE_NAMES or name.startswith(_PACKAGE_PARTS) or (name == b"mimetype" and body.startswith(b"application/"))
        for name, body in _local_entries(head)
    )


def _local_entries(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name of each member whose local header lies within *head*, and the bytes behind it."""
    at = 0
    while at + _LOCAL_HEADER.size <= len(head):
        magic, _, flags, _, _, _, _, packed, _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack_from(head, at)
        if magic != b"PK\x03\x04":
            return
        name_at = at + _LOCAL_HEADER.size
        body_at = name_at + name_bytes + extra_bytes
        yield head[name_at : name_at + name_bytes], head[body_at:]
        at = body_at + packed
        if flags & _LENGTH_FOLLOWS:
            # The next header is sought only behind parts that are no packages: what lies in one says nothing of this file.
            is_plain = head[name_at : name_at + name_bytes].startswith(_FIRST_PARTS)
            at = head.find(magic, body_at) if is_plain else -1
        if at < 0:
            return
