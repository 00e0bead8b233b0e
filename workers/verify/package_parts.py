"""A ZIP package opened only to be searched: every part inflated, each text and attribute of its XML, all bytes in between.

What a part is, its own bytes say and not its name. Whatever is packed in it is opened, too, within one room for all depths;
what cannot be opened is refused, because a search that passes over something says nothing.
"""

import bz2
import codecs
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from archive.errors import Rejected
from schemas.tables import without_escapes
from workers.verify.zip_members import Room, loose_bytes, members, unlisted

__all__ = ["Part", "asides", "loose_bytes", "parts", "strings"]

_RUNS = frozenset({"t", "r", "rPr", "b", "i", "u", "sz", "color", "rFont", "family", "charset", "scheme", "vertAlign"})
"""Elements within one string: its pieces are set apart by type only, and read as one text (ECMA-376 part 1, 18.4)."""
_CELLS, _LONGEST_PLACE = frozenset({"c", "row"}), 10
"""What the attributes of these say in so few characters is where they are and how they look; there are millions."""
_EXPONENT = re.compile(r"-?\d(?:\.\d+)?[eE]\+?\d{1,2}")
_DEEPEST = 2
"""Packages within packages: a workbook in a workbook, and one in that."""
_MEMBER = b"PK\x03\x04"
_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MOST_WINDOW = 1 << 28
"""Bytes of memory that unpacking xz may take."""
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_XML_HEAD_BYTES = 256
_BEGINS_XML = re.compile(r"\s*<[?!A-Za-z_]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NO_BOMS = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_NOT_SEARCHED = re.compile(
    rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|MSCF|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|%PDF-"
    rb"|\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0|RIFF....WEBP|\0\0\0.ftyp"
    rb"|\x01\0\0\0.{36} EMF|\xd7\xcd\xc6\x9a|ID3|OggS|RIFF....WAVE",
    re.DOTALL,
)
"""How archives of other kinds, compound files, PDFs, pictures and sounds begin: text is in none of them as it is written."""
_TOLD_BY_PLACE = re.compile(
    r"xl/(?:media|embeddings|activeX|ctrlProps|vbaProject|macrosheets|pivotCache|externalLinks|model|revisions)"
    r"|docProps/thumbnail|customXml/",
    re.IGNORECASE,
)
"""Places where a part is a finding whatever it holds (workers.verify.redacted_table)."""


@dataclass(frozen=True, slots=True)
class Part:
    """`name` has the names of packages around it first."""

    name: str
    data: bytes = field(repr=False)

    @property
    def is_xml(self) -> bool:
        """By its first bytes, or where it is called so."""
        return self.name.lower().endswith(_XML_SUFFIXES) or _BEGINS_XML.match(_head(self.data)) is not None


def _head(data: bytes) -> str:
    head = data[:_XML_HEAD_BYTES]
    for mark, codec in (*_BOMS, *_NO_BOMS):
        if head.startswith(mark):
            return head.decode(codec, "replace").lstrip("\ufeff")
    return head.decode("latin-1")


def parts(data: bytes) -> Iterator[Part]:
    """Every part, packages among them opened, too. Raises Rejected("damaged_document" | "encrypted_document" |
    "expands_too_much" | "too_many_members" | "nested_too_deep" | "unsupported_office_file" | "part_not_searched")."""
    yield from _of_package(data, "", 0, Room.of(len(data)))


def _of_package(data: bytes, folder: str, depth: int, room: Room) -> Iterator[Part]:
    for member in members(data, room):
        yield from _with_inner(Part(folder + member.name, member.data), depth, room)
    for member in unlisted(loose := loose_bytes(data), room):
        yield from _with_inner(Part(f"{folder}!{member.name}", member.data), depth, room)
    if folder and loose:
        yield Part(f"{folder}!", loose)


