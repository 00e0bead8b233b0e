"""Whole numbers of 64 bits, and indexes that stay small beside what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WIDENED = (
    ("documents", "size"),
    ("items", "item_id"),
    ("items", "size"),
    ("work", "work_id"),
    ("derivatives", "size"),
    ("events", "sequence"),
    ("ledger_head", "sequence"),
)
_COUNTED = ("items_item_id_seq", "work_work_id_seq")
_PARTIAL = (
    ("work_waiting", "work", ["priority", "work_id"], "state = 'waiting'"),
    ("work_leased", "work", ["lease_owner"], "state = 'leased'"),
    ("work_open", "work", ["document_id", "stage", "page_number"], "state IN ('waiting', 'leased')"),
    ("derivatives_withheld", "derivatives", ["document_id"], "state = 'withheld'"),
)


def upgrade() -> None:
    if _is_postgresql():  # in SQLite every whole number has 64 bits
        for table, column in _WIDENED:
            op.alter_column(table, column, type_=sa.BigInteger(), existing_type=sa.Integer())
        for sequence in _COUNTED:
            op.execute(f"ALTER SEQUENCE {sequence} AS bigint")
        # The front of the waiting line is where every worker looks: what was taken from there is cleared away soon.
        op.execute("ALTER TABLE work SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02)")
    op.drop_index("work_by_state", "work")
    for name, table, columns, where in _PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_index("documents_by_state", "documents", ["state", "reason"])


def downgrade() -> None:
    """Numbers stay as wide as they are."""
    op.drop_index("documents_by_state", "documents")
    for name, table, _, _ in _PARTIAL:
        op.drop_index(name, table)
    op.create_index("work_by_state", "work", ["state", "priority", "work_id"])


def _is_postgresql() -> bool:
    return bool(op.get_context().dialect.name == "postgresql")
