"""The catalog: its migrations, and what it counts."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from archive.catalog.database import open_sqlite
from archive.catalog.tables import metadata


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
