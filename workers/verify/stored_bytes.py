"""Values looked for in bytes, in the encodings that files keep text in."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from workers.redact.likeness import plain
from workers.verify.secrets import Secrets

_SHORTEST = 4
_SHORTEST_IN_PICTURES = 6
"""Bytes. Any four bytes occur once in 4 GB of compressed data, and a document has hundreds of values in several forms."""
_SHORTEST_DIGITS = 7
"""Bytes. Object tables and drawing commands are full of shorter numbers."""
_SHORTEST_LATIN = 5
_WINDOW = 1 << 22
_ZLIB_HEAD = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_MOST_INFLATED = 1 << 26

Pattern = tuple[bytes, str]


class ByteSearch:
    """Looks for the values of *secrets* as UTF-8, UTF-16, UTF-32 and GBK, and as the hexadecimal digits of these.

    Two tables over pairs of bytes leave few places to compare, so that the time hardly depends on how many values there are.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._patterns: dict[bytes, list[Pattern]] = {}
        for pattern, kind in dict.fromkeys(_patterns(secrets)):
            self._patterns.setdefault(pattern[:_SHORTEST], []).append((pattern, kind))
        self._first, self._second = (_pair_table(start[at : at + 2] for start in self._patterns) for at in (0, 2))

    def __call__(self, data: bytes, *, is_compressed: bool = False) -> set[str]:
        """The kinds of values found. Compressed data holds short strings by chance; only longer ones count in it."""
        shortest = _SHORTEST_IN_PICTURES if is_compressed else _SHORTEST
        longest = max((len(pattern) for each in self._patterns.values() for pattern, _ in each), default=0)
        kinds: set[str] = set()
        for start in range(0, len(data) if longest else 0, _WINDOW):
            kinds.update(self._in_window(data[start : start + _WINDOW + longest], shortest))
        return kinds

    def _in_window(self, window: bytes, shortest: int) -> Iterator[str]:
        for at in self._candidates(window):
            for pattern, kind in self._patterns.get(window[at : at + _SHORTEST], ()):
                if len(pattern) >= shortest and window.startswith(pattern, at):
                    yield kind

    def _candidates(self, window: bytes) -> list[int]:
        if len(window) < _SHORTEST:
            return []
        values = np.frombuffer(window, np.uint8)
        pairs = values[:-1].astype(np.uint16) << 8 | values[1:]
        places: list[int] = np.nonzero(self._first[pairs[:-2]] & self._second[pairs[2:]])[0].tolist()
        return places


def inflated_anywhere(data: bytes) -> Iterator[bytes]:
    """Whatever in *data* is packed by zlib (RFC 1950), wherever it starts: between objects, behind the end of a stream that
    other tools stop reading at, behind the end of the file. At most 64 MiB of each."""
    at = 0
    while (match := _ZLIB_HEAD.search(data, at)) is not None:
        inflater, at = zlib.decompressobj(), match.start() + 1
        try:
            content = inflater.decompress(memoryview(data)[match.start() :], _MOST_INFLATED)
        except zlib.error:
            continue  # two bytes that look like the start of something packed
        if content:
            yield content
        if inflater.eof:
            at = len(data) - len(inflater.unused_data)


def _pair_table(pairs: Iterator[bytes]) -> NDArray[np.bool_]:
    table = np.zeros(1 << 16, np.bool_)
    table[[int.from_bytes(pair, "big") for pair in pairs]] = True
    return table


def _patterns(secrets: Secrets) -> Iterator[Pattern]:
    forms = {(form, secret.kind) for secret in secrets.values for form in (secret.value, plain(secret.value))}
    for form, kind in sorted(forms):
        for encoded in _encodings(form):
            if len(encoded) >= _least(encoded):
                yield encoded, kind
            for digits in (encoded.hex(), encoded.hex().upper()):
                yield digits.encode("ascii"), kind


def _least(encoded: bytes) -> int:
    if encoded.isdigit():
        return _SHORTEST_DIGITS
    return _SHORTEST_LATIN if encoded.isascii() else _SHORTEST


def _encodings(value: str) -> Iterator[bytes]:
    yield value.encode("utf-8")
    yield value.encode("utf-16-be")
    yield value.encode("utf-16-le")
    yield value.encode("utf-32-be")
    yield value.encode("utf-32-le")
    with suppress(UnicodeEncodeError):  # a character that GBK lacks cannot be kept in it
        yield value.encode("gbk")
