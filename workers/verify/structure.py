"""What a PDF holds besides what its pages show: revisions, attachments, scripts, layers, metadata, stray pictures."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

import pikepdf
from pikepdf import Name, Object, Pdf

from schemas.redaction import Leak
from workers.verify.packing import drawn_inside, unpacked

CARRIERS: dict[str, str] = {
    "/Annots": "annotations",
    "/AcroForm": "form",
    "/XFA": "form",
    "/EmbeddedFiles": "attachments",
    "/EF": "attachments",
    "/AF": "attachments",
    "/Collection": "attachments",
    "/JavaScript": "script",
    "/JS": "script",
    "/OpenAction": "action",
    "/AA": "action",
    "/OCProperties": "layers",
    "/OC": "layers",
    "/Metadata": "metadata",
    "/PieceInfo": "metadata",
    "/LastModified": "metadata",
    "/Thumb": "thumbnail",
    "/Outlines": "bookmarks",
    "/Names": "names",
    "/Dests": "names",
    "/PageLabels": "names",
    "/StructTreeRoot": "structure tree",
    "/ActualText": "replacement text",
    "/Alt": "replacement text",
    "/Alternates": "alternate picture",
    "/OPI": "alternate picture",
    "/SMask": "picture over a picture",
    "/Mask": "picture over a picture",
    "/Threads": "article threads",
    "/Perms": "signature",
    "/DSS": "signature",
}
"""Dictionary keys under which a PDF keeps what its pages do not show, and what it is (PDF 32000-1, 7.7 and 14)."""

_ARCHIVE_MARK = "fe2ec62e00ea2faca4208d9d22af67e45ec69546a938946b7dd460695565231f"
"""SHA-256 of the one metadata packet that tells nothing but that the file is PDF/A-2b."""
_SRGB = "45d82febb0a0eb240b04fc7ea5ceb17dae9e8b6f649a6eb2ee4796054b57f270"
"""SHA-256 of the one colour profile that a derivative may have: 480 bytes with room for no secret."""
_PAGE_COLOURS = (Name.DeviceGray, Name.DeviceRGB)

_LAYER_OPERATORS = frozenset({"q", "Q", "cm", "Do", "BT", "ET", "Tr", "Tf", "Tz", "Tm", "Tj"})
_INVISIBLE = 3
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_JPEG_MARKERS = frozenset({_SCAN, *(bytes((0xFF, code)) for code in (0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDD, 0xE0))})
"""Tables, frame, scans, restart interval and the JFIF header; no comment, no Exif, no profile."""
_BEHIND_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
"""The next marker that is none of those within a scan (ITU-T T.81, B.1.1)."""
_JFIF_WITHOUT_THUMBNAIL = 16
_LONG_NAME = 3
"""Characters with the slash; every name of PDF's own is an English word, and no value is one letter."""
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EOF = re.compile(rb"%%EOF\r?\n?\Z")


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a PDF that a derivative must not have. `what` is a word of CARRIERS or of this module."""

    what: str
    page_number: int | None = None

    def as_leak(self) -> Leak:
        return Leak("file", "structure", self.page_number, detail=self.what)


def revisions(data: bytes) -> Iterator[Oddity]:
    """More than one revision, or bytes before or behind the only one."""
    if data.count(b"startxref") != 1 or data.count(b"%%EOF") != 1:
        yield Oddity("older revision")
    if not data.startswith(b"%PDF-"):
        yield Oddity("bytes before the file")
    if not _EOF.search(data):
        yield Oddity("bytes behind the file")


def carriers(pdf: Pdf) -> Iterator[Oddity]:
    """Every key of CARRIERS in any object, reachable or not, and the document's own Info.

    A metadata packet that says that the file is PDF/A-2b, and not a byte more, carries nothing.
    """
    keys = ((holder, key) for holder in dictionaries(pdf) for key in holder.keys() if key in CARRIERS)  # noqa: SIM118
    found = {CARRIERS[key] for holder, key in keys if key != "/Metadata" or not _is(holder[key], _ARCHIVE_MARK)}
    if "/Info" in pdf.trailer:
        found.add("metadata")
    if "/Encrypt" in pdf.trailer:
        found.add("encryption")
    yield from (Oddity(what) for what in sorted(found))


def pictures(pdf: Pdf) -> Iterator[Oddity]:
    """A page that is not exactly one picture, and pictures that no page shows."""
    in_file = sum(1 for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == Name.Image)
    if in_file != len(pdf.pages):
        yield Oddity("pictures beside the pages'")
    for number, page in enumerate(pdf.pages, start=1):
        drawn = page.obj.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
        if [each.get("/Subtype") for each in drawn.values()] != [Name.Image]:
            yield Oddity("page that is not one picture", number)
        yield from (Oddity("data inside a JPEG", number) for each in drawn.values() if not _is_bare(each))


def colours(pdf: Pdf) -> Iterator[Oddity]:
    """Colour profiles other than the one, and pictures with colours of their own: a profile has tags for any bytes."""
    profiles = (each["/DestOutputProfile"] for each in dictionaries(pdf) if "/DestOutputProfile" in each)
    of_pictures = (each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == Name.Image)
    is_odd = any(not _is(profile, _SRGB) for profile in profiles)
    if is_odd or any(each.get("/ColorSpace") not in _PAGE_COLOURS for each in of_pictures):
        yield Oddity("colour profile")


def layers(pdf: Pdf) -> Iterator[Oddity]:
    """Pages that draw more than one picture and invisible text."""
    for number, page in enumerate(pdf.pages, start=1):
        steps = pikepdf.parse_content_stream(page)
        names = [str(step.operator) for step in steps]
        modes = {int(step.operands[0]) for step in steps if str(step.operator) == "Tr"}
        if set(names) - _LAYER_OPERATORS or names.count("Do") != 1 or modes - {_INVISIBLE}:
            yield Oddity("drawing over the picture", number)
        elif "Tj" in names and "Tr" not in names[: names.index("Tj")]:
            yield Oddity("visible text", number)


def streams(pdf: Pdf) -> Iterator[tuple[bytes, bool]]:
    """Every stream unpacked, pictures within commands too, and whether what is left is still compressed, as pictures are."""
    for each in (*pdf.objects, *drawn_inside(pdf)):
        if isinstance(each, pikepdf.Stream):
            content = unpacked(each)
            yield content.data, bool(content.left)
            if content.behind:
                yield content.behind, True


def strings(pdf: Pdf) -> Iterator[str]:
    """Every string and every name of the file, decoded as a viewer would; addresses also without their percent signs,
    what XML is written in also without its tags and references."""
    for holder in (*pdf.objects, pdf.trailer):
        for text in _strings_in(holder):
            yield text
            if "%" in text:
                yield unquote(text)
            if "&" in text or "</" in text:
                yield unescape(_TAG.sub("", text))


def _strings_in(holder: Object) -> Iterator[str]:
    if isinstance(holder, (pikepdf.Dictionary, pikepdf.Stream)):
        yield from (key[1:] for key in holder.keys() if len(key) >= _LONG_NAME)  # noqa: SIM118 - it is not iterable itself
    inner = holder.values() if isinstance(holder, (pikepdf.Dictionary, pikepdf.Stream)) else ()
    for each in (*inner, *(holder if isinstance(holder, pikepdf.Array) else ())):
        if isinstance(each, pikepdf.String):
            yield str(each)
        elif isinstance(each, pikepdf.Name):
            yield str(each)[1:]
        elif _is_direct(each):
            yield from _strings_in(each)


def dictionaries(pdf: Pdf) -> Iterator[Object]:
    """All dictionaries of the file, those written inside other objects too."""
    waiting: list[Object] = [*pdf.objects]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
            yield each
            waiting += [inner for inner in each.values() if _is_direct(inner)]
        elif isinstance(each, pikepdf.Array):
            waiting += [inner for inner in each if _is_direct(inner)]


def _is(stream: Object, digest: str) -> bool:
    """Whether *stream* is the one of this SHA-256, inflated."""
    if not isinstance(stream, pikepdf.Stream):
        return False
    try:
        return hashlib.sha256(stream.read_bytes()).hexdigest() == digest
    except pikepdf.PdfError:  # packed in a way that cannot be undone
        return False


def _is_direct(inner: object) -> bool:
    return isinstance(inner, (pikepdf.Dictionary, pikepdf.Array)) and not inner.is_indirect


def _is_bare(picture: Object) -> bool:
    """Whether a picture holds nothing but itself: no bytes behind the end of what it is packed by, in a JPEG no more than it
    needs. Other encodings cannot hold more."""
    if not isinstance(picture, pikepdf.Stream):
        return True
    content = unpacked(picture)
    return not content.behind and (content.jpeg is None or _is_bare_jpeg(content.jpeg))


def _is_bare_jpeg(data: bytes) -> bool:
    at = 2
    while data[at : at + 2] != _END:
        marker, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        has_thumbnail = marker == b"\xff\xe0" and length != _JFIF_WITHOUT_THUMBNAIL
        if marker not in _JPEG_MARKERS or has_thumbnail:
            return False
        at += 2 + length
        if marker == _SCAN and (behind := _BEHIND_SCAN.search(data, at)) is not None:
            at = behind.start()
    return at + len(_END) == len(data)
