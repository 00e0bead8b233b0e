"""Generations of one index in Elasticsearch: `NAME-000001`, `NAME-000002`, ...; the alias NAME is the one in service.

One that is being built has two more aliases: `NAME-building`, to which everybody writes beside NAME, and one of its own, to
which its builder writes; so that a builder whose generation was thrown away notices. An alias is moved in one step.
"""

import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from archive.errors import Refused, Unavailable
from archive.index.elasticsearch_bulk import Operation, Target, operation_of, write, write_all
from archive.index.elasticsearch_document import FORMAT, MAPPINGS, SETTINGS
from archive.index.elasticsearch_server import ONCE, WRITING, IndexExists, NoSuchIndex, asked
from schemas.record import IndexRecord

_PAGE_OF_IDS = 10_000
_KEEP_ALIVE = "1m"
_DRAIN_SECONDS = 90.0  # longer than a search that pages deeply keeps its view
_DRAIN_STEP_SECONDS = 0.2


def building_alias(name: str) -> str:
    return f"{name}-building"


def ensure(client: Elasticsearch, name: str, shards: int, replicas: int) -> None:
    """Make the first generation where there is none. Raises Unavailable where that of *name* is of another format."""
    try:
        found = asked(lambda: client.indices.get_mapping(index=name), ONCE)
    except NoSuchIndex:
        _make(client, name, 1, shards, replicas, {name: {}})
        return
    formats = {each["mappings"].get("_meta", {}).get("format") for each in found.values()}
    if formats != {FORMAT}:
        told = ", ".join(map(str, sorted(map(str, formats))))
        raise Unavailable("index_unavailable", f"the search index is of format {told}, not {FORMAT}: rebuild it")


def begin(client: Elasticsearch, name: str, shards: int, replicas: int) -> "ElasticsearchGeneration":
    """A new generation beside the one in service; others that are not in service are thrown away."""
    number = 1 + max((_number(index) for index in _generations(client, name)), default=0)
    # Nothing is searched before it serves; segments are written when memory is full, not each second.
    while not _make(client, name, number, shards, 0, {}, {"index.refresh_interval": "-1"}):
        number += 1
    generation = ElasticsearchGeneration(client, name, _index(name, number), replicas)
    generation.announce()
    for index, aliases in _generations(client, name).items():
        if name not in aliases and index != generation.index:
            delete_index(client, index)
    return generation


def ids_of(client: Elasticsearch, index: str) -> Iterator[str]:
    """The ids of all documents of *index* as of this moment, in order."""
    return _ids_in(client, asked(lambda: client.open_point_in_time(index=index, keep_alive=_KEEP_ALIVE))["id"])


def _ids_in(client: Elasticsearch, view: str) -> Iterator[str]:
    after: list[Any] | None = None
    try:
        while hits := _page_of_ids(client, view, after):
            yield from (hit["_id"] for hit in hits)
            after = hits[-1]["sort"]
    finally:
        close_view(client, view)


def close_view(client: Elasticsearch, view: str) -> None:
    """The server closes it by itself in a minute, so a failure is none."""
    try:
        client.close_point_in_time(id=view)
    except ApiError:
        return


def delete_index(client: Elasticsearch, index: str) -> None:
    try:
        asked(lambda: client.indices.delete(index=index), WRITING)
    except NoSuchIndex:
        return  # somebody else was quicker


