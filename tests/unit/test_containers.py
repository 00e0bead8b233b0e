"""Containers give what is good in them and say what is not, whatever their headers claim."""

import io
import random
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest

from archive.errors import Rejected
from ingest.containers import AnyMember, BadMember, Member, SkippedMember, members
from ingest.limits import BoundedStream, check_file_bytes
from schemas.limits import Limits

LIMITS = Limits()
SMALL = Limits(
    max_file_bytes=1 << 20, max_members=5, max_expansion_ratio=10, max_unjudged_bytes=1 << 16, max_expanded_bytes=1 << 21
)


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body, method)
    return out.getvalue()


def _noise(count: int) -> bytes:
    return random.Random(7).randbytes(count)


def _taken(container: bytes, limits: Limits = LIMITS) -> list[tuple[str, bytes | str]]:
    """Path and bytes of what can be read, path and reason or kind of what cannot."""
    return [(member.path, _outcome(member)) for member in members(io.BytesIO(container), limits)]


def _outcome(member: AnyMember) -> bytes | str:
    match member:
        case Member():
            try:
                return member.stream.read()
            except Rejected as error:
                return error.reason
        case BadMember():
            return member.reason
        case SkippedMember():
            return f"skipped {member.kind}"


def _renamed(container: bytes, before: bytes, after: bytes, *, utf8: bool = False) -> bytes:
    """The container with one name replaced by raw bytes of the same length, and the UTF-8 flag cleared or kept."""
    assert len(before) == len(after)
    out = bytearray(container.replace(before, after))
    if not utf8:
        for magic, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = out.find(magic)
            while at >= 0:
                flags = struct.unpack_from("<H", out, at + flags_at)[0]
                struct.pack_into("<H", out, at + flags_at, flags & ~0x800)
                at = out.find(magic, at + 1)
    return bytes(out)


def test_members_come_in_order_with_their_bytes() -> None:
    assert _taken(_zip(("a.tif", b"one"), ("箱/二.pdf", b"two"))) == [("a.tif", b"one"), ("箱/二.pdf", b"two")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_method_is_unpacked(method: int) -> None:
    body = _noise(300_000)
    assert _taken(_zip(("a", body), method=method)) == [("a", body)]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("理赔.tif".encode("gbk"), "理赔.tif"),
        ("理赔.tif".encode(), "理赔.tif"),
        ("café.tif".encode("cp437"), "café.tif"),
        (b"box\\1.tif", "box/1.tif"),
    ],
    ids=["gbk", "utf-8 without its flag", "cp437", "backslashes"],
)
def test_names_are_read_as_they_were_meant(raw: bytes, name: str) -> None:
    placeholder = "x" * len(raw)
    container = _renamed(_zip((placeholder, b"page")), placeholder.encode(), raw)
    assert _taken(container) == [(name, b"page")]


def test_the_unicode_path_field_wins_over_the_name_it_was_made_for() -> None:
    info = zipfile.ZipInfo("____.tif")
    name = "保单.tif".encode()
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(b"____.tif")) + name
    assert _taken(_zip((info, b"page"))) == [("保单.tif", b"page")]


@pytest.mark.parametrize(
    "name", ["../up.tif", "a/../../up.tif", "/etc/passwd", "C:\\up.tif", "..\\up.tif", "c:up.tif", "a\x01.tif"]
)
def test_paths_that_leave_the_container_are_refused_and_the_rest_is_read(name: str) -> None:
    assert _taken(_zip((name, b"bad"), ("good.tif", b"good"))) == [
        (name.replace("\\", "/"), "unsafe_path"),
        ("good.tif", b"good"),
    ]


def test_a_symbolic_link_is_refused() -> None:
    link = zipfile.ZipInfo("link.tif")
    link.external_attr = 0o120777 << 16
    assert _taken(_zip((link, b"/etc/passwd"))) == [("link.tif", "unsafe_path")]


def test_dots_within_a_name_are_no_climbing() -> None:
    assert _taken(_zip(("a..b/c...tif", b"page"))) == [("a..b/c...tif", b"page")]


