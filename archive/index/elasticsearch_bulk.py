"""Writing many documents to Elasticsearch in few requests; none is dropped unnoticed."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from elasticsearch import Elasticsearch

from archive.errors import Rejected, Unavailable
from archive.index.elasticsearch_document import document_of
from archive.index.elasticsearch_server import WRITING, Busy, NoSuchIndex, asked, meaning, pause
from archive.index.port import check_public
from schemas.record import IndexRecord

_OPERATIONS_IN_A_REQUEST = 500
_BYTES_IN_A_REQUEST = 4 * 2**20
LARGEST_DOCUMENT = 95 * 2**20  # a server takes requests of 100 MB (`http.max_content_length`)
_REQUESTS_AT_ONCE = 3  # two cores of a server stay busy while the next is on its way
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be done with one document. `create` leaves one that is there alone, `delete` minds none that is not."""

    kind: Literal["index", "create", "delete"]
    document_id: str
    document: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """An alias to write to; where `may_be_gone`, nothing is written there if there is none."""

    alias: str
    may_be_gone: bool = False


@dataclass(frozen=True, slots=True)
class _Write:
    target: Target
    operation: Operation

    def lines(self) -> list[bytes]:
        action = {self.operation.kind: {"_index": self.target.alias, "_id": self.operation.document_id, "require_alias": True}}
        head = json.dumps(action).encode()
        return [head] if self.operation.document is None else [head, self.operation.document]


def write(client: Elasticsearch, operations: Sequence[Operation], targets: Sequence[Target]) -> None:
    """Do all *operations* on all *targets*, those again that the server had no time for. Raises Unavailable, NoSuchIndex."""
    left = [_Write(target, operation) for target in targets for operation in operations]
    for wait in WRITING:
        left = _sent(client, left)
        if not left:
            return
        pause(wait)
    if _sent(client, left):
        raise Unavailable("index_unavailable", f"the search index is too busy to take {len(left)} records")


def write_all(operations: Iterable[Operation], send: Callable[[list[Operation]], None]) -> None:
    """Cut *operations* into parts and *send* these, some at a time, while the next is made ready. Raises what *send* raises."""
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as threads:
        under_way: deque[Future[None]] = deque()
        for part in _parts(operations):
            if len(under_way) > _REQUESTS_AT_ONCE:
                under_way.popleft().result()
            under_way.append(threads.submit(send, part))
        for sent in under_way:
            sent.result()


def operation_of(record: IndexRecord, kind: Literal["index", "create"] = "index") -> Operation:
    """Raises ValueError where *record* has text for anybody but the public, Rejected(too_large)."""
    check_public(record)
    document = document_of(record)
    if len(document) > LARGEST_DOCUMENT:
        raise Rejected("too_large", f"{record.document_id}: it has more text than the search index takes of one document")
    return Operation(kind, record.document_id, document)


def _parts(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    size = 0
    for operation in operations:
        part.append(operation)
        size += len(operation.document or b"")
        if len(part) >= _OPERATIONS_IN_A_REQUEST or size >= _BYTES_IN_A_REQUEST:
            yield part
            part, size = [], 0
    if part:
        yield part


def _sent(client: Elasticsearch, writes: Sequence[_Write]) -> list[_Write]:
    """Those that are to be tried again."""
    lines: list[Any] = [line for each in writes for line in each.lines()]  # the client sends bytes as they are
    shown = ["errors", "items.*.status", "items.*.error.type", "items.*.error.reason"]
    answered = asked(lambda: client.bulk(operations=lines, filter_path=shown), WRITING)
    if not answered["errors"]:
        return []
    items = (next(iter(item.values())) for item in answered["items"])
    return [each for each, item in zip(writes, items, strict=True) if _is_to_be_tried_again(each, item)]


def _is_to_be_tried_again(write: _Write, item: dict[str, Any]) -> bool:
    if "error" not in item or (write.operation.kind == "create" and item["status"] == _CONFLICT):
        return False
    error = meaning(item["error"], item["status"])
    if isinstance(error, NoSuchIndex) and write.target.may_be_gone:
        return False
    if isinstance(error, Busy):
        return True
    raise error
