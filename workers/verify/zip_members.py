"""The members of a ZIP file, unpacked by what their bytes say and not by what its directory promises, and what lies between.

`zipfile` stops reading a member where the directory says that it ends; other programs go on. So each is unpacked here to its
own end, and one that ends elsewhere than the directory says is refused: one of the two lies.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from archive.errors import Rejected
from schemas.limits import Limits

_LIMITS = Limits()
_MOST_HELD = 1 << 30
"""Bytes out of one file, since all of them are held at once."""
_PIECE = 1 << 14
"""Bytes that are unpacked at once: 16 MiB may come out of them before anybody counts."""
_ENCRYPTED, _DESCRIBED, _UTF_8 = 0x01, 0x08, 0x800
_STORED, _DEFLATED = 0, 8
_RAW = -zlib.MAX_WBITS
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END_BYTES = 22
_LOCAL_MARK, _DESCRIPTOR_MARK, _END_MARK = b"PK\x03\x04", b"PK\x07\x08", b"PK\x05\x06"
_ROOM_TO_GROW, _ROOM_HEAD_BYTES = 0xA220, 4
"""An extra field that keeps room in a part: two marks of two bytes, then noughts (ECMA-376 part 2, annex on growth hints)."""
_USUAL_EXTRAS = frozenset({0x0001, 0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xCAFE, 0xD935})
"""Lengths of large files, times, owners, alignment (APPNOTE.TXT 4.5)."""
_LONGEST_EXTRA = 40


class Room:
    """How much may still be unpacked of one file, at all depths together. Raises Rejected("too_many_members" |
    "expands_too_much")."""

    def __init__(self, members: int, held: int) -> None:
        self._members, self._held = members, held

    @property
    def held(self) -> int:
        """Bytes that may still come out of it."""
        return self._held

    @classmethod
    def of(cls, packed: int) -> Self:
        """For a file of so many bytes."""
        expanded = max(_LIMITS.max_unjudged_bytes, _LIMITS.max_expansion_ratio * packed)
        return cls(_LIMITS.max_members, min(expanded, _LIMITS.max_expanded_bytes, _MOST_HELD))

    def take_members(self, count: int, promised: int) -> None:
        """*count* members that are said to have so many bytes together: before one of them is unpacked."""
        self._members -= count
        if self._members < 0:
            raise Rejected("too_many_members", f"limit {_LIMITS.max_members}")
        if promised > self._held:
            raise Rejected("expands_too_much")

    def take(self, content: bytes) -> bytes:
        self._held -= len(content)
        if self._held < 0:
            raise Rejected("expands_too_much")
        return content

    def inflated(self, packed: memoryview, window: int) -> tuple[bytes, int]:
        """What *packed* holds (*window* as zlib has it says how it is framed), and of how many of its bytes. Raises zlib.error,
        and EOFError where it has no end."""
        inflater, pieces = zlib.decompressobj(window), []
        for at in range(0, len(packed), _PIECE):
            pieces.append(self.take(inflater.decompress(packed[at : at + _PIECE])))
            if inflater.eof:
                return b"".join(pieces), min(at + _PIECE, len(packed)) - len(inflater.unused_data)
        raise EOFError


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    data: bytes = field(repr=False)


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Those of the directory. Raises Rejected("damaged_document" | "encrypted_document" | "unsupported_office_file"), and
    what *room* raises."""
    with _faults(), zipfile.ZipFile(io.BytesIO(data)) as package:
        infos = package.infolist()
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Rejected("encrypted_document")
    room.take_members(len(infos), sum(info.file_size for info in infos))
    for info in infos:
        with _faults():
            yield Member(info.filename, _content(data, info, room))


def _content(data: bytes, info: zipfile.ZipInfo, room: Room) -> bytes:
    begin, end = _packed_span(data, info)
    content, used = _unpacked(memoryview(data)[begin:end], info.compress_type, room)
    if used != info.compress_size or len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise zipfile.BadZipFile
    return content


def _unpacked(packed: memoryview, method: int, room: Room) -> tuple[bytes, int]:
    """The content, and how many bytes of *packed* it takes."""
    if method == _STORED:
        return room.take(bytes(packed)), len(packed)
    if method != _DEFLATED:  # the only other that a package may have (ECMA-376 part 2, annex on ZIP)
        raise Rejected("unsupported_office_file", "packed by a method that is not read here")
    return room.inflated(packed, _RAW)


