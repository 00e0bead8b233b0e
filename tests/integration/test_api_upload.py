"""Taking files in over HTTP: every one accounted for, none acknowledged before it is sealed, none lying open anywhere."""

import io
import json
import socket
import time
import zipfile
from dataclasses import replace
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from archive.catalog import intake
from archive.commands import status
from archive.custody import item_path, read_custody
from schemas.limits import Limits
from tests.builders.api import Service, service
from tests.builders.kept_documents import CUSTODY, picture

PATH = "箱7/欧阳若澜 理赔.png"


@pytest.fixture
def running(tmp_path):
    with service(tmp_path) as ours:
        yield ours


@pytest.fixture
def batch(running):
    custody = {"source": CUSTODY.source, "box": CUSTODY.box, "operator": CUSTODY.operator}
    return running.ask("archivist", "POST", "/api/batches", json=custody).json()["batch"]


def upload(running, batch, content, path=PATH):
    headers = {"X-File-Path": quote(path)}
    return running.ask("archivist", "POST", f"/api/batches/{batch}/files", content=content, headers=headers)


def zipped(**members: bytes):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def test_a_file_is_acknowledged_with_its_receipt(running, batch):
    reply = upload(running, batch, picture(1))
    assert reply.status_code == 201
    (receipt,) = reply.json()["receipts"]
    assert (receipt["path"], receipt["outcome"], receipt["reason"]) == (PATH, "accepted", None)
    assert receipt["size"] == len(picture(1))
    holding = running.archive.holding(receipt["document"])
    with holding.open_original() as original:
        assert original.read() == picture(1)


def test_the_custody_entry_says_who_brought_what_from_where(running, batch):
    upload(running, batch, picture(1))
    assert read_custody(running.archive, batch) == CUSTODY
    with running.archive.catalog.read() as connection:
        (item,) = intake.items_of_batch(connection, batch)
    assert item_path(running.archive.keys, item) == PATH
    assert running.events("file.uploaded") == [{"document": None, "user": "archivist", "outcomes": {"accepted": 1}}]


def test_the_same_bytes_twice_are_one_document_and_two_entries(running, batch):
    first = upload(running, batch, picture(1)).json()["receipts"][0]
    again = upload(running, batch, picture(1), "again.png").json()["receipts"][0]
    assert again["outcome"] == "duplicate"
    assert again["document"] == first["document"]


def test_a_body_that_comes_in_pieces_of_unknown_number_is_taken(running, batch):
    data = picture(3) + bytes(700_000)
    pieces = (data[start : start + 1000] for start in range(0, len(data), 1000))
    (receipt,) = upload(running, batch, pieces).json()["receipts"]
    assert (receipt["outcome"], receipt["size"]) == ("accepted", len(data))


def test_of_a_zip_every_member_has_a_receipt(running, batch):
    reply = upload(running, batch, zipped(a_png=picture(1), b_png=picture(2), note_txt=b"words"), "box.zip")
    assert reply.status_code == 201
    outcomes = {each["path"]: (each["outcome"], each["reason"]) for each in reply.json()["receipts"]}
    assert outcomes == {
        "box.zip!a.png": ("accepted", None),
        "box.zip!b.png": ("accepted", None),
        "box.zip!note.txt": ("refused", "unsupported_type"),
        "box.zip": ("unpacked", None),
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b"\x00garbage" * 2000, "unsupported_type"),
        (b"PK\x03\x04" + bytes(500), "damaged_container"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason_and_accounted_for(running, batch, content, reason):
    reply = upload(running, batch, content)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["reason"] == reason
    assert [(each["outcome"], each["reason"]) for each in reply.json()["receipts"]] == [("refused", reason)]
    where = running.ask("archivist", "GET", f"/api/batches/{batch}").json()
    assert where["refusals"] == {reason: 1}


def limited(running, max_file_bytes):
    limits = Limits(max_file_bytes=max_file_bytes)
    archive = replace(running.archive, settings=running.archive.settings.model_copy(update={"limits": limits}))
    running.server.config.app.state.archive = archive


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_limit_is_refused_whether_or_not_its_length_is_announced(running, batch, announced):
    limited(running, 100_000)
    data = picture(1) + bytes(200_000)
    reply = upload(running, batch, data if announced else iter([data]))
    assert (reply.status_code, reply.json()["reason"]) == (422, "too_large")
    assert list(running.archive.store.keys("incoming")) == []


def test_nothing_that_was_refused_stays_in_the_store(running, batch):
    upload(running, batch, b"\x00garbage" * 2000)
    upload(running, batch, b"PK\x03\x04" + bytes(500))
    assert list(running.archive.store.keys()) == []


@pytest.mark.parametrize("header", [None, "%E6%AC", "a" * 5000, "é".encode("latin-1")])
def test_a_path_that_is_missing_or_not_percent_encoded_utf8_is_refused(running, batch, header):
    headers = {} if header is None else {"X-File-Path": header}
    reply = running.ask("archivist", "POST", f"/api/batches/{batch}/files", content=picture(1), headers=headers)
    assert (reply.status_code, reply.json()["reason"]) == (422, "invalid_request")
    assert list(running.archive.store.keys()) == []


def test_a_sender_without_leave_is_turned_away_before_anything_is_read(running, batch):
    reply = running.client.post(f"/api/batches/{batch}/files", content=iter([picture(1)]), headers={"X-File-Path": "a"})
    assert reply.status_code == 401
    assert list(running.archive.store.keys()) == []


def test_a_sender_that_goes_away_is_accounted_for_and_leaves_nothing(running, batch):
    head = f"POST /api/batches/{batch}/files HTTP/1.1\r\nHost: a\r\nX-File-Path: a.png\r\nContent-Length: 900000\r\n"
    head += f"Authorization: Bearer {running.tokens['archivist']}\r\n\r\n"
    with socket.create_connection((running.client.base_url.host, running.client.base_url.port)) as sender:
        sender.sendall(head.encode() + picture(1) + bytes(300_000))
    until = time.monotonic() + 10
    while not running.events("file.uploaded") and time.monotonic() < until:
        time.sleep(0.02)
    assert running.events("file.uploaded")[0]["outcomes"] == {"refused": 1}
    where = running.ask("archivist", "GET", f"/api/batches/{batch}").json()
    assert where["refusals"] == {"file_unreadable": 1}
    assert [file for file in (running.archive.home / "objects").rglob("*") if file.is_file()] == []


def test_where_a_batch_stands_is_told_as_the_command_tells_it(running: Service, batch):
    upload(running, batch, zipped(a_png=picture(1), note_txt=b"words"), "box.zip")
    told = json.loads(CliRunner().invoke(status, ["--home", str(running.archive.home), "--json"]).output)
    assert running.ask("archivist", "GET", "/api/batches").json() == told
    assert running.ask("archivist", "GET", f"/api/batches/{batch}").json() == told["batches"][0]


def test_no_plain_byte_of_an_upload_lies_in_the_archives_folder(running, batch):
    marker = b"OUYANG-RUOLAN-CANARY" * 3000
    upload(running, batch, picture(1) + marker)
    upload(running, batch, zipped(a_png=picture(2) + marker), "canary.zip")
    for file in running.archive.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert marker[:20] not in content, file.name
            assert "欧阳若澜".encode() not in content, file.name
