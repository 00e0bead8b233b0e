"""The move itself: objects while the archive goes on working, then, with its catalog closed to writers, all the rest at once.

Whatever cuts it short, it goes on where it was when it is started again. The target's catalog is written, compared and told of
the copy in one transaction, so that it holds either nothing or the whole.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, func, select

from archive.catalog.tables import events, ledger_head
from archive.copying import closing, rows
from archive.copying.objects import Journal, Sealed, copy_objects, digest_of, digests, is_there, remove_others
from archive.copying.places import Move, has_left, switch
from archive.copying.rows import TableSum
from archive.errors import Refused
from archive.store.port import ObjectStore
from archive.wiring import Archive

COPIED = "archive.copied"
_FEW = 100
"""So many objects may be left to copy when the catalog is closed; more are copied before."""
_MOST_PASSES = 20
_ROOM_EVERY = 64
"""Objects from one look at the free room to the next."""
_INCOMING = "incoming/"
"""Files on their way in, which get another key or go again within moments."""


class Told(Protocol):
    """Who watches."""

    def objects(self, done: int, total: int) -> None:
        """*done* of *total* objects are copied, or read."""
        ...

    def rows(self, done: int, total: int) -> None:
        """*done* of *total* rows are copied."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found to be the same in both places: objects and their sealed bytes, rows by table, and the ledger's head."""

    objects: int
    size: int
    objects_digest: str
    rows: dict[str, int]
    rows_digest: str
    head: str


@dataclass(frozen=True, slots=True)
class Moved:
    """How a move ended. `kept` is where the old settings are, None where the archive is in another folder now; `held` counts
    objects that no row names and that a store under retention would not let go."""

    proof: Proof
    kept: str | None
    held: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not the same in two places: keys in one of them only, keys whose bytes differ, tables whose rows differ, and
    what is wrong with a ledger."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]
    tables: tuple[str, ...]
    ledger: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.missing or self.extra or self.changed or self.tables or self.ledger)


def copy_ahead(move: Move, told: Told) -> int:
    """Copy objects while the archive goes on; gives how many are known to have arrived. Raises Refused where the target
    holds anything but an earlier copy (copy_target_used, copy_other_keys), and what `copy_objects` raises."""
    with Journal(move.journal) as journal:
        _copy_ahead(move, journal, told)
        return len(journal.done)


def finish(move: Move, told: Told) -> Moved:
    """Copy what is left, close the source, copy and compare all, and switch.

    Raises what `copy_ahead` raises, and Refused(copy_differs) where the two places are not the same in the end.
    """
    with Journal(move.journal) as journal:
        _copy_ahead(move, journal, told)
        close(move.source.archive)
        keys = frozenset(_keys(move.source.sealed))
        _copy(move, journal, keys, told)
        held = remove_others(move.target.sealed, journal, keys)
        there = {key: sealed for key, sealed in journal.done.items() if key in keys}
        _require_all_objects(move, keys, there, held)
        proof = _move_rows(move, there, told)
    kept = switch(move)
    move.journal.unlink(missing_ok=True)
    return Moved(proof, kept.name if kept else None, held)


def close(archive: Archive) -> None:
    """Close the catalog to writers, and say so in its ledger."""
    with archive.catalog.write() as connection:
        if not closing.is_closed(connection):
            archive.ledger.append(connection, "archive.closed")
            closing.close(connection)


def reopen(archive: Archive) -> bool:
    """Give the move up: the catalog takes what is written again. False where it was not closed.

    Raises Refused(archive_moved) where the move has come to its end.
    """
    if has_left(archive.home):
        raise Refused("archive_moved", str(archive.home))
    with archive.catalog.write() as connection:
        if not closing.is_closed(connection):
            return False
        closing.reopen(connection)
        archive.ledger.append(connection, "archive.reopened")
    return True


def compare(move: Move, told: Told) -> Difference:
    """Every object read in both places, every row, both ledgers; nothing is changed.

    What the target's ledger says after the source's head is left out where it is no more than that it was copied.
    """
    source, target = move.source, move.target
    here = digests(source.sealed, _keys(source.sealed), told.objects)
    there = digests(target.sealed, _keys(target.sealed), told.objects)
    with source.archive.catalog.read() as connection, target.archive.catalog.read() as other:
        tables = rows.differing(rows.sum_rows(connection), rows.sum_rows(other))
        if _is_copy_of(source.archive, connection, other):
            tables = tuple(name for name in tables if name not in {events.name, ledger_head.name})
    return Difference(
        missing=tuple(sorted(here.keys() - there.keys())),
        extra=tuple(sorted(there.keys() - here.keys())),
        changed=tuple(sorted(key for key in here.keys() & there.keys() if here[key] != there[key])),
        tables=tables,
        ledger=tuple(f"{name}: {fault}" for name, fault in _ledger_faults(move)),
    )


def _copy_ahead(move: Move, journal: Journal, told: Told) -> None:
    """Again and again, until hardly any is new."""
    _require_ours(move)
    for _ in range(_MOST_PASSES):
        keys = [key for key in _keys(move.source.sealed) if not key.startswith(_INCOMING)]
        new = len(keys) - sum(key in journal.done for key in keys)
        _copy(move, journal, keys, told)
        if new <= _FEW:
            break


