"""One stored object as a stream: ranges asked for as they are read, all of the same version, through cut connections."""

import time

from minio.error import S3Error
from minio.helpers import DictType
from urllib3.response import BaseHTTPResponse

from archive.errors import Unavailable
from archive.store.s3_client import S3Client
from archive.store.s3_errors import answering
from archive.store.seekable import Seekable

_NARROWEST = 1024 * 1024  # what is asked for after a jump, as by readers of PDF and TIFF
_WIDEST = 64 * 1024 * 1024  # each range that was read through doubles the next, up to this
_SKIPPED = 256 * 1024  # to read on over as much costs less than another request
_WAITS_SECONDS = (0.0, 0.2, 0.4, 0.8)  # before each try


class ObjectReader(Seekable):
    """Reads an object. Every error of the server is an ArchiveError; one that was deleted meanwhile raises NotFound."""

    def __init__(self, client: S3Client, single: S3Client, bucket: str, key: str) -> None:
        """*client* opens, with tries of its own; *single* asks once, since reading tries again from where it was."""
        self._single = single
        self._bucket = bucket
        self._key = key
        self._position = 0
        self._width = _NARROWEST
        self._response: BaseHTTPResponse | None = None
        self._open(client)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self._size - self._position)
        if count <= 0:
            return 0
        part = self._read(count)
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._leave()
        super().close()

    def _open(self, client: S3Client) -> None:
        """Learn the version and the size from the first range, which most objects fit into."""
        with answering(self._key):
            try:
                response = client.get_object(self._bucket, self._key, request_headers=_range(0, _NARROWEST))
            except S3Error as error:
                if error.code != "InvalidRange":  # an empty object has no range
                    raise
                found = client.stat_object(self._bucket, self._key)
                self._version, self._size = found.version_id, 0
                return
        self._version = response.headers.get("x-amz-version-id")
        self._size = int(response.headers["Content-Range"].rpartition("/")[2])
        self._begin(response)

    def _begin(self, response: BaseHTTPResponse) -> None:
        self._response = response
        self._at = self._position
        self._end = min(self._at + self._width, self._size)

    def _read(self, count: int) -> bytes:
        for wait in _WAITS_SECONDS:
            time.sleep(wait)
            try:
                if part := self._read_once(count):
                    return part
                failure = Unavailable("store_unavailable", f"{self._key} (cut short)")
            except Unavailable as error:
                failure = error
            self._drop()
        raise failure

    def _read_once(self, count: int) -> bytes:
        with answering(self._key):
            response = self._here()
            part: bytes = response.read(min(count, self._end - self._position))
        self._position += len(part)
        self._at = self._position
        return part

    def _here(self) -> BaseHTTPResponse:
        """A response whose next byte is the one at the stream's position."""
        response = self._response
        if response is not None and self._at <= self._position < min(self._end, self._at + _SKIPPED):
            self._at += len(response.read(self._position - self._at))
            if self._at == self._position:
                return response
        read_through = response is not None and self._at == self._end == self._position
        self._width = min(2 * self._width, _WIDEST) if read_through else _NARROWEST
        self._leave()
        return self._ask()

    def _ask(self) -> BaseHTTPResponse:
        headers = _range(self._position, self._width)
        response = self._single.get_object(self._bucket, self._key, request_headers=headers, version_id=self._version)
        self._begin(response)
        return response

    def _leave(self) -> None:
        """Give the connection back where little is left to come on it; end it where reading that would cost more."""
        response, self._response = self._response, None
        if response is None:
            return
        if self._end - self._at <= _SKIPPED:
            response.drain_conn()
            response.release_conn()
        else:
            response.close()

    def _drop(self) -> None:
        response, self._response = self._response, None
        if response is not None:
            response.close()


def _range(start: int, width: int) -> DictType:
    return {"Range": f"bytes={start}-{start + width - 1}"}
