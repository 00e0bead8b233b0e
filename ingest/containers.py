"""What lies in a ZIP, one member at a time, as streams: nothing is written to disk, and no member is held in memory.

Nothing in a container is believed: names may climb out, sizes may lie, and one bad member says nothing about the next.
"""

import errno
import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, cast

from archive.errors import Rejected
from ingest.limits import BoundedStream, Expansion
from ingest.sniff import HEAD_BYTES, ZIP, is_package_part, sniff
from schemas.limits import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_ENCRYPTED = 0x01
_UTF8_NAME = 0x800
_UNICODE_PATH_FIELD = 0x7075  # APPNOTE.TXT 4.6.9
_DIRECTORY_BYTES_PER_MEMBER = 1024  # 46 fixed, a path of some 200 bytes, extra fields; far above any honest average
_TAIL_BYTES = 1 << 17  # where zipfile looks for the end record: 22 bytes and a comment of at most 65,535
_SKIP_BYTES = 1 << 20
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the container. `stream` reads its bytes once, from the first, until the next member is asked for.

    Reading raises Rejected("damaged_container" | "expands_too_much" | "too_large") where the bytes turn out so; the
    members after it are not touched by that. `path` has folders separated by `/`, those of containers around it first.
    `declared_bytes` is what the container says; the truth is known only when `stream` ends.
    """

    path: str = field(repr=False)
    declared_bytes: int
    stream: BinaryIO = field(repr=False)


@dataclass(frozen=True, slots=True)
class BadMember:
    """A member, or a container inside the container, that cannot be taken. `reason` is a code of schemas.reasons."""

    path: str = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class SkippedMember:
    """What no person put there to be kept. `kind` is `directory` or `system_file`."""

    path: str = field(repr=False)
    kind: str


AnyMember = Member | BadMember | SkippedMember


@dataclass(slots=True)
class _Unpacking:
    """What all containers inside one file share."""

    limits: Limits
    expansion: Expansion
    member_count: int = 0

    def admit(self, count: int) -> None:
        self.member_count += count
        if self.member_count > self.limits.max_members:
            raise Rejected("too_many_members", f"{self.member_count}, limit {self.limits.max_members}")


def members(stream: BinaryIO, limits: Limits, depth: int = 1) -> Iterator[AnyMember]:
    """Every entry of the ZIP in the seekable *stream*, in the order of its bytes, ZIPs inside it unpacked in their place.

    *depth* counts the containers around a member, from 1. The first `next` raises Rejected("damaged_container" |
    "too_many_members" | "unsupported_type" for a package such as OOXML) if the container as a whole cannot be taken;
    OSError where *stream* itself cannot be read.
    """
    run = _Unpacking(limits, Expansion(limits, packed_bytes=stream.seek(0, io.SEEK_END)))
    yield from _walk(stream, "", depth, run)


def _walk(stream: BinaryIO, folder: str, depth: int, run: _Unpacking) -> Iterator[AnyMember]:
    with _open(stream, run) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
            yield from _entry(archive, info, folder, depth, run)


def _open(stream: BinaryIO, run: _Unpacking) -> zipfile.ZipFile:
    archive = _directory(_Shared(stream, max(_TAIL_BYTES, run.limits.max_members * _DIRECTORY_BYTES_PER_MEMBER)))
    names = [_name_of(info) for info in archive.infolist()]
    run.admit(len(names))
    if any(is_package_part(name) for name in names):
        raise Rejected("unsupported_type", "a package, not a folder of files")
    return archive


def _directory(shared: "_Shared") -> zipfile.ZipFile:
    try:
        with _damage_rejected():
            return zipfile.ZipFile(cast("BinaryIO", shared))
    except Rejected:
        if shared.failure is not None:  # zipfile takes a disk that fails for "not a zip file"
            raise shared.failure from None
        raise


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: str, depth: int, run: _Unpacking) -> Iterator[AnyMember]:
    name = _name_of(info)
    path = folder + name
    if reason := _fault(info, name, run):
        yield BadMember(path, reason)
    elif kind := _skipped_kind(name):
        yield SkippedMember(path, kind)
    else:
        yield from _unpacked(archive, info, path, depth, run)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, depth: int, run: _Unpacking) -> Iterator[AnyMember]:
    try:
        stream = _opened(archive, info, run)
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    except Rejected as error:
        yield BadMember(path, error.reason)
        return
    with stream:
        if sniff(head) != ZIP:
            yield Member(path, info.file_size, stream)
            return
    if depth >= run.limits.max_nesting:
        yield BadMember(path, "nested_too_deep")
        return
    yield from _nested(lambda: _opened(archive, info, run), info.file_size, path, depth, run)


def _nested(reopen: Callable[[], io.BufferedReader], size: int, path: str, depth: int, run: _Unpacking) -> Iterator[AnyMember]:
    try:
        with _Rewound(reopen, size) as stream:
            yield from _walk(cast("BinaryIO", stream), path + "/", depth + 1, run)
    except Rejected as error:
        yield BadMember(path, error.reason)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, run: _Unpacking) -> io.BufferedReader:
    with _damage_rejected():
        source = archive.open(info)
    return io.BufferedReader(_MemberStream(cast("BinaryIO", source), run.limits, run.expansion), buffer_size=16 * HEAD_BYTES)


def _fault(info: zipfile.ZipInfo, name: str, run: _Unpacking) -> str | None:
    """Why a member is refused before a byte of it is read."""
    if _is_unsafe(name) or stat.S_ISLNK(info.external_attr >> 16):
        return "unsafe_path"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted_container"
    if info.file_size > run.limits.max_file_bytes:
        return "too_large"
    return "expands_too_much" if run.expansion.is_spent else None


def _is_unsafe(name: str) -> bool:
    climbs = ".." in name.split("/")
    return not name or climbs or name.startswith("/") or bool(_DRIVE.match(name) or _CONTROL.search(name))


def _skipped_kind(name: str) -> str | None:
    if name.endswith("/"):
        return "directory"
    parts = name.split("/")
    return "system_file" if "__MACOSX" in parts or parts[-1].lower() in _SYSTEM_FILES else None


def _name_of(info: zipfile.ZipInfo) -> str:
    """The member's path as it was meant, with `/` between folders.

    Without the UTF-8 flag the standard says cp437, and zipfile decodes so; Chinese Windows writes GBK, others UTF-8 unflagged.
    """
    if info.flag_bits & _UTF8_NAME:
        name = info.orig_filename
    else:
        raw = info.orig_filename.encode("cp437")
        name = _unicode_path(info.extra, raw) or _decoded(raw)
    return name.replace("\\", "/")


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gbk"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path field, if there is one and it was made for this name."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        body = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH_FIELD and body[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return body[5:].decode("utf-8", "replace")
        at += 4 + size
    return None


@contextmanager
def _damage_rejected() -> Iterator[None]:
    """What zipfile raises on wrong bytes, as Rejected. Not chained: its messages quote the member's name."""
    try:
        yield
    except NotImplementedError:
        raise Rejected("unsupported_type", "packed by a method that is not read here") from None
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError, OverflowError) as error:
        raise Rejected("damaged_container", type(error).__name__) from None
    except OSError as error:
        # bz2 reports wrong data without a number, and a wrong offset makes the seek before a file's start invalid.
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise Rejected("damaged_container", type(error).__name__) from None


