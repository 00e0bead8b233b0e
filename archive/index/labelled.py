"""An index that adds to each record, as it is put, what the catalog says of the document.

A worker describes what stands on the pages; from which batch they came it neither knows nor should: what people may see hangs
on it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from archive.index.port import Generation, IndexAnswer, IndexRequest, SearchIndex
from schemas.record import IndexRecord

Labels = Callable[[Sequence[IndexRecord]], dict[str, tuple[str, ...]]]
"""Gives the labels of records, by document id."""

_AT_ONCE = 500


class LabelledIndex:
    """A `SearchIndex` around *inner*."""

    def __init__(self, inner: SearchIndex, labels: Labels) -> None:
        self.inner = inner
        self._labels = labels

    def put(self, record: IndexRecord) -> None:
        self.inner.put(*_labelled((record,), self._labels))

    def put_all(self, records: Iterable[IndexRecord]) -> None:
        self.inner.put_all(_labelled(records, self._labels))

    def remove(self, document_id: str) -> None:
        self.inner.remove(document_id)

    def refresh(self) -> None:
        self.inner.refresh()

    def count(self) -> int:
        return self.inner.count()

    def document_ids(self) -> Iterator[str]:
        return self.inner.document_ids()

    def search(self, request: IndexRequest) -> IndexAnswer:
        return self.inner.search(request)

    def search_all(self, requests: Sequence[IndexRequest]) -> tuple[IndexAnswer, ...]:
        return self.inner.search_all(requests)

    def check(self) -> None:
        self.inner.check()

    def rebuild(self) -> "LabelledGeneration":
        return LabelledGeneration(self.inner.rebuild(), self._labels)

    def close(self) -> None:
        self.inner.close()


class LabelledGeneration:
    """A `Generation` around *inner*."""

    def __init__(self, inner: Generation, labels: Labels) -> None:
        self._inner = inner
        self._labels = labels

    def add_all(self, records: Iterable[IndexRecord]) -> None:
        self._inner.add_all(_labelled(records, self._labels))

    def remove_all(self, document_ids: Iterable[str]) -> None:
        self._inner.remove_all(document_ids)

    def document_ids(self) -> Iterator[str]:
        return self._inner.document_ids()

    def serve(self) -> None:
        self._inner.serve()

    def abandon(self) -> None:
        self._inner.abandon()


def _labelled(records: Iterable[IndexRecord], labels: Labels) -> Iterator[IndexRecord]:
    rest = iter(records)
    while part := list(islice(rest, _AT_ONCE)):
        added = labels(part)
        yield from (replace(each, labels=(*each.labels, *added.get(each.document_id, ()))) for each in part)