def test_what_no_person_put_there_is_reported_as_skipped() -> None:
    container = _zip(
        ("box/", b""), ("box/.DS_Store", b"x"), ("Thumbs.db", b"x"), ("__MACOSX/box/._1.tif", b"x"), ("box/1.tif", b"p")
    )
    assert _taken(container) == [
        ("box/", "skipped directory"),
        ("box/.DS_Store", "skipped system_file"),
        ("Thumbs.db", "skipped system_file"),
        ("__MACOSX/box/._1.tif", "skipped system_file"),
        ("box/1.tif", b"p"),
    ]


def test_an_encrypted_member_is_refused_alone() -> None:
    container = bytearray(_zip(("secret.tif", b"x" * 40), ("open.tif", b"open")))
    for magic, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        container[container.find(magic) + flags_at] |= 1
    assert _taken(bytes(container)) == [("secret.tif", "encrypted_container"), ("open.tif", b"open")]


@pytest.mark.parametrize("size", [100, 500_000], ids=["found while sniffing", "found while reading"])
def test_a_member_with_a_wrong_checksum_is_damaged_and_the_rest_is_read(size: int) -> None:
    body = _noise(size)
    container = bytearray(_zip(("bad.tif", body), ("good.tif", b"good"), method=zipfile.ZIP_STORED))
    container[container.find(body[-16:])] ^= 0xFF
    assert _taken(bytes(container)) == [("bad.tif", "damaged_container"), ("good.tif", b"good")]


def test_a_member_with_wrong_deflate_data_is_damaged() -> None:
    container = bytearray(_zip(("bad.tif", b"text " * 50_000), ("good.tif", b"good")))
    container[45:60] = b"\xff" * 15
    assert _taken(bytes(container)) == [("bad.tif", "damaged_container"), ("good.tif", b"good")]


def test_no_message_and_no_repr_quotes_a_name() -> None:
    body = _noise(400_000)
    container = bytearray(_zip(("张三.tif", body), method=zipfile.ZIP_STORED))
    container[container.find(body[-16:])] ^= 0xFF
    (member,) = members(io.BytesIO(bytes(container)), LIMITS)
    assert isinstance(member, Member)
    with pytest.raises(ValueError, match="closed"):
        member.stream.read()  # the next member was asked for
    (found,) = (member for member in [next(members(io.BytesIO(bytes(container)), LIMITS))])
    assert "张三" not in repr(found)
    for member in members(io.BytesIO(bytes(container)), LIMITS):
        assert isinstance(member, Member)
        with pytest.raises(Rejected) as caught:
            member.stream.read()
        assert "张三" not in str(caught.value)
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("container", [b"", b"PK\x03\x04 nothing more", _zip(("a", b"a"))[:-30]], ids=["empty", "stub", "cut"])
def test_a_container_without_a_directory_is_damaged_as_a_whole(container: bytes) -> None:
    with pytest.raises(Rejected, match="damaged_container"):
        _taken(container)


def test_a_container_without_members_gives_none() -> None:
    assert _taken(_zip()) == []


def test_an_office_package_is_refused_even_when_its_list_of_contents_comes_last() -> None:
    with pytest.raises(Rejected, match="unsupported_type"):
        _taken(_zip(("thumbnail.jpeg", b"x"), ("[Content_Types].xml", b"<Types/>")))


def test_more_members_than_the_limit_are_refused_before_the_first() -> None:
    with pytest.raises(Rejected, match="too_many_members"):
        _taken(_zip(*((f"{n}.tif", b"") for n in range(6))), SMALL)


def test_a_directory_that_claims_to_be_huge_is_refused_before_it_is_read() -> None:
    padding = b"\0" * (1 << 18)
    container = bytearray(padding + _zip(("a", b"a")))
    end = container.rfind(b"PK\x05\x06")
    struct.pack_into("<I", container, end + 12, 1 << 18)  # the directory's length
    with pytest.raises(Rejected, match="too_many_members"):
        _taken(bytes(container), SMALL)


def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = _zip(("zeros.bmp", bytes(900_000)), ("after.tif", b"after"))
    assert _taken(bomb, SMALL) == [("zeros.bmp", "expands_too_much"), ("after.tif", "expands_too_much")]


