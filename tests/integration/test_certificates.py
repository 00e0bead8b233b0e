"""Certificates of files that were really made: kept with their version, checked by strangers, telling nobody's secrets."""

import hashlib
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from structlog.testing import capture_logs

from archive.catalog import derivatives
from archive.catalog.page_filter import parse_filter
from archive.catalog.tables import derivatives as derivatives_table
from archive.catalog.tables import derived_pages
from archive.certificates.checking import check
from archive.certificates.encoding import decode
from archive.certificates.kept import kept_certificate, signer
from archive.errors import NotFound, Refused
from archive.wiring import open_archive
from claimkeep.cli import main
from schemas.redaction import Audience
from tests.builders.archives import make_archive
from tests.builders.read_documents import document_of, events_of, files_of, ingest, scan, work_off
from tests.fakes import two_engines
from tests.fakes.two_engines import FAILS, GOOD, MISREAD, NAME, NUMBER, PADDLE, POOR
from workers.anew import again, reread

PROJECT = Path(__file__).resolve().parents[2]


@cache
def tools():
    return two_engines.load()


@pytest.fixture
def archive(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text('[work]\nretry_seconds = 0\ntries = 2\naudiences = ["handler", "public"]\n')
    with open_archive(home) as opened:
        yield opened


def made(archive, *corners, load=tools):
    document_id = ingest(archive, scan(*corners))
    work_off(archive, load())
    return document_id


def file_of(archive, document_id, kept):
    with archive.holding(document_id).open("derivative", kept.derivative.object_key) as stream:
        return stream.read()


def finding(archive, document_id, kept):
    with archive.holding(document_id).open("derivative", kept.derivative.object_key) as stream:
        return check(kept.data, signer(archive).public, stream)


def as_an_older_program_made_them(archive):
    with archive.catalog.write() as connection:
        connection.execute(update(derivatives_table).values(certificate_key=None, certificate_digest=None))
        connection.execute(update(derived_pages).values(checks=None))


def test_every_file_that_is_ready_has_a_certificate_that_holds_for_it(archive):
    document_id = made(archive, POOR, GOOD)
    for audience in ("handler", "public"):
        kept = kept_certificate(archive, document_id, audience)
        told = finding(archive, document_id, kept)
        assert told.is_valid
        assert (told.certificate.document, told.certificate.audience, told.certificate.version) == (document_id, audience, 1)
        assert told.certificate.original.sha256 == document_of(archive, document_id).digest
        assert told.certificate.derivative.sha256 == hashlib.sha256(file_of(archive, document_id, kept)).hexdigest()
        assert [page.number for page in told.certificate.pages] == [1, 2]
        assert {each.name for each in told.certificate.pages[0].checks} >= {"masks_opaque", "second_reading"}
    assert {each.kind for each in told.certificate.totals.kinds} >= {"CN_NAME", "POLICY"}


def test_a_page_that_was_not_read_is_certified_as_a_notice(archive):
    document_id = made(archive, GOOD, FAILS, load=lambda: two_engines.load_failing_on(FAILS))
    told = decode(kept_certificate(archive, document_id, "handler").data).certificate
    assert [page.ended for page in told.pages] == ["redacted", "notice"]
    assert told.pages[1].reason is not None
    assert told.totals.notices == 1


def test_nothing_that_stands_in_the_document_is_in_its_certificate(archive):
    document_id = made(archive, POOR, GOOD)
    for audience in ("handler", "public"):
        data = kept_certificate(archive, document_id, audience).data
        assert b"CN_NAME" in data or audience == "handler"
        for value in (NAME, NUMBER, MISREAD, "理赔申请书", "被保险人", "scan.tif"):
            for form in (value.encode(), json.dumps(value)[1:-1].encode(), value.encode().hex().encode()):
                assert form not in data
        assert data.isascii()


def test_the_ledger_tells_the_certificates_digest_and_the_certificate_the_ledgers_head(archive):
    document_id = made(archive, GOOD)
    kept = kept_certificate(archive, document_id, "handler")
    head = decode(kept.data).certificate.ledger
    with archive.catalog.read() as connection:
        rows = connection.exec_driver_sql("SELECT sequence, kind, digest, body FROM events ORDER BY sequence").all()
    assert rows[head.sequence - 1].digest == head.sha256
    after = [row for row in rows[head.sequence :] if row.kind == "derivative.ready"]
    assert hashlib.sha256(kept.data).hexdigest() in {json.loads(row.body)["certificate"] for row in after}


def test_the_certificate_of_an_older_version_stays_true_of_that_version(archive):
    document_id = made(archive, POOR)
    first = kept_certificate(archive, document_id, "handler")
    before = file_of(archive, document_id, first)
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools(), steps=1)
    with pytest.raises(Refused, match="derivative_stale"):
        kept_certificate(archive, document_id, "handler")
    work_off(archive, tools())
    assert files_of(archive, document_id) == [("handler", 2, "ready"), ("public", 2, "ready")]
    second = kept_certificate(archive, document_id, "handler")
    assert decode(second.data).certificate.version == 2
    assert decode(second.data).certificate.software.reading == (PADDLE.key(),)
    older = kept_certificate(archive, document_id, "handler", version=1)
    assert older.data == first.data
    assert finding(archive, document_id, older).is_valid
    assert file_of(archive, document_id, older) == before
    assert finding(archive, document_id, second).is_valid


