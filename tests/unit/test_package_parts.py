"""Packages opened to be searched: nothing in them is passed over, and nothing takes more than its room."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

import pytest

from archive.errors import Rejected
from schemas.limits import Limits
from schemas.redaction import Audience
from schemas.tables import XLSX
from tests.builders.table_files import NUMBER, entities_on, register, tools, with_parts
from workers.extract.typed import typed
from workers.verify import zip_members
from workers.verify.package_parts import Part, loose_bytes, parts, strings
from workers.verify.redacted_table import verify_redacted_table

TELLING = f"<note>{NUMBER}</note>".encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def nested(data: bytes, depth: int) -> bytes:
    """*data* in a package, that in another one, and so on."""
    for _ in range(depth):
        data = zipped({"inner.bin": data})
    return data


def refused(data: bytes) -> str:
    with pytest.raises(Rejected) as error:
        list(parts(data))
    return error.value.reason


def found_in(data: bytes) -> bool:
    return any(NUMBER.encode() in part.data for part in parts(data))


def judged(data: bytes) -> set[str]:
    entities = entities_on(typed(f"身份证号：{NUMBER}"))
    file = io.BytesIO(data)
    verdict = verify_redacted_table(entities, file, XLSX, tools().policy, Audience.PUBLIC, entities_on)
    return {leak.detail if leak.check == "structure" else leak.check for leak in verdict.leaks}


# Limits hold for all depths together


def test_bytes_out_of_packages_inside_one_another_are_counted_together():
    half = Limits().max_unjudged_bytes // 2
    assert [len(part.data) for part in parts(zipped({"a": bytes(half)}))] == [half]
    one = zipped({"a": bytes(half)}, zipfile.ZIP_DEFLATED)
    assert refused(zipped({"1.zip": one, "2.zip": one, "3.zip": one})) == "expands_too_much"


def test_members_of_packages_inside_one_another_are_counted_together():
    third = zipped({f"{at}": b"" for at in range(Limits().max_members // 3)})
    assert len(list(parts(zipped({"1.zip": third, "2.zip": third})))) > 6000
    assert refused(zipped({"1.zip": third, "2.zip": third, "3.zip": third, "4.zip": third})) == "too_many_members"


def test_two_packages_inside_one_another_are_opened_and_three_are_refused():
    assert found_in(nested(TELLING, 3))
    assert refused(nested(TELLING, 4)) == "nested_too_deep"


def test_a_directory_that_promises_too_much_is_refused_before_a_byte_is_unpacked(monkeypatch):
    bomb = zipped({"a": bytes(80_000_000)})
    monkeypatch.setattr(zip_members, "_unpacked", None)
    assert refused(bomb) == "expands_too_much"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_streams_packed_otherwise_are_opened_within_the_same_room(pack):
    assert found_in(zipped({"xl/data.bin": pack(TELLING)}))
    assert refused(zipped({"xl/data.bin": pack(bytes(80_000_000))})) == "expands_too_much"
    assert refused(zipped({"xl/data.bin": pack(TELLING) + b"more"})) == "part_not_searched"


# What a part is, its bytes say


@pytest.mark.parametrize(
    "data",
    [
        TELLING,
        b"\n  " + TELLING,
        b"\xef\xbb\xbf" + TELLING,
        TELLING.decode().encode("utf-16"),
        b"<?xml version='1.0'?>" + TELLING,
    ],
    ids=["bare", "blanks", "bom", "utf-16", "declared"],
)
def test_xml_is_told_by_its_content(data):
    (part,) = parts(zipped({"xl/printerSettings/printer.bin": data}))
    assert part.is_xml
    assert strings(part) == (NUMBER,)


@pytest.mark.parametrize("data", [b"", b"plain, text", b"\x00\x01\x02", b"2 < 3", "打印机".encode("utf-16-le")])
def test_other_bytes_are_no_xml(data):
    assert not Part("printer.bin", data).is_xml


def test_a_value_in_pieces_in_xml_of_another_name_is_found():
    split = "<si>" + "".join(f"<r><t>{char}</t></r>" for char in NUMBER) + "</si>"
    assert "stored_strings" in judged(with_parts(register(), {"xl/strings.bin": split.encode()}))


def test_what_begins_like_xml_and_is_none_is_refused():
    with pytest.raises(Rejected):
        strings(Part("xl/other.bin", b"<note><unended>"))


# Nothing is passed over


def test_a_package_inside_that_begins_with_other_bytes_is_opened():
    assert found_in(zipped({"a.bin": b"#!/bin/sh\n" + zipped({"a": TELLING})}))


def test_members_inside_a_compound_file_are_opened():
    package = zipped({"a": TELLING})
    assert found_in(zipped({"xl/embeddings/object.bin": OLE + bytes(504) + package + bytes(70_000)}))


def test_members_that_no_directory_lists_are_opened():
    package, unlisted = zipped({"a": b"1"}), zipped({"b": TELLING})
    member = unlisted[: unlisted.index(b"PK\x01\x02")]
    at = package.index(b"PK\x01\x02")
    grown = bytearray(package[:at] + member + package[at:])
    end = grown.rindex(b"PK\x05\x06")
    struct.pack_into("<I", grown, end + 16, at + len(member))
    assert found_in(bytes(grown))
    assert NUMBER.encode() in zlib.decompress(member[31:], -15)


def test_bytes_between_the_members_of_a_package_inside_are_given_too():
    inner = zipped({"a": b"1"})
    inner = inner[: inner.index(b"PK\x01\x02")] + TELLING + inner[inner.index(b"PK\x01\x02") :]
    assert found_in(zipped({"b.zip": inner}))


def test_a_member_that_goes_on_behind_the_length_its_directory_gives_is_refused():
    package = bytearray(zipped({"a": b"harmless" + TELLING}))
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        place = package.index(mark)
        struct.pack_into("<I", package, place + at, zlib.crc32(b"harmless"))
        struct.pack_into("<I", package, place + at + 8, len(b"harmless"))
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.read("a") == b"harmless"
    assert refused(bytes(package)) == "damaged_document"


def test_bytes_behind_the_end_of_a_packed_member_are_refused():
    package = bytearray(zipped({"a": b"harmless"}))
    at, more = package.index(b"PK\x01\x02"), zlib.compress(TELLING)
    size = struct.unpack_from("<I", package, at + 20)[0] + len(more)
    struct.pack_into("<I", package, at + 20, size)
    struct.pack_into("<I", package, package.rindex(b"PK\x05\x06") + 16, at + len(more))
    grown = bytes(package[:at]) + more + bytes(package[at:])
    with zipfile.ZipFile(io.BytesIO(grown)) as opened:
        assert opened.read("a") == b"harmless"
    assert refused(grown) == "damaged_document"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_as_no_package_may_be_are_refused(method):
    assert refused(zipped({"a": TELLING}, method)) == "unsupported_office_file"


@pytest.mark.parametrize("data", [PNG, b"7z\xbc\xaf\x27\x1c" + bytes(9), b"Rar!\x1a\x07\x00", b"%PDF-1.7\n", OLE + bytes(504)])
def test_a_part_that_cannot_be_searched_is_refused_where_nothing_else_tells_of_it(data):
    assert refused(with_parts(register(), {"xl/looks/a.bin": data})) == "part_not_searched"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("xl/media/a.png", "pictures"),
        ("docProps/thumbnail.png", "pictures"),
        ("xl/embeddings/a.bin", "attachments"),
        ("xl/activeX/a.bin", "attachments"),
        ("xl/ctrlProps/a.bin", "attachments"),
        ("customXml/a.bin", "attachments"),
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/a.bin", "macros"),
        ("xl/pivotCache/a.bin", "caches"),
        ("xl/externalLinks/a.bin", "caches"),
        ("xl/model/a.bin", "caches"),
        ("xl/revisions/a.bin", "revisions"),
    ],
)
def test_where_its_place_tells_of_it_a_part_is_a_finding_and_the_rest_is_judged(place, told):
    assert told in judged(with_parts(register(), {place: PNG}))


# Bytes of headers


def with_extra(kind: int, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        info = zipfile.ZipInfo("a")
        info.extra = struct.pack("<HH", kind, len(content)) + content
        package.writestr(info, b"1")
    return out.getvalue()


@pytest.mark.parametrize(
    "package",
    [
        zipped({"a": b"1"}),
        with_extra(0x5455, b"\x01" + bytes(4)),
        with_extra(0xA220, b"\x28\xa0\x10\x00" + bytes(300)),
        register(),
    ],
    ids=["bare", "time", "room to grow", "workbook"],
)
def test_what_usual_packers_write_into_headers_is_nothing(package):
    assert loose_bytes(package) == b""


@pytest.mark.parametrize(
    "package",
    [with_extra(0x4444, TELLING), with_extra(0xA220, b"\x28\xa0\x10\x00" + TELLING), with_extra(0x5455, TELLING * 3)],
    ids=["field of its own", "room to grow", "time"],
)
def test_fields_of_headers_that_say_more_are_told(package):
    assert NUMBER.encode() in loose_bytes(package)


def test_a_name_that_only_the_header_of_a_member_has_is_told():
    package = zipped({"aaaaaaaaaaaaaaaaaa": b"1"})
    changed = package.replace(b"a" * 18, NUMBER.encode(), 1)
    assert NUMBER.encode() in loose_bytes(changed)


def test_bytes_behind_the_directory_are_refused_and_those_behind_its_end_told():
    package = zipped({"a": b"1"})
    head, mark, end = package.rpartition(b"PK\x05\x06")
    assert refused(head + TELLING + mark + end) == "damaged_document"
    assert loose_bytes(package + TELLING) == TELLING
