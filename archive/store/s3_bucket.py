"""What the bucket must be able to do, found out when a store is opened: one question, and one more where it is to lock."""

from minio.commonconfig import ENABLED
from minio.error import S3Error
from minio.versioningconfig import VersioningConfig

from archive.errors import Rejected
from archive.store.s3_client import S3Client
from archive.store.s3_errors import answering
from archive.store.s3_upload import fields


def prepare(client: S3Client, bucket: str, *, locking: bool) -> None:
    """Make *bucket* where it is missing. Rejected(bad_settings) where it cannot be made, or lacks what is needed."""
    try:
        if not _keeps_versions(client, bucket):
            raise _wrong(f"{bucket} does not keep versions; turn versioning on")
    except ValueError as error:  # the SDK checks the name before it asks
        raise _wrong(f"{bucket} is no name of a bucket") from error
    if locking and not _can_lock(client, bucket):
        raise _wrong(f"{bucket} has no Object Lock, which is set when it is made")


def _wrong(what: str) -> Rejected:
    return Rejected("bad_settings", f"store.bucket: {what}")


def _keeps_versions(client: S3Client, bucket: str) -> bool:
    with answering(bucket):
        try:
            return _versioning(client, bucket)
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise
        _make(client, bucket)
        return _versioning(client, bucket)


def _versioning(client: S3Client, bucket: str) -> bool:
    return client.get_bucket_versioning(bucket).status == ENABLED


def _make(client: S3Client, bucket: str) -> None:
    """With Object Lock in any case: it can be had only now, and locks nothing that is not written so."""
    try:
        client.make_bucket(bucket, object_lock=True)
        client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    except S3Error as error:
        if error.code in {"AccessDenied", "BucketAlreadyExists"}:
            raise _wrong(f"there is no {bucket} that this account may use") from error
        if error.code != "BucketAlreadyOwnedByYou":  # another process was first
            raise


def _can_lock(client: S3Client, bucket: str) -> bool:
    """Asked for by hand: the SDK does not understand the answer of a bucket without a default retention."""
    with answering(bucket):
        try:
            answer = client.request("GET", bucket, query={"object-lock": ""})
        except S3Error as error:
            if error.code == "ObjectLockConfigurationNotFoundError":
                return False
            raise
        return fields(answer).get("ObjectLockEnabled") == ENABLED
