"""Which checks a burnt page has passed, and the certificate of a redacted file."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("derived_pages", sa.Column("checks", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("derivatives", sa.Column("certificate_key", sa.String(length=160), nullable=True))
    op.add_column("derivatives", sa.Column("certificate_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("derivatives", "certificate_digest")
    op.drop_column("derivatives", "certificate_key")
    op.drop_column("derived_pages", "checks")
