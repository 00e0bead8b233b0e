"""What only a store on S3 has: versions, locks, accounts, certificates, checksums, and a line that can be cut."""

import io
import secrets
import socket
import time
import traceback
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
import urllib3
from minio.commonconfig import ENABLED
from minio.error import S3Error
from minio.versioningconfig import SUSPENDED, VersioningConfig
from urllib3.exceptions import ProtocolError

from archive.clock import utc_now
from archive.errors import Refused, Rejected, Unavailable
from archive.store.s3 import ObjectLock, S3Store, open_s3
from archive.store.s3_client import S3Client
from deploy.accounts import Role
from deploy.certificates import Authority
from tests.builders.cutting_proxy import CuttingProxy, a_cutting_proxy
from tests.builders.object_stores import NO_LOCK, Bucket, Server, a_bucket, s3_account, s3_server

pytestmark = pytest.mark.service

MEGABYTE = 1024 * 1024
SMALL, LARGE = 1000, 20 * MEGABYTE + 3
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
ON_HOLD = ObjectLock(retention_days=0, legal_hold=True)
HELD_BUCKET = "store-held"  # what is under retention cannot be removed after a test: all of it is in one bucket


@pytest.fixture(params=["minio", "versitygw"])
def server(request: pytest.FixtureRequest) -> Server:
    return s3_server(request.param)


@pytest.fixture
def bucket(server: Server) -> Iterator[Bucket]:
    with a_bucket(server) as made:
        yield made


@pytest.fixture
def store(bucket: Bucket) -> S3Store:
    return bucket.open()


@pytest.fixture
def line(server: Server) -> Iterator[CuttingProxy]:
    with a_cutting_proxy(server.endpoint) as proxy:
        yield proxy


@pytest.fixture
def far_store(bucket: Bucket, line: CuttingProxy) -> S3Store:
    """The same bucket, at the other end of *line*."""
    return bucket.open(endpoint=line.endpoint, timeout_seconds=5)


def content(size: int, seed: int = 0) -> bytes:
    return Random(seed).randbytes(size)


def put(store: S3Store, key: str, data: bytes) -> None:
    store.put(key, io.BytesIO(data))


