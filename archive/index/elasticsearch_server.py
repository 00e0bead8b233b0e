"""Asking Elasticsearch: what fails for the moment is asked again, and what fails becomes Unavailable.

What the server says is wrong may quote what it was sent. So an error tells its type and nothing more, and the server's own is
not chained to it.
"""

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from elastic_transport import TlsError
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch import ConnectionError as NoConnection

from archive.errors import Unavailable

T = TypeVar("T")

WRITING = (0.1, 0.3, 1.0, 2.0)
"""Seconds before each further try of a write: work can wait."""
SEARCHING = (0.05, 0.2)
"""Somebody waits for the answer."""
ONCE = ()

_GONE = frozenset({"index_not_found_exception", "aliases_not_found_exception"})
_THERE = "resource_already_exists_exception"
_BLOCKED = "cluster_block_exception"
_FLOODED = "flood-stage"  # disk usage is beyond the last watermark: the server takes deletions only
_BUSY = frozenset({429, 502, 503, 504})
_FORBIDDEN = frozenset({401, 403})
_CONNECTIONS = 40  # as many as there are threads that answer requests


class Busy(Exception):
    """The server has too much in hand, or the connection broke; asking again is worth while. It tells what was wrong."""


class NoSuchIndex(Exception):
    """There is no such index or alias."""


class IndexExists(Exception):
    """There is an index of this name already."""


def connect(url: str, user: str, password: str, ca_file: Path | None, timeout_seconds: float) -> Elasticsearch:
    """A client of the servers at *url*, separated by commas. Nothing is asked yet."""
    return Elasticsearch(
        [each.strip() for each in url.split(",")],
        basic_auth=(user, password),
        request_timeout=timeout_seconds,
        connections_per_node=_CONNECTIONS,
        max_retries=0,
        ca_certs=str(ca_file) if ca_file else DEFAULT,
    )


def asked(ask: Callable[[], T], waits: tuple[float, ...] = SEARCHING) -> T:
    """What *ask* gives; asked again after each of *waits* where the server is busy. Raises Unavailable, NoSuchIndex,
    IndexExists."""
    for wait in waits:
        try:
            return _once(ask)
        except Busy:
            pause(wait)
    try:
        return _once(ask)
    except Busy as busy:
        raise Unavailable("index_unavailable", f"the search index does not answer: {busy}") from None


def pause(seconds: float) -> None:
    """About so long: many that failed at the same moment must not come back at the same moment."""
    time.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - nothing is to be kept secret


def meaning(error: Mapping[str, Any], status: int) -> Exception:
    """What *error*, as the server writes it, is to us: Busy, NoSuchIndex, IndexExists or Unavailable."""
    kinds = [each.get("type") for each in (error, *error.get("root_cause", ()))]
    if _GONE.intersection(kinds):
        return NoSuchIndex()
    if _THERE in kinds:
        return IndexExists()
    if _BLOCKED in kinds:
        if _FLOODED in str(error.get("reason")):
            return Unavailable("index_full", "the disk of the search index is full")
        return Unavailable("index_unavailable", "the search index takes no writes: it is blocked")
    if status in _BUSY:
        return Busy(f"{status} {kinds[0]}")
    what = "refuses this account" if status in _FORBIDDEN else "refuses what it is asked"
    return Unavailable("index_unavailable", f"the search index {what}: {status} {kinds[0]}")


def _once(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except NoConnection as error:
        if isinstance(error, TlsError):
            raise Unavailable("index_unavailable", "the search index is not whom its certificate must name") from None
        raise Busy(type(error).__name__) from None
    except TransportError as error:  # it took too long, or was not understood: asking again would take as long
        raise Unavailable("index_unavailable", f"the search index does not answer: {type(error).__name__}") from None
    except ApiError as error:
        raise meaning(_told(error.body), error.meta.status) from None


def _told(body: object) -> Mapping[str, Any]:
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {"type": "unknown"}
