"""A font file for a PDF that holds only the characters wanted, cut out of an installed TrueType font.

Layouts are of the OpenType specification; hinting programs are left out, which no viewer needs.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from bench.papers.fonts import font

Tables = dict[str, bytes]


class Outlines:
    """The glyphs of one face."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        self._tables = _tables(data, index)
        head, hhea = self._tables["head"], self._tables["hhea"]
        self.units_per_em = int(struct.unpack_from(">H", head, 18)[0])
        self.ascent, self.descent = struct.unpack_from(">hh", hhea, 4)
        self._metrics = int(struct.unpack_from(">H", hhea, 34)[0])
        count = struct.unpack_from(">H", self._tables["maxp"], 4)[0]
        is_long = bool(struct.unpack_from(">h", head, 50)[0])
        self._loca = struct.unpack_from(f">{count + 1}{'I' if is_long else 'H'}", self._tables["loca"])
        self._step = 1 if is_long else 2
        self._glyph_of = _character_map(self._tables["cmap"])

    def advance(self, char: str) -> float:
        """Width in thousandths of an em. Raises KeyError for a character that the face lacks."""
        return self._advance(self._glyph_of[ord(char)]) * 1000 / self.units_per_em

    def subset(self, chars: Sequence[str]) -> bytes:
        """A font file whose glyph n + 1 is *chars[n]*; glyph 0 is empty."""
        wanted = [self._glyph_of[ord(char)] for char in chars]
        glyphs = [b"", *(self._flat(each) for each in wanted)]
        advances = [self.units_per_em, *(self._advance(each) for each in wanted)]
        places = [0]
        for each in glyphs:
            places.append(places[-1] + len(each))
        return _file({
            "glyf": b"".join(glyphs),
            "head": self._head(),
            "hhea": self._tables["hhea"][:34] + struct.pack(">H", len(glyphs)),
            "hmtx": b"".join(struct.pack(">Hh", width, _left(each)) for width, each in zip(advances, glyphs, strict=True)),
            "loca": struct.pack(f">{len(places)}I", *places),
            "maxp": self._tables["maxp"][:4] + struct.pack(">H", len(glyphs)) + self._tables["maxp"][6:],
        })  # fmt: skip

    def contours(self, char: str) -> list[list[tuple[float, float, bool]]]:
        """The outline of *char* in thousandths of an em: per contour its points, and whether the curve goes through each."""
        data = self._flat(self._glyph_of[ord(char)])
        scale = 1000 / self.units_per_em
        return [[(x * scale, y * scale, on) for x, y, on in contour] for contour in _contours(data)] if data else []

    def _head(self) -> bytes:
        head = bytearray(self._tables["head"][:54])
        struct.pack_into(">I", head, 8, 0)  # no checksum of the whole: viewers do not look at it
        struct.pack_into(">h", head, 50, 1)
        return bytes(head)

    def _advance(self, glyph: int) -> int:
        return int(struct.unpack_from(">H", self._tables["hmtx"], 4 * min(glyph, self._metrics - 1))[0])

    def _glyph(self, glyph: int) -> bytes:
        start, end = self._loca[glyph] * self._step, self._loca[glyph + 1] * self._step
        return self._tables["glyf"][start:end]

    def _flat(self, glyph: int) -> bytes:
        """The outline without hinting. Raises ValueError for one made of others, of which Chinese faces have few."""
        data = self._glyph(glyph)
        if not data:
            return b""
        contours = struct.unpack_from(">h", data)[0]
        if contours < 0:
            raise ValueError(f"glyph {glyph} is made of others")
        at = 10 + 2 * contours
        length = struct.unpack_from(">H", data, at)[0]
        flat = data[:at] + b"\0\0" + data[at + 2 + length :]
        return flat + bytes(-len(flat) % 4)


def _contours(glyph: bytes) -> Iterator[list[tuple[int, int, bool]]]:
    """Of a simple glyph (OpenType, table `glyf`)."""
    count = struct.unpack_from(">h", glyph)[0]
    ends = struct.unpack_from(f">{count}H", glyph, 10)
    at = 12 + 2 * count
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag, at = glyph[at], at + 1
        repeated = glyph[at] if flag & 8 else 0
        at += bool(flag & 8)
        flags += [flag] * (repeated + 1)
    across, at = _coordinates(glyph, at, flags, 2, 16)
    down, at = _coordinates(glyph, at, flags, 4, 32)
    points = [(x, y, bool(flag & 1)) for x, y, flag in zip(across, down, flags, strict=True)]
    start = 0
    for end in ends:
        yield points[start : end + 1]
        start = end + 1


def _coordinates(glyph: bytes, at: int, flags: Sequence[int], short: int, same: int) -> tuple[list[int], int]:
    value, values = 0, []
    for flag in flags:
        if flag & short:
            value += glyph[at] if flag & same else -glyph[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", glyph, at)[0]
            at += 2
        values.append(value)
    return values, at


@lru_cache(maxsize=2)
def outlines(name: str) -> Outlines:
    """The face called *name* in `bench.papers.fonts`. Raises FontMissing."""
    face = font(name, 10)
    assert isinstance(face.path, str)
    return Outlines(Path(face.path).read_bytes())


def _tables(data: bytes, index: int) -> Tables:
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    found: Tables = {}
    for at in range(start + 12, start + 12 + 16 * count, 16):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, at)
        found[tag.decode("ascii")] = data[offset : offset + length]
    return found


def _character_map(cmap: bytes) -> dict[int, int]:
    """Of the table for Unicode's first plane (platform 3, encoding 1, format 4)."""
    count = struct.unpack_from(">H", cmap, 2)[0]
    for at in range(4, 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, at)
        if (platform, encoding) == (3, 1):
            return dict(_segments(cmap[offset:]))
    raise ValueError("the font has no table for Unicode")


def _segments(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{count}{kind}", table, 14 + 2 * count * at + (2 if at else 0)) for at, kind in enumerate("HHhH")
    )
    base = 16 + 6 * count
    for at, (end, start, delta, reach) in enumerate(zip(ends, starts, deltas, ranges, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code + delta
            if reach:
                inner = struct.unpack_from(">H", table, base + 2 * at + reach + 2 * (code - start))[0]
                glyph = inner + delta if inner else 0
            if glyph & 0xFFFF:
                yield code, glyph & 0xFFFF


def _left(glyph: bytes) -> int:
    return int(struct.unpack_from(">h", glyph, 2)[0]) if glyph else 0


def _file(tables: Tables) -> bytes:
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(">IHHHH", 0x00010000, len(tables), power * 16, power.bit_length() - 1, (len(tables) - power) * 16)
    at, directory, body = len(head) + 16 * len(tables), b"", b""
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag.encode(), _checksum(data), at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return head + directory + body


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    return int(sum(struct.unpack(f">{len(padded) // 4}I", padded))) & 0xFFFFFFFF
