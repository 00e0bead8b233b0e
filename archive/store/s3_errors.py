"""What an S3 server or the way to it can answer, as the archive's errors. Details name keys and codes, never values."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from xml.etree.ElementTree import ParseError

from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from archive.errors import ArchiveError, NotFound, Refused, Unavailable

MISSING = {"NoSuchKey", "NoSuchVersion"}
_FULL = {"XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"}
_FORBIDDEN = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled", "AccountProblem"}


@contextmanager
def answering(what: str) -> Iterator[None]:
    """Raise what goes wrong inside as an ArchiveError about *what*, a key or a bucket.

    A server that refuses our account is Unavailable, not Refused: no rule forbids the work, it waits for whoever runs the
    archive to put the account right.
    """
    try:
        yield
    except S3Error as error:
        raise _answered(error, what) from error
    except (MinioException, HTTPError, ParseError) as error:
        raise Unavailable("store_unavailable", f"{what} ({_cause(error)})") from error


def _answered(error: S3Error, what: str) -> ArchiveError:
    if error.code in MISSING:
        return NotFound("not_found", what)
    if error.code == "PreconditionFailed":
        return Refused("object_exists", what)
    if error.code in _FULL or error.response.status == HTTPStatus.INSUFFICIENT_STORAGE:
        return Unavailable("store_full", what)
    if error.code in _FORBIDDEN:
        return Unavailable("store_forbidden", f"{what} ({error.code})")
    return Unavailable("store_unavailable", f"{what} ({error.code})")


def _cause(error: BaseException) -> str:
    """The kind of error and nothing of its text, which may quote an answer; a certificate's is worth telling apart."""
    if isinstance(error, MaxRetryError) and error.reason is not None:
        return _cause(error.reason)
    return "its certificate is not vouched for" if isinstance(error, SSLError) else type(error).__name__
