"""A TrueType font whose glyphs leave no ink, for text that is read and searched but not seen.

Three glyphs: the one that every font needs (`.notdef`, empty), one half an em wide and one a whole em wide. These two are
a line out and back, which encloses nothing; viewers take from it how high a character is. The tables are those that
PDF 32000-1, 9.9 asks of an embedded TrueType program for a CIDFont; layouts are of the OpenType specification.
"""

import struct
import unicodedata

UNITS_PER_EM = 1000
HALF, FULL = 1, 2
"""Glyph numbers."""
ASCENT, DESCENT = 800, -200

_ADVANCES = (500, 500, 1000)
_MAGIC = 0x5F0F3CF5
_CHECKSUM_OF_FONT = 0xB1B0AFBA


def glyph_of(char: str) -> int:
    """FULL for characters that East Asian text sets a whole em wide, else HALF."""
    return FULL if unicodedata.east_asian_width(char) in {"W", "F", "A"} else HALF


def advance_of(char: str) -> int:
    """Width in thousandths of an em."""
    return _ADVANCES[glyph_of(char)]


def font_file() -> bytes:
    """The font; the same bytes every time."""
    tables = {b"glyf": _glyf(), b"head": _head(0), b"hhea": _hhea(), b"hmtx": _hmtx(), b"loca": _loca(), b"maxp": _maxp()}
    whole = _assembled(tables)
    return _assembled(tables | {b"head": _head(_CHECKSUM_OF_FONT - _checksum(whole) & 0xFFFFFFFF)})


def _glyf() -> bytes:
    return _glyph(_ADVANCES[HALF]) + _glyph(_ADVANCES[FULL])


def _glyph(width: int) -> bytes:
    """One contour of two points, from the lower left to the upper right corner and back."""
    bounds = struct.pack(">hhhhh", 1, 0, DESCENT, width, ASCENT)
    points = struct.pack(">HHBBhhhh", 1, 0, 1, 1, 0, width, DESCENT, ASCENT - DESCENT)
    return bounds + points


def _loca() -> bytes:
    size = len(_glyph(0)) // 2
    return struct.pack(">HHHH", 0, 0, size, 2 * size)


def _head(adjustment: int) -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x00010000, 0x00010000, adjustment, _MAGIC, 0, UNITS_PER_EM),
        *(0, 0),  # made and changed: no date
        *(0, DESCENT, max(_ADVANCES), ASCENT),
        *(0, 3, 2, 0, 0),
    )


def _hhea() -> bytes:
    return struct.pack(">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, max(_ADVANCES), *(0,) * 11, len(_ADVANCES))


def _hmtx() -> bytes:
    return b"".join(struct.pack(">Hh", advance, 0) for advance in _ADVANCES)


def _maxp() -> bytes:
    return struct.pack(">IH13H", 0x00010000, len(_ADVANCES), 2, 1, 0, 0, 2, *(0,) * 8)


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    header = struct.pack(">IHHHH", 0x00010000, count, 64, 2, count * 16 - 64)  # 4 tables fit the search, 2 remain
    offset, records, body = 12 + 16 * count, b"", b""
    for tag, table in sorted(tables.items()):
        records += struct.pack(">4sIII", tag, _checksum(table), offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return header + records + body


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
