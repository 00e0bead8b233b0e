"""What the search index in SQLite files promises beyond the port: files, damage, other processes."""

import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest

from archive.errors import Unavailable
from archive.index.port import IndexRequest, TextGroup, TokenGroup
from archive.index.sqlite import SqliteIndex
from archive.search_keys.key import SearchKey
from schemas.geometry import Box
from schemas.query import MatchTier
from schemas.record import IndexRecord, PlacedToken, SearchToken
from schemas.redaction import Audience, RedactedText, VisibleLine

KEY = SearchKey(b"a search key for tests only")
TOKEN = SearchToken("number", "same", MatchTier.EXACT, KEY.token("number", "same", "a"))
ASKED = IndexRequest(tokens=(TokenGroup((TOKEN,)),), limit=99)


def record(document_id: str) -> IndexRecord:
    pages = tuple(
        RedactedText(number, Audience.PUBLIC, "default/1", (VisibleLine(text, Box(0, 0, 9, 9)),))
        for number, text in enumerate(("左臂", "右腿"), start=1)
    )
    return IndexRecord(document_id, "other", pages, (PlacedToken(TOKEN, 1, None),))


def _put_many(path: Path, first: int) -> None:
    index = SqliteIndex(path)
    for number in range(first, first + 25):
        index.put(record(f"D-{number:03}"))
    index.close()


def test_several_processes_write_one_index(tmp_path):
    context = get_context("spawn")
    writers = [context.Process(target=_put_many, args=(tmp_path / "index.db", first)) for first in (0, 25)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    index = SqliteIndex(tmp_path / "index.db")
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (index.count(), len(index.search(ASKED).found)) == (50, 50)
    index.close()


def _damaged(path: Path) -> SqliteIndex:
    path.write_bytes(b"not a database" * 100)
    return SqliteIndex(path)


def _of_another_format(path: Path) -> SqliteIndex:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    return SqliteIndex(path)


@pytest.mark.parametrize("spoilt", [_damaged, _of_another_format])
def test_an_index_that_cannot_be_used_says_so_and_can_be_rebuilt(tmp_path, spoilt):
    index = spoilt(tmp_path / "index.db")
    for use in (index.check, index.count, lambda: index.search(ASKED), lambda: index.put(record("D-1"))):
        with pytest.raises(Unavailable, match="rebuild it") as unavailable:
            use()
        assert unavailable.value.reason == "index_unavailable"
    generation = index.rebuild()
    generation.add_all((record("D-1"), record("D-2")))
    generation.serve()
    assert [found.document_id for found in index.search(ASKED).found] == ["D-1", "D-2"]
    index.close()


def test_a_generation_whose_file_is_lost_is_not_taken_for_an_empty_index(tmp_path):
    index = SqliteIndex(tmp_path / "index.db")
    index.rebuild().serve()
    index.close()
    (tmp_path / "index.db").resolve().unlink()
    with pytest.raises(Unavailable) as unavailable:
        SqliteIndex(tmp_path / "index.db").check()
    assert unavailable.value.reason == "index_unavailable"


def test_after_a_rebuild_one_file_and_the_link_to_it_are_left(tmp_path):
    index = SqliteIndex(tmp_path / "index.db")
    index.put(record("D-1"))
    for _ in range(2):
        generation = index.rebuild()
        generation.add_all((record("D-1"),))
        generation.serve()
        assert index.count() == 1
    index.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["index-000002.db", "index.db", "index.db.lock"]
    assert (tmp_path / "index.db").readlink() == Path("index-000002.db")


def test_an_answer_that_is_being_read_is_not_disturbed_by_a_rebuild(tmp_path):
    index = SqliteIndex(tmp_path / "index.db")
    index.put_all(record(f"D-{number}") for number in range(5))
    listed = index.document_ids()
    assert next(listed) == "D-0"
    other = SqliteIndex(tmp_path / "index.db")
    other.rebuild().serve()
    assert list(listed) == ["D-1", "D-2", "D-3", "D-4"]
    assert (index.count(), other.count()) == (0, 0)
    other.close()
    index.close()


def test_nothing_of_a_removed_document_is_left_in_the_tables(tmp_path):
    index = SqliteIndex(tmp_path / "index.db")
    index.put(record("D-1"))
    index.remove("D-1")
    assert index.search(IndexRequest(texts=(TextGroup("左臂"),))).total == 0
    index.close()
    connection = sqlite3.connect(tmp_path / "index.db")
    tables = ("documents", "places", "tokens", "pages")
    assert [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() for table in tables] == [(0,)] * 4
    connection.close()
