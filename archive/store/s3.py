"""Objects on a server that speaks S3; docs/decisions/0011-s3.md says what is asked of the server, and why it is done so."""

import io
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from minio.datatypes import Object
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from archive.clock import Clock, utc_now
from archive.errors import NotFound, Refused, Unavailable
from archive.store.object_key import ORIGINALS, check_key
from archive.store.s3_bucket import prepare
from archive.store.s3_client import Account, connect
from archive.store.s3_errors import MISSING, answering
from archive.store.s3_listing import uploads, versions
from archive.store.s3_reading import ObjectReader
from archive.store.s3_upload import (
    CHECKSUM,
    ONLY_IF_ABSENT,
    PART_BYTES,
    Part,
    Upload,
    checksum,
    checksum_of_parts,
    tag_of_parts,
)
from archive.store.source import take

_TRIES = 4
_READ_AHEAD_BYTES = 64 * 1024
_PROBE_KEY = "incoming/check"
_PROBE_SECONDS = 5.0
_ATTEMPT = "x-amz-meta-attempt"
_LOCK_MODE = "x-amz-object-lock-mode"
_LOCK_UNTIL = "x-amz-object-lock-retain-until-date"
_PROTECTED = {"AccessDenied", "InvalidRequest", "ObjectLocked"}  # what servers call a refusal for the lock's sake
_LEGAL_HOLD = "x-amz-object-lock-legal-hold"


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """What keeps an original from being deleted: days of retention from when it is written (0: none), and a legal hold."""

    retention_days: int
    legal_hold: bool

    @property
    def is_asked(self) -> bool:
        return self.retention_days > 0 or self.legal_hold

    def headers(self, key: str, now: datetime) -> dict[str, str]:
        """Of a request that writes *key*: originals are locked, nothing else.

        The mode is COMPLIANCE: nobody shortens it, no administrator either. Erasure needs no way round it, since destroying
        a document's key destroys what lies here.
        """
        if not key.startswith(ORIGINALS):
            return {}
        until = (now + timedelta(days=self.retention_days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        retention = {_LOCK_MODE: "COMPLIANCE", _LOCK_UNTIL: until} if self.retention_days else {}
        return {**retention, **({_LEGAL_HOLD: "ON"} if self.legal_hold else {})}


def open_s3(
    endpoint: str,
    bucket: str,
    access_key: str,
    secret_key: str,
    *,
    region: str,
    tls: bool,
    ca_file: Path | None,
    lock: ObjectLock,
    timeout_seconds: float,
) -> "S3Store":
    """The store in *bucket*, which is made where there is none.

    *endpoint* is a host and its port; *timeout_seconds* the wait for one answer. Rejected(bad_settings) where the bucket
    keeps no versions, has no Object Lock though *lock* asks for one, or is missing and may not be made by this account.
    """
    account = Account(endpoint, access_key, secret_key, region, tls, ca_file)
    store = S3Store(account, bucket, lock, timeout_seconds)
    store.prepare()
    return store


class S3Store:
    """An `ObjectStore` in a bucket that keeps versions.

    Safe among threads; a process forked from this one opens its own. A key has one version, ever: it is written only where
    it is absent, and deleting it deletes every version.
    """

    def __init__(self, account: Account, bucket: str, lock: ObjectLock, timeout_seconds: float, clock: Clock = utc_now) -> None:
        self._client = connect(account, timeout_seconds, _TRIES)
        self._single = connect(account, timeout_seconds, 1)
        self._probe = connect(account, min(timeout_seconds, _PROBE_SECONDS), 1)
        self._bucket = bucket
        self._lock = lock
        self._clock = clock

    def prepare(self) -> None:
        """Check the bucket, or make it; see `open_s3`."""
        prepare(self._client, self._bucket, locking=self._lock.is_asked)

    def put(self, key: str, source: BinaryIO) -> None:
        check_key(key)
        first = take(source, PART_BYTES, key)
        if len(first) < PART_BYTES:
            self._put_whole(key, first)
        else:
            self._put_parts(key, first, source)

    def open(self, key: str) -> BinaryIO:
        reader = ObjectReader(self._client, self._single, self._bucket, check_key(key))
        return io.BufferedReader(reader, _READ_AHEAD_BYTES)

    def move(self, key: str, target: str) -> None:
        """Cut short, it leaves both or the target alone: what is under the target is always whole."""
        check_key(target)
        with answering(key):
            source = self._client.stat_object(self._bucket, check_key(key))
        if _is_held(source):
            raise Refused("on_hold", key)
        if source.size:
            self._copy(source, target)
        else:
            self._put_whole(target, b"")
        self.delete(key)

    def delete(self, key: str) -> None:
        with answering(check_key(key)):
            for found, version in versions(self._client, self._bucket, key):
                if found != key:
                    break  # the keys that only begin so come after it
                self._delete_version(key, version)

    def keys(self, prefix: str = "") -> Iterator[str]:
        with answering(prefix or self._bucket):
            for found in self._client.list_objects(self._bucket, prefix=prefix, recursive=True):
                yield cast("str", found.object_name)

    def check(self) -> None:
        """Begin an object and give it up: a server that answers may be full, or not let us write. That leaves no version."""
        with answering(self._bucket):
            Upload.begin(self._probe, self._bucket, _PROBE_KEY, {}).abandon()

    def clear_unfinished(self, before: datetime) -> int:
        with answering(self._bucket):
            old = [upload for upload, begun in uploads(self._client, self._bucket) if begun < before]
            for upload in old:
                upload.abandon()
        return len(old)

    def _put_whole(self, key: str, data: bytes) -> None:
        attempt, stored = secrets.token_hex(16), checksum(data)
        headers = {**self._headers(key, attempt), **ONLY_IF_ABSENT, CHECKSUM: stored}
        said = None
        try:
            with answering(key):
                said = self._client.request("PUT", self._bucket, key, headers=headers, body=data).headers.get(CHECKSUM)
        except Refused:
            if not self._holds(key, attempt):
                raise
        if said != stored:
            self._confirm(key, attempt, stored)

    def _put_parts(self, key: str, first: bytes, source: BinaryIO) -> None:
        attempt = secrets.token_hex(16)
        self._refuse_existing(key)
        with answering(key):
            upload = self._begin(key, {**self._headers(key, attempt), "x-amz-checksum-algorithm": "SHA256"})
        try:
            parts = tuple(self._send(upload, first, source))
            self._finish(upload, attempt, parts, checksum_of_parts(parts))
        except BaseException:
            self._abandon(upload)
            raise

    def _send(self, upload: Upload, data: bytes, source: BinaryIO) -> Iterator[Part]:
        number = 1
        while data:
            stored = checksum(data)
            with answering(upload.key):
                part = upload.send(number, data, stored)
            if part.checksum != stored:
                raise Unavailable("store_unavailable", f"{upload.key} (what arrived was not confirmed)")
            yield part
            number, data = number + 1, take(source, PART_BYTES, upload.key)

    def _copy(self, source: Object, target: str) -> None:
        """By the server, in the parts that it was written in, so that the copy's ETag must be that of the source."""
        attempt = secrets.token_hex(16)
        with answering(target):
            upload = self._begin(target, self._headers(target, attempt))
        try:
            parts = tuple(self._copy_parts(upload, source))
            _require_same(parts, source, target)
            self._finish(upload, attempt, parts, None)
        except BaseException:
            self._abandon(upload)
            raise

    def _copy_parts(self, upload: Upload, source: Object) -> Iterator[Part]:
        where = {"x-amz-copy-source": f"/{self._bucket}/{source.object_name}?versionId={source.version_id}"}
        size = cast("int", source.size)
        with answering(cast("str", source.object_name)):
            for number, start in enumerate(range(0, size, PART_BYTES), start=1):
                last = min(start + PART_BYTES, size) - 1
                yield upload.copy(number, {**where, "x-amz-copy-source-range": f"bytes={start}-{last}"})

    def _begin(self, key: str, headers: dict[str, str]) -> Upload:
        return Upload.begin(self._client, self._bucket, key, headers)

    def _finish(self, upload: Upload, attempt: str, parts: tuple[Part, ...], expected: str | None) -> None:
        """*expected* is the checksum of the whole, where it has one.

        Where it is not certain whether this attempt or another made the object, the object says.
        """
        said = None
        try:
            with answering(upload.key):
                said = upload.finish(parts).get("ChecksumSHA256")
        except (Refused, Unavailable):
            if not self._holds(upload.key, attempt):
                raise
        if expected not in {None, said}:
            self._confirm(upload.key, attempt, expected)

    @staticmethod
    def _abandon(upload: Upload) -> None:
        """What cannot be told to the server now is cleared later: `clear_unfinished`."""
        try:
            upload.abandon()
        except (MinioException, HTTPError):
            return

    def _headers(self, key: str, attempt: str) -> dict[str, str]:
        return {**self._lock.headers(key, self._clock()), _ATTEMPT: attempt}

    def _refuse_existing(self, key: str) -> None:
        """Before a large object is sent in vain; whether the key is free is decided when it is finished."""
        if self._stat(key) is not None:
            raise Refused("object_exists", key)

    def _holds(self, key: str, attempt: str) -> bool:
        """Whether the object is the one that *attempt* wrote, whose answer may have been lost on the way."""
        found = self._stat(key)
        return found is not None and _header(found, _ATTEMPT) == attempt

    def _confirm(self, key: str, attempt: str, stored: str | None) -> None:
        """Ask for the checksum that the answer to *attempt* lacked; what is not stored as it was sent is taken back."""
        found = self._stat(key)
        if found is None or _header(found, _ATTEMPT) != attempt:
            raise Unavailable("store_unavailable", f"{key} (what was stored is gone)")
        if _header(found, CHECKSUM) == stored:
            return
        with suppress(Refused):  # it may be locked already
            self.delete(key)
        raise Unavailable("store_unavailable", f"{key} (what was stored was not confirmed)")

    def _stat(self, key: str) -> Object | None:
        try:
            with answering(key):
                return self._client.stat_object(self._bucket, key, extra_headers={"x-amz-checksum-mode": "ENABLED"})
        except NotFound:
            return None

    def _delete_version(self, key: str, version: str) -> None:
        try:
            self._client.remove_object(self._bucket, key, version_id=version)
        except S3Error as error:
            if error.code in MISSING:  # another process was faster, or this request was sent again
                return
            if error.code in _PROTECTED and _is_held(self._client.stat_object(self._bucket, key, version_id=version)):
                raise Refused("on_hold", key) from error
            raise


def _header(found: Object, name: str) -> str:
    return (found.metadata or {}).get(name, "")


def _is_held(found: Object) -> bool:
    return _header(found, _LEGAL_HOLD) == "ON" or bool(_header(found, _LOCK_MODE))


def _require_same(parts: tuple[Part, ...], source: Object, target: str) -> None:
    """The MD5s that the server reckoned of the copied parts must be those of the source.

    Under a key of a key service it reckons none; then it has to be believed, as in any copy that it makes.
    """
    if _header(source, "x-amz-server-side-encryption").startswith("aws:kms"):
        return
    if source.etag not in {tag_of_parts(parts), parts[0].tag if len(parts) == 1 else ""}:
        raise Unavailable("store_unavailable", f"{target} (the copy is not what it was made from)")
