"""The catalog: its migrations, and what it counts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import archive.catalog
from archive.catalog import derivatives, documents, readings, work
from archive.catalog.database import open_sqlite
from archive.catalog.tables import metadata
from archive.errors import Unavailable
from schemas.work import Job, Stage

MIGRATIONS = Path(archive.catalog.__file__).parent / "migrations"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST_VERSION = (
    (
        "INSERT INTO documents (document_id, digest, size, media_type, original_key, wrapped_key, state, remarks, received_at) "
        "VALUES ('D-1', 'ab', 1, 'image/png', 'originals/x', x'00', 'partial', '[]', '2026')"
    ),
    (
        "INSERT INTO pages (document_id, page_number, state, reason, width, height, rotation, engine, confidence, reading_key, "
        "finished_at) VALUES "
        "('D-1', 1, 'read', NULL, 800, 600, 90, 'ppocr/3', 0.71, 'reading/D-1/a', '2026-11-22T12:00:00.000000+00:00'), "
        "('D-1', 2, 'failed', 'page_crash', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-22T12:00:01.000000+00:00'), "
        "('D-1', 3, 'waiting', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
    ),
    (
        "INSERT INTO work (stage, document_id, page_number, audience, priority, state, failures, interruptions, not_before, "
        "lease_token) VALUES ('read', 'D-1', 3, '', 4, 'waiting', 0, 0, '2026-11-22', 0)"
    ),
    "INSERT INTO derivatives VALUES ('D-1', 'handler', 1, 'ready', 'default/1', 'derivative/D-1/x', 'cd', 7, '[]', '2026')",
)


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path):
    open_sqlite(tmp_path / "catalog.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'catalog.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_opening_twice_changes_nothing(tmp_path):
    open_sqlite(tmp_path / "catalog.db").close()
    before = (tmp_path / "catalog.db").read_bytes()
    open_sqlite(tmp_path / "catalog.db").close()
    assert (tmp_path / "catalog.db").read_bytes() == before


def upgrade(path, revision):
    """Tables as an older version of the program left them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    return engine


def test_an_archive_of_the_first_version_is_brought_along_with_all_that_is_in_it(tmp_path):
    engine = upgrade(tmp_path / "catalog.db", "0001")
    with engine.connect() as connection:
        for statement in FIRST_VERSION:
            connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()
    catalog = open_sqlite(tmp_path / "catalog.db")
    with catalog.read() as connection:
        pages = documents.pages_of(connection, "D-1")
        assert [(page.state.value, page.version, page.reading_key) for page in pages] == [
            ("read", 1, "reading/D-1/a"),
            ("failed", 1, None),
            ("waiting", None, None),
        ]
        kept = readings.of_document(connection, "D-1")
        assert [(each.page_number, each.version, each.state.value, each.reason) for each in kept] == [
            (1, 1, "read", None),
            (2, 1, "failed", "page_crash"),
        ]
        first = kept[0]
        assert (first.engine, first.confidence, first.width, first.rotation) == ("ppocr/3", 0.71, 800, 90)
        assert first.made_at == "2026-11-22T12:00:00.000000+00:00"
        made = derivatives.ready(connection, "D-1", "handler")
        assert (made.version, made.object_key, made.size, made.leaks) == (1, "derivative/D-1/x", 7, ())
    with catalog.write() as connection:
        lease = work.take(connection, "me", NOW, lambda stage: 60)
        assert lease.job == Job(Stage.READ, "D-1", 3)
        assert [each.version for each in derivatives.make_stale(connection, "D-1")] == [1]
    with catalog.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    catalog.close()


def test_a_migration_that_breaks_off_leaves_the_older_tables_as_they_were(tmp_path):
    engine = upgrade(tmp_path / "catalog.db", "0001")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE confirmed_fields (in_the_way INTEGER)")
        connection.commit()
    engine.dispose()
    with pytest.raises(Unavailable):
        open_sqlite(tmp_path / "catalog.db")
    engine = create_engine(f"sqlite:///{tmp_path / 'catalog.db'}")
    assert not inspect(engine).has_table("readings")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0001"
    engine.dispose()