def test_there_is_no_certificate_of_a_version_that_never_was(archive):
    document_id = made(archive, GOOD)
    with pytest.raises(NotFound, match="not_found"):
        kept_certificate(archive, document_id, "handler", version=2)
    with pytest.raises(NotFound, match="not_found"):
        kept_certificate(archive, "D-0000000000", "handler")


def test_a_file_older_than_certificates_says_so_until_it_is_made_again(archive):
    document_id = made(archive, GOOD)
    as_an_older_program_made_them(archive)
    with pytest.raises(NotFound, match="certificate_missing"):
        kept_certificate(archive, document_id, "handler")
    again.make(archive, document_id, Audience.HANDLER)
    with archive.catalog.read() as connection:
        assert derivatives.ready(connection, document_id, "handler", ()).version == 1  # given out until the other is ready
    work_off(archive, tools())
    assert files_of(archive, document_id) == [("handler", 2, "ready"), ("public", 1, "ready")]
    assert finding(archive, document_id, kept_certificate(archive, document_id, "handler")).is_valid
    with pytest.raises(NotFound, match="certificate_missing"):
        kept_certificate(archive, document_id, "public")


def test_pages_whose_checks_are_not_known_get_no_certificate(archive):
    document_id = ingest(archive, scan(GOOD))
    work_off(archive, tools(), steps=5)  # open, read, plan, hide twice
    with archive.catalog.write() as connection:
        connection.execute(update(derived_pages).values(checks=None))
    work_off(archive, tools())
    assert [each[2] for each in files_of(archive, document_id)] == ["ready", "ready"]
    with pytest.raises(NotFound, match="certificate_missing"):
        kept_certificate(archive, document_id, "handler")


def test_a_file_that_is_made_twice_has_one_certificate(archive):
    document_id = made(archive, GOOD)
    again.make(archive, document_id, Audience.HANDLER)
    work_off(archive, tools())
    assert files_of(archive, document_id) == [("handler", 1, "ready"), ("public", 1, "ready")]
    assert events_of(archive, document_id).count("derivative.ready") == 2


# Commands.


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def answer(*arguments, code=0):
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture
def given(archive, tmp_path):
    """What a stranger is handed: certificate, file and key."""
    home = ("--home", archive.home)
    document_id = made(archive, GOOD)
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "key.pem").write_text(answer("certificate", "key", *home)["pem"], encoding="ascii")
    both = ("--out", folder / "file.pdf", "--certificate", folder / "cert.json")
    answer("export", document_id, "--audience", "handler", *both, *home)
    return folder


