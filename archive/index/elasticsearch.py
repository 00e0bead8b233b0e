"""The search index on Elasticsearch 9.

How it ranks stands in elasticsearch_question.py, how it is rebuilt in elasticsearch_generations.py.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from archive.errors import Unavailable
from archive.index import elasticsearch_answer as answer
from archive.index import elasticsearch_question as question
from archive.index.elasticsearch_bulk import Operation, Target, operation_of, write, write_all
from archive.index.elasticsearch_generations import (
    ElasticsearchGeneration,
    begin,
    building_alias,
    close_view,
    ensure,
    ids_of,
)
from archive.index.elasticsearch_server import ONCE, SEARCHING, WRITING, NoSuchIndex, asked, connect, pause
from archive.index.port import IndexAnswer, IndexRequest
from schemas.record import IndexRecord

T = TypeVar("T")

_DEEPEST = 10_000
"""What Elasticsearch answers at once, counted from the first; beyond, it is walked through (`index.max_result_window`)."""
_KEEP_ALIVE = "1m"


def open_elasticsearch(
    url: str,
    name: str,
    user: str,
    password: str,
    *,
    ca_file: Path | None,
    shards: int,
    replicas: int,
    timeout_seconds: float,
) -> "ElasticsearchIndex":
    """The index *name* of the servers at *url* (several are separated by commas), made if absent and the account may.

    What is wrong with it is said by whoever asks it: an archive can be opened without its index, to rebuild it.
    """
    index = ElasticsearchIndex(connect(url, user, password, ca_file, timeout_seconds), name, shards=shards, replicas=replicas)
    with contextlib.suppress(Unavailable):
        index.prepare()
    return index


class ElasticsearchIndex:
    """A `SearchIndex`. What was put is seen within a second, or once refreshed."""

    def __init__(self, client: Elasticsearch, name: str, *, shards: int = 1, replicas: int = 0) -> None:
        self._client = client
        self._name = name
        self._shards = shards
        self._replicas = replicas
        self._is_prepared = False

    def prepare(self) -> None:
        """See that the index is there and of our format; it is asked once. Raises Unavailable."""
        if not self._is_prepared:
            ensure(self._client, self._name, self._shards, self._replicas)
            self._is_prepared = True

    def put(self, record: IndexRecord) -> None:
        self._write([operation_of(record)])

    def put_all(self, records: Iterable[IndexRecord]) -> None:
        self.put_prepared(map(operation_of, records))

    def put_prepared(self, operations: Iterable[Operation]) -> None:
        """`put_all` for records that were made ready before, each by `operation_of`."""
        write_all(operations, self._write)

    def remove(self, document_id: str) -> None:
        self._write([Operation("delete", document_id)])

    def refresh(self) -> None:
        self._ask(lambda: self._client.indices.refresh(index=self._name), WRITING)

    def count(self) -> int:
        return int(self._ask(lambda: self._client.count(index=self._name))["count"])

    def document_ids(self) -> Iterator[str]:
        self.prepare()
        try:
            yield from self._while_there(lambda: ids_of(self._client, self._name))
        except NoSuchIndex:
            raise Unavailable("index_unavailable", "the search index was rebuilt while its documents were listed") from None

    def search(self, request: IndexRequest) -> IndexAnswer:
        if not all(group.tokens for group in request.tokens):
            return IndexAnswer(0, (), tuple(() for _ in request.facets))
        if request.after is not None:
            after = [request.after.score, request.after.document_id]
            size = min(request.limit, _DEEPEST)
            answered = self._ask(lambda: self._search(request, search_after=after, size=size, **self._whole()))
            return _answer(answered, answered["hits"]["hits"], request)
        if request.offset + request.limit > _DEEPEST:
            return self._search_deep(request)
        answered = self._ask(lambda: self._search(request, from_=request.offset, size=request.limit, **self._whole()))
        return _answer(answered, answered["hits"]["hits"], request)

    def search_all(self, requests: Sequence[IndexRequest]) -> tuple[IndexAnswer, ...]:
        return tuple(map(self.search, requests))

    def check(self) -> None:
        self.prepare()
        self._ask(lambda: self._client.search(size=0, terminate_after=1, **self._whole()), ONCE)

    def rebuild(self) -> ElasticsearchGeneration:
        generation = begin(self._client, self._name, self._shards, self._replicas)
        self._is_prepared = False  # the one in service may be of another format, until this one takes its place
        return generation

    def close(self) -> None:
        self._client.close()

    def _write(self, operations: list[Operation]) -> None:
        """To the generation in service and to the one that is being built, if one is.

        One may be begun between the question and the writing. Its builder then reads the catalog after it was begun, and
        there stands already what is written here.
        """
        self.prepare()
        building = building_alias(self._name)
        targets = [Target(self._name)]
        if self._ask(lambda: self._client.indices.exists_alias(name=building), WRITING):
            targets.append(Target(building, may_be_gone=True))
        self._while_there(lambda: write(self._client, operations, targets))

    def _ask(self, ask: Callable[[], T], waits: tuple[float, ...] = SEARCHING) -> T:
        self.prepare()
        return self._while_there(lambda: asked(ask, waits))

    def _while_there(self, do: Callable[[], T]) -> T:
        """A generation that is taken out of service may vanish under a request; the alias then names the next one."""
        for wait in SEARCHING:
            try:
                return do()
            except NoSuchIndex:
                pause(wait)
        try:
            return do()
        except NoSuchIndex:
            raise Unavailable("index_unavailable", f"there is no search index {self._name}: rebuild it") from None

    def _whole(self) -> dict[str, Any]:
        """Answered by all shards or by none."""
        return {"index": self._name, "allow_partial_search_results": False}

    def _search(self, request: IndexRequest, **rest: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what the client takes
        answered: Mapping[str, Any] = self._client.search(
            query=question.query_of(request),
            sort=question.ORDER,
            source=False,
            stored_fields=answer.stored_fields(request),
            docvalue_fields=answer.DOCVALUE_FIELDS,
            track_total_hits=True,
            aggregations=question.facets_of(request) or None,
            **rest,
        ).body
        return answered

    def _search_deep(self, request: IndexRequest) -> IndexAnswer:
        """Walk through what comes before, in one view of the index."""
        view = self._ask(lambda: self._client.open_point_in_time(keep_alive=_KEEP_ALIVE, **self._whole()))["id"]
        try:
            return self._ask(lambda: self._walk(request, {"id": view, "keep_alive": _KEEP_ALIVE}))
        finally:
            close_view(self._client, view)

    def _walk(self, request: IndexRequest, view: dict[str, str]) -> IndexAnswer:
        first: Mapping[str, Any] = {}
        hits: list[Any] = []
        at, end, after = 0, request.offset + request.limit, None
        while at < end and (at == 0 or after):
            step = min(_DEEPEST, request.offset - at if at < request.offset else end - at)
            part = self._search(request, pit=view, size=step, search_after=after)
            first = first or part
            found = part["hits"]["hits"]
            hits += found if at >= request.offset else ()
            at, after = at + step, found[-1]["sort"] if len(found) == step else None
        return _answer(first, hits, request)


def _answer(answered: Mapping[str, Any], hits: Iterable[Mapping[str, Any]], request: IndexRequest) -> IndexAnswer:
    found = tuple(answer.found_of(hit, request) for hit in hits)
    return IndexAnswer(answer.total_of(answered), found, answer.facets_of(answered, request))
