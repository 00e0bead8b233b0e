"""Versions of what was read on a page, fields that people confirmed, and files that are out of date."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SHOWN = "document_id, page_number, state, reason, engine, confidence, width, height, rotation, reading_key"


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("engine", sa.String(length=160), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("rotation", sa.Integer(), nullable=True),
        sa.Column("reading_key", sa.String(length=160), nullable=True),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state IN ('read', 'blank', 'failed')", name="reading_state"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "page_number", "version"),
    )
    op.create_index("readings_by_engine", "readings", ["engine"], unique=False)
    op.create_table(
        "confirmed_fields",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "name"),
    )
    op.add_column("pages", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("work", sa.Column("engine", sa.String(length=32), server_default="", nullable=False))
    _allow_derivative_states("ready", "withheld", "stale", "superseded")
    # What the pages show by now is the first version of each.
    op.execute(
        f"INSERT INTO readings ({_SHOWN}, version, made_at) "  # noqa: S608 - all of it stands in this file
        f"SELECT {_SHOWN}, 1, COALESCE(finished_at, '') FROM pages WHERE state <> 'waiting'"
    )
    op.execute("UPDATE pages SET version = 1 WHERE state <> 'waiting'")


def downgrade() -> None:
    op.execute("UPDATE derivatives SET state = 'superseded' WHERE state = 'stale'")
    _allow_derivative_states("ready", "withheld", "superseded")
    op.drop_column("work", "engine")
    op.drop_column("pages", "version")
    op.drop_table("confirmed_fields")
    op.drop_table("readings")


def _allow_derivative_states(*states: str) -> None:
    """SQLite cannot change a constraint: the table is made anew, and what is in it is brought along."""
    listed = ", ".join(f"'{state}'" for state in states)
    op.create_table(
        "new_derivatives",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=160), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("leaks", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint(f"state IN ({listed})", name="derivative_state"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "audience", "version"),
    )
    columns = "document_id, audience, version, state, policy, object_key, digest, size, leaks, made_at"
    op.execute(f"INSERT INTO new_derivatives ({columns}) SELECT {columns} FROM derivatives")  # noqa: S608 - as above
    op.drop_table("derivatives")
    op.rename_table("new_derivatives", "derivatives")
