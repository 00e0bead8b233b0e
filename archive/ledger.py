"""Everything that happens, as a chain in which no link can be changed, taken out, put elsewhere or cut off unnoticed.

An entry's digest is SHA-256 over its contents and the digest before it, so that an outsider can recompute the chain. Its
seal is HMAC-SHA-256 of the digest under a key that is not in the catalog, so that a chain recomputed by a forger shows, and
where it begins. The sealed head tells how long the chain must be. Entries hold ids, codes, counts and digests, never values.
"""

import hmac
import json
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Connection, RowMapping, insert, select, update

from archive.catalog.tables import AT_ONCE, events, ledger_head
from archive.clock import Clock

Fact = str | int | float | bool | None | list[str] | list[int] | dict[str, int]
_BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """How many entries were read, and the first that is not as it was written, with what is wrong about it."""

    entries: int
    first_bad: int | None = None
    fault: str | None = None

    @property
    def intact(self) -> bool:
        return self.first_bad is None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Appends to and checks the ledger of one archive."""

    key: bytes = field(repr=False)
    clock: Clock

    def append(
        self,
        connection: Connection,
        kind: str,
        *,
        batch_id: str | None = None,
        document_id: str | None = None,
        **facts: Fact,
    ) -> None:
        """Add one entry, in the transaction of what it tells."""
        head = connection.execute(select(ledger_head.c.sequence, ledger_head.c.digest)).one_or_none()
        sequence, previous = (head.sequence + 1, head.digest) if head else (1, _BEGINNING)
        entry = {
            "sequence": sequence,
            "at": self.clock().isoformat(timespec="microseconds"),
            "kind": kind,
            "batch_id": batch_id,
            "document_id": document_id,
            "body": json.dumps(facts, sort_keys=True, separators=(",", ":")),
            "previous": previous,
        }
        digest = _digest(entry)
        connection.execute(insert(events).values(**entry, digest=digest, seal=self._seal(sequence, digest)))
        new_head = {"sequence": sequence, "digest": digest, "seal": self._seal(-sequence, digest)}
        connection.execute(update(ledger_head).values(**new_head) if head else insert(ledger_head).values(one=1, **new_head))

    def head(self, connection: Connection) -> tuple[int, str]:
        """Sequence and digest of the newest entry; a ledger that has not begun raises NoResultFound."""
        head = connection.execute(select(ledger_head.c.sequence, ledger_head.c.digest)).one()
        return head.sequence, head.digest

    def has_begun(self, connection: Connection) -> bool:
        return connection.execute(select(ledger_head.c.sequence)).first() is not None

    def is_ours(self, connection: Connection) -> bool:
        """Whether the head was sealed with this ledger's key."""
        head = connection.execute(select(ledger_head)).one_or_none()
        return head is not None and hmac.compare_digest(head.seal, self._seal(-head.sequence, head.digest))

    def verify(self, connection: Connection) -> LedgerReport:
        """Walk the whole chain; a thousand entries in memory at a time."""
        number, previous = 0, _BEGINNING
        query = select(events).order_by(events.c.sequence)
        with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
            for row in rows.mappings():
                number += 1
                if fault := self._fault(row, number, previous):
                    return LedgerReport(number, number, fault)
                previous = row["digest"]
        return self._check_head(connection, number, previous)

    def _fault(self, row: RowMapping, number: int, previous: str) -> str | None:
        if row["sequence"] != number:
            return "removed"
        if row["digest"] != _digest(row) or not hmac.compare_digest(row["seal"], self._seal(number, row["digest"])):
            return "changed"
        return "reordered" if row["previous"] != previous else None

    def _check_head(self, connection: Connection, number: int, digest: str) -> LedgerReport:
        head = connection.execute(select(ledger_head)).one_or_none()
        if head is None:
            return LedgerReport(number, number or 1, "head removed")
        if not self.is_ours(connection):
            return LedgerReport(number, number or 1, "head changed")
        if head.sequence > number:
            return LedgerReport(number, number + 1, "removed from the end")
        if (head.sequence, head.digest) != (number, digest):
            return LedgerReport(number, head.sequence + 1, "added behind the head")
        return LedgerReport(number)

    def _seal(self, sequence: int, digest: str) -> str:
        return hmac.new(self.key, f"{sequence}:{digest}".encode(), sha256).hexdigest()


def _digest(entry: RowMapping | dict[str, object]) -> str:
    contents = [entry[name] for name in ("sequence", "at", "kind", "batch_id", "document_id", "body", "previous")]
    return sha256(json.dumps(contents, separators=(",", ":")).encode()).hexdigest()
