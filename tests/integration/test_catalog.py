"""What is a file's own about the catalog."""

import sqlite3
from datetime import UTC, datetime

import pytest

from archive.catalog import intake
from archive.catalog.database import open_sqlite
from archive.errors import NotFound, Unavailable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.db"


def open_batch(catalog, batch_id, custody=b""):
    with catalog.write() as connection:
        intake.open_batch(connection, batch_id, "2026", custody)


def batch_ids(catalog):
    with catalog.read() as connection:
        return intake.batch_ids(connection)


def test_opening_twice_changes_not_one_byte(path):
    open_sqlite(path).close()
    before = path.read_bytes()
    open_sqlite(path).close()
    assert path.read_bytes() == before


def test_after_all_migrations_the_file_is_whole(path):
    catalog = open_sqlite(path)
    with catalog.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    catalog.close()


def test_every_connection_keeps_what_it_acknowledges_and_leaves_nothing_behind(path):
    catalog = open_sqlite(path)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 60_000}
    with catalog.read() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
    catalog.close()


def test_a_full_disk_is_told_apart_and_over_when_there_is_room(path):
    catalog = open_sqlite(path)
    with catalog.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unavailable, match="catalog_full"):
        open_batch(catalog, "B-1", bytes(100_000))
    open_batch(catalog, "B-2")
    assert batch_ids(catalog) == ["B-2"]
    catalog.close()


def test_a_file_that_is_no_catalog_is_unavailable(path):
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Unavailable, match="damaged"):
        open_sqlite(path)


def test_a_damaged_file_is_unavailable(path):
    catalog = open_sqlite(path)
    catalog.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        open_sqlite(path)


def test_a_catalog_without_its_folder_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="no_archive"):
        open_sqlite(tmp_path / "gone" / "catalog.db")


def test_a_folder_in_the_catalogs_place_is_unavailable(path):
    path.mkdir()
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        open_sqlite(path)


def test_somebody_who_holds_the_file_too_long_makes_it_unavailable(path, monkeypatch):
    monkeypatch.setattr("archive.sqlite.BUSY_SECONDS", 0.1)
    catalog = open_sqlite(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="catalog_unavailable"):
        open_batch(catalog, "B-1")
    other.execute("ROLLBACK")
    other.close()
    open_batch(catalog, "B-1")
    catalog.close()
