"""How much a number of pages needs follows from what was measured, and the handbook shows what follows."""

from dataclasses import replace
from pathlib import Path

from bench.sizing import PAGES, Measured, Plan, kept, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
MEASURED = Measured(
    core_seconds_a_page=6.0,
    catalog_seconds_a_page=0.02,
    catalog_bytes_a_page=8_000,
    made_bytes_a_page=200_000,
    index_bytes_a_record=2_500,
    pages_a_record=1.25,
    records_a_second=1_000,
)


def test_ten_times_the_pages_need_ten_times_the_cores_and_disks():
    small, large = (Plan(pages, MEASURED) for pages in PAGES[1:])
    assert large.core_days == 10 * small.core_days
    assert large.object_bytes == 10 * small.object_bytes
    assert 9 * small.workers < large.workers <= 10 * small.workers


def test_a_million_pages_of_six_seconds_are_seventy_days_of_a_core():
    plan = Plan(1_000_000, MEASURED)
    assert round(plan.core_days) == 69
    assert plan.workers == 3
    assert (plan.shards, plan.nodes, plan.partitions) == (1, 1, 1)


def test_shards_are_cut_by_bytes_or_by_documents_whichever_is_reached_first():
    plan = Plan(100_000_000, MEASURED)
    assert plan.shards == 7  # 200 GB of 30
    light = Plan(1_000_000_000, replace(MEASURED, index_bytes_a_record=10))
    assert light.shards == 9  # 1.8 thousand million documents of 200 million


def test_the_ledger_is_the_least_time_however_many_workers_there_are():
    assert round(Plan(100_000_000, MEASURED).least_days) == 23


def test_the_handbook_has_what_follows_from_the_figures_that_are_kept():
    assert table(kept()) in PAGE.read_text("utf-8")
