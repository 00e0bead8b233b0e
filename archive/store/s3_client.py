"""The way to an S3 server: TLS, time limits, tries, and signed requests of any kind."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.helpers import DictType
from urllib3.response import BaseHTTPResponse

from archive.errors import Rejected

_BACKOFF_SECONDS = 0.2  # doubled at each further try
_PASSING = (500, 502, 503, 504)
_KEPT_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Account:
    """Where the server is and as whom to speak to it."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str
    tls: bool
    ca_file: Path | None


class S3Client(Minio):
    """The SDK's client, with the one call it keeps to itself; see docs/decisions/0011-s3.md for what its others lack.

    Safe among threads. A process forked from this one must make its own.
    """

    def request(
        self,
        method: str,
        bucket: str,
        key: str | None = None,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> BaseHTTPResponse:
        """The server's answer, read. Errors are those of the SDK and of urllib3; see `s3_errors`."""
        # New dicts, since the SDK adds to them, and of its own type of value.
        sent: DictType = {**headers} if headers else {}
        asked: DictType = {**query} if query else {}
        return self._execute(method, bucket, key, body=body, headers=sent, query_params=asked)


def connect(account: Account, timeout_seconds: float, tries: int) -> S3Client:
    """A client that waits *timeout_seconds* for each answer and asks *tries* times. Nothing is sent yet.

    Rejected(bad_settings) where the settings allow none.
    """
    if not account.tls and not _is_this_machine(account.endpoint):
        raise Rejected("bad_settings", "store.tls: without TLS a store may only be on this machine")
    try:
        return S3Client(
            account.endpoint,
            account.access_key,
            account.secret_key,
            secure=account.tls,
            region=account.region,
            http_client=_pool(account, timeout_seconds, tries),
        )
    except ValueError as error:
        raise Rejected("bad_settings", "store.endpoint: host and port, without a scheme or path") from error


def _pool(account: Account, timeout_seconds: float, tries: int) -> urllib3.PoolManager:
    """Every request may be sent again: writes carry their attempt's name, by which its own success is told from another's."""
    retries = urllib3.Retry(
        total=tries - 1,
        redirect=False,
        allowed_methods=None,
        status_forcelist=_PASSING,
        backoff_factor=_BACKOFF_SECONDS,
        raise_on_status=False,
        respect_retry_after_header=False,  # a server may ask for minutes; the caller's own waiting knows better
    )
    timeout = urllib3.Timeout(connect=timeout_seconds, read=timeout_seconds)
    return urllib3.PoolManager(maxsize=_KEPT_CONNECTIONS, timeout=timeout, retries=retries, ssl_context=_trust(account))


def _trust(account: Account) -> ssl.SSLContext | None:
    if not account.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=account.ca_file)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one
        raise Rejected("bad_settings", f"store.ca_file: {account.ca_file} cannot be read") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_this_machine(endpoint: str) -> bool:
    host = urlsplit(f"//{endpoint}").hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
