"""How many workers, shards and disks one, ten and a hundred million pages need, from what was measured on one machine.

    python -m bench.sizing            print the table of docs/scaling.md, from bench/results/scale.json and index.json

What is assumed and not measured stands below, by name. Nothing is run, and nothing written.
"""

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass

from bench import results

PAGES = (1_000_000, 10_000_000, 100_000_000)

DAYS = 30
"""In how many days all pages are to be read."""
BUSY = 0.85
"""The share of its time that a worker's core works; the rest is lost to starts, failures and uneven documents."""
SCAN_BYTES = 400_000
"""Of one page: grey JPEG at 300 dpi."""
SHARD_BYTES = 30e9
"""Elastic advises 10 to 50 GB a shard, and at most 200 million documents."""
SHARD_DOCUMENTS = 200e6
NODE_BYTES = 400e9
"""Of indexes on one Elasticsearch node of 64 GB: half of its memory caches a good part of what is searched."""
PARTITION_ROWS = 100e6
"""Of a table of PostgreSQL, before it is worth cutting by range: its indexes no longer fit into memory."""
EVENTS_A_PAGE = 8
"""Entries in the ledger, the longest table."""
CORE_HOUR, DISK_GB_MONTH, OBJECT_GB_MONTH = 0.04, 0.10, 0.02
"""Dollars: a virtual core, a solid disk, object storage."""

_DAY = 86_400
_HEADING = ("| | 1 million pages | 10 million | 100 million |", "| --- | --: | --: | --: |")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and bytes of one page or one record, on the machine that bench/results names."""

    core_seconds_a_page: float
    catalog_seconds_a_page: float
    catalog_bytes_a_page: float
    made_bytes_a_page: float
    index_bytes_a_record: float
    pages_a_record: float
    records_a_second: float

    @classmethod
    def of(cls, scale: Mapping[str, float], index: Mapping[str, float]) -> "Measured":
        """From the figures of bench/scale.py and bench/index.py. KeyError where one of them was not measured."""
        return cls(
            core_seconds_a_page=scale["distributed_seconds_a_page"],
            catalog_seconds_a_page=scale["distributed_1_workers_catalog_seconds_a_page"],
            catalog_bytes_a_page=scale["embedded_catalog_bytes_a_page"],
            made_bytes_a_page=scale["embedded_made_bytes_a_page"],
            index_bytes_a_record=index["elasticsearch_bytes_per_record"],
            pages_a_record=index["elasticsearch_pages_per_record"],
            records_a_second=index["elasticsearch_put_all_per_second"],
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What *pages* pages need. Bytes are those of one copy."""

    pages: int
    measured: Measured

    @property
    def core_days(self) -> float:
        return self.pages * self.measured.core_seconds_a_page / _DAY

    @property
    def workers(self) -> int:
        """Processes, each on a core of its own, that read everything in DAYS days."""
        return math.ceil(self.core_days / DAYS / BUSY)

    @property
    def least_days(self) -> float:
        """However many workers there are, if nothing that the catalog does overlaps: its write transactions do not."""
        return self.pages * self.measured.catalog_seconds_a_page / _DAY

    @property
    def records(self) -> float:
        return self.pages / self.measured.pages_a_record

    @property
    def index_bytes(self) -> float:
        return self.records * self.measured.index_bytes_a_record

    @property
    def shards(self) -> int:
        held = self.records + self.pages  # each page is a document of its own to Lucene
        return max(1, math.ceil(self.index_bytes / SHARD_BYTES), math.ceil(held / SHARD_DOCUMENTS))

    @property
    def nodes(self) -> int:
        """Of Elasticsearch; three as soon as each shard has a replica."""
        copies = 1 if self.pages <= PAGES[0] else 2
        return max(1 if copies == 1 else 3, math.ceil(copies * self.index_bytes / NODE_BYTES))

    @property
    def catalog_bytes(self) -> float:
        return self.pages * self.measured.catalog_bytes_a_page

    @property
    def partitions(self) -> int:
        """Of the ledger's table."""
        return max(1, math.ceil(self.pages * EVENTS_A_PAGE / PARTITION_ROWS))

    @property
    def object_bytes(self) -> float:
        return self.pages * (SCAN_BYTES + self.measured.made_bytes_a_page)

    @property
    def index_days(self) -> float:
        """To build the index anew with one process that fills it."""
        return self.records / self.measured.records_a_second / _DAY

    @property
    def reading_dollars(self) -> float:
        return self.core_days * 24 / BUSY * CORE_HOUR

    @property
    def dollars_a_month(self) -> float:
        """To keep it searchable: a copy of the objects, two of index and catalog, 8 cores a node, 8 for catalog and API."""
        cores = 8 * (self.nodes + 2)
        disks = 2 * (self.index_bytes + self.catalog_bytes) / 1e9 * DISK_GB_MONTH
        return cores * 24 * 30 * CORE_HOUR + disks + self.object_bytes / 1e9 * OBJECT_GB_MONTH


def table(measured: Measured) -> str:
    """In Markdown, one column for each of PAGES."""
    plans = [Plan(pages, measured) for pages in PAGES]
    rows = {
        "cores times days of reading, hiding, reading back": [f"{plan.core_days:,.0f}" for plan in plans],
        f"workers, one core each, for {DAYS} days": [f"{plan.workers:,}" for plan in plans],
        "days of the catalog, if nothing in it overlaps": [f"{plan.least_days:,.1f}" for plan in plans],
        "Elasticsearch: index, one copy": [_size(plan.index_bytes) for plan in plans],
        "Elasticsearch: shards": [f"{plan.shards}" for plan in plans],
        "Elasticsearch: nodes (8 cores, 64 GB)": [f"{plan.nodes}" for plan in plans],
        "days to build the index anew, one process": [f"{plan.index_days:,.2f}" for plan in plans],
        "PostgreSQL: one copy": [_size(plan.catalog_bytes) for plan in plans],
        "PostgreSQL: partitions of the ledger": [f"{plan.partitions}" for plan in plans],
        "objects, one copy": [_size(plan.object_bytes) for plan in plans],
        "reading it all, dollars": [f"{plan.reading_dollars:,.0f}" for plan in plans],
        "keeping it searchable, dollars a month": [f"{plan.dollars_a_month:,.0f}" for plan in plans],
    }
    return "\n".join((*_HEADING, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())))


def kept() -> Measured:
    """What bench/results has. FileNotFoundError, KeyError where something was not measured."""
    return Measured.of(results.kept("scale"), results.kept("index"))


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(table(kept()))


def _size(of: float) -> str:
    return f"{of / 1e12:,.1f} TB" if of >= 1e12 else f"{of / 1e9:,.0f} GB"


if __name__ == "__main__":
    main()
