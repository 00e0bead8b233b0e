import pytest

from archive.search_keys import misread
from archive.search_keys.han import LOOKALIKES, is_han, lookalike, misread_as
from archive.search_keys.misread import measured, misreadings


@pytest.fixture
def from_file(tmp_path, monkeypatch):
    """Let other pairs be the measured ones, for one test."""

    def put(*lines: str) -> None:
        path = tmp_path / "confusions.txt"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        monkeypatch.setattr(misread, "FILE", path)
        misread.measured.cache_clear()
        misread._by_printed.cache_clear()
        misread_as.cache_clear()

    yield put
    monkeypatch.undo()
    misread.measured.cache_clear()
    misread._by_printed.cache_clear()
    misread_as.cache_clear()


def test_what_was_measured_comes_with_the_program():
    assert any(is_han(pair.printed) for pair in measured())
    assert any(pair.printed.isdigit() for pair in measured())


def test_pairs_are_single_characters_of_one_script_with_a_share():
    assert all(len(pair.printed) == len(pair.read) == 1 and pair.printed != pair.read for pair in measured())
    assert all(is_han(pair.printed) == is_han(pair.read) for pair in measured())
    assert all(0 < pair.weight <= 1 for pair in measured())


def test_each_pair_is_there_once_and_the_most_frequent_of_a_character_first():
    assert len({(pair.printed, pair.read) for pair in measured()}) == len(measured())
    by_printed = [misreadings(printed) for printed in {pair.printed for pair in measured()}]
    assert sum(map(len, by_printed)) == len(measured())
    assert all(list(pairs) == sorted(pairs, key=lambda pair: -pair.weight) for pairs in by_printed)


def test_a_character_that_was_never_misread_has_no_misreadings():
    assert misreadings("？") == ()
    assert misread_as("？") == ()


def test_lines_are_read_below_the_heading(from_file):
    from_file("# What OCR reads", "# Made by", "青\t育\t0.040", "青\t胄\t0.012")
    assert [(pair.read, pair.weight) for pair in misreadings("青")] == [("育", 0.04), ("胄", 0.012)]


def test_look_alikes_and_traditional_characters_are_no_misreadings_for_a_search(from_file):
    from_file("佳\t住\t0.050", "国\t國\t0.040", "青\t胃\t0.030", "青\t己\t0.020", "青\t已\t0.010")
    assert misread_as("佳") == misread_as("国") == ()
    assert misread_as("青") == ("胃", "己")


def test_misreadings_are_folded():
    standing = {group[0] for group in LOOKALIKES}
    grouped = set("".join(LOOKALIKES))
    found = {other for pair in measured() for other in misread_as(pair.printed)}
    assert found & grouped <= standing
    assert all(lookalike(other) == other for other in found)