def test_a_certificate_is_written_and_told_in_the_ledger(archive, tmp_path):
    document_id = made(archive, GOOD)
    home = ("--home", archive.home)
    told = answer("certificate", "make", document_id, "--audience", "handler", "--out", tmp_path / "cert.json", *home)
    data = (tmp_path / "cert.json").read_bytes()
    assert data == kept_certificate(archive, document_id, "handler").data
    assert told["certificate"] == hashlib.sha256(data).hexdigest()
    assert told["version"] == 1
    assert events_of(archive, document_id)[-1] == "certificate.given"
    shown = answer("show", document_id, *home)["derivatives"][0]
    assert shown["certificate"] == told["certificate"]


def test_a_certificate_that_was_never_made_is_asked_for_in_vain_and_the_way_out_is_told(archive, tmp_path):
    document_id = made(archive, GOOD)
    as_an_older_program_made_them(archive)
    home = ("--home", archive.home)
    result = run("certificate", "make", document_id, "--audience", "handler", "--out", tmp_path / "cert.json", *home)
    assert result.exit_code == 3
    assert result.stderr.startswith("certificate_missing")
    assert "claimkeep export --certificate" in result.stderr
    assert not (tmp_path / "cert.json").exists()


class PoolHere:
    """Does in this process what a pool would do in others."""

    def __init__(self, archive, _count):
        self._archive = archive

    def run(self):
        with capture_logs():
            work_off(self._archive, tools())


