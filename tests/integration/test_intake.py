"""Taking files in: every file is accounted for, and what is acknowledged is held."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from archive.catalog import documents, intake
from archive.custody import Custody, item_path, open_batch, read_custody
from archive.wiring import open_archive
from claimkeep.cli import main
from ingest.intake import take
from tests.builders.archives import make_archive


def picture(shade: int = 200, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 30), shade).save(out, kind)
    return out.getvalue()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, data in members.items():
            container.writestr(name.replace("__", "."), data)
    return out.getvalue()


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as made:
        yield made


@pytest.fixture
def batch(archive):
    return open_batch(archive, Custody("the clerk's disk", "box 7", "Op"))


def take_bytes(archive, batch, data: bytes, path: str = "scan.png"):
    return list(take(archive, batch, path, io.BytesIO(data)))


def test_a_scan_is_held_as_it_came(archive, batch):
    (receipt,) = take_bytes(archive, batch, picture())
    assert receipt.outcome == "accepted"
    with archive.holding(receipt.document_id).open_original() as stream:
        assert stream.read() == picture()


def test_the_same_bytes_are_one_original_and_two_custody_entries(archive, batch):
    (first,) = take_bytes(archive, batch, picture(), "a.png")
    (second,) = take_bytes(archive, batch, picture(), "folder/b.png")
    assert (second.outcome, second.document_id) == ("duplicate", first.document_id)
    assert len(list(archive.store.keys("originals/"))) == 1
    with archive.catalog.read() as connection:
        items = intake.items_of_document(connection, first.document_id)
    assert [item_path(archive.keys, item) for item in items] == ["a.png", "folder/b.png"]


def test_custody_is_told_to_those_with_the_key_only(archive, batch, tmp_path):
    take_bytes(archive, batch, picture(), "王小明/身份证.png")
    assert read_custody(archive, batch) == Custody("the clerk's disk", "box 7", "Op")
    archive.close()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    for secret in ("clerk's disk", "box 7", "王小明", "身份证"):
        assert secret.encode() not in everything


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty_file"), (b"plain text", "unsupported_type"), (b"\x7fELF" + bytes(500), "unsupported_type")],
)
def test_what_cannot_be_taken_is_refused_with_a_reason_and_listed(archive, batch, data, reason):
    (receipt,) = take_bytes(archive, batch, data)
    assert (receipt.outcome, receipt.reason) == ("refused", reason)
    with archive.catalog.read() as connection:
        assert intake.batch_counts(connection, batch).refusals == {reason: 1}


def test_the_type_is_taken_from_the_bytes_and_not_from_the_name(archive, batch):
    (receipt,) = take_bytes(archive, batch, picture(), "report.pdf")
    with archive.catalog.read() as connection:
        assert documents.get(connection, receipt.document_id).media_type == "image/png"


def test_a_container_is_unpacked_and_one_bad_member_does_not_stop_the_rest(archive, batch):
    receipts = take_bytes(archive, batch, packed(a__png=picture(1), b__txt=b"text", c__png=picture(2)), "box.zip")
    assert [(receipt.path, receipt.outcome) for receipt in receipts] == [
        ("box.zip!a.png", "accepted"),
        ("box.zip!b.txt", "refused"),
        ("box.zip!c.png", "accepted"),
        ("box.zip", "unpacked"),
    ]


def test_a_container_that_breaks_off_is_refused_with_what_came_before_kept(archive, batch):
    whole = packed(a__png=picture(1), b__png=picture(2))
    receipts = take_bytes(archive, batch, whole[: len(whole) // 2], "box.zip")
    assert receipts[-1].outcome == "refused"
    assert receipts[-1].reason == "damaged_container"


def test_nothing_is_left_lying_in_the_entrance(archive, batch):
    take_bytes(archive, batch, picture())
    take_bytes(archive, batch, picture())
    take_bytes(archive, batch, packed(a__png=picture(1)))
    assert list(archive.store.keys("incoming")) == []


def run(*arguments: str | Path, home: Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*map(str, arguments), "--home", str(home)])
    return result.exit_code, result.stdout


CUSTODY = ("--source", "disk", "--box", "7", "--operator", "op")


def test_the_command_takes_folders_and_lists_what_it_refused(tmp_path):
    run("init", home=tmp_path / "home")
    scans = tmp_path / "scans"
    (scans / "deep").mkdir(parents=True)
    (scans / "a.png").write_bytes(picture(1))
    (scans / "deep" / "b.jpg").write_bytes(picture(2, "JPEG"))
    (scans / "deep" / "notes.txt").write_bytes(b"notes")
    os.mkfifo(scans / "pipe")
    code, out = run("ingest", scans, scans / "missing.png", *CUSTODY, "--json", home=tmp_path / "home")
    value = json.loads(out)
    assert code == 1
    assert value["outcomes"] == {"accepted": 2, "refused": 3}
    assert {(Path(item["path"]).name, item["reason"]) for item in value["items"] if item["reason"]} == {
        ("notes.txt", "unsupported_type"),
        ("pipe", "file_unreadable"),
        ("missing.png", "file_unreadable"),
    }


def test_going_on_with_a_batch_passes_over_what_it_has(tmp_path):
    home, scans = tmp_path / "home", tmp_path / "scans"
    scans.mkdir()
    run("init", home=home)
    (scans / "a.png").write_bytes(picture(1))
    first = json.loads(run("ingest", scans, *CUSTODY, "--json", home=home)[1])
    (scans / "b.png").write_bytes(picture(2))
    code, out = run("ingest", scans, "--batch", first["batch"], "--json", home=home)
    assert code == 0
    assert json.loads(out)["outcomes"] == {"accepted": 1}
    with open_archive(home) as archive, archive.catalog.read() as connection:
        assert intake.batch_counts(connection, first["batch"]).items == {"accepted": 2}


def test_a_batch_needs_its_custody(tmp_path):
    run("init", home=tmp_path / "home")
    assert run("ingest", tmp_path, home=tmp_path / "home")[0] == 2


def test_without_an_archive_nothing_is_taken(tmp_path):
    assert run("ingest", tmp_path, *CUSTODY, home=tmp_path / "nowhere")[0] == 3
