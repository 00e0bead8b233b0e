"""Collections of batches, and who is held to which."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_REPEATED = sa.text("outcome = 'duplicate'")


def upgrade() -> None:
    op.create_index("items_repeated", "items", ["batch_id", "document_id"], sqlite_where=_REPEATED, postgresql_where=_REPEATED)
    op.create_table(
        "collections",
        sa.Column("collection_id", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("collection_id"),
    )
    op.create_table(
        "collection_batches",
        sa.Column("collection_id", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.batch_id"]),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.collection_id"]),
        sa.PrimaryKeyConstraint("collection_id", "batch_id"),
    )
    op.create_table(
        "restrictions",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("restricted_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "grants",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("collection_id", sa.String(length=64), nullable=False),
        sa.Column("granted_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.collection_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["restrictions.user_id"]),
        sa.PrimaryKeyConstraint("user_id", "collection_id"),
    )


def downgrade() -> None:
    for table in ("grants", "restrictions", "collection_batches", "collections"):
        op.drop_table(table)
    op.drop_index("items_repeated", "items")