class ElasticsearchGeneration:
    """A `Generation`: one index of Elasticsearch that nobody searches yet."""

    def __init__(self, client: Elasticsearch, name: str, index: str, replicas: int) -> None:
        self._client = client
        self._name = name
        self.index = index
        self._own = f"{index}-filling"
        self._replicas = replicas

    def announce(self) -> None:
        """From here on everybody writes to it, and to no other that was being built."""
        self._move(
            {"remove": {"index": f"{self._name}-*", "alias": building_alias(self._name), "must_exist": False}},
            {"add": {"index": self.index, "alias": building_alias(self._name)}},
            {"add": {"index": self.index, "alias": self._own}},
        )

    def add_all(self, records: Iterable[IndexRecord]) -> None:
        write_all((operation_of(record, "create") for record in records), self._write)

    def remove_all(self, document_ids: Iterable[str]) -> None:
        self._write([Operation("delete", each) for each in document_ids])

    def document_ids(self) -> Iterator[str]:
        try:
            asked(lambda: self._client.indices.refresh(index=self.index), WRITING)
            yield from ids_of(self._client, self.index)
        except NoSuchIndex:
            raise _superseded() from None

    def serve(self) -> None:
        settings = {"index.refresh_interval": None, "index.number_of_replicas": self._replicas}
        try:
            asked(lambda: self._client.indices.put_settings(index=self.index, settings=settings), WRITING)
            asked(lambda: self._client.indices.refresh(index=self.index), WRITING)
        except NoSuchIndex:
            raise _superseded() from None
        former = [index for index, aliases in _generations(self._client, self._name).items() if self._name in aliases]
        self._move(
            {"remove": {"index": self.index, "alias": building_alias(self._name), "must_exist": True}},
            {"remove": {"index": self.index, "alias": self._own}},
            {"remove": {"index": f"{self._name}-*", "alias": self._name, "must_exist": False}},
            {"add": {"index": self.index, "alias": self._name}},
        )
        for index in former:
            _drain(self._client, index)
            delete_index(self._client, index)

    def abandon(self) -> None:
        if self._name not in _generations(self._client, self._name).get(self.index, ()):
            delete_index(self._client, self.index)

    def _write(self, operations: list[Operation]) -> None:
        if not operations:
            return
        try:
            write(self._client, operations, [Target(self._own)])
        except NoSuchIndex:
            raise _superseded() from None

    def _move(self, *actions: dict[str, object]) -> None:
        try:
            asked(lambda: self._client.indices.update_aliases(actions=actions), WRITING)
        except NoSuchIndex:
            raise _superseded() from None


def _superseded() -> Refused:
    return Refused("rebuild_superseded", "another rebuild began, or this generation was removed")


def _index(name: str, number: int) -> str:
    return f"{name}-{number:06}"


def _number(index: str) -> int:
    return int(index.rpartition("-")[2])


def _make(
    client: Elasticsearch,
    name: str,
    number: int,
    shards: int,
    replicas: int,
    aliases: dict[str, dict[str, object]],
    more: dict[str, object] | None = None,
) -> bool:
    """False where somebody made an index of this name already."""
    settings = {**SETTINGS, **(more or {}), "index.number_of_shards": shards, "index.number_of_replicas": replicas}
    index = _index(name, number)
    try:
        asked(lambda: client.indices.create(index=index, mappings=MAPPINGS, settings=settings, aliases=aliases), WRITING)
    except IndexExists:
        return False
    return True


def _generations(client: Elasticsearch, name: str) -> dict[str, frozenset[str]]:
    """Every generation of *name* with its aliases. Another archive's name may begin with this one's."""
    try:
        found = asked(lambda: client.indices.get_alias(index=f"{name}-*"), WRITING)
    except NoSuchIndex:
        return {}
    own = re.compile(re.escape(name) + r"-\d{6}")
    return {index: frozenset(each["aliases"]) for index, each in found.items() if own.fullmatch(index)}


def _page_of_ids(client: Elasticsearch, view: str, after: list[Any] | None) -> list[dict[str, Any]]:
    page: list[dict[str, Any]] = asked(
        lambda: client.search(
            pit={"id": view, "keep_alive": _KEEP_ALIVE},
            size=_PAGE_OF_IDS,
            sort=["document_id"],
            search_after=after,
            source=False,
            track_total_hits=False,
        )
    )["hits"]["hits"]
    return page


def _drain(client: Elasticsearch, index: str) -> None:
    """Wait until no search uses *index* any more; a while at most, since a view may be left open by a process that died."""
    until = time.monotonic() + _DRAIN_SECONDS
    while _searches_on(client, index) and time.monotonic() < until:
        time.sleep(_DRAIN_STEP_SECONDS)


def _searches_on(client: Elasticsearch, index: str) -> int:
    try:
        answered = asked(lambda: client.indices.stats(index=index, metric="search"), WRITING)
    except NoSuchIndex:
        return 0
    search = answered["_all"]["total"]["search"]
    return int(search["open_contexts"] + search["query_current"] + search["fetch_current"])
