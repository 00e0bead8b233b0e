"""A ZIP package opened only to be searched: every part inflated, each text and attribute of its XML, all bytes in between."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.tables import without_escapes

_LIMITS = Limits()
_ENCRYPTED = 0x01
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
_RUNS = frozenset({"t", "r", "rPr", "b", "i", "u", "sz", "color", "rFont", "family", "charset", "scheme", "vertAlign"})
"""Elements within one string: its pieces are set apart by type only, and read as one text (ECMA-376 part 1, 18.4)."""
_CELLS, _LONGEST_PLACE = frozenset({"c", "row"}), 10
"""What the attributes of these say in so few characters is where they are and how they look; there are millions."""
_EXPONENT = re.compile(r"-?\d(?:\.\d+)?[eE]\+?\d{1,2}")
_DEEPEST = 2
"""Packages within packages: a workbook in a workbook, and one in that."""


@dataclass(frozen=True, slots=True)
class Part:
    """`name` has the names of packages around it first."""

    name: str
    data: bytes = field(repr=False)

    @property
    def is_xml(self) -> bool:
        return self.name.lower().endswith((".xml", ".rels", ".vml"))


def parts(data: bytes, folder: str = "", depth: int = 0) -> Iterator[Part]:
    """Every part, packages among them opened, too. Raises Rejected("damaged_document" | "encrypted_document" |
    "expands_too_much" | "too_many_members")."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check(package.infolist(), len(data))
            for info in package.infolist():
                inside = Part(folder + info.filename, package.read(info))
                yield inside
                if depth < _DEEPEST and inside.data.startswith(b"PK\x03\x04"):
                    yield from parts(inside.data, f"{inside.name}!", depth + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError, OverflowError) as error:
        raise Rejected("damaged_document", type(error).__name__) from None


def _check(infos: list[zipfile.ZipInfo], packed: int) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Rejected("encrypted_document")
    if len(infos) > _LIMITS.max_members:
        raise Rejected("too_many_members")
    if sum(info.file_size for info in infos) > max(_LIMITS.max_unjudged_bytes, _LIMITS.max_expansion_ratio * packed):
        raise Rejected("expands_too_much")


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


def loose_bytes(data: bytes) -> bytes:
    """What lies before, between and behind the parts of a package, the comments of its directory included."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        spans = sorted(_span(data, info) for info in package.infolist())
        comments = b"".join((package.comment, *(info.comment for info in package.infolist())))
        directory = package.start_dir
    loose, at = [comments, data[_end(data) :]], 0
    for start, end in spans:
        loose.append(data[at:start])
        at = max(at, end)
    return b"".join((*loose, data[at:directory]))


def _end(data: bytes) -> int:
    """Where the directory's end record and its comment end (APPNOTE.TXT 4.3.16)."""
    record = data.rfind(b"PK\x05\x06")
    return record + 22 + int.from_bytes(data[record + 20 : record + 22], "little")


def _span(data: bytes, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Where a part lies: its header, and its bytes as the directory counts them."""
    header = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    begin = info.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    end = begin + info.compress_size
    described = info.flag_bits & 0x08  # a descriptor of 12 or 16 bytes follows (APPNOTE.TXT 4.3.9)
    length = (16 if data[end : end + 4] == b"PK\x07\x08" else 12) if described else 0
    return info.header_offset, end + length