def read(store: S3Store, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def headers(bucket: Bucket, key: str):
    return bucket.server.client().stat_object(bucket.name, key).metadata


# The bucket.


def test_a_missing_bucket_is_made_with_versions_and_object_lock(bucket):
    bucket.open(NO_LOCK)
    assert bucket.server.client().get_bucket_versioning(bucket.name).status == ENABLED
    bucket.open(ON_HOLD)  # refused if the bucket could not lock


@pytest.mark.parametrize("status", [None, SUSPENDED])
def test_a_bucket_that_keeps_no_versions_is_refused(bucket, status):
    client = bucket.server.client()
    client.make_bucket(bucket.name)
    if status:
        client.set_bucket_versioning(bucket.name, VersioningConfig(status))
    with pytest.raises(Rejected, match="does not keep versions") as refusal:
        bucket.open()
    assert refusal.value.reason == "bad_settings"


@pytest.mark.parametrize("lock", [ON_HOLD, ObjectLock(retention_days=1, legal_hold=False)])
def test_a_bucket_without_object_lock_is_refused_where_originals_are_to_be_locked(bucket, lock):
    client = bucket.server.client()
    client.make_bucket(bucket.name)
    client.set_bucket_versioning(bucket.name, VersioningConfig(ENABLED))
    with pytest.raises(Rejected, match="has no Object Lock"):
        bucket.open(lock)
    put(bucket.open(NO_LOCK), "originals/a", b"scan")


@pytest.mark.parametrize(("lock", "questions"), [(NO_LOCK, 1), (ON_HOLD, 2)])
def test_opening_what_is_there_asks_little(bucket, monkeypatch, lock, questions):
    bucket.open()
    asked = []
    answer = urllib3.PoolManager.urlopen

    def counted(self, method, url, **rest):
        asked.append(method)
        return answer(self, method, url, **rest)

    monkeypatch.setattr(urllib3.PoolManager, "urlopen", counted)
    bucket.open(lock)
    assert asked == ["GET"] * questions


# Versions.


def test_deleting_leaves_no_version_and_no_mark(store, bucket):
    client = bucket.server.client()
    put(store, "derivatives/a", b"first")
    client.put_object(bucket.name, "derivatives/a", io.BytesIO(b"by another hand"), 15)
    client.remove_object(bucket.name, "derivatives/a")
    assert len(bucket.versions()) == 3
    store.delete("derivatives/a")
    assert bucket.versions() == []


def test_deleting_takes_the_marks_of_its_own_key_alone(store, bucket):
    client = bucket.server.client()
    for key in ("a/1", "a/10"):
        put(store, key, b"scan")
        client.remove_object(bucket.name, key)
    store.delete("a/1")
    assert [key for key, _ in bucket.versions()] == ["a/10", "a/10"]


def test_moving_leaves_no_version_of_the_source(store, bucket):
    put(store, "incoming/a", b"scan")
    store.move("incoming/a", "originals/a")
    assert len(bucket.versions()) == len(bucket.versions("originals/a")) == 1


def test_bytes_of_two_versions_never_mix(store, bucket):
    data = content(LARGE)
    put(store, "a", data)
    with store.open("a") as stream:
        begun = stream.read(100)
        other = content(LARGE, seed=1)
        bucket.server.client().put_object(bucket.name, "a", io.BytesIO(other), len(other))
        assert begun + stream.read() == data


# Locks.


@SIZES
@pytest.mark.parametrize("way", ["put", "move"])
def test_an_original_on_legal_hold_is_not_deleted_until_that_is_lifted(bucket, way, size):
    store, data = bucket.open(ON_HOLD), content(size)
    put(store, "originals/a" if way == "put" else "incoming/a", data)
    if way == "move":
        store.move("incoming/a", "originals/a")
    with pytest.raises(Refused, match="on_hold"):
        store.delete("originals/a")
    assert read(store, "originals/a") == data
    bucket.server.client().disable_object_legal_hold(bucket.name, "originals/a")
    store.delete("originals/a")
    assert bucket.versions() == []


@pytest.mark.parametrize("way", ["put", "move"])
def test_an_original_under_retention_is_deleted_by_nobody(server, way):
    bucket, key = Bucket(server, HELD_BUCKET), secrets.token_hex(8)
    store = bucket.open(ObjectLock(retention_days=1, legal_hold=False))
    put(store, f"originals/{key}" if way == "put" else f"incoming/{key}", b"scan")
    if way == "move":
        store.move(f"incoming/{key}", f"originals/{key}")
    said = headers(bucket, f"originals/{key}")
    assert said["x-amz-object-lock-mode"] == "COMPLIANCE"
    assert said["x-amz-object-lock-retain-until-date"][:10] == (utc_now() + timedelta(days=1)).date().isoformat()
    with pytest.raises(Refused, match="on_hold"):
        store.delete(f"originals/{key}")
    with pytest.raises(S3Error):
        server.client().remove_object(HELD_BUCKET, f"originals/{key}", said["x-amz-version-id"])
    assert read(store, f"originals/{key}") == b"scan"


def test_only_originals_are_locked(bucket):
    store = bucket.open(ObjectLock(retention_days=1, legal_hold=True))
    for key in ("incoming/a", "public/a", "originals-of-another/a"):
        put(store, key, b"scan")
        store.delete(key)
    assert bucket.versions() == []


def test_a_held_original_is_not_moved(bucket):
    store = bucket.open(ON_HOLD)
    put(store, "originals/a", b"scan")
    with pytest.raises(Refused, match="on_hold"):
        store.move("originals/a", "elsewhere/a")
    assert list(store.keys()) == ["originals/a"]


# Accounts and certificates.


def test_a_server_whom_nobody_vouches_for_is_not_spoken_to(bucket, tmp_path):
    stranger = tmp_path / "ca.pem"
    stranger.write_bytes(Authority.make(utc_now()).own.certificate)
    faked = Server(bucket.server.endpoint, bucket.server.access_key, bucket.server.secret_key, stranger)
    with pytest.raises(Unavailable, match=r"store_unavailable: .*its certificate is not vouched for"):
        Bucket(faked, bucket.name).open()


def test_a_wrong_secret_is_unavailable_and_says_that_the_account_is_refused(bucket):
    bucket.open()
    wrong = Server(bucket.server.endpoint, bucket.server.access_key, "not-the-secret", bucket.server.ca_file)
    with pytest.raises(Unavailable, match="store_forbidden"):
        Bucket(wrong, bucket.name).open()


def test_the_secret_is_in_no_representation_and_no_error(server, bucket):
    store = bucket.open()
    wrong = Server(server.endpoint, server.access_key, "zu6-not-the-secret", server.ca_file)
    with pytest.raises(Unavailable) as error:
        Bucket(wrong, bucket.name).open()
    told = "".join(traceback.format_exception(error.value)) + repr(store) + repr(vars(store)) + repr(server.account)
    assert "zu6-not-the-secret" not in told
    assert server.secret_key not in told


def test_the_account_that_answers_takes_in_originals_and_cannot_delete_them():
    with a_bucket(s3_server("minio"), prefix="claimkeep-store") as bucket:
        bucket.open()
        store = Bucket(s3_account("minio", Role.API), bucket.name).open(ON_HOLD)
        for size in (SMALL, LARGE):
            put(store, "incoming/a", content(size))
            store.move("incoming/a", f"originals/{size}")
            assert read(store, f"originals/{size}") == content(size)
        bucket.server.client().disable_object_legal_hold(bucket.name, f"originals/{SMALL}")
        with pytest.raises(Unavailable, match="store_forbidden"):
            store.delete(f"originals/{SMALL}")
        with pytest.raises(Refused, match="on_hold"):
            store.delete(f"originals/{LARGE}")
        assert sorted(store.keys()) == [f"originals/{SMALL}", f"originals/{LARGE}"]


def test_a_missing_bucket_that_the_account_may_not_make_is_a_wrong_setting():
    with pytest.raises(Rejected, match=r"bad_settings: store\.bucket: there is no claimkeep-nowhere"):
        Bucket(s3_account("minio", Role.API), "claimkeep-nowhere").open()


@pytest.mark.parametrize(
    ("endpoint", "bucket_name", "tls", "fault"),
    [
        ("192.0.2.7:9000", "claims", False, "store.tls"),
        ("store.example:9000", "claims", False, "store.tls"),
        ("https://127.0.0.1:9000", "claims", True, "store.endpoint"),
        ("127.0.0.1:9000/path", "claims", True, "store.endpoint"),
        ("127.0.0.1:9000", "No Bucket", True, "store.bucket"),
    ],
)
def test_settings_that_cannot_be_right_are_told(endpoint, bucket_name, tls, fault):
    with pytest.raises(Rejected, match=fault) as refusal:
        open_s3(endpoint, bucket_name, "a", "s", region="us-east-1", tls=tls, ca_file=None, lock=NO_LOCK, timeout_seconds=1)
    assert refusal.value.reason == "bad_settings"


def test_a_missing_certificate_file_is_a_wrong_setting(server, tmp_path):
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        (tmp_path / "empty.pem").write_bytes(b"")
        with pytest.raises(Rejected, match=r"store\.ca_file"):
            Bucket(Server(server.endpoint, "a", "s", path), "claims").open()


# What is stored is what was sent.


@SIZES
def test_bytes_changed_on_the_way_are_not_stored(store, bucket, monkeypatch, size):
    send = S3Client.request

    def changed(self, *where, body=None, **rest):
        if body and len(body) >= SMALL:  # the SDK reckons its MD5 of this: only our SHA-256 tells
            body = body[:-1] + bytes([body[-1] ^ 1])
        return send(self, *where, body=body, **rest)

    monkeypatch.setattr(S3Client, "request", changed)
    with pytest.raises(Unavailable, match="store_unavailable"):
        put(store, "a", content(size))
    assert bucket.versions() == []
    assert bucket.unfinished() == 0


@SIZES
def test_what_the_server_does_not_confirm_is_taken_back(store, bucket, monkeypatch, size):
    send = S3Client.request

    look = S3Client.stat_object

    def without_checksum(self, *where, extra_headers=None, **rest):
        return look(self, *where, **rest)

    def unconfirmed(self, *where, **rest):
        answer = send(self, *where, **rest)
        answer.headers.discard("x-amz-checksum-sha256")
        return answer

    monkeypatch.setattr(S3Client, "request", unconfirmed)
    monkeypatch.setattr(S3Client, "stat_object", without_checksum)
    with pytest.raises(Unavailable, match="not confirmed"):
        put(store, "a", content(size))
    assert bucket.versions() == []
    assert bucket.unfinished() == 0


# A line that is cut.


@SIZES
def test_a_line_that_stays_cut_in_the_middle_leaves_nothing(far_store, store, bucket, line, size):
    line.cuts, line.sent_before_cut = 100, size // 2
    with pytest.raises(Unavailable, match="store_unavailable"):
        put(far_store, "a", content(size))
    assert line.done > 0
    assert bucket.versions() == []
    assert store.clear_unfinished(utc_now() + timedelta(minutes=1)) <= 1  # it could not tell the server to forget it
    assert bucket.unfinished() == 0
    line.cuts = 0
    put(far_store, "a", content(size))
    assert read(store, "a") == content(size)


@SIZES
def test_a_line_that_is_cut_once_is_taken_up_again(far_store, store, bucket, line, size):
    line.cuts, line.sent_before_cut = 1, size // 2
    put(far_store, "a", content(size))
    assert line.done == 1
    assert read(store, "a") == content(size)
    assert len(bucket.versions()) == 1


def test_reading_goes_on_where_the_line_was_cut(far_store, line):
    data = content(LARGE)
    put(far_store, "a", data)
    line.cuts, line.answered_before_cut = 5, 1_500_000
    assert read(far_store, "a") == data
    assert line.done == 5


def test_reading_through_a_line_that_stays_cut_is_unavailable(far_store, line):
    put(far_store, "a", content(LARGE))
    with far_store.open("a") as stream:
        line.cuts, line.answered_before_cut = 1000, 0
        with pytest.raises(Unavailable, match="store_unavailable"):
            stream.read()


@SIZES
@pytest.mark.parametrize("way", ["put", "move"])
def test_a_request_that_is_sent_again_since_its_answer_was_lost_knows_its_own_success(store, bucket, monkeypatch, way, size):
    send = S3Client.request

    def repeated(self, *where, **rest):
        answer = send(self, *where, **rest)
        return send(self, *where, **rest) if "If-None-Match" in rest.get("headers", {}) else answer

    data = content(size)
    if way == "move":
        put(store, "incoming/a", data)
    monkeypatch.setattr(S3Client, "request", repeated)
    put(store, "a", data) if way == "put" else store.move("incoming/a", "a")
    assert read(store, "a") == data
    assert len(bucket.versions()) == 1
    assert bucket.unfinished() == 0


def test_a_large_object_whose_last_answer_never_comes_is_found_to_be_there(store, bucket, monkeypatch):
    send = S3Client.request

    def lost(self, *where, **rest):
        answer = send(self, *where, **rest)
        if "If-None-Match" in rest.get("headers", {}):
            raise ProtocolError("cut")
        return answer

    monkeypatch.setattr(S3Client, "request", lost)
    put(store, "a", content(LARGE))
    assert read(store, "a") == content(LARGE)
    assert len(bucket.versions()) == 1


def test_a_move_that_dies_before_its_end_loses_nothing(store, monkeypatch):
    put(store, "incoming/a", b"scan")
    with monkeypatch.context() as patched:
        patched.setattr(S3Store, "delete", lambda self, key: (_ for _ in ()).throw(Unavailable("store_unavailable", key)))
        with pytest.raises(Unavailable):
            store.move("incoming/a", "originals/a")
    assert [read(store, key) for key in ("incoming/a", "originals/a")] == [b"scan", b"scan"]


def test_a_server_that_is_away_is_told_by_the_check(far_store, line):
    far_store.check()
    line.close()
    with pytest.raises(Unavailable, match="store_unavailable"):
        far_store.check()


def test_a_server_that_never_answers_is_given_up(bucket):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="store_unavailable"):
            bucket.open(endpoint=f"127.0.0.1:{deaf.getsockname()[1]}", timeout_seconds=0.5)
        assert time.monotonic() - begun < 10