def test_an_export_with_a_certificate_has_an_older_file_made_again(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("workers.commands.work.make_pool", PoolHere)
    document_id = made(archive, GOOD)
    as_an_older_program_made_them(archive)
    home = ("--audience", "handler", "--out", tmp_path / "file.pdf", "--home", archive.home)
    assert answer("export", document_id, *home)["certificate"] is None
    assert files_of(archive, document_id)[0] == ("handler", 1, "ready")
    told = answer("export", document_id, "--certificate", tmp_path / "cert.json", *home)
    assert files_of(archive, document_id)[0] == ("handler", 2, "ready")
    with (tmp_path / "file.pdf").open("rb") as file:
        assert check((tmp_path / "cert.json").read_bytes(), signer(archive).public, file).is_valid
    assert told["certificate"] == hashlib.sha256((tmp_path / "cert.json").read_bytes()).hexdigest()


def test_the_key_is_printed_as_pem_and_written_to_a_file(archive, tmp_path):
    printed = run("certificate", "key", "--home", archive.home)
    assert printed.stdout.startswith("-----BEGIN PUBLIC KEY-----")
    assert printed.stderr == f"SHA-256 {signer(archive).public.sha256}\n"
    run("certificate", "key", "--home", archive.home, "--out", tmp_path / "key.pem")
    assert (tmp_path / "key.pem").read_text() == printed.stdout


def verify(folder, *, code=0):
    return answer("certificate", "verify", folder / "cert.json", folder / "file.pdf", "--key", folder / "key.pem", code=code)


def test_a_stranger_finds_it_valid(given):
    told = verify(given)
    assert told["valid"]
    assert told["reason"] is None
    assert told["certificate"]["pages"] == 1


@pytest.mark.parametrize(("name", "reason"), [("file.pdf", "certificate_other_file"), ("cert.json", None)])
def test_a_stranger_finds_a_change(given, name, reason):
    data = (given / name).read_bytes()
    (given / name).write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    told = verify(given, code=1)
    assert not told["valid"]
    assert told["certificate"] is None
    assert told["meaning"]["zh"]
    assert told["reason"] == reason or (reason is None and told["reason"] in {"certificate_changed", "certificate_malformed"})
    said = run("certificate", "verify", given / "cert.json", given / "file.pdf", "--key", given / "key.pem")
    assert (said.exit_code, said.stderr.startswith("not valid: certificate_")) == (1, True)


def test_a_file_of_another_audience_is_another_file(archive, given, tmp_path):
    document_id = decode((given / "cert.json").read_bytes()).certificate.document
    answer("export", document_id, "--audience", "public", "--out", given / "file.pdf", "--home", archive.home)
    assert verify(given, code=1)["reason"] == "certificate_other_file"


def test_wrong_use_and_what_cannot_be_read_are_told_apart(given):
    assert run("certificate", "verify", given / "cert.json", given / "file.pdf").exit_code == 2
    assert run("certificate", "verify", given / "gone.json", given / "file.pdf", "--key", given / "key.pem").exit_code == 2
    no_key = run("certificate", "verify", given / "cert.json", given / "file.pdf", "--key", given / "file.pdf")
    assert (no_key.exit_code, no_key.stderr.split(":")[0]) == (3, "not_a_public_key")


def test_only_a_valid_certificate_is_printed(given):
    out = given / "sheet.pdf"
    assert answer("certificate", "print", given / "cert.json", "--key", given / "key.pem", "--out", out)["verified"]
    assert out.read_bytes().startswith(b"%PDF")
    out.unlink()
    assert not answer("certificate", "print", given / "cert.json", "--out", out)["verified"]
    out.unlink()
    (given / "cert.json").write_bytes((given / "cert.json").read_bytes().replace(b'"version": 1\n', b'"version": 2\n'))
    told = answer("certificate", "print", given / "cert.json", "--key", given / "key.pem", "--out", out, code=1)
    assert told["reason"] == "certificate_changed"
    assert not out.exists()


OFFLINE = """
import socket, sys
def refuse(*_): raise AssertionError("a certificate is checked without the network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from claimkeep.cli import main
try:
    main(sys.argv[1:])
finally:
    loaded = {"sqlalchemy", "alembic", "fastapi", "onnxruntime", "archive.wiring", "archive.catalog"} & set(sys.modules)
    print("loaded:", sorted(loaded))
"""


@pytest.mark.parametrize("command", ["verify", "print"])
def test_it_is_checked_and_printed_without_archive_home_or_network(given, command):
    alone = given / "elsewhere"
    alone.mkdir()
    for name in ("cert.json", "file.pdf", "key.pem"):
        shutil.copy(given / name, alone)
    arguments = {"verify": ("cert.json", "file.pdf"), "print": ("cert.json", "--out", "sheet.pdf")}[command]
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, "certificate", command, *arguments, "--key", "key.pem"],
        cwd=alone,
        env={"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("loaded: []\n")


def commands_of_the_handbook():
    page = (PROJECT / "docs" / "certificates.md").read_text("utf-8")
    return page.split("```bash\n")[1].split("```")[0]


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("bash")), reason="needs openssl and bash")
@pytest.mark.parametrize("change", [None, b"handler", b'"passed": true'])
def test_the_handbooks_commands_check_the_signature_without_this_program(given, change):
    data = (given / "cert.json").read_bytes()
    if change is not None:
        (given / "cert.json").write_bytes(data.replace(change, change.replace(b"a", b"e", 1), 1))
    done = subprocess.run(["bash", "-c", commands_of_the_handbook()], cwd=given, capture_output=True, text=True, check=False)
    if change is None:
        assert done.returncode == 0, done.stderr
        assert "Signature Verified Successfully" in done.stdout
        assert hashlib.sha256((given / "file.pdf").read_bytes()).hexdigest() in done.stdout
        assert signer_of(given) in done.stdout
    else:
        assert "Verified Successfully" not in done.stdout
        assert "Verification Failure" in done.stdout + done.stderr


def signer_of(folder):
    return decode((folder / "cert.json").read_bytes()).signing_key.sha256