class _MemberStream(BoundedStream):
    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        with _damage_rejected():
            return super().readinto(buffer)


class _Shared(io.RawIOBase):
    """A view of *source* that refuses reads of more than *most* bytes at once, and is closed without closing it.

    zipfile reads the whole directory in one piece, as long as the end record says: this keeps a lie from filling memory.
    Members are read in pieces that are smaller by far.
    """

    def __init__(self, source: BinaryIO, most: int) -> None:
        super().__init__()
        self._source = source
        self._most = most
        self.failure: OSError | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._most + 1 if size is None or size < 0 else size
        if size is not None and size > self._most:
            raise Rejected("too_many_members", f"a directory of {size} bytes")
        try:
            chunk = self._source.read(wanted)
        except OSError as error:
            self.failure = error
            raise
        if len(chunk) > self._most:
            raise Rejected("too_many_members", "the end record has a long tail")
        return chunk


class _Rewound(io.RawIOBase):
    """A seekable view of a member, for a ZIP inside a ZIP: going back opens the member again and reads up to the place.

    That costs time and no space; the bytes of every pass count against the limits.
    """

    def __init__(self, reopen: Callable[[], io.BufferedReader], size: int) -> None:
        super().__init__()
        self._reopen = reopen
        self._size = size
        self._stream = reopen()
        self._reached = 0
        self._wanted = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._wanted

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._wanted = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._wanted, io.SEEK_END: self._size}[whence]
        if self._wanted < 0:
            raise ValueError("before the start of the member")
        return self._wanted

    def read(self, size: int | None = -1, /) -> bytes:
        self._go_to_wanted()
        chunk = self._stream.read(size)
        self._reached += len(chunk)
        self._wanted = self._reached
        return chunk

    def _go_to_wanted(self) -> None:
        if self._wanted < self._reached:
            self._stream.close()
            self._stream, self._reached = self._reopen(), 0
        while self._reached < self._wanted:
            passed = len(self._stream.read(min(_SKIP_BYTES, self._wanted - self._reached)))
            if not passed:
                return
            self._reached += passed

    def close(self) -> None:
        self._stream.close()
        super().close()
