"""docs/faults.md shows the figures that are kept, and speaks of every fault."""

from pathlib import Path

from bench.faults import table
from bench.results import kept

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"


def test_the_handbook_has_the_figures_that_are_kept():
    figures = kept("faults")
    assert table(figures) in PAGE.read_text("utf-8")


def test_nothing_is_kept_but_noughts():
    figures = kept("faults")
    wrong = {name: figures[name] for name in ("pages_lost", "pages_doubled", "wrongly_final", "ledgers_broken", "not_found")}
    assert not any(wrong.values())