def test_a_size_in_the_header_is_not_believed() -> None:
    container = bytearray(_zip(("zeros.bmp", bytes(900_000))))
    struct.pack_into("<I", container, container.find(b"PK\x01\x02") + 24, 10)
    ((_, outcome),) = _taken(bytes(container), SMALL)
    assert outcome == "damaged_container"  # its ten bytes do not match the checksum, and no eleventh is unpacked


def test_a_blank_page_may_pack_well() -> None:
    page = bytes(60_000)
    assert _taken(_zip(("blank.bmp", page)), SMALL) == [("blank.bmp", page)]


def test_a_member_over_the_file_limit_is_refused_by_its_header() -> None:
    assert _taken(_zip(("big.tif", _noise((1 << 20) + 1))), SMALL) == [("big.tif", "too_large")]


def test_a_stream_over_the_file_limit_is_stopped_while_it_is_read() -> None:
    stream = io.BufferedReader(BoundedStream(io.BytesIO(bytes(300_000)), replace(LIMITS, max_file_bytes=100_000)))
    with pytest.raises(Rejected, match="too_large"):
        stream.read()


def test_a_zip_in_a_zip_is_unpacked_in_its_place() -> None:
    body = _noise(200_000)
    inner = _zip(("1.tif", body), ("2.tif", b"two"))
    outer = _zip(("box.zip", inner), ("3.tif", b"three"))
    assert _taken(outer) == [("box.zip/1.tif", body), ("box.zip/2.tif", b"two"), ("3.tif", b"three")]


def test_a_zip_is_known_by_its_bytes_not_its_name() -> None:
    assert _taken(_zip(("box.tif", _zip(("1.tif", b"one"))))) == [("box.tif/1.tif", b"one")]


def test_nesting_deeper_than_the_limit_is_refused_alone() -> None:
    third = _zip(("deep.tif", b"deep"))
    outer = _zip(("b.zip", _zip(("c.zip", third), ("2.tif", b"two"))), ("1.tif", b"one"))
    assert _taken(outer) == [("b.zip/c.zip", "nested_too_deep"), ("b.zip/2.tif", b"two"), ("1.tif", b"one")]


def test_a_damaged_zip_in_a_zip_does_not_stop_the_rest() -> None:
    assert _taken(_zip(("bad.zip", b"PK\x03\x04" + _noise(500)), ("1.tif", b"one"))) == [
        ("bad.zip", "damaged_container"),
        ("1.tif", b"one"),
    ]


def test_an_office_document_in_a_zip_is_handed_on_as_a_file() -> None:
    package = _zip(("[Content_Types].xml", b"<Types/>"))
    assert _taken(_zip(("register.xlsx", package))) == [("register.xlsx", package)]


def test_members_of_inner_containers_count_against_the_limit() -> None:
    inner = _zip(*((f"{n}.tif", b"x") for n in range(4)))
    assert _taken(_zip(("a.zip", inner), ("b.tif", b"b")), SMALL) == [("a.zip", "too_many_members"), ("b.tif", b"b")]


def test_nested_bombs_share_one_allowance() -> None:
    layer = _zip(("zeros", bytes(500_000)))
    outcomes = [outcome for _, outcome in _taken(_zip(("1.zip", layer), ("2.zip", layer)), SMALL)]
    assert set(outcomes) == {"expands_too_much"}


def test_a_disk_that_fails_is_not_called_a_damaged_container() -> None:
    class FailingDisk(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        list(members(FailingDisk(_zip(("a", b"a"))), LIMITS))


def test_a_file_is_refused_by_its_size_alone() -> None:
    check_file_bytes(LIMITS.max_file_bytes, LIMITS)
    with pytest.raises(Rejected, match="empty_file"):
        check_file_bytes(0, LIMITS)
    with pytest.raises(Rejected, match="too_large"):
        check_file_bytes(LIMITS.max_file_bytes + 1, LIMITS)


def test_a_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="max_pages"):
        Limits(max_pages=0)