def _with_inner(part: Part, depth: int, room: Room) -> Iterator[Part]:
    """*part*, and what is packed in it."""
    yield part
    if _NOT_SEARCHED.match(part.data) and not _TOLD_BY_PLACE.match(part.name):
        raise Rejected("part_not_searched")
    if not _is_packed(part.data):
        return
    if depth == _DEEPEST:
        raise Rejected("nested_too_deep", f"limit {_DEEPEST}")
    inside = f"{part.name}!"
    if zipfile.is_zipfile(io.BytesIO(part.data)):
        yield from _of_package(part.data, inside, depth + 1, room)
    elif _MEMBER in part.data:
        for member in unlisted(part.data, room):
            yield from _with_inner(Part(inside + member.name, member.data), depth + 1, room)
    else:
        yield from _with_inner(Part(inside, _unpacked(part.data, room)), depth + 1, room)


def _is_packed(data: bytes) -> bool:
    return _MEMBER in data or zipfile.is_zipfile(io.BytesIO(data)) or data.startswith((_GZIP, _BZIP2, _XZ))


def _unpacked(data: bytes, room: Room) -> bytes:
    """Of one stream of gzip, bzip2 or xz, with nothing behind its end."""
    try:
        if data.startswith(_GZIP):
            content, used = room.inflated(memoryview(data), _GZIP_WINDOW)
        else:
            unpacker = bz2.BZ2Decompressor() if data.startswith(_BZIP2) else lzma.LZMADecompressor(memlimit=_MOST_WINDOW)
            content = room.take(unpacker.decompress(data, room.held + 1))
            used = len(data) - len(unpacker.unused_data) if unpacker.eof else 0
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise Rejected("damaged_document", type(error).__name__) from None
    if used != len(data):
        raise Rejected("part_not_searched")
    return content


def strings(part: Part) -> tuple[str, ...]:
    """Every text of an XML part, pieces of one string joined, every attribute and comment; numbers with an exponent are also
    written out. Raises Rejected("damaged_document")."""
    return _read(part, _Strings())


def asides(part: Part) -> tuple[str, ...]:
    """Of a sheet's part what is no value of a cell: formulas with words in them, readings, headers, rules, attributes."""
    return tuple(dict.fromkeys(_read(part, _Asides())))


def _read(part: Part, reader: "_Strings") -> tuple[str, ...]:
    try:
        reader.parser.Parse(part.data, True)  # noqa: FBT003 - that is all of it
    except expat.ExpatError as error:
        raise Rejected("damaged_document", type(error).__name__) from None
    return tuple(without_escapes(each) for each in reader.found)


class _Strings:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._pieces.append
        self.parser.CommentHandler = self._add
        self.parser.ProcessingInstructionHandler = lambda target, text: self._add(f"{target} {text}")
        self.parser.StartDoctypeDeclHandler = _refuse_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local not in _RUNS:
            self._flush()
        for value in attributes.values():
            if local not in _CELLS or len(value) > _LONGEST_PLACE:
                self._add(value)

    def _end(self, name: str) -> None:
        if _local(name) not in _RUNS:
            self._flush()

    def _flush(self) -> None:
        self._add("".join(self._pieces))
        self._pieces.clear()

    def _add(self, text: str) -> None:
        if text.strip():
            self.found.append(text)
            if _EXPONENT.fullmatch(text.strip()):
                self.found.append(f"{float(text):.0f}")


class _Asides(_Strings):
    """Texts between a cell's beginning and end count only where they are formulas or readings."""

    def __init__(self) -> None:
        super().__init__()
        self._within: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._within.append(_local(name))
        super()._start(name, attributes)

    def _end(self, name: str) -> None:
        super()._end(name)
        self._within.pop()

    def _flush(self) -> None:
        text = "".join(self._pieces)
        is_formula = "f" in self._within
        if "c" not in self._within or "rPh" in self._within or (is_formula and '"' in text):
            self._add(text)
        self._pieces.clear()


def _refuse_doctype(*_: object) -> None:
    raise Rejected("damaged_document", "a document type declaration")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