def unlisted(data: bytes, room: Room) -> Iterator[Member]:
    """What has the header of a member, anywhere in *data*: of a ZIP file without its directory, or inside something else.
    Raises as `members` does; what only looks like a header is passed over."""
    at = 0
    while (at := data.find(_LOCAL_MARK, at)) >= 0:
        member, length = _behind_header(memoryview(data)[at:], room)
        if member is not None:
            yield member
        at += max(length, len(_LOCAL_MARK))


def _behind_header(data: memoryview, room: Room) -> tuple[Member | None, int]:
    """The member whose header *data* begins with, and how many bytes both take."""
    if len(data) < _LOCAL.size:
        return None, 0
    _, _, flags, method, _, _, _, packed, _, name_bytes, extra_bytes = _LOCAL.unpack_from(data)
    if flags & _ENCRYPTED:
        raise Rejected("encrypted_document")
    begin = _LOCAL.size + name_bytes + extra_bytes
    name = bytes(data[_LOCAL.size : _LOCAL.size + name_bytes]).decode(_codec(flags), "replace")
    held = data[begin : begin + packed] if method == _STORED or packed else data[begin:]
    room.take_members(1, 0)
    try:
        content, used = _unpacked(held, method, room)
    except (zlib.error, EOFError):
        return None, 0
    return Member(name, content), begin + used


def loose_bytes(data: bytes) -> bytes:
    """What lies before, between and behind the members of a ZIP file: comments, names and fields of headers that its directory
    does not have, and bytes of no record. Raises Rejected("damaged_document")."""
    with _faults(), zipfile.ZipFile(io.BytesIO(data)) as package:
        infos, directory = package.infolist(), package.start_dir
        loose = [package.comment, *(info.comment for info in infos), data[_end(data) :]]
        loose += (_told_by_headers(data, info) for info in infos)
        at = 0
        for start, end in sorted(_span(data, info) for info in infos):
            loose.append(data[at:start])
            at = max(at, end)
        return b"".join((*loose, data[at:directory]))


def _told_by_headers(data: bytes, info: zipfile.ZipInfo) -> bytes:
    header = _LOCAL.unpack_from(data, info.header_offset)
    begin = info.header_offset + _LOCAL.size
    name, extra = data[begin : begin + header[9]], data[begin + header[9] : begin + header[9] + header[10]]
    listed = info.orig_filename.encode(_codec(info.flag_bits), "replace")
    return b"".join((b"" if name == listed else name, *map(_odd_extras, (info.extra, extra))))


def _odd_extras(extra: bytes) -> bytes:
    """Extra fields that say more than those of usual packers."""
    odd, at = [], 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        content, at = extra[at + 4 : at + 4 + length], at + 4 + length
        is_usual = kind in _USUAL_EXTRAS and length <= _LONGEST_EXTRA
        is_room = kind == _ROOM_TO_GROW and not content[_ROOM_HEAD_BYTES:].strip(b"\0")
        odd.append(b"" if is_usual or is_room else content)
    return b"".join((*odd, extra[at:].strip(b"\0")))


def _end(data: bytes) -> int:
    """Where the directory's end record and its comment end (APPNOTE.TXT 4.3.16)."""
    record = data.rfind(_END_MARK)
    return record + _END_BYTES + int.from_bytes(data[record + 20 : record + _END_BYTES], "little")


def _span(data: bytes, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Where a member lies: its header, and its bytes as the directory counts them."""
    _, end = _packed_span(data, info)
    described = info.flag_bits & _DESCRIBED  # a descriptor of 12 or 16 bytes follows (APPNOTE.TXT 4.3.9)
    length = (16 if data[end : end + 4] == _DESCRIPTOR_MARK else 12) if described else 0
    return info.header_offset, end + length


def _packed_span(data: bytes, info: zipfile.ZipInfo) -> tuple[int, int]:
    header = _LOCAL.unpack_from(data, info.header_offset)
    begin = info.header_offset + _LOCAL.size + header[9] + header[10]
    return begin, begin + info.compress_size


def _codec(flags: int) -> str:
    return "utf-8" if flags & _UTF_8 else "cp437"


@contextmanager
def _faults() -> Iterator[None]:
    """What `zipfile` and `zlib` raise on wrong bytes, as Rejected. Not chained: messages quote names."""
    try:
        yield
    except NotImplementedError:
        raise Rejected("unsupported_office_file", "packed by a method that is not read here") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError) as error:
        raise Rejected("damaged_document", type(error).__name__) from None