def _copy(move: Move, journal: Journal, keys: Collection[str], told: Told) -> None:
    def on_object(done: int, total: int) -> None:
        told.objects(done, total)
        if done % _ROOM_EVERY == 0:
            move.target.require_room()

    copy_objects(move.source.sealed, move.target.sealed, journal, keys, on_object)


def _keys(store: ObjectStore) -> list[str]:
    return list(store.keys())


def _require_all_objects(move: Move, keys: Collection[str], there: dict[str, Sealed], held: int) -> None:
    """What was listed has arrived, or was removed from the source since, by the end of a step that the closing overtook."""
    if any(is_there(move.source.sealed, key) for key in keys if key not in there):
        raise Refused("copy_differs", "objects")
    arrived = set(_keys(move.target.sealed))
    if not there.keys() <= arrived or len(arrived) != len(there) + held:
        raise Refused("copy_differs", "objects")


def _move_rows(move: Move, there: dict[str, Sealed], told: Told) -> Proof:
    """The whole catalog in one transaction of the target; nothing is to be done where an earlier run got so far."""
    source, target = move.source.archive, move.target.archive
    with source.catalog.read() as connection:
        total, done = rows.count_rows(connection), 0
        sums = rows.sum_rows(connection)
        proof = _proof(there, sums, _head(connection))
        _require_intact(source, connection, "ledger")
        with target.catalog.write() as other:
            _require_ours_in(source, connection, target, other)
            if _says(other, proof):
                return proof

            def on_rows(count: int) -> None:
                nonlocal done
                done += count
                told.rows(done, total)

            _require_same(rows.copy_rows(connection, other, on_rows), sums)
            _require_same(rows.sum_rows(other), sums)
            _require_intact(target, other, "ledger of the copy")
            _tell(target, other, proof)
    return proof


def _tell(target: Archive, connection: Connection, proof: Proof) -> None:
    target.ledger.append(
        connection,
        COPIED,
        objects=proof.objects,
        size=proof.size,
        objects_digest=proof.objects_digest,
        rows=proof.rows,
        rows_digest=proof.rows_digest,
        head=proof.head,
    )


def _proof(there: dict[str, Sealed], sums: dict[str, TableSum], head: str) -> Proof:
    return Proof(
        objects=len(there),
        size=sum(each.size for each in there.values()),
        objects_digest=digest_of(there),
        rows={name: each.rows for name, each in sums.items()},
        rows_digest=rows.digest_of(sums),
        head=head,
    )


def _require_same(sums: dict[str, TableSum], wanted: dict[str, TableSum]) -> None:
    if tables := rows.differing(sums, wanted):
        raise Refused("copy_differs", ", ".join(tables))


def _require_intact(archive: Archive, connection: Connection, name: str) -> None:
    report = archive.ledger.verify(connection)
    if not report.intact:
        raise Refused("copy_differs", f"{name}: entry {report.first_bad} {report.fault}")


# What the target is to the source.


def _require_ours(move: Move) -> None:
    source, target = move.source.archive, move.target.archive
    with source.catalog.read() as connection, target.catalog.read() as other:
        _require_ours_in(source, connection, target, other)
        if closing.is_closed(other):
            raise Refused("archive_moved", "the target")


def _require_ours_in(source: Archive, connection: Connection, target: Archive, other: Connection) -> None:
    """Raises Refused where the target holds anything but an earlier copy of this archive that nobody has used since."""
    if target.ledger.has_begun(other) and not target.ledger.is_ours(other):
        raise Refused("copy_other_keys", "the target's catalog")
    if not (_is_unused(other) or _is_copy_of(source, connection, other)):
        raise Refused("copy_target_used", "the target's catalog")


def _is_unused(connection: Connection) -> bool:
    """Nothing is in it but, at most, that it was made."""
    kinds = list(connection.execute(select(events.c.kind).limit(2)).scalars())
    told = len(kinds) + connection.execute(select(func.count()).select_from(ledger_head)).scalar_one()
    return kinds in ([], ["archive.created"]) and rows.count_rows(connection) == told


def _is_copy_of(source: Archive, connection: Connection, other: Connection) -> bool:
    """The last that the other ledger tells is that it was copied, from what the source's ledger tells too."""
    last = other.execute(select(events).order_by(events.c.sequence.desc()).limit(1)).one_or_none()
    if last is None or last.kind != COPIED:
        return False
    before = connection.execute(select(events.c.digest).where(events.c.sequence == last.sequence - 1)).scalar()
    return bool(before == last.previous and source.ledger.is_ours(other))


def _says(connection: Connection, proof: Proof) -> bool:
    """Whether the target's ledger tells of this very copy: an earlier run was cut short between it and the switch."""
    last = connection.execute(select(events).order_by(events.c.sequence.desc()).limit(1)).one_or_none()
    return bool(
        last is not None
        and last.kind == COPIED
        and last.previous == proof.head
        and f'"rows_digest":"{proof.rows_digest}"' in last.body
        and f'"objects_digest":"{proof.objects_digest}"' in last.body
    )


def _head(connection: Connection) -> str:
    return str(connection.execute(select(ledger_head.c.digest)).scalar_one())


def _ledger_faults(move: Move) -> list[tuple[str, str]]:
    faults = []
    for name, place in (("source", move.source), ("target", move.target)):
        with place.archive.catalog.read() as connection:
            begun = place.archive.ledger.has_begun(connection)
            report = place.archive.ledger.verify(connection)
        if begun and not report.intact:
            faults.append((name, f"entry {report.first_bad} {report.fault}"))
    return faults
