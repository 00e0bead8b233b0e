"""The parts of an OOXML package (ECMA-376, part 2), each inflated only as far as the limits let it."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from archive.errors import Rejected
from schemas.limits import Limits

_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, struct.error, ParseError, expat.ExpatError, KeyError, ValueError, OverflowError
)  # fmt: skip
_ENCRYPTED = 0x01
_OFFICE_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_OFFICE_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CHUNK_BYTES, _LONGEST_TAG = 1 << 16, 1 << 20


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: `kind` is the last word of the relationship's type (`worksheet`, `comments`), `target` a part."""

    kind: str
    target: str = field(repr=False)


class Package:
    """Raises Rejected("damaged_document" | "encrypted_document" | "expands_too_much" | "too_many_members"), before a byte is
    inflated where the directory tells, and `zipfile` inflates no part beyond the length that the directory gives."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        with package_faults():
            self._zip = zipfile.ZipFile(stream)
        self._by_name = {info.filename.casefold().lstrip("/"): info for info in self._zip.infolist()}
        _check(self._zip.infolist(), stream, limits)

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._by_name

    @property
    def names(self) -> tuple[str, ...]:
        """In lower case: a package's names differ by more than case (part 2, 6.2.2.3)."""
        return tuple(self._by_name)

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """Raises Rejected("damaged_document") where there is no such part."""
        with package_faults(), self._zip.open(self._by_name[part.casefold()]) as stream:
            yield stream

    def elements(self, part: str) -> Iterator[tuple[str, Element]]:
        """Beginnings ("start") and ends ("end") of the elements of an XML part; what has ended may be cleared."""
        parser: XMLPullParser[Element] = XMLPullParser(("start", "end"))
        for chunk in self._chunks(part):
            parser.feed(chunk)
            yield from _events(parser)
        parser.close()
        yield from _events(parser)

    def attributes(self, part: str, name: str) -> Iterator[Mapping[str, str]]:
        """Those of each element called *name*, whatever its namespace; quicker than `elements`."""
        found: list[Mapping[str, str]] = []

        def start(element: str, attributes: Mapping[str, str]) -> None:
            if element.rpartition(":")[2] == name:
                found.append(attributes)

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        for chunk in self._chunks(part):
            parser.Parse(chunk, False)  # noqa: FBT003 - more may follow
            yield from found
            found.clear()
        parser.Parse(b"", True)  # noqa: FBT003 - that is all of it

    def _chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of an XML part. Nothing is fetched for it, and expat (2.4 and later) itself refuses text that grows a
        hundredfold by entities; but it goes through a tag or remark from its beginning with every chunk of it."""
        gauge, fed = expat.ParserCreate(), 0
        gauge.StartDoctypeDeclHandler = _refuse_doctype
        with self.open(part) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                gauge.Parse(chunk, False)  # noqa: FBT003 - more may follow
                fed += len(chunk)
                if fed - gauge.CurrentByteIndex > _LONGEST_TAG:
                    raise Rejected("damaged_document", "a tag or remark of more than a mebibyte")
                yield chunk

    def relations(self, part: str) -> Mapping[str, Relation]:
        """By id; those that lead out of the package are left out."""
        folder, name = posixpath.split(part)
        of_part = posixpath.join(folder, "_rels", f"{name}.rels")
        if of_part not in self:
            return {}
        ended = [element for event, element in self.elements(of_part) if event == "end" and local(element) == "Relationship"]
        return {
            each.get("Id", ""): Relation(each.get("Type", "").rpartition("/")[2], _target(folder, each.get("Target", "")))
            for each in ended
            if each.get("TargetMode") != "External"
        }

    def close(self) -> None:
        self._zip.close()


def local(element: Element) -> str:
    """The element's name without its namespace, of which the transitional and the strict format have two."""
    return element.tag.rpartition("}")[2]


def relation_id(element: Element) -> str:
    return element.get(_OFFICE_ID) or element.get(_STRICT_OFFICE_ID) or ""


@contextmanager
def package_faults() -> Iterator[None]:
    """What `zipfile` and the parser raise on wrong bytes, as Rejected. Not chained: messages quote names and text."""
    try:
        yield
    except NotImplementedError:
        raise Rejected("unsupported_office_file", "packed by a method that is not read here") from None
    except _FAULTS as error:
        raise Rejected("damaged_document", type(error).__name__) from None


def _check(infos: list[zipfile.ZipInfo], stream: BinaryIO, limits: Limits) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Rejected("encrypted_document")
    if len(infos) > limits.max_members:
        raise Rejected("too_many_members", f"{len(infos)}, limit {limits.max_members}")
    packed, expanded = stream.seek(0, 2), sum(info.file_size for info in infos)
    allowed = max(limits.max_unjudged_bytes, limits.max_expansion_ratio * packed)
    if expanded > min(allowed, limits.max_expanded_bytes):
        raise Rejected("expands_too_much", f"{expanded} bytes out of {packed}")


def _events(parser: "XMLPullParser[Element]") -> Iterator[tuple[str, Element]]:
    return cast("Iterator[tuple[str, Element]]", parser.read_events())  # as those are that were asked for


def _refuse_doctype(*_: object) -> None:
    raise Rejected("damaged_document", "a document type declaration, which no part may have")


def _target(folder: str, target: str) -> str:
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(joined)
