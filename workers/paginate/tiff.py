"""The pages of a TIFF, each cut out as a small TIFF of its own.

Pillow hands libtiff the whole file for every compressed page of a stream, so a thousand-page fax would be read a thousand
times over. A page alone holds its own strips and the tags that decode them, and its damage stays with it.
Reference: TIFF revision 6.0 (1992); BigTIFF by the libtiff project (2007), for 8-byte offsets.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from workers.paginate.cursor import Cursor

NEW_SUBFILE_TYPE, SUBFILE_TYPE, COMPRESSION = 254, 255, 259
WIDTH, HEIGHT = 256, 257
OLD_JPEG = 6

_SEGMENT_TAGS = ((273, 279), (324, 325))  # where strips lie and how long they are; the same for tiles
# What decoding and showing a page needs. The rest (thumbnails, EXIF, Photoshop's layers, notes) can be larger than the page.
_KEPT_TAGS = frozenset(
    {256, 257, 258, 259, 262, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 301, 317, 318, 319, 320, 322, 323}
    | {332, 334, 338, 339, 340, 341, 347, 529, 530, 531, 532, 34675}
)
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGER_CODES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_ENTRIES = 1_000  # a page has some 20; the widest metadata standards define about 300
_MAX_VALUE_BYTES = 1 << 24  # 2 million strip offsets, or a large colour profile
_REDUCED_OR_MASK = 0b101


class BrokenTiff(ValueError):
    """The bytes do not follow the format."""


@dataclass(frozen=True, slots=True)
class _Flavour:
    """Byte order (`<` or `>`) and the sizes of classic and BigTIFF. Struct codes: entry count, then offsets and counts."""

    order: str
    is_big: bool

    @property
    def count_code(self) -> str:
        return self.order + ("Q" if self.is_big else "H")

    @property
    def offset_code(self) -> str:
        return self.order + ("Q" if self.is_big else "I")

    @property
    def offset_size(self) -> int:
        return 8 if self.is_big else 4

    @property
    def entry_code(self) -> str:
        return self.order + ("HHQ8s" if self.is_big else "HHI4s")

    @property
    def header(self) -> bytes:
        """All of a file up to its first directory, which is put right behind it."""
        magic = b"II" if self.order == "<" else b"MM"
        if self.is_big:
            return magic + struct.pack(self.order + "HHHQ", 43, 8, 0, 16)
        return magic + struct.pack(self.order + "HI", 42, 8)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One tag: `count` values of type `kind`, whose bytes are `inline` itself or lie at the offset that it holds."""

    tag: int
    kind: int
    count: int
    inline: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """The tags of one page."""

    flavour: _Flavour
    entries: tuple[_Entry, ...]

    def entry(self, tag: int) -> _Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: its place among all directories of the file, from 0, and its tags; None where they cannot be read."""

    index: int
    directory: Directory | None


def frames(cursor: Cursor, most: int) -> tuple[Frame, ...]:
    """The pages in order, at most *most* + 1 of them. Reduced copies and masks of a page are none.

    A directory that cannot be read ends the file: it counts as one page, for a page was promised there.
    Raises BrokenTiff where not even the header can be read.
    """
    everything = tuple(_all_frames(cursor, most + 1))
    pages = tuple(frame for frame in everything if not _is_auxiliary(cursor, frame))
    return pages or everything


def _all_frames(cursor: Cursor, most: int) -> Iterator[Frame]:
    flavour, offset = _read_header(cursor)
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < most:
        seen.add(offset)
        try:
            directory, offset = _read_directory(cursor, flavour, offset)
        except BrokenTiff:
            yield Frame(len(seen) - 1, None)
            return
        yield Frame(len(seen) - 1, directory)


def standalone(cursor: Cursor, directory: Directory) -> bytes:
    """A file of one page with the tags that decode it and its strips or tiles. BrokenTiff where parts are missing."""
    entries = {
        entry.tag: (entry, _value(cursor, directory.flavour, entry)) for entry in directory.entries if entry.tag in _KEPT_TAGS
    }
    for offsets_tag, lengths_tag in _SEGMENT_TAGS:
        if directory.entry(offsets_tag) is not None:
            segments = _segments(cursor, directory, offsets_tag, lengths_tag)
            return _assemble(directory.flavour, entries, offsets_tag, lengths_tag, segments)
    raise BrokenTiff("a page without strips or tiles")


def integer(cursor: Cursor, directory: Directory, tag: int) -> int | None:
    """The first value of an integer *tag*."""
    values = _integers(cursor, directory, tag)
    return values[0] if values else None


def _read(cursor: Cursor, offset: int, count: int) -> bytes:
    if offset + count > cursor.size:
        raise BrokenTiff("the file ends within a page")
    cursor.seek(offset)
    return cursor.read(count) or b""


def _unpack(code: str, raw: bytes) -> tuple[int, ...]:
    try:
        return struct.unpack(code, raw)
    except struct.error as error:
        raise BrokenTiff("the file ends within a directory") from error


def _read_header(cursor: Cursor) -> tuple[_Flavour, int]:
    head = _read(cursor, 0, min(16, cursor.size))
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise BrokenTiff("no TIFF header")
    (version,) = _unpack(order + "H", head[2:4])
    flavour = _Flavour(order, is_big=version == 43)
    first = head[8:16] if flavour.is_big else head[4:8]
    return flavour, _unpack(flavour.offset_code, first)[0]


def _read_directory(cursor: Cursor, flavour: _Flavour, offset: int) -> tuple[Directory, int]:
    """The directory at *offset*, and the offset of the next."""
    count_size, entry_size = struct.calcsize(flavour.count_code), struct.calcsize(flavour.entry_code)
    (count,) = _unpack(flavour.count_code, _read(cursor, offset, count_size))
    if not 0 < count <= _MAX_ENTRIES:
        raise BrokenTiff("a directory of implausible length")
    raw = _read(cursor, offset + count_size, count * entry_size)
    entries = tuple(_Entry(*fields) for fields in struct.iter_unpack(flavour.entry_code, raw))
    # A file may end right behind its last entry; the missing offset then means that no directory follows.
    next_at = offset + count_size + count * entry_size
    tail = _read(cursor, next_at, min(flavour.offset_size, cursor.size - next_at)).ljust(flavour.offset_size, b"\0")
    return Directory(flavour, entries), _unpack(flavour.offset_code, tail)[0]


def _value(cursor: Cursor, flavour: _Flavour, entry: _Entry) -> bytes:
    size = _TYPE_SIZES.get(entry.kind, 1) * entry.count
    if size <= flavour.offset_size:
        return entry.inline[:size]
    if size > _MAX_VALUE_BYTES:
        raise BrokenTiff("a tag of implausible length")
    return _read(cursor, _unpack(flavour.offset_code, entry.inline)[0], size)


def _integers(cursor: Cursor, directory: Directory, tag: int) -> tuple[int, ...]:
    entry = directory.entry(tag)
    if entry is None:
        return ()
    code = _INTEGER_CODES.get(entry.kind)
    if code is None:
        raise BrokenTiff("a tag of the wrong type")
    return _unpack(f"{directory.flavour.order}{entry.count}{code}", _value(cursor, directory.flavour, entry))


def _is_auxiliary(cursor: Cursor, frame: Frame) -> bool:
    if frame.directory is None:
        return False
    try:
        new, old = (integer(cursor, frame.directory, tag) or 0 for tag in (NEW_SUBFILE_TYPE, SUBFILE_TYPE))
    except BrokenTiff:
        return False
    return bool(new & _REDUCED_OR_MASK) or old == 2


def _segments(cursor: Cursor, directory: Directory, offsets_tag: int, lengths_tag: int) -> tuple[bytes, ...]:
    offsets = _integers(cursor, directory, offsets_tag)
    # Old writers leave the length out where there is one strip: it then lasts to the end of the file at most.
    lengths = _integers(cursor, directory, lengths_tag) or tuple(cursor.size - offset for offset in offsets[:1])
    if len(lengths) != len(offsets):
        raise BrokenTiff("strips without a length")
    if sum(lengths) > cursor.size:
        raise BrokenTiff("more strips than the file has bytes")
    return tuple(_read(cursor, offset, length) for offset, length in zip(offsets, lengths, strict=True))


def _assemble(
    flavour: _Flavour,
    entries: dict[int, tuple[_Entry, bytes]],
    offsets_tag: int,
    lengths_tag: int,
    segments: tuple[bytes, ...],
) -> bytes:
    """Header, directory, values that do not fit into it, strips: in this order, with all offsets made anew."""
    kind = 16 if flavour.is_big else 4
    code = f"{flavour.order}{len(segments)}{_INTEGER_CODES[kind]}"
    values = {tag: (entry.kind, entry.count, raw) for tag, (entry, raw) in entries.items()}
    values[lengths_tag] = (kind, len(segments), struct.pack(code, *map(len, segments)))
    values[offsets_tag] = (kind, len(segments), bytes(struct.calcsize(code)))  # as long as it will be
    start = len(flavour.header) + len(_directory_bytes(flavour, values)[0]) + len(_directory_bytes(flavour, values)[1])
    values[offsets_tag] = (kind, len(segments), struct.pack(code, *_starts(start, segments)))
    return b"".join((flavour.header, *_directory_bytes(flavour, values), *segments))


def _starts(start: int, segments: tuple[bytes, ...]) -> Iterator[int]:
    for segment in segments:
        yield start
        start += len(segment)


def _directory_bytes(flavour: _Flavour, values: dict[int, tuple[int, int, bytes]]) -> tuple[bytes, bytes]:
    """The directory that follows the header, and the values that follow the directory."""
    entry_bytes = struct.calcsize(flavour.count_code) + len(values) * struct.calcsize(flavour.entry_code) + flavour.offset_size
    outside_at = len(flavour.header) + entry_bytes
    directory, outside = bytearray(struct.pack(flavour.count_code, len(values))), bytearray()
    for tag, (kind, count, raw) in sorted(values.items()):
        inline = raw
        if len(raw) > flavour.offset_size:
            inline = struct.pack(flavour.offset_code, outside_at + len(outside))
            outside += raw + bytes(len(raw) % 2)
        directory += struct.pack(flavour.entry_code, tag, kind, count, inline)
    return bytes(directory) + bytes(flavour.offset_size), bytes(outside)
