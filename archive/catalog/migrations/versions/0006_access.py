"""How often people ask, what they open, and alarms about it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AGAINST = sa.text("decision <> 'approved'")


def upgrade() -> None:
    op.create_index("decisions_against", "decisions", ["document_id"], sqlite_where=_AGAINST, postgresql_where=_AGAINST)
    op.create_table(
        "paces",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("spent_until", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind"),
    )
    op.create_table(
        "openings",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("manner", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("manner IN ('opened', 'shown')", name="opening_manner"),
        sa.PrimaryKeyConstraint("user_id", "manner", "document_id"),
    )
    op.create_index("openings_by_time", "openings", ["user_id", "manner", "at"])
    op.create_table(
        "access_alarms",
        sa.Column("alarm_id", _WIDE, autoincrement=True, nullable=False),
        sa.Column("raised_at", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("alarm_id"),
    )
    op.create_index("access_alarms_by_user", "access_alarms", ["user_id", "kind", "raised_at"])


def downgrade() -> None:
    for table in ("access_alarms", "openings", "paces"):
        op.drop_table(table)
    op.drop_index("decisions_against", "decisions")
