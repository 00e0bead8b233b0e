"""What bytes say once the escapes of PDF and XML are undone: a value in hexadecimal digits with blanks between them, in octal
digits, in references to characters or cut up by tags stands in no file as any search of bytes knows it."""

import binascii
import re
from collections.abc import Callable, Iterator

_HEX_STRING = re.compile(rb"<([0-9A-Fa-f\s]{8,})>")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r\n|[\r\n()\\])")
_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_TAG = re.compile(rb"</?[A-Za-z][^<>]*>")
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def unescaped(data: bytes) -> Iterator[bytes]:
    """*data* with one kind of writing undone at a time, for each kind that it has (PDF 32000-1, 7.3.4 and 7.3.5; XML, 4.1)."""
    if digits := _HEX_STRING.findall(data):
        yield b"\n".join(map(_from_digits, digits))
    for pattern, plain in _PLAIN:
        if pattern.search(data):
            yield pattern.sub(plain, data)
    if _TAG.search(data):
        yield _REFERENCE.sub(_character, _TAG.sub(b"", data))


def _from_digits(digits: bytes) -> bytes:
    """An odd last digit counts as if a 0 followed."""
    plain = b"".join(digits.split())
    return binascii.unhexlify(plain + b"0" * (len(plain) % 2))


def _byte(escaped: re.Match[bytes]) -> bytes:
    """What follows a backslash: up to three octal digits, the end of a line that goes on, or what stands for itself."""
    told = escaped.group(1)
    if told[:1].isdigit():
        return bytes((int(told, 8) & 0xFF,))
    return told.strip(b"\r\n")


def _byte_of_name(escaped: re.Match[bytes]) -> bytes:
    return binascii.unhexlify(escaped.group(1))


def _character(reference: re.Match[bytes]) -> bytes:
    """As UTF-8; what refers to no character stays as it is."""
    in_hex, in_decimal = reference.groups()
    code = int(in_hex, 16) if in_hex else int(in_decimal)
    return reference.group() if code > _LAST_CHARACTER or code in _SURROGATES else chr(code).encode()


_PLAIN: tuple[tuple[re.Pattern[bytes], Callable[[re.Match[bytes]], bytes]], ...] = (
    (_ESCAPED, _byte),
    (_IN_NAME, _byte_of_name),
    (_REFERENCE, _character),
)
