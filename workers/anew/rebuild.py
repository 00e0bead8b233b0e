"""Building the search index anew from the catalog and the store, while searches and work go on.

A new generation of the index is begun first, and from then on every worker puts its records into both. So whatever the
catalog says now is put into the new one here, or was, or will be, by its worker; what a worker put is never overwritten.
Before the new generation takes over it is compared with the catalog, id by id.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

from archive.catalog import planned
from archive.catalog.documents import Document
from archive.catalog.planned import Planned
from archive.errors import ArchiveError, FixityMismatch, NotFound, Unavailable
from archive.holdings import Holding
from archive.index.port import Generation
from archive.wiring import Archive
from schemas.record import IndexRecord
from workers.review.index_record import index_record
from workers.steps.plan import read_plan

Show = Callable[[int, int], object]
"""Told how many documents of how many are done."""

_IN_ONE_GO = 200


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that cannot be described: its key is destroyed, or stored bytes have changed."""

    document_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    documents: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the index stands to the catalog: documents that it must hold and does not, and those that it holds unknown."""

    in_catalog: int
    in_index: int
    missing: tuple[str, ...]
    stray: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return not (self.missing or self.stray)


def rebuild(archive: Archive, show: Show = lambda _done, _total: None) -> Rebuilt:
    """Build a new generation of the index and let it take over. Where that fails the one in service stays.

    Raises Unavailable, and Refused(rebuild_superseded) where somebody else began to rebuild meanwhile.
    """
    generation = archive.index.rebuild()
    try:
        left_out = _complete(archive, generation, _fill(archive, generation, show))
        generation.serve()
    except BaseException:
        with contextlib.suppress(ArchiveError):  # what cannot be cleared now is cleared by the next rebuild
            generation.abandon()
        raise
    count = archive.index.count()
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "index.rebuilt", documents=count, left_out=len(left_out))
    return Rebuilt(count, tuple(left_out))


def compare(archive: Archive) -> Comparison:
    """Which documents the index lacks, and which it holds that the catalog does not know. While work goes on, a document that
    is being finished may show."""
    archive.index.refresh()
    return _compared(archive, archive.index.document_ids())


def _fill(archive: Archive, generation: Generation, show: Show) -> list[LeftOut]:
    with archive.catalog.read() as connection:
        total = planned.count(connection)
    left_out: list[LeftOut] = []
    done = 0
    for part in _parts(each.document_id for each in planned.every(archive.catalog)):
        left_out += _add(archive, generation, part)
        done += len(part)
        show(done, max(done, total))
    return left_out


def _add(archive: Archive, generation: Generation, document_ids: list[str]) -> list[LeftOut]:
    """Put the records of *document_ids* into *generation*; gives those that cannot be made."""
    with archive.catalog.read() as connection:
        documents = planned.several(connection, document_ids)
    left_out: list[LeftOut] = []
    generation.add_all(_records(archive, documents, left_out))
    return left_out


def _records(archive: Archive, documents: Iterable[Document], left_out: list[LeftOut]) -> Iterator[IndexRecord]:
    for document in documents:
        try:
            yield _record(archive, document)
        except (NotFound, FixityMismatch) as error:
            left_out.append(LeftOut(document.document_id, error.reason))


def _record(archive: Archive, document: Document) -> IndexRecord:
    holding = Holding.of(document, archive.store, archive.keys)
    plan = read_plan(holding)
    return index_record(archive, document.document_id, plan)


def _complete(archive: Archive, generation: Generation, left_out: list[LeftOut]) -> list[LeftOut]:
    """Have *generation* hold what the catalog says, and prove it; gives all that are left out. Documents come and go meanwhile,
    which makes a difference that is gone when it is looked at again."""
    first = _compared(archive, generation.document_ids())
    more = [each for part in _parts(first.missing) for each in _add(archive, generation, part)]
    generation.remove_all(_unknown(archive, first.stray))
    everyone = [*left_out, *(each for each in more if each not in left_out)]
    excused = {each.document_id for each in everyone}
    second = first if first.is_equal else _compared(archive, generation.document_ids())
    if excused.issuperset({*first.missing} & {*second.missing}) and not _unknown(archive, {*first.stray} & {*second.stray}):
        return everyone
    raise Unavailable("index_unavailable", "the new generation of the index stays incomplete; it was not put into service")


def _unknown(archive: Archive, document_ids: Iterable[str]) -> list[str]:
    unknown: list[str] = []
    for part in _parts(document_ids):
        with archive.catalog.read() as connection:
            known = {each.document_id for each in planned.several(connection, part)}
        unknown += [document_id for document_id in part if document_id not in known]
    return unknown


def _compared(archive: Archive, held: Iterator[str]) -> Comparison:
    """Both sides come in order of id and are walked through together, so that neither is in memory."""
    in_catalog = in_index = 0
    missing: list[str] = []
    stray: list[str] = []
    for document_id, is_held, known in _side_by_side(held, planned.every(archive.catalog)):
        in_catalog += known is not None
        in_index += is_held
        if known is None:
            stray.append(document_id)
        elif known.is_due and not is_held:
            missing.append(document_id)
    return Comparison(in_catalog, in_index, tuple(missing), tuple(stray))


def _side_by_side(held: Iterator[str], known: Iterator[Planned]) -> Iterator[tuple[str, bool, Planned | None]]:
    both = merge(((each, None) for each in held), ((each.document_id, each) for each in known), key=itemgetter(0))
    for document_id, sides in groupby(both, key=itemgetter(0)):
        values = [value for _, value in sides]
        yield document_id, None in values, next(filter(None, values), None)


def _parts(document_ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(document_ids)
    while part := list(islice(rest, _IN_ONE_GO)):
        yield part
