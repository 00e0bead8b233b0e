"""When the disk is nearly full, or a part that a file needs is away, nothing is begun that could not be ended."""

import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from archive import standing
from archive.catalog.tables import documents, items
from archive.custody import Custody, open_batch
from archive.errors import Unavailable
from archive.store.filesystem import FilesystemStore
from archive.wiring import open_archive
from ingest.commands import ingest
from ingest.intake import take
from schemas.reasons import REASONS
from tests.builders.api import service
from tests.builders.archives import make_archive
from tests.builders.kept_documents import picture

CUSTODY = Custody("disk", "1", "op")


class Unread(io.BytesIO):
    """Bytes that must not be asked for."""

    def read(self, *_args):
        raise AssertionError("a byte was taken")

    readinto = read


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as archive:
        yield archive


@pytest.fixture
def full(monkeypatch):
    """A disk whose free bytes can be set; at first it is full."""
    free = [0]
    monkeypatch.setattr(standing, "free_bytes", lambda _home: free[0])
    return free


def count(archive, table) -> int:
    with archive.catalog.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_full_disk_refuses_a_file_before_a_byte_is_taken(archive, full):
    batch = open_batch(archive, CUSTODY)
    with pytest.raises(Unavailable) as error:
        list(take(archive, batch, "scan.png", Unread()))
    assert error.value.reason == "disk_nearly_full"
    assert count(archive, items) == 0
    full[0] = archive.settings.limits.least_free_bytes
    (receipt,) = take(archive, batch, "scan.png", io.BytesIO(picture(1)))
    assert receipt.is_held


def test_a_store_that_is_away_refuses_a_file_before_a_byte_is_taken(archive, monkeypatch):
    def away(_self):
        raise Unavailable("store_unavailable")

    batch = open_batch(archive, CUSTODY)
    monkeypatch.setattr(FilesystemStore, "check", away)
    with pytest.raises(Unavailable, match="store_unavailable"):
        list(take(archive, batch, "scan.png", Unread()))


@pytest.mark.parametrize("part", ["index", "queue"])
def test_a_part_that_only_finds_or_brings_may_be_away(archive, monkeypatch, part):
    def away(*_args):
        raise Unavailable(f"{part}_unavailable")

    for name in ("check", "count"):
        monkeypatch.setattr(type(getattr(archive, part)), name, away, raising=False)
    (receipt,) = take(archive, open_batch(archive, CUSTODY), "scan.png", io.BytesIO(picture(1)))
    assert receipt.is_held


def test_a_container_stops_between_members_and_comes_again_without_doubling(archive, full, monkeypatch):
    least = archive.settings.limits.least_free_bytes
    asked = []

    def fills_up(_home):
        asked.append(1)
        return least if len(asked) <= 2 else 0

    monkeypatch.setattr(standing, "free_bytes", fills_up)
    batch, packed = open_batch(archive, CUSTODY), container(3)
    with pytest.raises(Unavailable, match="disk_nearly_full"):
        list(take(archive, batch, "box.zip", io.BytesIO(packed)))
    assert count(archive, documents) == 1
    assert list(archive.store.keys("incoming/")) == []
    monkeypatch.setattr(standing, "free_bytes", lambda _home: least)
    receipts = list(take(archive, batch, "box.zip", io.BytesIO(packed)))
    assert [each.outcome for each in receipts] == ["duplicate", "accepted", "accepted", "unpacked"]
    assert count(archive, documents) == 3


def container(members: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}.png", picture(number))
    return out.getvalue()


def test_over_http_a_full_disk_is_503_with_a_reason_a_sentence_and_when_to_come_again(tmp_path, monkeypatch):
    with service(tmp_path) as ours:
        new = {"source": "scanner", "box": "1", "operator": "op"}
        batch = ours.ask("archivist", "POST", "/api/batches", json=new).json()["batch"]
        send = {"content": picture(1), "headers": {"X-File-Path": "scan.png"}}
        with monkeypatch.context() as full:
            full.setattr(standing, "free_bytes", lambda _home: 0)
            reply = ours.ask("archivist", "POST", f"/api/batches/{batch}/files", **send)
            assert (reply.status_code, reply.json()["reason"]) == (503, "disk_nearly_full")
            assert reply.json()["detail"] == REASONS["disk_nearly_full"].en
            assert int(reply.headers["retry-after"]) > 0
            assert count(ours.archive, items) == 0
        assert ours.ask("archivist", "POST", f"/api/batches/{batch}/files", **send).status_code == 201


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.png").write_bytes(picture(number))
    return folder


@pytest.fixture
def home(tmp_path):
    make_archive(tmp_path / "home").close()
    return tmp_path / "home"


def run_ingest(home, scans, *options: str):
    return CliRunner().invoke(ingest, [str(scans), "--home", str(home), *options])


def fill_up_after(monkeypatch, home, files: int) -> None:
    with open_archive(home) as archive:
        least = archive.settings.limits.least_free_bytes
    asked = []

    def fills_up(_home):
        asked.append(1)
        return least if len(asked) <= files else 0

    monkeypatch.setattr(standing, "free_bytes", fills_up)


def test_ingest_stops_says_what_it_took_and_goes_on_with_the_rest(home, scans, monkeypatch):
    with monkeypatch.context() as filling:
        fill_up_after(filling, home, 2)
        stopped = run_ingest(home, scans, "--source", "disk", "--box", "1", "--operator", "op", "--json")
    assert stopped.exit_code == 3
    said = json.loads(stopped.stdout)
    assert (said["stopped"], said["outcomes"]) == ("disk_nearly_full", {"accepted": 2})
    resumed = run_ingest(home, scans, "--batch", said["batch"], "--json")
    assert (resumed.exit_code, json.loads(resumed.stdout)["outcomes"]) == (0, {"accepted": 2})
    assert json.loads(resumed.stdout)["stopped"] is None
    with open_archive(home) as archive:
        assert (count(archive, items), count(archive, documents)) == (4, 4)


def test_ingest_tells_a_person_what_is_wrong_and_how_to_go_on(home, scans, monkeypatch):
    fill_up_after(monkeypatch, home, 1)
    stopped = run_ingest(home, scans, "--source", "disk", "--box", "1", "--operator", "op")
    assert stopped.exit_code == 3
    assert "1 accepted" in stopped.stdout
    assert REASONS["disk_nearly_full"].en in stopped.stderr
    assert "--batch B-" in stopped.stderr
