"""What a PDF holds besides what its pages show: revisions, attachments, scripts, layers, metadata, stray pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import pikepdf
from pikepdf import Name, Object, Pdf

from schemas.redaction import Leak

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

_LAYER_OPERATORS = frozenset({"q", "Q", "cm", "Do", "BT", "ET", "Tr", "Tf", "Tz", "Tm", "Tj"})
_INVISIBLE = 3
_JPEG_MARKERS = frozenset(bytes((0xFF, code)) for code in (0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDD, 0xE0))
"""Tables, frame, restart interval and the JFIF header; no comment, no Exif, no profile."""
_JFIF_WITHOUT_THUMBNAIL = 16
_LONG_NAME = 3
"""Characters with the slash; every name of PDF's own is an English word, and no value is one letter."""
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
    """Every key of CARRIERS in any object, reachable or not, and the document's own Info."""
    found = {CARRIERS[key] for holder in _dictionaries(pdf) for key in holder.keys() if key in CARRIERS}  # noqa: SIM118
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
    """Every stream inflated, and whether what is left is still compressed, as pictures are."""
    for each in pdf.objects:
        if isinstance(each, pikepdf.Stream):
            try:
                yield each.read_bytes(), False
            except pikepdf.PdfError:  # a filter that only a picture decoder knows: its stored bytes are what there is
                yield each.read_raw_bytes(), True


def strings(pdf: Pdf) -> Iterator[str]:
    """Every string and every name of the file, decoded as a viewer would; addresses also without their percent signs."""
    for holder in (*pdf.objects, pdf.trailer):
        for text in _strings_in(holder):
            yield text
            if "%" in text:
                yield unquote(text)


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


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """All dictionaries of the file, those written inside other objects too."""
    waiting: list[Object] = [*pdf.objects]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
            yield each
            waiting += [inner for inner in each.values() if _is_direct(inner)]
        elif isinstance(each, pikepdf.Array):
            waiting += [inner for inner in each if _is_direct(inner)]


def _is_direct(inner: object) -> bool:
    return isinstance(inner, (pikepdf.Dictionary, pikepdf.Array)) and not inner.is_indirect


def _is_bare(picture: Object) -> bool:
    """Whether a JPEG holds nothing but its picture; other encodings cannot hold more."""
    if not isinstance(picture, pikepdf.Stream) or picture.get("/Filter") != Name.DCTDecode:
        return True
    data, at = picture.read_raw_bytes(), 2
    while data[at : at + 2] != b"\xff\xda":  # start of scan, behind which only the picture follows
        marker, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        has_thumbnail = marker == b"\xff\xe0" and length != _JFIF_WITHOUT_THUMBNAIL
        if marker not in _JPEG_MARKERS or has_thumbnail:
            return False
        at += 2 + length
    return data.find(b"\xff\xd9", at) == len(data) - 2
