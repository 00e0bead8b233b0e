"""Files that lie within a PDF and that nothing says to be files: pictures, packages and PDFs in streams of other things, in
strings, behind the end of what is packed, in digits.

What one holds is not looked at: whoever redacted the file did not look at it either. Pictures that are named as such are judged
by what they show (`stored_pictures`), attachments by their keys (`structure`).
"""

import base64
import binascii
import io
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from PIL import Image, UnidentifiedImageError

from workers.verify.packing import JPEG_2000, Unpacked, drawn_inside, unpacked

_BEGINS = re.compile(
    rb"(?P<picture>\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|GIF8[79]a|II\*\0|MM\0\*|RIFF....WEBP|\0\0\0\x0cjP  \r\n\x87\n)"
    rb"|(?P<pdf>%PDF-[12]\.\d)"
    rb"|(?P<gzip>\x1f\x8b\x08[\0-\x1f])"
    rb"|PK\x03\x04[\x0a-\x3f]\0..[\0\x08\x09\x0c\x0e]\0|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]1AY&SY|\xfd7zXZ\0"
    rb"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    re.DOTALL,
)
"""How files begin in which something of a page could be kept."""
_OBJECT = b" obj"
_SMALLEST = 64
"""Pixels; a smaller picture holds no line of text that could be read."""
_SHORTEST = 200
"""Bytes; a picture of a line of text takes more."""
_GZIP_WINDOW, _PIECE = 16 + zlib.MAX_WBITS, 1 << 12
_BASE_64 = re.compile(rb"(?:[A-Za-z0-9+/]|&#x[ADad];|[\r\n]){400,}={0,2}")
_LINE_END = re.compile(rb"&#x[ADad];|\s")
_DIGITS = re.compile(rb"[0-9A-Fa-f\s]{400,}")
_START_OF_SCAN, _END_OF_JPEG = b"\xff\xda", b"\xff\xd9"


def has_inner_file(pdf: Pdf) -> bool:
    """*pdf* may gain objects, and is not to be saved after."""
    inline = [*drawn_inside(pdf)]
    beside_pictures = (*(each for each in pdf.objects if isinstance(each, Stream)), *inline)
    if any(holds_file(data) for each in beside_pictures for data in _of_stream(each, inline)):
        return True
    return any(map(holds_file, (told for each in (*pdf.objects, pdf.trailer) for told in _long_strings(each))))


def holds_file(data: bytes) -> bool:
    """Whether a file begins anywhere in *data*, as it lies or once base 64 or hexadecimal digits are undone."""
    return any(map(_is_file, _with_undone(data)))


def _with_undone(data: bytes) -> Iterator[bytes]:
    yield data
    for digits in _BASE_64.finditer(data):
        plain = _LINE_END.sub(b"", digits.group()).rstrip(b"=")
        yield base64.b64decode(plain[: len(plain) // 4 * 4])
    for digits in _DIGITS.finditer(data):
        plain = b"".join(digits.group().split())
        yield binascii.unhexlify(plain[: len(plain) // 2 * 2])


def _is_file(data: bytes) -> bool:
    return any(_begins_at(data, found) for found in _BEGINS.finditer(data))


def _begins_at(data: bytes, found: re.Match[bytes]) -> bool:
    if found["picture"]:
        return _is_picture(data[found.start() :])
    if found["pdf"]:
        return data.find(_OBJECT, found.end()) >= 0
    if found["gzip"]:
        return _unpacks(data[found.start() : found.start() + _PIECE])
    return True


def _unpacks(data: bytes) -> bool:
    """Whether more than a few bytes come out; three bytes and a half begin like gzip by chance."""
    try:
        return len(zlib.decompressobj(_GZIP_WINDOW).decompress(data)) >= _SHORTEST
    except zlib.error:
        return False


def _is_picture(data: bytes) -> bool:
    """Whether its own head says how large it is; three bytes begin like a picture by chance."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as picture:
            return min(picture.size) >= _SMALLEST
    except Image.DecompressionBombError:
        return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False


def _of_stream(stream: Stream, inline: Sequence[Stream]) -> Iterator[bytes]:
    """What of *stream* may hold a file that is named as none: not a picture itself, nor those *inline* in its commands."""
    content = unpacked(stream)
    yield content.behind
    if stream.get("/Subtype") == Name.Image:
        yield _beside_picture(content)
    elif holds_file(content.data):
        rest = content.data
        for picture in inline:
            rest = rest.replace(picture.read_raw_bytes(), b"")
        yield rest


def _beside_picture(content: Unpacked) -> bytes:
    """What a packed picture holds besides itself: all before its scan and behind its end. Of one whose samples are plain or
    packed in another way, nothing: a file among samples is read as samples."""
    if content.jpeg is not None:
        scan, end = content.data.find(_START_OF_SCAN), content.data.rfind(_END_OF_JPEG)
        return content.data[2:scan] + content.data[max(end, 2) :]
    return content.data[1:] if content.left[:1] == (JPEG_2000,) else b""


def _long_strings(holder: Object) -> Iterator[bytes]:
    inner: list[object] = []
    if isinstance(holder, (Dictionary, Stream)):
        inner = [holder[key] for key in holder.keys()]  # noqa: SIM118 - it is not iterable itself
    elif isinstance(holder, Array):
        inner = [*holder]
    for each in inner:
        if isinstance(each, String):
            if len(told := bytes(each)) >= _SHORTEST:
                yield told
        elif isinstance(each, (Dictionary, Array)) and not each.is_indirect:
            yield from _long_strings(each)
