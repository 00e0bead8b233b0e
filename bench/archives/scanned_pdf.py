"""A PDF of page scans, written page by page: nothing of it is held in memory but where its objects begin."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOG, _PAGES = 1, 2


@dataclass(frozen=True, slots=True)
class Scan:
    """One page as a baseline JPEG, in shades of grey or in colour."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    is_grey: bool


@dataclass(slots=True)
class _Writer:
    """Objects by number, with the offsets that the table at the end tells (ISO 32000-1, 7.5.4)."""

    file: BinaryIO
    offsets: dict[int, int] = field(default_factory=dict)

    def put(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.file.tell()
        self.file.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def end(self) -> None:
        start, count = self.file.tell(), len(self.offsets) + 1
        rows = b"".join(b"%010d 00000 n \n" % self.offsets[number] for number in range(1, count))
        self.file.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, rows))
        self.file.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, _CATALOG, start))


def write_pdf(path: Path, scans: Iterable[Scan], dpi: int) -> None:
    """Write *scans* as the pages of one document, each as large as its pixels are at *dpi*."""
    pages: list[int] = []
    with path.open("wb") as file:
        file.write(_HEADER)
        writer = _Writer(file)
        for scan in scans:
            number = 3 + 3 * len(pages)
            pages.append(number)
            _put_page(writer, number, scan, dpi)
        kids = b" ".join(b"%d 0 R" % number for number in pages)
        writer.put(_PAGES, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids))
        writer.put(_CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % _PAGES)
        writer.end()


def _put_page(writer: _Writer, number: int, scan: Scan, dpi: int) -> None:
    """The page is object *number*, what it draws the next, its picture the one after."""
    width, height = scan.width * 72 / dpi, scan.height * 72 / dpi
    picture = b"/Resources << /XObject << /Scan %d 0 R >> >>" % (number + 2)
    place = b"/Parent %d 0 R /MediaBox [0 0 %.3f %.3f]" % (_PAGES, width, height)
    writer.put(number, b"<< /Type /Page %b %b /Contents %d 0 R >>" % (place, picture, number + 1))
    writer.put(number + 1, _stream(b"", b"%.3f 0 0 %.3f 0 0 cm /Scan Do" % (width, height)))
    colours = b"/DeviceGray" if scan.is_grey else b"/DeviceRGB"
    shape = b"/Type /XObject /Subtype /Image /Width %d /Height %d" % (scan.width, scan.height)
    coded = b" /ColorSpace %b /BitsPerComponent 8 /Filter /DCTDecode" % colours
    writer.put(number + 2, _stream(shape + coded, scan.jpeg))


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)
