"""The rendered set in `samples/` is whole, as its lists say, and free to be passed on. Needs no type faces."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from bench.papers import PaperTruth
from schemas.codec import from_json

SAMPLES = Path(__file__).parents[2] / "samples"
PAPERS = SAMPLES / "papers"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def index() -> list[dict[str, str]]:
    return rows_of(PAPERS / "truth" / "index.tsv")


def test_every_file_is_listed_and_every_listed_file_is_there(index):
    assert {row["file"] for row in index} == {path.name for path in PAPERS.iterdir() if path.is_file()}


def test_the_truth_of_every_readable_file_reads_back(index):
    for row in index:
        if not row["kind"]:
            continue
        truth = from_json(PaperTruth, (PAPERS / "truth" / f"{Path(row['file']).stem}.json").read_bytes())
        assert (truth.file, truth.kind, len(truth.pages)) == (row["file"], row["kind"], int(row["pages"]))


def test_two_files_are_there_twice_and_nothing_else_is(index):
    digests = Counter(hashlib.sha256((PAPERS / row["file"]).read_bytes()).hexdigest() for row in index)
    assert sorted(digests.values())[-3:] == [1, 2, 2]
    assert sum(row["remark"].startswith("the same bytes") for row in index) == 2


def test_there_is_a_blank_page_and_a_broken_file(index):
    remarks = [row["remark"] for row in index]
    assert remarks.count("blank page") == 1
    assert sum(remark.startswith("broken") for remark in remarks) == 1


def test_every_claim_has_several_papers_of_several_kinds(index):
    kinds: dict[str, set[str]] = {}
    for row in index:
        kinds.setdefault(row["case"], set()).add(row["kind"])
    kinds.pop("")
    assert len(kinds) == 9
    assert all(len(found) >= 3 for found in kinds.values())


def test_what_was_copied_is_unchanged_and_comes_with_its_licence():
    rows = rows_of(SAMPLES / "open" / "PROVENANCE.tsv")
    copied = {path.relative_to(SAMPLES / "open").as_posix() for path in (SAMPLES / "open").glob("*/*")}
    assert {row["file"] for row in rows} == {name for name in copied if not name.startswith("LICENSES/")}
    for row in rows:
        assert hashlib.sha256((SAMPLES / "open" / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["licence"] in {"MIT", "Apache-2.0"}
    assert any((SAMPLES / "open" / "LICENSES").iterdir())


def test_the_samples_stay_small():
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 12_000_000
