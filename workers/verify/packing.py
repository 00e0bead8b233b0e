"""How the streams of a PDF are packed, and what they hold once that is undone (PDF 32000-1, 7.4).

A filter is a name or one of several in an array, may be abbreviated, and any of it may be kept in another object. What qpdf
undoes is undone here as far as it goes; what only a decoder of pictures can undo is left, and said to be.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from archive.errors import Rejected
from schemas.limits import Limits

JPEG = "/DCTDecode"
JPEG_2000 = "/JPXDecode"
_FLATE, _HEX, _BASE_85, _RUNS = "/FlateDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode"
_FULL_NAMES = {
    "/AHx": _HEX,
    "/A85": _BASE_85,
    "/LZW": "/LZWDecode",
    "/Fl": _FLATE,
    "/RL": _RUNS,
    "/CCF": "/CCITTFaxDecode",
    "/DCT": JPEG,
}
"""Meant for pictures within a page's commands, and taken everywhere by every viewer."""
_UNDONE = frozenset({_HEX, _BASE_85, "/LZWDecode", _FLATE, _RUNS})
_END_MARKS = {_HEX: b">", _BASE_85: b"~>"}
_NONE = frozenset({"/Crypt"})
"""Undone when the file is opened."""
_MAY_DRAW_PICTURES = re.compile(rb"\bBI\b.*?\bID\b", re.DOTALL)
_PIECE = 256
_END_OF_RUNS = 128
_MOST_UNPACKED = 3 * Limits().max_page_pixels
"""Bytes of one stream: the largest page that is read, in colour."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`data` is what comes out once all filters but those `left` are undone. `behind` lay inside the stream, behind the
    end of what a filter takes."""

    data: bytes = field(repr=False)
    left: tuple[str, ...]
    behind: bytes = field(repr=False)

    @property
    def jpeg(self) -> bytes | None:
        return self.data if self.left[:1] == (JPEG,) else None


def filters_of(stream: Stream) -> tuple[str, ...]:
    """The full names, in the order in which they are undone."""
    return tuple(name for name, _ in _steps(stream))


def unpacked(stream: Stream) -> Unpacked:
    """Whatever cannot be undone although its name is known is left as it is. Raises Rejected("expands_too_much")."""
    steps, data, behind = list(_steps(stream)), stream.read_raw_bytes(), b""
    while steps and steps[0][0] in _UNDONE:
        name, parameters = steps[0]
        rest = _behind_end(name, data)
        undone = _without(name, parameters, data)
        if undone is None:
            break
        data, steps, behind = undone, steps[1:], behind + rest
    return Unpacked(data, tuple(name for name, _ in steps), behind)


def drawn_inside(pdf: Pdf) -> Iterator[Stream]:
    """The pictures that lie within the commands of pages, forms, patterns and glyphs, each as if it were a stream of its own.
    *pdf* gains objects, and is not to be saved after."""
    for page in pdf.pages:
        if isinstance(page.obj.get("/Contents"), Array):
            yield from _drawn_by(page, pdf)
    for each in list(pdf.objects):
        if isinstance(each, Stream) and each.get("/Subtype") != Name.Image and _MAY_DRAW_PICTURES.search(unpacked(each).data):
            yield from _drawn_by(each, pdf)


def _drawn_by(commands: Object | pikepdf.Page, pdf: Pdf) -> Iterator[Stream]:
    try:
        steps = pikepdf.parse_content_stream(commands)
    except pikepdf.PdfError:
        return  # what is no list of commands draws nothing
    yield from (_as_stream(pdf, step.iimage) for step in steps if isinstance(step, pikepdf.ContentStreamInlineImage))


def _as_stream(pdf: Pdf, picture: pikepdf.PdfInlineImage) -> Stream:
    keys = Dictionary(Type=Name.XObject, Subtype=Name.Image)
    for key in picture.obj.keys():  # noqa: SIM118 - it is not iterable itself
        keys[key] = picture.obj[key]
    return Stream(pdf, picture.read_raw_bytes(), keys)


def _steps(stream: Stream) -> Iterator[tuple[str, Object | None]]:
    """Each filter with its parameters."""
    names, parameters = _each(stream.get("/Filter")), _each(stream.get("/DecodeParms", stream.get("/DP")))
    for at, name in enumerate(names):
        full = _FULL_NAMES.get(str(name), str(name)) if isinstance(name, Name) else "?"
        if full not in _NONE:
            yield full, parameters[at] if at < len(parameters) else None


def _each(value: Object | None) -> Sequence[Object]:
    if value is None:
        return ()
    return list(value) if isinstance(value, Array) else [value]


def _without(name: str, parameters: Object | None, data: bytes) -> bytes | None:
    """*data* with one filter undone by qpdf; None where it cannot be."""
    keys = Dictionary(Filter=Name(name))
    with Pdf.new() as alone:
        if isinstance(parameters, Dictionary):
            keys.DecodeParms = Dictionary({key: parameters[key] for key in parameters.keys() if _is_number(parameters[key])})  # noqa: SIM118
        try:
            return Stream(alone, data, keys).read_bytes(decode_level=pikepdf.StreamDecodeLevel.specialized)
        except pikepdf.PdfError:
            return None


def _is_number(value: object) -> bool:
    return isinstance(value, int)


def _behind_end(name: str, data: bytes) -> bytes:
    if name == _FLATE:
        return _behind_flate(data)
    if name == _RUNS:
        return data[_end_of_runs(data) :]
    return data.partition(_END_MARKS[name])[2] if name in _END_MARKS else b""


def _behind_flate(data: bytes) -> bytes:
    """Also behind the place where it is damaged, to some hundred bytes."""
    inflater, length = zlib.decompressobj(), 0
    for at in range(0, len(data), _PIECE):
        try:
            length += len(inflater.decompress(data[at : at + _PIECE]))
        except zlib.error:
            return data[at + _PIECE :]
        if length > _MOST_UNPACKED:
            raise Rejected("expands_too_much")
        if inflater.eof:
            return inflater.unused_data + data[at + _PIECE :]
    return b""


def _end_of_runs(data: bytes) -> int:
    at = 0
    while at < len(data) and data[at] != _END_OF_RUNS:
        at += data[at] + 2 if data[at] < _END_OF_RUNS else 2
    return at + 1
