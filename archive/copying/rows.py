"""The rows of the catalog: copied in order, and summed up so that two catalogs can be compared."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, func, insert, select, text

from archive.catalog.tables import metadata

_AT_ONCE = 1000
"""Rows in memory; PostgreSQL takes as many in one exchange."""

TABLES: tuple[Table, ...] = tuple(metadata.sorted_tables)
"""All tables; one comes after those that it refers to."""

OnRows = Callable[[int], None]
"""Is told how many more rows are done."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """How many rows a table has, and the SHA-256 over all of them in the order of their keys."""

    rows: int
    digest: str


def count_rows(connection: Connection) -> int:
    return sum(int(connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in TABLES)


def copy_rows(source: Connection, target: Connection, on_rows: OnRows) -> dict[str, TableSum]:
    """Have *target* hold the rows of *source* in place of its own; gives the sum of what was read, by table."""
    for table in reversed(TABLES):
        target.execute(table.delete())
    sums = {table.name: _copy_table(table, source, target, on_rows) for table in TABLES}
    for table in TABLES:
        _count_on(table, target)
    return sums


def sum_rows(connection: Connection, on_rows: OnRows = lambda _count: None) -> dict[str, TableSum]:
    """The sum of every table, by name."""
    return {table.name: _sum(_reported(_read(table, connection), on_rows)) for table in TABLES}


def digest_of(sums: Mapping[str, TableSum]) -> str:
    """One digest for all tables."""
    lines = (f"{name} {each.rows} {each.digest}\n" for name, each in sorted(sums.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def differing(one: Mapping[str, TableSum], other: Mapping[str, TableSum]) -> tuple[str, ...]:
    """The tables that are not the same in both."""
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def _copy_table(table: Table, source: Connection, target: Connection, on_rows: OnRows) -> TableSum:
    def passed_on() -> Iterator[Sequence[RowMapping]]:
        for some in _read(table, source):
            target.execute(insert(table), [dict(row) for row in some])
            yield some

    return _sum(_reported(passed_on(), on_rows))


def _read(table: Table, connection: Connection) -> Iterator[Sequence[RowMapping]]:
    query = select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings().partitions()


def _reported(parts: Iterator[Sequence[RowMapping]], on_rows: OnRows) -> Iterator[Sequence[RowMapping]]:
    for some in parts:
        yield some
        on_rows(len(some))


def _sum(parts: Iterator[Sequence[RowMapping]]) -> TableSum:
    digest, count = hashlib.sha256(), 0
    for some in parts:
        for row in some:
            digest.update(_line(row))
        count += len(some)
    return TableSum(count, digest.hexdigest())


def _line(row: RowMapping) -> bytes:
    """A row as bytes, the same whichever database it is from; sealed columns as they are."""
    values = [value.hex() if isinstance(value, bytes | memoryview) else value for value in row.values()]
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _count_on(table: Table, connection: Connection) -> None:
    """PostgreSQL counts new rows by a sequence of its own, which knows nothing of rows that came with their numbers."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return
    if (last := connection.execute(select(func.max(column))).scalar()) is not None:
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
            {"table": table.name, "column": column.name, "last": last},
        )
